"""Faults to inject: which request fails, how, and whether it took effect before its answer was lost."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Action = Literal["status", "close", "reset", "hang", "silence"]
When = Literal["before", "after"]
# A new message, or a new post in a forum.
SEND = re.compile(r"^/channels/\d+/(messages|threads)$")
# Requests that random faults may hit: not those of the start and of interactions.
WORK = re.compile(r"^/(channels|guilds)/")


@dataclass(slots=True)
class RequestFault:
    """A fault for the next `times` requests that match, after the first `skip` of them.

    `when`: "before" fails the request without effect, "after" lets it take effect and loses the answer.
    `action`: "status" answers with `status`; "close" closes the connection; "reset" resets it (RST); "hang" holds
    the request until `release` is set and then serves it as usual; "silence" holds it for `silence_s` and then
    closes the connection. aiohttp retries a GET, PUT or DELETE once when its connection breaks, so it takes two
    faults for the bot to notice one. `nth`: hit only the n-th send since the start. `on_hit` is called on each hit.
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
        """Whether the fault matches this request and has hits left."""
        return self.hits < self.times and self.method in ("*", method) and bool(self.path.search(path))


@dataclass(slots=True)
class Chaos:
    """Random faults for a share of all requests but those of the start and of interactions, repeatable by seed."""

    seed: int
    share: float
    silence_s: float = 30.0
    failed: dict[str, int] = field(default_factory=dict)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def take(self, method: str, path: str) -> RequestFault | None:
        """Draw a fault for this request, or none."""
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
    """The faults that a test has added, in that order, and the random ones."""

    def __init__(self) -> None:
        self.added: list[RequestFault] = []
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
        """Add a fault; `path` is a regex that is searched for in the path after the API's base."""
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
        self.added.append(fault)
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
        """Add a fault for the n-th send since the start, counted from 1; `on_hit` is called when it hits."""
        fault = RequestFault("POST", SEND, 1, status, when, action, nth=nth, on_hit=on_hit)
        self.added.append(fault)
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
        """Add a 429. Without `via` it looks like a ban by Cloudflare, which discord.py does not wait out."""
        headers = {"Retry-After": str(retry_after_s), **({"Via": "1.1 google"} if via else {})}
        if everywhere:
            headers |= {"X-RateLimit-Global": "true"}
        json = {"message": "You are being rate limited.", "retry_after": retry_after_s, "global": everywhere}
        return self.add(method=method, path=path, times=times, status=429, headers=headers, json=json)

    def take(self, method: str, path: str) -> RequestFault | None:
        """Find the fault for this request and count the hit."""
        if method == "POST" and SEND.search(path):
            self.sends += 1
        for fault in self.added:
            if fault.fits(method, path) and fault.nth in (None, self.sends):
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.hits += 1
                return fault
        return self.chaos.take(method, path) if self.chaos else None

    def clear(self) -> None:
        """Remove all faults and release the requests that hang."""
        for fault in self.added:
            fault.release.set()
        self.added.clear()
        self.chaos = None
