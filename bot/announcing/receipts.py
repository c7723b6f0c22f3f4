"""Records sent messages, several in one transaction: dozens are sent each second."""

from __future__ import annotations

import asyncio

from bot.workers.outage import OUTAGE
from storage.engine.database import Database
from storage.models import DatabaseUnavailableError, Sent
from storage.tables.delivery_outcomes import finish_deliveries

# How long messages are gathered for one transaction: at 48 a second it saves a quarter of the CPU of an announcement.
GATHERED_S = 0.1
# How long to wait before recording again what could not be.
RETRY_S = 2.0


class Receipts:
    """The record of sent messages; `record` returns once a message is in the database.

    While the database is locked or its disk full, what is known of the messages is kept here: a channel that is
    busy, or whose history may not be read, could not tell later. Each keeps its place among those under way, so
    they are few. Where the process ends meanwhile, the next one has to look.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[tuple[Sent, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def record(self, sent: Sent) -> None:
        """Record a message that stands. Raises what the database raises, other than that it can't be used now."""
        recorded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((sent, recorded))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="recording sent messages")
        await recorded

    async def _write(self) -> None:
        while self._waiting:
            await asyncio.sleep(GATHERED_S)
            batch, self._waiting = self._waiting, []
            failure: Exception | None = None
            try:
                await finish_deliveries(self._db, [sent for sent, _ in batch])
            except DatabaseUnavailableError as error:
                OUTAGE.note("recording sent messages", error)
                # Nobody waits for those any more whose worker has stopped.
                self._waiting = [one for one in batch if not one[1].done()] + self._waiting
                await asyncio.sleep(RETRY_S)
                continue
            except Exception as error:  # noqa: BLE001 - every waiting `record` raises it
                failure = error
            else:
                OUTAGE.over()
            for _, recorded in batch:
                if recorded.done():
                    continue
                if failure is None:
                    recorded.set_result(None)
                else:
                    recorded.set_exception(failure)
