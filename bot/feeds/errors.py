"""The error of a feed, or of a file that it links to."""

from __future__ import annotations

from datetime import datetime

from bot.status_messages.sentences import StatusError
from storage.models import Status


class FeedError(StatusError):
    """A feed or a file can't be read; the status holds no secrets.

    `retry_after_s`: how long the host asks to wait. `gone`: the host says that it is gone for good (410).
    `not_tried_until`: nothing was asked for, as the host is busy or put off until then.
    """

    def __init__(
        self,
        status: Status,
        *,
        retry_after_s: float | None = None,
        gone: bool = False,
        not_tried_until: datetime | None = None,
    ) -> None:
        super().__init__(status)
        self.not_tried_until = not_tried_until
        self.retry_after_s = retry_after_s
        self.gone = gone
