"""Failures to order: which request fails, how, and whether its work was done before the answer was lost."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any, Literal

Action = Literal["status", "close", "reset", "hang"]
When = Literal["before", "after"]


@dataclass(slots=True)
class Fault:
    """One ordered failure of the next `times` requests that fit.

    `when`: "before" leaves the work undone, "after" does it and loses the answer.
    `action`: "status" answers `status`, "close" ends the connection, "reset" tears it down (RST), "hang"
    holds the request until `release` is set and then goes on as if nothing had happened. aiohttp itself repeats
    a GET, PUT or DELETE whose connection broke, once: order two of those to have one seen.
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

    def fits(self, method: str, path: str) -> bool:
        """Whether this fault has times left and means this request."""
        return self.hits < self.times and self.method in ("*", method) and bool(self.path.search(path))


class Faults:
    """The failures that a test has ordered, in the order in which it did."""

    def __init__(self) -> None:
        self.ordered: list[Fault] = []

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
    ) -> Fault:
        """Order a failure; `path` is a regex that is searched in the path behind the API's base."""
        fault = Fault(method, re.compile(path), times, status, when, action, headers or {}, json)
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
    ) -> Fault:
        """Order a 429. Without `Via` it looks like Cloudflare's ban, which discord.py does not wait out."""
        headers = {"Via": "1.1 google"} if via else {}
        if everywhere:
            headers |= {"X-RateLimit-Global": "true"}
        json = {"message": "You are being rate limited.", "retry_after": retry_after_s, "global": everywhere}
        return self.add(method=method, path=path, times=times, status=429, headers=headers, json=json)

    def take(self, method: str, path: str) -> Fault | None:
        """Find the fault that is due for this request and count it."""
        for fault in self.ordered:
            if fault.fits(method, path):
                fault.hits += 1
                return fault
        return None

    def clear(self) -> None:
        """Withdraw what has been ordered and let go of what hangs."""
        for fault in self.ordered:
            fault.release.set()
        self.ordered.clear()
