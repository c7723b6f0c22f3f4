"""A host of feeds and transcripts on a loopback port: validators, conditional requests, and faults.

async with FeedHost() as host:
    host.put("/feed.xml", body, etag='"1"')
    ...  # fetch host.url("/feed.xml")
    assert host.count("/feed.xml") == 1
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Literal, Self, TypeVar

from aiohttp import hdrs, web
from multidict import CIMultiDict

from tests.fakes.sockets import cut, reset
from tests.fakes.watch import TIMEOUT_S, Watch

T = TypeVar("T")
KEPT_REQUESTS = 5000
DRIP_S = 0.05
ENDLESS_BLOCK = b"<!-- and so on -->" * 3641

Action = Literal["status", "redirect", "hang", "stall", "reset", "close", "truncate", "endless", "drip"]


@dataclass(frozen=True, slots=True)
class HostRequest:
    """A request: its headers, the status of its answer (0: none), and its time in seconds of a monotonic clock."""

    method: str
    path: str
    headers: CIMultiDict[str]
    status: int
    at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class Document:
    """The document at a path."""

    body: bytes
    content_type: str
    etag: str | None
    last_modified: str | None
    headers: dict[str, str]
    compressed: bool
    ranges: bool

    def part(self, asked: slice) -> tuple[bytes, str] | None:
        """The bytes that answer a request with `Range`, and their `Content-Range`; None: send the whole."""
        start, stop, _ = asked.indices(len(self.body))
        if not self.ranges or asked == slice(None, None, 1) or start >= stop:
            return None
        return self.body[start:stop], f"bytes {start}-{stop - 1}/{len(self.body)}"

    def unchanged(self, asked: CIMultiDict[str]) -> bool:
        """Whether the client has this version by its validators; an ETag takes precedence over a date."""
        wanted = asked.get(hdrs.IF_NONE_MATCH)
        if wanted is not None:
            tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
            return self.etag is not None and bool(tags & {self.etag.removeprefix("W/"), "*"})
        since = asked.get(hdrs.IF_MODIFIED_SINCE)
        if since is None or self.last_modified is None:
            return False
        return parsedate_to_datetime(since) >= parsedate_to_datetime(self.last_modified)


@dataclass(slots=True)
class HostFault:
    """A fault for the next `times` requests of a path.

    "status" answers with `status`, and "redirect" with `location` too; "hang" holds the request until `release` is
    set and then serves it; "stall" does so after half of the body; "reset" resets the connection after half of the
    body; "truncate" closes it there, short of Content-Length; "close" closes it before the first byte; "endless"
    sends until the client disconnects or `release` is set; "drip" sends a byte every DRIP_S, and the rest once
    `release` is set. `sent` counts the bytes of body that were sent.
    """

    path: str
    action: Action
    times: int
    status: int
    location: str
    headers: dict[str, str]
    body: bytes
    hits: int = 0
    sent: int = 0
    release: asyncio.Event = field(default_factory=asyncio.Event)


class FeedHost:
    """Serves documents and records requests. Each loopback address is a host; `at` is a socket to listen on."""

    def __init__(self, address: str = "127.0.0.1", at: socket.socket | None = None) -> None:
        self.base_url = ""
        self._address = address
        self._at = at
        self.requests: deque[HostRequest] = deque(maxlen=KEPT_REQUESTS)
        self.faults: list[HostFault] = []
        self._documents: dict[str, Document] = {}
        self._watch = Watch()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = (
            web.TCPSite(self._runner, self._address, 0)
            if self._at is None
            else web.SockSite(self._runner, self._at.dup())
        )
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for fault in self.faults:
            fault.release.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def url(self, path: str) -> str:
        """The URL of a path."""
        return self.base_url + path

    def put(
        self,
        path: str,
        body: bytes | str,
        *,
        content_type: str = "application/rss+xml; charset=utf-8",
        etag: str | None = None,
        last_modified: str | None = None,
        headers: dict[str, str] | None = None,
        compressed: bool = False,
        ranges: bool = True,
        credentials: str = "",
    ) -> str:
        """Serve a document from now on; returns its URL.

        `compressed` sends it as gzip; without `ranges`, requests for a part get the whole. A path with a query is for
        that query alone, and a document with `credentials` ("user:password") for those.
        """
        raw = body.encode() if isinstance(body, str) else body
        self._documents[credentials + path] = Document(
            raw, content_type, etag, last_modified, headers or {}, compressed, ranges
        )
        return self.url(path).replace("://", f"://{credentials}@" if credentials else "://", 1)

    def remove(self, path: str) -> None:
        """Answer 404 for this path from now on."""
        self._documents.pop(path, None)

    def fault(
        self,
        path: str,
        action: Action = "status",
        *,
        times: int = 1,
        status: int = 503,
        location: str = "",
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> HostFault:
        """Add a fault."""
        if action == "redirect" and not 300 <= status < 400:
            status = 302
        fault = HostFault(path, action, times, status, location, headers or {}, body)
        self.faults.append(fault)
        return fault

    def asked(self, path: str) -> list[HostRequest]:
        """The requests for a path, oldest first."""
        return [seen for seen in self.requests if seen.path == path]

    def count(self, path: str) -> int:
        """How many requests there were for a path."""
        return len(self.asked(path))

    async def wait_for(self, predicate: Callable[[], T], what: str = "", timeout_s: float = TIMEOUT_S) -> T:
        """Wait for the predicate's first true value; it is checked before and after every request."""
        return await self._watch.wait_for(
            predicate, timeout_s, what=what, seen=lambda: ", ".join(seen.path for seen in self.requests)
        )

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        due = (fault for fault in self.faults if fault.path == request.path and fault.hits < fault.times)
        fault = next(due, None)
        document = self._document(request)
        if fault is not None:
            fault.hits += 1
        plain = fault is None or fault.action in ("hang", "stall", "truncate", "reset", "drip")
        status = self._status(request, document) if plain else fault.status if fault else 0
        self.requests.append(HostRequest(request.method, request.path, CIMultiDict(request.headers), status))
        await self._watch.notify()
        try:
            if fault is None:
                return await self._answer(request, document, None)
            return await self._fail(request, document, fault)
        except ConnectionError:
            return web.Response(status=500)
        finally:
            await self._watch.notify()

    def _document(self, request: web.Request) -> Document | None:
        given = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")[2]
        credentials = base64.b64decode(given).decode()
        names = (
            credentials + request.path_qs,
            credentials + request.path,
            request.path_qs,
            request.path,
        )
        return next((self._documents[name] for name in names if name in self._documents), None)

    @staticmethod
    def _status(request: web.Request, document: Document | None) -> int:
        if document is None:
            return 404
        if document.unchanged(CIMultiDict(request.headers)):
            return 304
        return 206 if document.part(request.http_range) else 200

    async def _fail(
        self, request: web.Request, document: Document | None, fault: HostFault
    ) -> web.StreamResponse:
        if fault.action == "hang":
            await fault.release.wait()
            return await self._answer(request, document, None)
        if fault.action == "close":
            return cut(request, "close")
        if fault.action == "endless":
            return await _endless(request, fault)
        if fault.action in ("stall", "truncate", "reset", "drip"):
            return await self._answer(request, document, fault)
        headers = dict(fault.headers)
        if fault.location:
            headers[hdrs.LOCATION] = fault.location
        return web.Response(status=fault.status, body=fault.body, headers=headers)

    async def _answer(
        self, request: web.Request, document: Document | None, broken: HostFault | None
    ) -> web.StreamResponse:
        """Serve a document whole, or with a fault after half of it."""
        if document is None:
            return web.Response(status=404, text="not here")
        headers = CIMultiDict(document.headers)
        if document.etag is not None:
            headers[hdrs.ETAG] = document.etag
        if document.last_modified is not None:
            headers[hdrs.LAST_MODIFIED] = document.last_modified
        if document.unchanged(CIMultiDict(request.headers)):
            return web.Response(status=304, headers=headers)
        headers[hdrs.CONTENT_TYPE] = document.content_type
        body = document.body
        status = 200
        if (part := document.part(request.http_range)) is not None:
            status = 206
            body, headers[hdrs.CONTENT_RANGE] = part
        elif document.compressed:
            headers[hdrs.CONTENT_ENCODING] = "gzip"
            body = gzip.compress(body, mtime=0)
        response = web.StreamResponse(status=status, headers=headers)
        response.content_length = len(body)
        await response.prepare(request)
        if broken is None:
            await response.write(body)
            return response
        if broken.action == "drip":
            await _drip(response, body, broken)
        else:
            await self._half(response, body, broken, request)
        return response

    async def _half(
        self, response: web.StreamResponse, body: bytes, broken: HostFault, request: web.Request
    ) -> None:
        half = body[: len(body) // 2]
        await response.write(half)
        broken.sent += len(half)
        await self._watch.notify()
        if broken.action == "stall":
            await broken.release.wait()
            await response.write(body[len(half) :])
        elif broken.action == "truncate" and request.transport is not None:
            request.transport.close()
        else:
            reset(request.transport)


async def _endless(request: web.Request, fault: HostFault) -> web.StreamResponse:
    response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: "application/rss+xml"})
    await response.prepare(request)
    while not fault.release.is_set():
        await response.write(ENDLESS_BLOCK)
        fault.sent += len(ENDLESS_BLOCK)
    return response


async def _drip(response: web.StreamResponse, body: bytes, fault: HostFault) -> None:
    for at in range(len(body)):
        try:
            async with asyncio.timeout(DRIP_S):
                await fault.release.wait()
        except TimeoutError:
            await response.write(body[at : at + 1])
            fault.sent += 1
        else:
            await response.write(body[at:])
            return
