"""Stops sending long before Discord bans the bot: it does so after 10,000 invalid requests in ten minutes."""

from __future__ import annotations

from collections import deque

INVALID = frozenset({401, 403, 429})
MOST = 1_000
WINDOW_S = 600.0


class CircuitBreaker:
    """Counts what Discord calls invalid. Times are seconds of one clock."""

    def __init__(self, most: int = MOST, window_s: float = WINDOW_S) -> None:
        self._window_s = window_s
        self._seen: deque[float] = deque(maxlen=most)
        self._banned_until = 0.0

    def note(self, status: int, now: float) -> None:
        """An answer came."""
        if status in INVALID:
            self._seen.append(now)

    def ban(self, until: float) -> None:
        """The front of Discord itself asks to be left alone until then."""
        self._banned_until = max(self._banned_until, until)

    def wait_s(self, now: float) -> float:
        """How long nothing is to be sent; 0 while all is well."""
        wait = self._banned_until - now
        if len(self._seen) == self._seen.maxlen:
            wait = max(wait, self._seen[0] + self._window_s - now)
        return max(0.0, wait)
