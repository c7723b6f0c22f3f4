"""Failed requests over real sockets: each ends in one sentence that gives away no secrets."""

from __future__ import annotations

import logging
import socket
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from bot.feeds.errors import FeedError
from bot.feeds.http import limits
from bot.feeds.http.address_guard import AllowedAddresses
from bot.feeds.http.fetcher import Fetcher
from bot.feeds.http.redirects import MAX_URL_BYTES
from bot.feeds.http.slow_hosts import FIRST_S, SlowHosts
from tests.fakes.feed_host import Action, FeedHost
from tests.fakes.raw_host import RawHost
from tests.fakes.watch import TIMEOUT_S
from tests.unit.feeds.http.material import BODY, LOOPBACK, NOTHING, refusal, secret


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (404, "the host answered 404 Not Found"),
        (410, "the host answered 410 Gone"),
        (429, "the host answered 429 Too Many Requests"),
        (500, "the host answered 500 Internal Server Error"),
        (204, "the host answered 204 No Content"),
        (206, "the host answered 206 Partial Content"),
    ],
)
async def test_other_answers_are_told(host: FeedHost, fetcher: Fetcher, status: int, told: str) -> None:
    url = host.put("/a", BODY)
    host.fault("/a", status=status, body=b"" if status == 204 else BODY)
    assert await refusal(fetcher, secret(url)) == f"{url}?… can't be read: {told}."
    assert host.count("/a") == 1


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
async def test_a_private_address_is_refused_without_a_connection(host: FeedHost, name: str) -> None:
    url = host.put("/a", BODY).replace("127.0.0.1", name)
    async with Fetcher(AllowedAddresses()) as fetcher:
        message = await refusal(fetcher, secret(url))
    assert "it leads to a private address" in message
    assert host.count("/a") == 0


async def test_a_304_to_an_unconditional_request_is_refused(host: FeedHost, fetcher: Fetcher) -> None:
    host.fault("/a", status=304, times=2)
    told = r"\?… can't be read: the host answered 304 to a plain request\.$"
    with pytest.raises(FeedError, match=told):
        await fetcher.file(secret(host.url("/a")))
    with pytest.raises(FeedError, match=told):
        await fetcher.feed(secret(host.url("/a")), NOTHING)


@pytest.mark.parametrize(
    ("status", "headers", "retry_after_s", "gone"),
    [
        (429, {"Retry-After": "120"}, 120.0, False),
        (
            503,
            {"Retry-After": "Sun, 01 Mar 2026 11:01:00 GMT", "Date": "Sun, 01 Mar 2026 11:00:00 GMT"},
            60.0,
            False,
        ),
        (503, {}, None, False),
        (410, {}, None, True),
        (404, {}, None, False),
    ],
)
async def test_retry_after_and_gone_are_read_from_a_refusal(
    host: FeedHost,
    fetcher: Fetcher,
    status: int,
    headers: dict[str, str],
    retry_after_s: float | None,
    gone: bool,
) -> None:
    host.fault("/a", status=status, headers=headers)
    with pytest.raises(FeedError) as caught:
        await fetcher.feed(host.url("/a"), NOTHING)
    assert (caught.value.retry_after_s, caught.value.gone) == (retry_after_s, gone)


async def test_the_hosts_reason_phrase_is_not_repeated(host: FeedHost, fetcher: Fetcher) -> None:
    async with RawHost() as raw:
        raw.scripts["/a"] = lambda: [b"HTTP/1.1 404 no /a?key=sesame @everyone\r\n\r\n"]
        assert "the host answered 404 Not Found." in await refusal(fetcher, secret(raw.url("/a")))


@pytest.mark.parametrize(
    ("action", "told"),
    [("truncate", "the answer ended in the middle"), ("close", "the host closed the connection")],
)
async def test_a_connection_that_ends_early_is_told(
    host: FeedHost, fetcher: Fetcher, action: Action, told: str
) -> None:
    url = host.put("/a", BODY)
    # A host that closes is asked once more by aiohttp, which can't tell it from one that kept a connection too long.
    host.fault("/a", action, times=2)
    assert told in await refusal(fetcher, secret(url))


async def test_a_connection_that_is_reset_is_told(host: FeedHost, fetcher: Fetcher) -> None:
    url = host.put("/a", BODY * 100)
    host.fault("/a", "reset")
    await refusal(fetcher, secret(url))


@pytest.mark.parametrize("action", ["hang", "stall"])
async def test_a_slow_host_times_out(host: FeedHost, action: Action) -> None:
    url = host.put("/a", BODY)
    host.fault("/a", action)
    async with Fetcher(LOOPBACK, total_timeout_s=0.2) as fetcher:
        assert "the host did not answer in time" in await refusal(fetcher, secret(url))


@pytest.mark.parametrize("action", ["drip", "stall"])
async def test_a_body_that_drips_ends_long_before_the_timeout(
    host: FeedHost, monkeypatch: pytest.MonkeyPatch, action: Action
) -> None:
    monkeypatch.setattr(limits, "SLOWEST_WITHIN_S", 0.2)
    url = host.put("/a", BODY)
    host.fault("/a", action, times=2)
    async with Fetcher(LOOPBACK, total_timeout_s=10 * TIMEOUT_S) as fetcher:
        assert "the host sends it too slowly" in await refusal(fetcher, secret(url))
        with pytest.raises(FeedError, match="too slowly"):
            await fetcher.part(url, 0, len(BODY) - 1)


@pytest.mark.parametrize(
    ("body", "packing", "told"),
    [
        (b"x" * (2**20 + 1), "identity", "larger than 1 MiB"),
        (b"\x1f\x9d\x90\0", "compress", "is not known here"),
    ],
)
async def test_a_host_that_was_slow_is_well_again_once_it_has_answered_whatever_that_was(
    host: FeedHost, body: bytes, packing: str, told: str
) -> None:
    now = 0.0
    good, bad = host.put("/good.vtt", b"WEBVTT"), host.put("/bad.vtt", body)
    host.fault("/bad.vtt", status=200, headers={"Content-Encoding": packing}, body=body)
    name, _, port = urlsplit(good).netloc.rpartition(":")
    async with Fetcher(LOOPBACK) as fetcher:
        slow = SlowHosts(lambda: now)
        fetcher._for_files = replace(fetcher._for_files, slow=slow)
        slow.was_slow((name, int(port)), now, good)
        with pytest.raises(FeedError, match="answers too slowly"):
            await fetcher.file(good)
        now += FIRST_S
        with pytest.raises(FeedError, match=told):
            await fetcher.file(bad, 2**20)
        assert (await fetcher.file(good)).body == b"WEBVTT"


async def test_a_body_that_is_slow_but_steady_is_read(
    host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SLOWEST_BYTES", 1)
    url = host.put("/a", BODY[:20])
    host.fault("/a", "drip")
    async with Fetcher(LOOPBACK) as fetcher:
        assert (await fetcher.file(url)).body == BODY[:20]


async def test_a_closed_port_is_told(fetcher: Fetcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    message = await refusal(fetcher, f"http://ada:sesame@127.0.0.1:{port}/a?key=sesame")
    assert "the host can't be reached" in message


async def test_a_name_that_does_not_exist_is_told(fetcher: Fetcher) -> None:
    assert "the host's name is not known" in await refusal(fetcher, "http://ada:sesame@show.invalid/a")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "ftp://ada:sesame@show.example/a",
        "http://",
        "http:///a?sesame",
        "http://[::1",
        "http://ada:sesame@show.example:99999/a",
        "http://ada:sesame@show.example:port/a",
        "https:/ada:sesame@show.example/a",
        "javascript:alert(1)",
        "http://show.example/\r\nX-Injected: 1",
        "http://\ud800.example/",
        "http://" + "a" * 300 + ".example/",
        "http://.example/",
        "file://[sesame",
        "file:///%00",
    ],
)
async def test_other_than_web_addresses_are_refused(fetcher: Fetcher, url: str) -> None:
    await refusal(fetcher, url)


async def test_a_urls_length_is_limited(fetcher: Fetcher) -> None:
    assert f"{MAX_URL_BYTES} bytes" in await refusal(fetcher, "http://show.example/" + "ü" * 1_000)


@pytest.mark.parametrize("action", ["redirect", "hang", "close", "truncate", "status"])
async def test_a_logged_failure_has_no_secrets(
    host: FeedHost, caplog: pytest.LogCaptureFixture, action: Action
) -> None:
    path = "/feed/8f3a9c21d07b4e55/a"
    url = secret(host.put(path, BODY))
    host.fault(path, action, times=9, location="/b?key=sesame", status=403)
    host.fault("/b", "redirect", times=9, location="/b?key=sesame")
    async with Fetcher(LOOPBACK, total_timeout_s=0.3) as fetcher:
        try:
            await fetcher.feed(url, NOTHING)
        except FeedError:
            logging.getLogger("test").exception("a look failed")
    assert "/feed/…/a?… can't be read" in caplog.text
    assert "sesame" not in caplog.text
    assert "8f3a9c" not in caplog.text
