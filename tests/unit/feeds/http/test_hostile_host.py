"""Hostile hosts over real sockets: each request ends in one sentence and takes little memory."""

from __future__ import annotations

import asyncio
import gzip
import json
import shutil
import socket
import ssl
import sys
import zlib
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import brotli
import pytest

from bot.feeds.errors import FeedError
from bot.feeds.http import fetcher as fetching
from bot.feeds.http.address_guard import AllowedAddresses
from bot.feeds.http.fetcher import Fetcher
from bot.feeds.http.redirects import MAX_REDIRECTS
from storage.models import Validators
from tests.fakes.feed_host import FeedHost
from tests.fakes.raw_host import RawHost, Script
from tests.unit.feeds import hostile_bodies as hostile
from tests.unit.feeds.hostile_bodies import zstd

# The hosts that a test reaches stand in for public ones; the rest of the loopback net is as private as it is.
HOSTS = AllowedAddresses(networks=(ip_network("127.0.1.0/24"),))
BODY = b"<rss>" + b"x" * 10_000 + b"</rss>"
NOTHING = Validators()
MOST_GROWTH = 64 * 2**20


@pytest.fixture
async def raw() -> AsyncIterator[RawHost]:
    async with RawHost("127.0.1.1") as running:
        yield running


@pytest.fixture
async def host() -> AsyncIterator[FeedHost]:
    async with FeedHost("127.0.1.2") as running:
        yield running


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(HOSTS) as running:
        yield running


async def sentence(fetcher: Fetcher, url: str) -> str:
    """Why it can't be read: one sentence."""
    with pytest.raises(FeedError) as caught:
        await fetcher.feed(url, NOTHING)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


TOO_MANY = "its answer has too many headers, or too long ones"
NO_HTTP = "its answer is no HTTP that can be read"
MIDDLE = "the answer ended in the middle"
UNPACK = "it can't be unpacked"
CHUNKED = hostile.OK + b"Transfer-Encoding: chunked\r\n\r\n"
PACKED = hostile.OK + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (hostile.endless_headers, TOO_MANY),
        (hostile.many_headers, TOO_MANY),
        (hostile.a_long_header, TOO_MANY),
        (hostile.a_long_status_line, TOO_MANY),
        (hostile.empty_members, UNPACK),
        (hostile.declared_half_a_gigabyte, "it is larger than 24 MiB"),
        (lambda: [b"SSH-2.0-OpenSSH_9.6\r\n" * 99], NO_HTTP),
        (lambda: [bytes(range(256)) * 99], NO_HTTP),
        (lambda: [b"\x15\x03\x01\x00\x02\x02\x46"], NO_HTTP),
        (lambda: [b"HTTP/1.1 999 Request denied\r\nContent-Length: 0\r\n\r\n"], "the host answered 999"),
        (lambda: [b"HTTP/1.1 -1 x\r\n\r\n"], NO_HTTP),
        (
            lambda: [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" + b"x" * 10**6],
            "the host answered 101",
        ),
        (lambda: [hostile.OK + b"Content-Length: 100\r\n\r\n<rss"], MIDDLE),
        (lambda: [hostile.OK + b"Content-Length: -1\r\n\r\n<rss"], NO_HTTP),
        (lambda: [hostile.OK + b"Content-Length: 1\r\nContent-Length: 9\r\n\r\n<rss>"], NO_HTTP),
        (lambda: [CHUNKED + b"10\r\n<rss>"], MIDDLE),
        (lambda: [CHUNKED + b"5\r\n<rss>\r\nxyz\r\n<rss>\r\n0\r\n\r\n"], NO_HTTP),
        (lambda: [CHUNKED + b"f" * 40 + b"\r\n<rss>"], NO_HTTP),
        (hostile.interim_answers, TOO_MANY),
        (lambda: [PACKED + b"\x80<rss>\0</rss>"], UNPACK),
        (lambda: [PACKED + gzip.compress(BODY, mtime=0)[:-20]], MIDDLE),
        (
            lambda: [PACKED.replace(b"gzip", b"br") + b"\x0b\x02\x80"],
            MIDDLE,
        ),
        (lambda: [PACKED.replace(b"gzip", b"compress") + b"\x1f\x9d\x90\0"], "in a way that is not known"),
        (lambda: [PACKED + _packed(5)], UNPACK),
        (lambda: [PACKED.replace(b"gzip", b"deflate") + b"\xff\xff\xff\0"], UNPACK),
    ],
)
async def test_a_hostile_answer_ends_in_a_sentence(
    raw: RawHost, fetcher: Fetcher, script: Script, told: str
) -> None:
    raw.scripts["/a"] = script
    assert told in await sentence(fetcher, raw.url("/a"))
    assert raw.sent.get("/a", 0) < 2**25


@pytest.mark.parametrize("script", [hostile.drip, hostile.dripping_headers, hostile.tiny_chunks])
async def test_an_endless_answer_times_out(raw: RawHost, script: Script) -> None:
    raw.scripts["/a"] = script
    async with Fetcher(HOSTS, total_timeout_s=0.3) as fetcher:
        assert "the host did not answer in time" in await sentence(fetcher, raw.url("/a"))


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(BODY, mtime=0),
        gzip.compress(BODY[:5], mtime=0) + gzip.compress(BODY[5:], mtime=0),
        gzip.compress(BODY, mtime=0) + bytes(512),
        gzip.compress(BODY, mtime=0) + b"padding of another kind",
    ],
)
async def test_oddly_compressed_bodies_are_read(raw: RawHost, fetcher: Fetcher, packed: bytes) -> None:
    raw.scripts["/a"] = lambda: [PACKED, *(packed[at : at + 7] for at in range(0, len(packed), 7))]
    assert (await fetcher.feed(raw.url("/a"), NOTHING)).body == BODY


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (b"deflate", zlib.compress(BODY)),
        (b"deflate", zlib.compress(BODY)[2:-4]),
        (b"X-GZIP", gzip.compress(BODY, mtime=0)),
        (b"identity, gzip", gzip.compress(BODY, mtime=0)),
        (b"identity", BODY),
        (b"utf-8", BODY),
        (b"", BODY),
        (b"", gzip.compress(BODY, mtime=0)),
        (b"", zlib.compress(BODY)),
        (b"identity", zstd.compress(BODY)),
        (b"gzip", BODY),
        (b"deflate", BODY),
        (b"br", BODY),
        (b"compress", BODY),
        (b"deflate", gzip.compress(BODY, mtime=0)),
        (b"gzip", zstd.compress(BODY)),
        (b"gzip, gzip", gzip.compress(BODY, mtime=0)),
        (b"gzip, gzip", gzip.compress(gzip.compress(BODY, mtime=0), mtime=0)),
        (b"gzip", gzip.compress(gzip.compress(BODY, mtime=0), mtime=0)),
        (b"gzip, br", brotli.compress(gzip.compress(BODY, mtime=0))),
        (b"br", brotli.compress(BODY)),
        (b"BR", brotli.compress(b"<r/>")),
        (b"zstd", zstd.compress(BODY)),
        (b"zstd", zstd.compress(BODY[:9]) + zstd.compress(BODY[9:])),
    ],
)
async def test_content_encodings_are_read(
    raw: RawHost, fetcher: Fetcher, encoding: bytes, body: bytes
) -> None:
    raw.scripts["/a"] = lambda: [PACKED.replace(b"gzip", encoding) + body]
    assert (await fetcher.feed(raw.url("/a"), NOTHING)).body in (BODY, b"<r/>")


def _packed(times: int) -> bytes:
    body = BODY
    for _ in range(times):
        body = gzip.compress(body, mtime=0)
    return body


@pytest.mark.parametrize(
    "script",
    [
        hostile.endless_body,
        hostile.half_a_gigabyte,
        hostile.zeros,
        hostile.zeros_in_members,
        hostile.zeros_in_zeros,
        hostile.zeros_in_brotli,
        hostile.zeros_in_zstandard,
    ],
)
async def test_a_large_body_takes_little_memory_and_blocks_no_host(
    raw: RawHost, host: FeedHost, script: Script
) -> None:
    """Four of them at once, as many as one host is asked for."""
    raw.scripts["/a"] = script
    other = host.put("/b", BODY)
    if not Path("/proc/self/statm").exists():
        pytest.skip("the system does not tell how much memory is resident")
    client = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.unit.feeds.hostile_client", raw.url("/a"), "4", other),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await client.communicate()
    report: dict[str, Any] = json.loads(out)
    assert all("it is larger than 24 MiB." in one for one in report["sentences"])
    assert report["beside"] == len(BODY)
    assert report["growth"] <= MOST_GROWTH


async def test_endless_redirects_are_given_up(host: FeedHost, fetcher: Fetcher) -> None:
    for number in range(2_000):
        host.fault(f"/{number}", "redirect", location=f"/{number + 1}")
    host.fault("/circle", "redirect", times=99, location="/circle")
    assert f"redirects more than {MAX_REDIRECTS} times" in await sentence(fetcher, host.url("/0"))
    assert f"redirects more than {MAX_REDIRECTS} times" in await sentence(fetcher, host.url("/circle"))
    assert len(host.requests) == 2 * (MAX_REDIRECTS + 1)


PRIVATE = "it leads to a private address; the operator can allow it in EARMARK_ALLOW_PRIVATE_FEEDS"
NO_ADDRESS = "it is, or leads to, no http or https address"


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("http://127.0.0.1/", PRIVATE),
        ("http://127.0.0.1:{port}/secret", PRIVATE),
        ("http://localhost:{port}/secret", PRIVATE),
        ("http://169.254.169.254/latest/meta-data/", PRIVATE),
        ("http://[::ffff:10.0.0.1]/", PRIVATE),
        ("http://[::ffff:127.0.0.1]:{port}/secret", PRIVATE),
        ("http://[::1]/", PRIVATE),
        ("http://[fd00:ec2::254]/", PRIVATE),
        ("http://[64:ff9b::7f00:1]/", PRIVATE),
        ("http://[2002:7f00:1::]/", PRIVATE),
        ("http://[2001:0:5ef5:79fd::1]/", PRIVATE),
        ("http://0x7f.1:{port}/secret", PRIVATE),
        ("http://0x7f000001/", PRIVATE),
        ("http://１２７.0.0.1/", PRIVATE),
        ("//127.0.0.1/", PRIVATE),
        ("http://0.0.0.0:{port}/secret", PRIVATE),
        ("http://224.0.0.1/", PRIVATE),
        # aiohttp takes these for no addresses, the system would.
        ("http://2130706433/", NO_ADDRESS),
        ("http://127.1:{port}/secret", NO_ADDRESS),
        ("http://0/", NO_ADDRESS),
        ("file:///etc/passwd", NO_ADDRESS),
        ("FILE:/etc/passwd", NO_ADDRESS),
        ("gopher://127.0.0.1:{port}/", NO_ADDRESS),
        ("ftp://127.0.0.1/", NO_ADDRESS),
        ("data:text/xml,<rss/>", NO_ADDRESS),
        ("http://[::1", NO_ADDRESS),
        ("http://show.example:99999/", NO_ADDRESS),
    ],
)
async def test_neither_a_redirect_nor_a_feeds_url_reaches_a_private_address(
    host: FeedHost, fetcher: Fetcher, location: str, told: str
) -> None:
    async with FeedHost("127.0.0.1") as inside:
        inside.put("/secret", BODY)
        location = location.format(port=inside.base_url.rpartition(":")[2])
        host.fault("/a", "redirect", location=location)
        assert told in await sentence(fetcher, host.url("/a"))
        if not location.startswith("//") and not location.lower().startswith("file:"):
            assert told in await sentence(fetcher, location)
        assert not inside.requests


async def test_dns_rebinding_reaches_no_private_address(
    host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "DNS_CACHE_S", 0)
    leads_to = ["127.0.1.2"]

    def look_up(name: str, port: int, **_: object) -> list[Any]:
        assert name == "show.example"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in leads_to]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    port = int(host.base_url.rpartition(":")[2])
    url = f"http://show.example:{port}/a"
    # Without it the connection would be kept, and nothing looked up again.
    host.put("/a", BODY, headers={"Connection": "close"})
    async with RawHost("127.0.0.1") as inside, Fetcher(HOSTS) as fetcher:
        assert (await fetcher.feed(url, NOTHING)).body == BODY
        leads_to[:] = ["127.0.0.1"]
        assert PRIVATE in await sentence(fetcher, url)
        leads_to[:] = ["127.0.0.1", "127.0.1.2"]
        assert (await fetcher.feed(url, NOTHING)).body == BODY
        assert not inside.heads


async def test_https_to_a_host_without_tls_is_told(host: FeedHost, fetcher: Fetcher) -> None:
    url = host.put("/a", BODY).replace("http:", "https:")
    assert "no secure connection to the host can be made" in await sentence(fetcher, url)


async def test_an_untrusted_certificate_is_told(fetcher: Fetcher, tmp_path: Path) -> None:
    if (openssl := shutil.which("openssl")) is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = await asyncio.create_subprocess_exec(
        *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
        *("-keyout", str(key), "-out", str(certificate), "-subj", "/CN=127.0.1.3", "-days", "2"),
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert await made.wait() == 0
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.1.3", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        told = await sentence(fetcher, f"https://127.0.1.3:{port}/a")
    assert "the host's certificate can't be trusted" in told
