"""Polls every followed podcast when it is due; several processes may share the work."""

from __future__ import annotations

import logging
from collections.abc import Callable

from bot.feeds.http.slow_hosts import house_of
from bot.polling.file_reader import DUE_FILES_EVERY_S, FileReader
from bot.polling.services import Reader
from bot.reading.child_process import ReaderUnavailableError
from bot.workers.leased_worker import LeasedWorker, WorkerLimits
from storage.engine.database import Database
from storage.models import DatabaseUnavailableError, Podcast
from storage.tables.poll_queue import PollQueue

LIMITS = WorkerLimits(at_once=64, gather_s=0.2, longest_sleep_s=10.0, stop_within_s=1.0)
# One slow host must not take up every place, nor a site by having a name for each podcast, nor all that are slow
# together: what did not answer the last time has a quarter of the places.
AT_ONCE_PER_HOUSE = 8
FAILING_AT_ONCE = 16
AFTER_A_FAULT_S = 5.0

log = logging.getLogger(__name__)


class Poller:
    """Polls feeds and reads the files that episodes link to; calls `on_news` when deliveries can be made."""

    def __init__(self, db: Database, reader: Reader, on_news: Callable[[], None]) -> None:
        self._updater = reader.updater
        self._on_news = on_news
        self._files = FileReader(db, reader.files, on_news)
        self._worker = LeasedWorker(
            "polling",
            PollQueue(
                db,
                per_house=AT_ONCE_PER_HOUSE,
                failing=FAILING_AT_ONCE,
                house_of=house_of,
                under_way=lambda: self._worker.under_way,
                longest_wait=reader.updater.longest_wait,
            ),
            self._poll,
            LIMITS,
            beside={"reading files": self._read_due_files},
        )

    def wake(self) -> None:
        """Something changed about which podcasts are followed, or when they are due."""
        self._worker.wake()

    def read_files_soon(self, podcast_id: int) -> None:
        """Read the linked files of a podcast that are missing, beside everything else."""
        if not self._worker.stopping:
            self._files.read_soon(podcast_id)

    async def run(self) -> None:
        """Poll until cancelled."""
        try:
            await self._worker.run()
        finally:
            await self.stop()

    async def stop(self) -> None:
        """Stop reading files; `run`, when it is cancelled, stops polling."""
        await self._files.stop()

    async def _poll(self, podcast: Podcast) -> None:
        try:
            poll = await self._updater.poll(podcast)
        except (DatabaseUnavailableError, ReaderUnavailableError):
            # It is no fault of the feed's, which is polled again once its lease has ended.
            raise
        except Exception:
            # One podcast's bug must not end the polling of the others.
            log.exception("podcast %d: the poll failed", podcast.id)
            await self._worker.pause(AFTER_A_FAULT_S)
            await self._record_fault(podcast)
            return
        if poll.announced:
            self._on_news()
        if poll.new or poll.changed:
            self.read_files_soon(podcast.id)

    async def _record_fault(self, podcast: Podcast) -> None:
        try:
            await self._updater.record_fault(podcast)
        except Exception as error:  # noqa: BLE001 - it is polled again when its lease ends
            log.error("podcast %d: the failure could not be stored either: %s", podcast.id, error)  # noqa: TRY400

    async def _read_due_files(self) -> None:
        await self._files.read_due()
        await self._worker.pause(DUE_FILES_EVERY_S)
