"""A circuit breaker that stops sending long before Discord bans the bot, which 10,000 invalid requests in ten
minutes bring (https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans)."""

from __future__ import annotations

from collections import deque

INVALID = frozenset({401, 403, 429})
MAX_INVALID = 1_000
WINDOW_S = 600.0


class CircuitBreaker:
    """Counts invalid requests in a sliding window. All times are seconds of one clock."""

    def __init__(self) -> None:
        self._invalid_at: deque[float] = deque(maxlen=MAX_INVALID)
        self._banned_until = 0.0

    def record(self, status: int, now: float) -> None:
        """Count a response by its HTTP status."""
        if status in INVALID:
            self._invalid_at.append(now)

    def ban(self, until: float) -> None:
        """The proxy in front of Discord refuses every request until then."""
        self._banned_until = max(self._banned_until, until)

    def wait_s(self, now: float) -> float:
        """How long to send nothing; 0 while the circuit is closed."""
        wait = self._banned_until - now
        if len(self._invalid_at) == MAX_INVALID:
            wait = max(wait, self._invalid_at[0] + WINDOW_S - now)
        return max(0.0, wait)
