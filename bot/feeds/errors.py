"""The error of a feed, or of a file that it links to."""

from __future__ import annotations

from bot.status_messages.sentences import StatusError
from storage.models import Status


class FeedError(StatusError):
    """A feed or a file can't be read; the status holds no secrets.

    `retry_after_s`: how long the host asks to wait. `gone`: the host says that it is gone for good (410).
    """

    def __init__(self, status: Status, *, retry_after_s: float | None = None, gone: bool = False) -> None:
        super().__init__(status)
        self.retry_after_s = retry_after_s
        self.gone = gone
