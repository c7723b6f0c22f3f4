"""Fetching over real sockets: validators, limits, and failures in words without secrets."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.feeds.errors import FeedError
from bot.feeds.http import fetcher as fetching
from bot.feeds.http import limits
from bot.feeds.http.address_guard import AllowedAddresses
from bot.feeds.http.fetcher import USER_AGENT, Fetcher
from bot.feeds.http.redirects import MAX_REDIRECTS, MAX_URL_BYTES
from storage.models import Validators
from storage.models.status import to_json
from tests.fakes.feed_host import Action, FeedHost
from tests.fakes.raw_host import RawHost

LOOPBACK = AllowedAddresses(networks=(ip_network("127.0.0.0/8"),))
BODY = b"<rss>" + b"x" * 10_000 + b"</rss>"
NOTHING = Validators()


@pytest.fixture
async def host() -> AsyncIterator[FeedHost]:
    async with FeedHost() as running:
        yield running


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(LOOPBACK) as running:
        yield running


async def refusal(fetcher: Fetcher, url: str) -> str:
    """Why the feed can't be read: one sentence without what stands in front of @ or behind ?."""
    with pytest.raises(FeedError) as caught:
        await fetcher.feed(url, NOTHING)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    assert "sesame" not in message
    assert "sesame" not in to_json(caught.value.status)
    return message


def secret(url: str) -> str:
    """The same address with a user, a password and a key in it."""
    return url.replace("http://", "http://ada:sesame@") + "?key=sesame"


async def test_a_body_comes_with_its_type_and_validators(host: FeedHost, fetcher: Fetcher) -> None:
    url = host.put(
        "/a", BODY, content_type="text/xml", etag='"1"', last_modified="Sun, 01 Mar 2026 11:00:00 GMT"
    )
    fetched = await fetcher.feed(url, NOTHING)
    assert (fetched.body, fetched.content_type) == (BODY, "text/xml")
    assert fetched.validators == Validators('"1"', "Sun, 01 Mar 2026 11:00:00 GMT")
    [seen] = host.asked("/a")
    assert seen.headers["User-Agent"] == USER_AGENT
    assert "If-None-Match" not in seen.headers
    assert "If-Modified-Since" not in seen.headers


@pytest.mark.parametrize(
    ("validators", "sent"),
    [
        (Validators('"1"', None, "hash"), {"If-None-Match": '"1"'}),
        (
            Validators(None, "Sun, 01 Mar 2026 11:00:00 GMT"),
            {"If-Modified-Since": "Sun, 01 Mar 2026 11:00:00 GMT"},
        ),
        (
            Validators('"1"', "Mon, 02 Mar 2026 11:00:00 GMT"),
            {"If-None-Match": '"1"', "If-Modified-Since": "Mon, 02 Mar 2026 11:00:00 GMT"},
        ),
    ],
)
async def test_an_unchanged_feed_has_no_body(
    host: FeedHost, fetcher: Fetcher, validators: Validators, sent: dict[str, str]
) -> None:
    url = host.put("/a", BODY, etag='"1"', last_modified="Sun, 01 Mar 2026 11:00:00 GMT")
    assert (await fetcher.feed(url, validators)).body is None
    [seen] = host.asked("/a")
    assert seen.status == 304
    assert {
        name: seen.headers[name] for name in ("If-None-Match", "If-Modified-Since") if name in seen.headers
    } == sent


async def test_a_304_keeps_and_renews_validators(host: FeedHost, fetcher: Fetcher) -> None:
    url = host.url("/a")
    held = Validators('"1"', "Sun, 01 Mar 2026 11:00:00 GMT", "hash")
    host.fault("/a", status=304)
    assert (await fetcher.feed(url, held)).validators == held
    host.fault("/a", status=304, headers={"ETag": '"2"', "Cache-Control": "max-age=90"})
    fetched = await fetcher.feed(url, held)
    assert fetched.validators == Validators('"2"', "Sun, 01 Mar 2026 11:00:00 GMT", "hash")
    assert fetched.fresh_for_s == 90


async def test_headers_that_can_not_be_stored_are_left_out(host: FeedHost, fetcher: Fetcher) -> None:
    url = host.put("/a", BODY, etag='"' + "x" * 1_000 + '"', last_modified="März", content_type="text/x\xe9")
    fetched = await fetcher.feed(url, NOTHING)
    assert (fetched.validators, fetched.content_type) == (NOTHING, None)


async def test_an_old_validator_brings_the_body(host: FeedHost, fetcher: Fetcher) -> None:
    url = host.put("/a", BODY, etag='"2"')
    fetched = await fetcher.feed(url, Validators('"1"'))
    assert fetched.validators.etag == '"2"'


async def test_a_compressed_body_is_decompressed(host: FeedHost, fetcher: Fetcher) -> None:
    fetched = await fetcher.feed(host.put("/a", BODY, compressed=True), NOTHING)
    assert fetched.body == BODY


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


async def test_redirects_are_followed(host: FeedHost, fetcher: Fetcher) -> None:
    host.put("/end", BODY, etag='"1"')
    host.fault("/a", "redirect", status=301, location="/b")
    host.fault("/b", "redirect", status=307, location=host.url("/end"))
    fetched = await fetcher.feed(host.url("/a"), NOTHING)
    assert fetched.body == BODY


async def test_too_many_redirects_are_refused(host: FeedHost, fetcher: Fetcher) -> None:
    host.fault("/a", "redirect", times=99, location="/a?key=sesame")
    assert f"redirects more than {MAX_REDIRECTS} times" in await refusal(fetcher, secret(host.url("/a")))
    assert host.count("/a") <= MAX_REDIRECTS + 1


async def test_a_redirect_to_a_private_address_is_refused(host: FeedHost) -> None:
    allowed = AllowedAddresses(hosts=(("127.0.0.1", int(host.base_url.rpartition(":")[2])),))
    async with FeedHost() as inner, Fetcher(allowed) as fetcher:
        inner.put("/secret", BODY)
        host.fault("/a", "redirect", location=inner.url("/secret?key=sesame"))
        assert "private address" in await refusal(fetcher, host.url("/a"))
        assert inner.count("/secret") == 0


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://ada:sesame@show.example/", "http://[sesame"]
)
async def test_a_redirect_to_no_web_address_is_refused(
    host: FeedHost, fetcher: Fetcher, location: str
) -> None:
    host.fault("/a", "redirect", location=location)
    assert "no http or https address" in await refusal(fetcher, secret(host.url("/a")))


async def test_credentials_are_not_sent_to_another_host(host: FeedHost, fetcher: Fetcher) -> None:
    async with FeedHost() as other:
        other.put("/b", BODY)
        host.fault("/a", "redirect", location=other.url("/b"))
        await fetcher.feed(secret(host.url("/a")), NOTHING)
        assert "Authorization" in host.asked("/a")[0].headers
        assert "Authorization" not in other.asked("/b")[0].headers


async def test_cookies_are_not_sent_back(host: FeedHost, fetcher: Fetcher) -> None:
    url = host.put("/a", BODY, headers={"Set-Cookie": "who=me"})
    await fetcher.feed(url, NOTHING)
    await fetcher.feed(url, NOTHING)
    assert ["Cookie" in seen.headers for seen in host.asked("/a")] == [False, False]


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
async def test_a_private_address_is_refused_without_a_connection(host: FeedHost, name: str) -> None:
    url = host.put("/a", BODY).replace("127.0.0.1", name)
    async with Fetcher(AllowedAddresses()) as fetcher:
        message = await refusal(fetcher, secret(url))
    assert "it leads to a private address" in message
    assert host.count("/a") == 0


async def test_a_private_host_that_the_operator_allows_is_read(host: FeedHost) -> None:
    port = int(host.base_url.rpartition(":")[2])
    host.put("/a", BODY)
    async with Fetcher(AllowedAddresses(hosts=(("localhost", port),))) as fetcher:
        assert (await fetcher.feed(f"http://localhost:{port}/a", NOTHING)).body == BODY


async def test_a_body_of_exactly_the_limit_is_read(
    host: FeedHost, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MAX_FEED_BYTES", 2**20)
    assert await fetcher.feed(host.put("/a", b"x" * 2**20), NOTHING) is not None
    assert "larger than 1 MiB" in await refusal(fetcher, host.put("/b", b"x" * (2**20 + 1)))
    # A small answer that unpacks to a large one counts as what it unpacks to.
    bomb = host.put("/c", b"x" * 2**24, compressed=True)
    assert "larger than 1 MiB" in await refusal(fetcher, bomb)


async def test_an_endless_body_is_left_at_the_limit(
    host: FeedHost, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MAX_FEED_BYTES", 2**20)
    endless = host.fault("/a", "endless")
    assert "larger than 1 MiB" in await refusal(fetcher, host.url("/a"))
    assert endless.sent < 2**25


async def test_files_have_their_own_limit(host: FeedHost, fetcher: Fetcher) -> None:
    url = host.put("/a.vtt", b"x" * (2**20 + 1))
    with pytest.raises(FeedError, match="larger than 1 MiB"):
        await fetcher.file(url, 2**20)
    small = host.put("/b.vtt", b"WEBVTT", content_type="text/vtt")
    fetched = await fetcher.file(small, 2**20)
    assert (fetched.body, fetched.content_type) == (b"WEBVTT", "text/vtt")


async def test_a_304_to_an_unconditional_request_is_refused(host: FeedHost, fetcher: Fetcher) -> None:
    host.fault("/a", status=304, times=2)
    told = r"\?… can't be read: the host answered 304 to a plain request\.$"
    with pytest.raises(FeedError, match=told):
        await fetcher.file(secret(host.url("/a")))
    with pytest.raises(FeedError, match=told):
        await fetcher.feed(secret(host.url("/a")), NOTHING)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "FILE:///etc/passwd"])
async def test_a_feed_can_not_link_to_local_files(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(FeedError, match="no http or https address"):
        await fetcher.file(url)
    with pytest.raises(FeedError, match="no http or https address"):
        await fetcher.part(url, 0, 9)


async def test_a_part_of_a_file(host: FeedHost, fetcher: Fetcher) -> None:
    url = host.put("/a.mp3", b"0123456789", content_type="audio/mpeg")
    assert await fetcher.part(url, 0, 3) == b"0123"
    assert await fetcher.part(url, 4, 6) == b"456"
    assert await fetcher.part(url, 8, 99) == b"89"
    assert [seen.headers["Range"] for seen in host.asked("/a.mp3")] == [
        "bytes=0-3",
        "bytes=4-6",
        "bytes=8-99",
    ]
    assert {seen.headers["Accept-Encoding"] for seen in host.asked("/a.mp3")} == {"identity"}


async def test_a_host_without_ranges_is_read_up_to_the_end_of_the_part(
    host: FeedHost, fetcher: Fetcher
) -> None:
    url = host.put("/a.mp3", b"0123456789" * 2**20, ranges=False)
    assert await fetcher.part(url, 0, 3) == b"0123"
    with pytest.raises(FeedError, match="sends no parts"):
        await fetcher.part(url, 4, 6)
    host.fault("/a.mp3", status=206, headers={"Content-Range": "bytes 0-3/10"}, body=b"0123")
    with pytest.raises(FeedError, match="another part"):
        await fetcher.part(url, 4, 6)
    with pytest.raises(FeedError, match="404 Not Found"):
        await fetcher.part(host.url("/nothing"), 0, 3)


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


async def test_a_permanent_redirect_is_a_move(host: FeedHost, fetcher: Fetcher) -> None:
    host.put("/end", BODY, etag='"1"')
    host.fault("/a", "redirect", times=9, status=301, location="/b")
    host.fault("/b", "redirect", times=9, status=308, location="/end?key=1")
    assert (await fetcher.feed(host.url("/a"), NOTHING)).moved_to == host.url("/end?key=1")
    # Credentials belong to the host: the stored address needs them at its new place too.
    moved_to = (await fetcher.feed(secret(host.url("/a")), Validators('"1"'))).moved_to
    assert moved_to == host.url("/end?key=1").replace("http://", "http://ada:sesame@")
    assert [("Authorization" in seen.headers, seen.status) for seen in host.asked("/end")] == [
        (False, 200),
        (True, 304),
    ]


async def test_waiting_for_a_connection_does_not_count_against_the_timeout(host: FeedHost) -> None:
    held = host.fault("/a", "hang", times=limits.MAX_PER_HOST)
    host.put("/a", BODY)
    async with Fetcher(LOOPBACK, total_timeout_s=0.5) as fetcher:
        started = [
            asyncio.create_task(fetcher.feed(host.url("/a"), NOTHING)) for _ in range(limits.MAX_PER_HOST)
        ]
        await host.wait_for(lambda: held.hits == limits.MAX_PER_HOST)
        late = asyncio.create_task(fetcher.feed(host.url("/a"), NOTHING))
        given_up = await asyncio.gather(*started, return_exceptions=True)
        assert all("in time" in str(error) for error in given_up)
        assert (await late).body == BODY


async def test_a_proxy_or_netrc_of_the_environment_is_not_used(
    host: FeedHost, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password sesame")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    url = host.put("/a", BODY)
    async with FeedHost() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.base_url)
            monkeypatch.setenv(name.upper(), proxy.base_url)
        async with Fetcher(LOOPBACK) as fetcher:
            assert (await fetcher.feed(url, NOTHING)).body == BODY
        assert not proxy.requests
    assert "Authorization" not in host.asked("/a")[0].headers


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


async def test_a_file_is_read(fetcher: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a feed%.xml"
    path.write_bytes(BODY)
    fetched = await fetcher.feed(path.as_uri(), Validators('"1"'))
    assert (fetched.body, fetched.content_type, fetched.validators) == (BODY, None, NOTHING)
    assert "No such file" in await refusal(fetcher, (tmp_path / "missing.xml").as_uri())
    assert "Is a directory" in await refusal(fetcher, tmp_path.as_uri())
    assert "no ordinary file" in await refusal(fetcher, "file:///dev/zero")
    monkeypatch.setattr(fetching, "MAX_FEED_BYTES", 100)
    assert "larger than" in await refusal(fetcher, path.as_uri())


async def test_a_fetcher_outside_its_context_fetches_nothing() -> None:
    with pytest.raises(RuntimeError, match="outside its context"):
        await Fetcher(LOOPBACK).feed("http://show.example/", NOTHING)
