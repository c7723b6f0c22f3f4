"""Discord's rate limits: 50 requests a second in all; in each channel 5 messages in 5 s and 10 crossposts an hour."""

from __future__ import annotations

import time
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.discord_http import Call, Reply

PUBLISH = "POST /channels/{channel_id}/messages/{message_id}/crosspost"
# Endpoints with a bucket for each channel: requests allowed, in seconds.
BUCKETS = {
    "POST /channels/{channel_id}/messages": (5, 5.0),
    "POST /channels/{channel_id}/threads": (5, 5.0),
    "PATCH /channels/{channel_id}/messages/{message_id}": (5, 5.0),
    PUBLISH: (10, 3600.0),
}
REQUESTS_PER_SECOND = 50


@dataclass(frozen=True, slots=True)
class BucketState:
    """The state of a request's bucket, and whether the request was refused."""

    bucket: str
    limit: int
    left: int
    reset_after_s: float
    refused: bool = False
    everywhere: bool = False

    def headers(self) -> dict[str, str]:
        """The rate limit headers as Discord sends them."""
        told = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.left),
            "X-RateLimit-Reset": f"{time.time() + self.reset_after_s:.3f}",
            "X-RateLimit-Reset-After": f"{self.reset_after_s:.3f}",
            "X-RateLimit-Bucket": f"{zlib.crc32(self.bucket.encode()):08x}",
            "Via": "1.1 google",
        }
        if self.refused:
            told["Retry-After"] = f"{self.reset_after_s:.3f}"
        return told | ({"X-RateLimit-Global": "true"} if self.everywhere else {})

    def reply(self) -> Reply:
        """The body of the 429."""
        wait = {"retry_after": self.reset_after_s, "global": self.everywhere}
        return Reply({"message": "You are being rate limited.", **wait}, 429)


@dataclass(slots=True)
class RateLimits:
    """Counts requests: all of them in `taken`, those above a limit in `refused`."""

    clock: Callable[[], float] = time.monotonic
    taken: int = 0
    refused: int = 0
    _latest: deque[float] = field(default_factory=lambda: deque(maxlen=REQUESTS_PER_SECOND))
    _windows: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)

    def take(self, call: Call) -> BucketState:
        """Count a request."""
        now = self.clock()
        self.taken += 1
        template = f"{call.method} {call.template}"
        if len(self._latest) == REQUESTS_PER_SECOND and now - self._latest[0] < 1.0:
            self.refused += 1
            wait = 1.0 - (now - self._latest[0])
            return BucketState(
                template, REQUESTS_PER_SECOND, 0, round(wait, 3), refused=True, everywhere=True
            )
        limit, window_s = BUCKETS.get(template, (50, 1.0))
        key = (template, call.ids.get("channel_id", ""))
        began, count = self._windows.get(key, (now, 0))
        if now - began >= window_s:
            began, count = now, 0
        reset_after = round(began + window_s - now, 3)
        if template in BUCKETS and count >= limit:
            self.refused += 1
            return BucketState(template, limit, 0, reset_after, refused=True)
        self._latest.append(now)
        self._windows[key] = (began, count + 1)
        if template == PUBLISH:
            # Discord's headers do not show this limit until it is reached.
            return BucketState(template, 50, 49, 1.0)
        return BucketState(template, limit, max(0, limit - count - 1), reset_after)
