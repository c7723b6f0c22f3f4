"""The linked files of one round that were not asked for, as their host is busy or put off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.feeds.errors import FeedError
from bot.status_messages.sentences import StatusError
from storage.models import PendingFile, Status


@dataclass(slots=True)
class Wait:
    """Files that wait for the same reason: until the latest time that was named for one of them."""

    why: Status
    until: datetime
    files: list[PendingFile]


class PutOffFiles:
    """Gathers them, so that a host of hundreds of files is told of in one sentence."""

    def __init__(self) -> None:
        self._waits: dict[str, Wait] = {}

    @property
    def waits(self) -> list[Wait]:
        """For each reason, its files."""
        return list(self._waits.values())

    def add(self, file: PendingFile, error: StatusError | None) -> bool:
        """Keep this file if the error says that it was not asked for; whether it does."""
        if not isinstance(error, FeedError) or error.not_tried_until is None:
            return False
        wait = self._waits.setdefault(_reason(error.status), Wait(error.status, error.not_tried_until, []))
        if error.not_tried_until > wait.until:
            wait.why, wait.until = error.status, error.not_tried_until
        wait.files.append(file)
        return True


def _reason(status: Status) -> str:
    """The same for all files of a host."""
    return f"{status.code} {status.args.get('host', '')}"
