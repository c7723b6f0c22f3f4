"""Fetching feeds and transcripts: conditional, bounded in time and size, from public addresses alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

import aiohttp

from bot import __version__
from bot.feeds.addresses import AddressGuard, AddressRefusedError, AllowedAddresses, without_secrets
from storage.models import Validators

USER_AGENT = f"Earmark/{__version__} (podcast reader for Discord communities)"
TOTAL_TIMEOUT_S = 60.0
CONNECT_TIMEOUT_S = 15.0
MAX_REDIRECTS = 5
# It stands in a unique index, and PostgreSQL's hold values of at most 2,704 bytes.
MAX_URL_BYTES = 2_000
# The largest feed known here, 100 episodes with transcripts, has 9.7 MB.
MAX_FEED_BYTES = 32 * 1024 * 1024
MAX_TRANSCRIPT_BYTES = 16 * 1024 * 1024
CHUNK = 64 * 1024


class FeedError(Exception):
    """A feed or a transcript can't be read; the message is one sentence and holds no secrets."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body as it arrived, decompressed, with what the next conditional request needs."""

    body: bytes
    content_type: str | None
    validators: Validators


class Fetcher:
    """One aiohttp session for every feed. Use as an async context manager."""

    def __init__(self, allowed: AllowedAddresses, *, total_timeout_s: float = TOTAL_TIMEOUT_S) -> None:
        self._allowed = allowed
        self._total_timeout_s = total_timeout_s
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        guard = AddressGuard(self._allowed)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=32, limit_per_host=8, resolver=guard.resolver(), socket_factory=guard.make_socket
            ),
            timeout=aiohttp.ClientTimeout(total=self._total_timeout_s, sock_connect=CONNECT_TIMEOUT_S),
            headers={"User-Agent": USER_AGENT},
            # Hosts get no cookies back, and a feed no credentials that were meant for another host.
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def feed(self, url: str, validators: Validators) -> Fetched | None:
        """The feed's body, or None where the host says that it did not change. Raises FeedError."""
        if len(url.encode("utf-8", "replace")) > MAX_URL_BYTES:
            raise FeedError(f"The address of a feed may have {MAX_URL_BYTES} bytes; this one is longer.")
        if url[:5].lower() == "file:":
            return await asyncio.to_thread(_read_file, url)
        headers = {}
        if validators.etag:
            headers["If-None-Match"] = validators.etag
        if validators.last_modified:
            headers["If-Modified-Since"] = validators.last_modified
        return await self._get(url, headers, MAX_FEED_BYTES)

    async def transcript(self, url: str) -> Fetched:
        """A published transcript. Raises FeedError."""
        fetched = await self._get(url, {}, MAX_TRANSCRIPT_BYTES)
        if fetched is None:
            raise FeedError(
                f"{without_secrets(url)} can't be read: the host answered 304 to a plain request."
            )
        return fetched

    async def _get(self, url: str, headers: Mapping[str, str], max_bytes: int) -> Fetched | None:
        if self._session is None:
            raise RuntimeError("the fetcher is used outside its context")
        try:
            async with self._session.get(url, headers=headers, max_redirects=MAX_REDIRECTS) as response:
                if response.status == 304:
                    return None
                if response.status != 200:
                    raise _unreadable(
                        url, f"the host answered {response.status} {response.reason or ''}".rstrip()
                    )
                body = bytearray()
                async for chunk in response.content.iter_chunked(CHUNK):
                    body += chunk
                    if len(body) > max_bytes:
                        raise _unreadable(url, f"it is larger than {max_bytes // 2**20} MiB")
                return Fetched(
                    bytes(body),
                    response.headers.get("Content-Type"),
                    Validators(response.headers.get("ETag"), response.headers.get("Last-Modified")),
                )
        except TimeoutError as error:
            raise _unreadable(url, "the host did not answer in time") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _unreadable(url, _cause(error)) from error


def _unreadable(url: str, cause: str) -> FeedError:
    return FeedError(f"{without_secrets(url)} can't be read: {cause}.")


def _cause(error: BaseException) -> str:
    """Why, in words that name no address: aiohttp's own messages repeat the whole URL."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, AddressRefusedError):
            return "it leads to a private address; the operator can allow it in EARMARK_ALLOW_PRIVATE_FEEDS"
        inner = inner.__cause__ or inner.__context__
    match error:
        case aiohttp.TooManyRedirects():
            return f"it redirects more than {MAX_REDIRECTS} times"
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError() | ValueError():
            return "it is, or leads to, no http or https address"
        case aiohttp.ClientPayloadError():
            return "the answer ended in the middle"
        case aiohttp.ServerDisconnectedError():
            return "the host closed the connection"
        case aiohttp.ClientSSLError():
            return "the host's certificate can't be trusted"
        case aiohttp.ClientConnectorDNSError():
            return "the host's name is not known"
        case aiohttp.ClientConnectorError():
            return "the host can't be reached"
    return f"the connection failed ({type(error).__name__})"


def _read_file(url: str) -> Fetched:
    try:
        path = Path(unquote(urlsplit(url).path))
        if path.stat().st_size > MAX_FEED_BYTES:
            raise FeedError(f"{path} can't be read: it is larger than {MAX_FEED_BYTES // 2**20} MiB.")
        return Fetched(path.read_bytes(), None, Validators())
    except (OSError, ValueError) as error:
        raise _unreadable(url, getattr(error, "strerror", None) or str(error)) from error
