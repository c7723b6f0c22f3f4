"""What every request to Discord passes: the pace, the count of refused ones, and one try for each message.

discord.py repeats what ended with 500, 502, 504 or 524 by itself, a post in a forum as well, which has no nonce. A
message is sent once here, and looked for before it is sent again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace

import aiohttp

from bot.announcing.transport.circuit_breaker import CircuitBreaker
from bot.announcing.transport.rate_limiter import RateLimiter

BANNED_S = 1.0
# Discord does not count these among the 50 a second.
EXEMPT = ("/interactions/", "/webhooks/")
TOO_MANY = 429


class ResendBlockedError(Exception):
    """The library was about to send a message again whose first try may have been worked off."""


class SendAttempt:
    """How far one message came: whether Discord may have worked it off."""

    def __init__(self) -> None:
        self._begun = 0
        self._refused = 0

    @property
    def may_have_arrived(self) -> bool:
        """Whether a request went out that was not refused for certain."""
        return self._begun > self._refused

    def begin(self) -> None:
        """A request goes out. Raises ResendBlockedError."""
        if self.may_have_arrived:
            raise ResendBlockedError
        self._begun += 1

    def end(self, status: int) -> None:
        """Its answer came."""
        if 400 <= status < 500:
            self._refused += 1


_trying: ContextVar[SendAttempt | None] = ContextVar("_trying", default=None)


@contextmanager
def send_once() -> Iterator[SendAttempt]:
    """What is requested inside is one message: it goes out once, unless Discord certainly refused it."""
    this = SendAttempt()
    token = _trying.set(this)
    try:
        yield this
    finally:
        _trying.reset(token)


class Transport:
    """Give its `trace` to the client as `http_trace`."""

    def __init__(self) -> None:
        self.rate_limiter = RateLimiter()
        self.circuit_breaker = CircuitBreaker()
        self.trace = aiohttp.TraceConfig()
        self.trace.on_request_start.append(self._begin)
        self.trace.on_request_end.append(self._end)
        self.trace.freeze()

    async def _begin(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        request: aiohttp.TraceRequestStartParams,
    ) -> None:
        this = _trying.get()
        if this is not None and this.may_have_arrived:
            raise ResendBlockedError
        if request.url.scheme in ("http", "https") and not any(one in request.url.path for one in EXEMPT):
            await self.rate_limiter.acquire()
        if this is not None:
            this.begin()

    async def _end(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        request: aiohttp.TraceRequestEndParams,
    ) -> None:
        now, response = time.monotonic(), request.response
        self.circuit_breaker.note(response.status, now)
        if response.status == TOO_MANY and "Via" not in response.headers:
            # Not Discord itself said so but what stands before it: it means every request.
            self.circuit_breaker.ban(now + _seconds(response.headers.get("Retry-After")))
        if (this := _trying.get()) is not None:
            this.end(response.status)


def _seconds(told: str | None) -> float:
    try:
        return max(0.0, float(told or BANNED_S))
    except ValueError:
        return BANNED_S
