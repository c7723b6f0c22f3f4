"""Failures to order: which request fails, how, and whether its work was done before the answer was lost."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Action = Literal["status", "close", "reset", "hang", "silence"]
When = Literal["before", "after"]
# A message of its own, or a post of a forum.
SEND = re.compile(r"^/channels/\d+/(messages|threads)$")
# What chaos leaves alone: starts and interactions.
WORK = re.compile(r"^/(channels|guilds)/")


@dataclass(slots=True)
class RequestFault:
    """One ordered failure of the next `times` requests that fit.

    `when`: "before" leaves the work undone, "after" does it and loses the answer.
    `action`: "status" answers `status`, "close" ends the connection, "reset" tears it down (RST), "hang"
    holds the request until `release` is set and then goes on as if nothing had happened, "silence" holds it for
    `silence_s` and then closes the connection: of those its work was done before, or never is. aiohttp itself repeats
    a GET, PUT or DELETE whose connection broke, once: order two of those to have one seen. So many that fit are
    `skip` first. `nth`: the send that it means, of all from the beginning; `on_hit` is called when it falls.
    """

    method: str
    path: re.Pattern[str]
    times: int = 1
    status: int = 500
    when: When = "before"
    action: Action = "status"
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    hits: int = 0
    release: asyncio.Event = field(default_factory=asyncio.Event)
    silence_s: float = 0.0
    skip: int = 0
    nth: int | None = None
    on_hit: Callable[[], Awaitable[None]] | None = None

    def fits(self, method: str, path: str) -> bool:
        """Whether this fault has times left and means this request."""
        return self.hits < self.times and self.method in ("*", method) and bool(self.path.search(path))


@dataclass(slots=True)
class Chaos:
    """Failures at random of a share of all requests but starts and interactions; the same ones for one seed."""

    seed: int
    share: float
    silence_s: float = 30.0
    failed: dict[str, int] = field(default_factory=dict)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def take(self, method: str, path: str) -> RequestFault | None:
        """Find a failure for this request, or none."""
        if not WORK.search(path) or self._random.random() >= self.share:
            return None
        when: When = "before" if self._random.random() < 0.5 else "after"
        kind = self._random.choice(("500", "502", "503", "520", "reset", "close", "429", "ban", "silence"))
        self.failed[kind] = self.failed.get(kind, 0) + 1
        exactly = re.compile(re.escape(path))
        if kind in ("reset", "close"):
            action: Action = "reset" if kind == "reset" else "close"
            return RequestFault(method, exactly, when=when, action=action)
        if kind == "silence":
            return RequestFault(method, exactly, when=when, action="silence", silence_s=self.silence_s)
        if kind in ("429", "ban"):
            wait = round(self._random.uniform(0.05, 0.5), 3)
            headers = {"Retry-After": str(wait), **({"Via": "1.1 google"} if kind == "429" else {})}
            json = {"message": "You are being rate limited.", "retry_after": wait, "global": False}
            return RequestFault(method, exactly, status=429, headers=headers, json=json)
        return RequestFault(method, exactly, status=int(kind), when=when)


class FaultPlan:
    """The failures that a test has ordered, in the order in which it did, and those at random."""

    def __init__(self) -> None:
        self.ordered: list[RequestFault] = []
        self.chaos: Chaos | None = None
        self.sends = 0

    def add(
        self,
        *,
        method: str = "*",
        path: str = "",
        times: int = 1,
        status: int = 500,
        when: When = "before",
        action: Action = "status",
        headers: dict[str, str] | None = None,
        json: Any = None,
        silence_s: float = 0.0,
        skip: int = 0,
    ) -> RequestFault:
        """Order a failure; `path` is a regex that is searched in the path behind the API's base."""
        fault = RequestFault(
            method,
            re.compile(path),
            times,
            status,
            when,
            action,
            headers or {},
            json,
            silence_s=silence_s,
            skip=skip,
        )
        self.ordered.append(fault)
        return fault

    def at_send(
        self,
        nth: int,
        *,
        when: When,
        action: Action = "close",
        status: int = 500,
        on_hit: Callable[[], Awaitable[None]] | None = None,
    ) -> RequestFault:
        """Order a failure of the n-th send, counted from 1; `on_hit` is called when it falls."""
        fault = RequestFault("POST", SEND, 1, status, when, action, nth=nth, on_hit=on_hit)
        self.ordered.append(fault)
        return fault

    def rate_limit(
        self,
        *,
        method: str = "*",
        path: str = "",
        times: int = 1,
        retry_after_s: float = 0.05,
        everywhere: bool = False,
        via: bool = True,
    ) -> RequestFault:
        """Order a 429. Without `Via` it looks like Cloudflare's ban, which discord.py does not wait out."""
        headers = {"Retry-After": str(retry_after_s), **({"Via": "1.1 google"} if via else {})}
        if everywhere:
            headers |= {"X-RateLimit-Global": "true"}
        json = {"message": "You are being rate limited.", "retry_after": retry_after_s, "global": everywhere}
        return self.add(method=method, path=path, times=times, status=429, headers=headers, json=json)

    def take(self, method: str, path: str) -> RequestFault | None:
        """Find the fault that is due for this request and count it."""
        if method == "POST" and SEND.search(path):
            self.sends += 1
        for fault in self.ordered:
            if fault.fits(method, path) and fault.nth in (None, self.sends):
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.hits += 1
                return fault
        return self.chaos.take(method, path) if self.chaos else None

    def clear(self) -> None:
        """Withdraw what has been ordered and let go of what hangs."""
        for fault in self.ordered:
            fault.release.set()
        self.ordered.clear()
        self.chaos = None
