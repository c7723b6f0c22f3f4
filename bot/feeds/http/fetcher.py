"""Fetches feeds and files: conditionally, within bounds of time and size, from public addresses only."""

from __future__ import annotations

import asyncio
import stat
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import unquote, urlsplit

import aiohttp
from aiohttp import hdrs

from bot import __version__
from bot.feeds.errors import FeedError
from bot.feeds.http.address_guard import AddressGuard, AllowedAddresses, BoundedResolver
from bot.feeds.http.caching_headers import fresh_for, retry_after
from bot.feeds.http.failures import (
    ANSWERED,
    FILE_ERROR,
    HOST_BUSY,
    HOST_PUT_OFF,
    NO_FILE,
    NO_PARTS,
    OTHER_PART,
    SLOW,
    UNASKED_304,
    RequestError,
    refused_by_host,
    request_error,
)
from bot.feeds.http.lenient_connector import LenientConnector
from bot.feeds.http.limits import MAX_FILE_CONNECTIONS, BodyLimiter, BodySlot, ConnectionLimiter
from bot.feeds.http.redirect_cookies import RedirectCookies
from bot.feeds.http.redirects import MAX_URL_BYTES, REDIRECTS, Route
from bot.feeds.http.response_body import ACCEPT_ENCODING, read_body, read_start
from bot.feeds.http.slow_hosts import Host, SlowHosts
from bot.feeds.http.unpacking import too_large
from bot.text.known_keys import KNOWN_KEYS
from bot.text.web_addresses import without_secrets
from storage.models import StatusCode, Validators

USER_AGENT = f"Earmark/{__version__} (podcast reader for Discord communities)"
TOTAL_TIMEOUT_S = 60.0
CONNECT_TIMEOUT_S = 15.0
DNS_CACHE_S = 10
# Statuses of an answer that is whole; 203 says that a proxy changed it.
WHOLE = frozenset({200, 201, 203})
MAX_HEADERS = 128
MAX_HEADER_BYTES = 8_190
# aiohttp buffers up to twice this much of a body before it stops reading from the socket.
READ_BUFFER = 32 * 1024
# The largest feed seen so far, 100 episodes with transcripts, has 9.7 MB.
MAX_FEED_BYTES = 24 * 1024 * 1024
MAX_FILE_BYTES = 32 * 1024 * 1024
# Who waited in vain for a connection to a busy host comes back after this.
BUSY_FOR = timedelta(minutes=1)
# Headers are stored and sent back to the host.
MAX_KEPT_HEADER = 1_000

ADDRESS_TOO_LONG = StatusCode("fetch.address_too_long", "most")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A decompressed body with what the next conditional request needs.

    `body` is None where the host answered that nothing changed. `moved_to` is the URL that permanent redirects lead
    to. The host asks not to be asked again for `fresh_for_s` seconds. `address` is where the redirects ended: what
    relative addresses in the body are relative to.
    """

    body: bytes | bytearray | None
    content_type: str | None
    validators: Validators
    moved_to: str | None = None
    fresh_for_s: float | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    """A response that is no redirect, the route that led to it, and the deadline for reading it."""

    response: aiohttp.ClientResponse
    route: Route
    deadline: asyncio.Timeout


@dataclass(frozen=True, slots=True)
class _Lane:
    """What requests of one kind share. Hosts of files are put off; a feed that fails waits by itself."""

    connections: ConnectionLimiter
    slow: SlowHosts | None


class Fetcher:
    """One aiohttp session for all feeds and files. Use as an async context manager."""

    def __init__(
        self,
        allowed: AllowedAddresses,
        *,
        max_feed_bytes: int = MAX_FEED_BYTES,
        total_timeout_s: float = TOTAL_TIMEOUT_S,
    ) -> None:
        self._guard = AddressGuard(allowed)
        self.max_feed_bytes = max_feed_bytes
        self._total_timeout_s = total_timeout_s
        self._for_feeds = _Lane(ConnectionLimiter(), None)
        self._for_files = _Lane(ConnectionLimiter(MAX_FILE_CONNECTIONS), SlowHosts(time.monotonic))
        self._bodies = BodyLimiter()
        self._resolver: BoundedResolver | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._resolver = BoundedResolver()
        self._session = aiohttp.ClientSession(
            connector=LenientConnector(
                # ConnectionLimiter limits connections.
                limit=0,
                ttl_dns_cache=DNS_CACHE_S,
                resolver=self._resolver,
                socket_factory=self._guard.make_socket,
            ),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S),
            headers={hdrs.USER_AGENT: USER_AGENT},
            # Cookies last for one chain of redirects (RedirectCookies).
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            # No proxy or .netrc of the environment: the address guard would see the proxy's address only.
            trust_env=False,
            read_bufsize=READ_BUFFER,
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
            max_headers=MAX_HEADERS,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
        if self._resolver is not None:
            await self._resolver.close()

    async def feed(self, url: str, validators: Validators, held: AsyncExitStack | None = None) -> Fetched:
        """The feed, without a body where the host answers that it did not change. Raises FeedError.

        The body's share of memory is held until `held` closes, so that bodies that wait for the parser count, too.
        """
        if len(url.encode("utf-8", "replace")) > MAX_URL_BYTES:
            raise FeedError(ADDRESS_TOO_LONG(most=MAX_URL_BYTES))
        KNOWN_KEYS.add(url)
        if url[:5].lower() == "file:":
            return await asyncio.to_thread(_read_file, url, self.max_feed_bytes)
        return await self._whole(self._for_feeds, url, validators, self.max_feed_bytes, held)

    async def file(
        self, url: str, max_bytes: int = MAX_FILE_BYTES, held: AsyncExitStack | None = None
    ) -> Fetched:
        """A file that a feed links to: a transcript or chapters. `held` as for a feed. Raises FeedError."""
        return await self._whole(self._for_files, url, Validators(), max_bytes, held)

    def put_off(self, url: str) -> FeedError | None:
        """Why a linked file is not asked for at all just now: its host is put off."""
        try:
            host = Route.to(url).host
        except RequestError:
            return None
        slow = self._for_files.slow
        wait_s = slow.put_off_for(host) if slow is not None else 0.0
        return _put_off(host, wait_s) if wait_s > 0 else None

    async def part(self, url: str, first: int, last: int, held: AsyncExitStack | None = None) -> bytearray:
        """The bytes `first` to `last` of a file, or fewer where it ends before. Raises FeedError.

        `held` as for a feed.
        """

        async def read(answer: _Answer) -> bytearray:
            response = answer.response
            if response.status == 206:
                if not response.headers.get(hdrs.CONTENT_RANGE, "").startswith(f"bytes {first}-"):
                    raise RequestError(OTHER_PART)
            elif response.status == 200 and first > 0:
                raise RequestError(NO_PARTS)
            elif response.status != 200:
                raise _refused(url, response)
            async with self._body(answer, held) as slot:
                return await read_start(response.content, last - first + 1, slot)

        headers: dict[str, str] = {hdrs.RANGE: f"bytes={first}-{last}", hdrs.ACCEPT_ENCODING: "identity"}
        return await self._get(self._for_files, url, headers, read)

    async def _whole(
        self, lane: _Lane, url: str, validators: Validators, max_bytes: int, held: AsyncExitStack | None
    ) -> Fetched:
        headers: dict[str, str] = {hdrs.ACCEPT_ENCODING: ACCEPT_ENCODING}
        if validators.etag:
            headers[hdrs.IF_NONE_MATCH] = validators.etag
        if validators.last_modified:
            headers[hdrs.IF_MODIFIED_SINCE] = validators.last_modified

        async def read(answer: _Answer) -> Fetched:
            response = answer.response
            fetched = Fetched(
                None,
                _kept(response, hdrs.CONTENT_TYPE),
                Validators(_kept(response, hdrs.ETAG), _kept(response, hdrs.LAST_MODIFIED)),
                answer.route.moved_to,
                fresh_for(response.headers, _now()),
                str(answer.route.url),
            )
            if response.status == 304:
                if not (validators.etag or validators.last_modified):
                    raise RequestError(UNASKED_304)
                renewed = Validators(
                    fetched.validators.etag or validators.etag,
                    fetched.validators.last_modified or validators.last_modified,
                    validators.body_hash,
                )
                return replace(fetched, validators=renewed)
            if response.status not in WHOLE:
                raise _refused(url, response)
            if (response.content_length or 0) > max_bytes:
                raise too_large(max_bytes)
            encodings = response.headers.getall(hdrs.CONTENT_ENCODING, ())
            async with self._body(answer, held) as slot:
                return replace(fetched, body=await read_body(response.content, encodings, max_bytes, slot))

        return await self._get(lane, url, headers, read)

    @asynccontextmanager
    async def _body(self, answer: _Answer, held: AsyncExitStack | None) -> AsyncIterator[BodySlot]:
        """Memory for a body: until `held` closes, where there is one, else until it has been read."""
        async with AsyncExitStack() as ours:
            yield await (held or ours).enter_async_context(self._bodies.slot(answer.deadline))

    async def _get(
        self, lane: _Lane, url: str, headers: Mapping[str, str], read: Callable[[_Answer], Awaitable[T]]
    ) -> T:
        """Send a request, follow redirects and read the response. Raises FeedError.

        The error has no cause: aiohttp's exceptions repeat the URL with its keys, and a log would print them.
        """
        try:
            route, cookies = Route.to(url), RedirectCookies()
            left_s = self._total_timeout_s
            while True:
                async with lane.connections.slot(route.host):
                    began = _clock()
                    result = await self._unless_put_off(lane, route, cookies, headers, read, left_s)
                    left_s -= _clock() - began
                if not isinstance(result, Route):
                    return result
                route = result
                if lane is self._for_feeds:
                    KNOWN_KEYS.add(str(route.url))
        except RequestError as error:
            raise _unreadable(url, error) from None

    async def _unless_put_off(
        self,
        lane: _Lane,
        route: Route,
        cookies: RedirectCookies,
        headers: Mapping[str, str],
        read: Callable[[_Answer], Awaitable[T]],
        left_s: float,
    ) -> T | Route:
        """Send one request unless its host is put off, and note whether it was slow. Raises FeedError, RequestError.

        It is the host at the end of redirects that is slow, and not the one that the feed names.
        """
        slow, began = lane.slow, time.monotonic()
        if slow is not None and (wait_s := slow.ask(route.host)) > 0:
            raise _put_off(route.host, wait_s)
        try:
            try:
                result = await self._hop(route, cookies, headers, read, left_s)
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise request_error(error) from None
        except FeedError:
            # It refused, and was quick to do so.
            if slow is not None:
                slow.answered(route.host)
            raise
        except RequestError as error:
            if slow is not None and error.code in SLOW:
                slow.was_slow(route.host, began, route.url)
            elif slow is not None and error.code in ANSWERED:
                slow.answered(route.host)
            raise
        if slow is not None:
            slow.answered(route.host)
        return result

    async def _hop(
        self,
        route: Route,
        cookies: RedirectCookies,
        headers: Mapping[str, str],
        read: Callable[[_Answer], Awaitable[T]],
        left_s: float,
    ) -> T | Route:
        """Send one request; returns what was read, or the next route."""
        if self._session is None:
            raise RuntimeError("the fetcher is used outside its context")
        if (authorization := route.authorization) is not None:
            headers = {**headers, hdrs.AUTHORIZATION: authorization}
        if (cookie := cookies.header(route.url)) is not None:
            headers = {**headers, hdrs.COOKIE: cookie}
        async with asyncio.timeout(left_s) as deadline:
            with self._guard.asking(*route.host):
                response = await self._session.get(route.url, headers=headers, allow_redirects=False)
            async with response:
                location = response.headers.get(hdrs.LOCATION)
                if response.status in REDIRECTS and location is not None:
                    cookies.take(response)
                    return route.redirected(response.status, location)
                return await read(_Answer(response, route, deadline))


def _clock() -> float:
    return asyncio.get_running_loop().time()


def _now() -> datetime:
    return datetime.now(UTC)


def _kept(response: aiohttp.ClientResponse, name: str) -> str | None:
    """A header's value, if it can be stored and sent back."""
    value = response.headers.get(name)
    return (
        value if value and len(value) <= MAX_KEPT_HEADER and value.isascii() and value.isprintable() else None
    )


def _refused(url: str, response: aiohttp.ClientResponse) -> FeedError:
    return FeedError(
        refused_by_host(response.status).status(without_secrets(url)),
        retry_after_s=retry_after(response.headers, _now()),
        gone=response.status == 410,
    )


def _unreadable(url: str, error: RequestError) -> FeedError:
    busy = _now() + BUSY_FOR if error.code == HOST_BUSY else None
    return FeedError(error.status(without_secrets(url)), not_tried_until=busy)


def _put_off(host: Host, wait_s: float) -> FeedError:
    name, port = host
    until = _now() + timedelta(seconds=wait_s)
    shown = name if port in (80, 443) else f"{name}:{port}"
    return FeedError(HOST_PUT_OFF(host=shown, until=until.isoformat()), not_tried_until=until)


def _read_file(url: str, max_bytes: int) -> Fetched:
    """A feed in a local file, as an operator may add it on the command line."""
    try:
        path = Path(unquote(urlsplit(url).path))
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            # Pipes and devices may never end.
            raise _unreadable(url, RequestError(NO_FILE))
        with path.open("rb") as file:
            body = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        raise _unreadable(url, RequestError(FILE_ERROR, error=cause)) from error
    if len(body) > max_bytes:
        raise _unreadable(url, too_large(max_bytes))
    return Fetched(body, None, Validators())
