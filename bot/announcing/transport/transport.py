"""Hooks into every request of the Discord client: rate limit, circuit breaker, and each message sent only once.

discord.py repeats by itself what ended with 500, 502, 504 or 524, even the opening of a forum post, which has no
nonce and would be opened twice. Here a message goes out once; the caller searches for it before the next attempt.
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

# How long to send nothing after a ban that does not say.
BANNED_S = 1.0
# Discord does not count requests to these among the 50 a second.
EXEMPT = ("/interactions/", "/webhooks/")
TOO_MANY_REQUESTS = 429


class ResendBlockedError(Exception):
    """discord.py was about to repeat a request that Discord may have carried out."""


class SendAttempt:
    """One message on its way: whether Discord may have received it."""

    def __init__(self) -> None:
        self._begun = 0
        self._refused = 0

    @property
    def may_have_arrived(self) -> bool:
        """Whether a request went out that Discord did not definitely refuse."""
        return self._begun > self._refused

    def begin(self) -> None:
        """A request goes out. Raises ResendBlockedError if an earlier one may have arrived."""
        if self.may_have_arrived:
            raise ResendBlockedError
        self._begun += 1

    def end(self, status: int) -> None:
        """The response came."""
        if 400 <= status < 500:
            self._refused += 1


_current: ContextVar[SendAttempt | None] = ContextVar("_current", default=None)


@contextmanager
def send_once() -> Iterator[SendAttempt]:
    """Requests made inside all send the same message: one is repeated only if Discord definitely refused it."""
    attempt = SendAttempt()
    token = _current.set(attempt)
    try:
        yield attempt
    finally:
        _current.reset(token)


class Transport:
    """Pass its `trace` to the client as `http_trace`."""

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
        attempt = _current.get()
        if attempt is not None and attempt.may_have_arrived:
            raise ResendBlockedError
        if request.url.scheme in ("http", "https") and not any(one in request.url.path for one in EXEMPT):
            await self.rate_limiter.acquire()
        if attempt is not None:
            attempt.begin()

    async def _end(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        request: aiohttp.TraceRequestEndParams,
    ) -> None:
        now, response = time.monotonic(), request.response
        self.circuit_breaker.record(response.status, now)
        if response.status == TOO_MANY_REQUESTS and "Via" not in response.headers:
            # Cloudflare answers without "Via": a ban of every request, not a rate limit of one route.
            self.circuit_breaker.ban(now + _seconds(response.headers.get("Retry-After")))
        if (attempt := _current.get()) is not None:
            attempt.end(response.status)


def _seconds(header: str | None) -> float:
    try:
        return max(0.0, float(header or BANNED_S))
    except ValueError:
        return BANNED_S
