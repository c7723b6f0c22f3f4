"""Odd answers over real sockets: what curl reads is read, and the rest is told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.feeds.http.fetcher import Fetcher
from bot.feeds.http.lenient_connector import LenientConnector
from storage.models import Validators
from tests.fakes.raw_host import RawHost, Script
from tests.unit.feeds.http.material import LOOPBACK, NOTHING, refusal

BODY = b"<rss>tide tables</rss>"
OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)


@pytest.fixture
async def raw() -> AsyncIterator[RawHost]:
    async with RawHost() as running:
        yield running


READ = {
    "a blank before the colon": OK + LENGTH + b"X-Cache : HIT\r\n\r\n" + BODY,
    "the length twice": OK + LENGTH + LENGTH + b"\r\n" + BODY,
    "a bracket in a name": OK + LENGTH + b"X_[a]: 1\r\n\r\n" + BODY,
    "9 kB": OK + LENGTH + b"X-Policy: " + b"p" * 9_000 + b"\r\n\r\n" + BODY,
    "many": OK + LENGTH + b"".join(b"X-%d: 1\r\n" % one for one in range(300)) + b"\r\n" + BODY,
    "folded": OK + LENGTH + b"X-Policy: default-src\r\n\t'self';\r\n  img\r\n\r\n" + BODY,
    "no reason": b"HTTP/1.1 200\r\n" + LENGTH + b"\r\n" + BODY,
    "bare LF": (OK + LENGTH + b"Server: x\r\n\r\n").replace(b"\r\n", b"\n") + BODY,
    "an odd charset": OK + LENGTH + b'Content-Type: text/xml; charset="caf\xe9\r\n\r\n' + BODY,
    "chunks and a length": OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "early hints": b"HTTP/1.1 103 Early Hints\r\nLink : <a>\r\n\r\n" + OK + LENGTH + b"\r\n" + BODY,
    "status 203": b"HTTP/1.1 203 Non-Authoritative Information\r\n" + LENGTH + b"\r\n" + BODY,
}
REFUSED = {
    "two lengths": (OK + LENGTH + b"Content-Length: 9\r\n\r\n" + BODY, "no HTTP that can be read"),
    "a length in words": (OK + b"Content-Length: short\r\n\r\n" + BODY, "no HTTP that can be read"),
    "chunks with bare LF": (
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS.replace(b"\r\n", b"\n"),
        "no HTTP that can be read",
    ),
    "no last chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS[:-5], "ended in the middle"),
    "no head": (BODY, "no HTTP that can be read"),
    "half a head": (OK + LENGTH, "the host closed the connection"),
    "status 202": (b"HTTP/1.1 202 Accepted\r\n" + LENGTH + b"\r\n" + BODY, "the host answered 202 Accepted"),
}


def script(sent: bytes, step: int) -> Script:
    """Sends it in steps."""
    return lambda: [sent[at : at + step] for at in range(0, len(sent), step)]


async def test_what_curl_reads_is_read(raw: RawHost) -> None:
    async with Fetcher(LOOPBACK) as fetcher:
        for name, sent in READ.items():
            for step in (len(sent), 11):
                raw.scripts["/a"] = script(sent, step)
                assert (await fetcher.feed(raw.url("/a"), NOTHING)).body == BODY, name


async def test_what_stays_refused_is_told(raw: RawHost) -> None:
    async with Fetcher(LOOPBACK) as fetcher:
        for name, (sent, told) in REFUSED.items():
            raw.scripts["/a"] = script(sent, len(sent))
            assert told in await refusal(fetcher, raw.url("/a")), name


async def test_all_that_is_kept_of_a_head_is_there(raw: RawHost) -> None:
    raw.scripts["/a"] = lambda: [
        OK
        + LENGTH
        + b'ETag : "7"\r\nLast-Modified:Tue, 03 Nov 2026 08:00:00 GMT\r\nContent-Type:text/xml\r\n'
        b"Cache-Control: public,\r\n max-age=900\r\nConnection: close\r\n\r\n" + BODY
    ]
    async with Fetcher(LOOPBACK) as fetcher:
        fetched = await fetcher.feed(raw.url("/a"), NOTHING)
    assert fetched.validators == Validators('"7"', "Tue, 03 Nov 2026 08:00:00 GMT")
    assert (fetched.content_type, fetched.fresh_for_s) == ("text/xml", 900)
    assert fetched.address == raw.url("/a")


async def test_aiohttp_still_has_the_places_that_are_used(raw: RawHost) -> None:
    """Without them an odd head would be refused again, and this says where to look."""
    raw.scripts["/a"] = lambda: [READ["a bracket in a name"]]
    async with aiohttp.ClientSession() as plain:
        with pytest.raises(aiohttp.ClientResponseError):
            await plain.get(raw.url("/a"))
    async with aiohttp.ClientSession(connector=LenientConnector()) as lenient:
        response = await lenient.get(raw.url("/a"))
        assert await response.read() == BODY
