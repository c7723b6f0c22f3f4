"""What a feed, or a file beside it, fails with."""

from __future__ import annotations


class FeedError(Exception):
    """A feed or a file can't be read; the message is one sentence and holds no secrets.

    `retry_after_s` is what the host asks to wait, `gone` whether it says that there will be nothing any more.
    """

    def __init__(self, message: str, *, retry_after_s: float | None = None, gone: bool = False) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.gone = gone
