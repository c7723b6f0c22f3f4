"""The REST side's requests, replies, errors and endpoints."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.discord_messages import Json
from tests.fakes.discord_rules import Violation


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the bot. `path` is what follows the API's base; `template` is Discord's form of it."""

    method: str
    path: str
    template: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    files: tuple[tuple[str, bytes], ...] = ()

    def id(self, name: str) -> int:
        """A snowflake from the path; raises ApiError if it is none."""
        value = self.ids[name]
        if not value.isdecimal():
            raise ApiError(400, 50035, f"Value {value!r} is not snowflake.")
        return int(value)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; None is an empty body."""

    body: Any = None
    status: int = 200


class ApiError(Exception):
    """An error of Discord's: HTTP status, Discord's code, message."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{status} ({code}): {message}")
        self.reply = Reply({"message": message, "code": code}, status)


def unknown(what: str) -> ApiError:
    """The 404 for something that does not exist, or no longer does."""
    codes = {
        "Channel": 10003,
        "Tag": 10087,
        "Guild": 10004,
        "Message": 10008,
        "Webhook": 10015,
        "Interaction": 10062,
        "User": 10013,
        "Application": 10002,
    }
    return ApiError(404, codes[what], f"Unknown {what}")


MISSING_ACCESS = (403, 50001, "Missing Access")
MISSING_PERMISSIONS = (403, 50013, "Missing Permissions")

Handler = Callable[[Call], Awaitable[Reply]]
Rules = Callable[[Call], Iterable[Violation]]


def no_rules(call: Call) -> Iterable[Violation]:
    """For requests whose body the schema describes completely."""
    del call
    return ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation of the API, by Discord's template; `rules` check the request before `handler` serves it."""

    method: str
    template: str
    handler: Handler
    rules: Rules = no_rules

    @property
    def open(self) -> bool:
        """Whether the token in the path is all the authorization it needs."""
        return self.template.startswith(("/interactions/", "/webhooks/"))


def response(reply: Reply, headers: dict[str, str] | None = None) -> web.Response:
    """Write a reply as Discord does: as JSON without a charset, as discord.py requires."""
    if reply.body is None and reply.status == 200:
        return web.Response(status=204, headers=headers)
    content = {"Content-Type": "application/json"}
    return web.Response(
        status=reply.status, body=json.dumps(reply.body).encode(), headers={**content, **(headers or {})}
    )


def limit_headers(route: Endpoint) -> dict[str, str]:
    """Headers of a bucket that is never empty; a test that wants a 429 adds a fault."""
    bucket = zlib.crc32(f"{route.method} {route.template}".encode())
    return {
        "X-RateLimit-Limit": "50",
        "X-RateLimit-Remaining": "49",
        "X-RateLimit-Reset": f"{time.time() + 1:.3f}",
        "X-RateLimit-Reset-After": "1.000",
        "X-RateLimit-Bucket": f"{bucket:08x}",
        "Via": "1.1 google",
    }


def object_of(call: Call) -> Json:
    """The body, which has to be an object; raises ApiError otherwise."""
    if not isinstance(call.body, dict):
        raise ApiError(400, 50035, "Invalid Form Body")
    return call.body
