"""Fetching feeds, files and parts of files over real sockets: validators, limits and what is sent along."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.feeds.errors import FeedError
from bot.feeds.http import limits
from bot.feeds.http.address_guard import AllowedAddresses
from bot.feeds.http.fetcher import USER_AGENT, Fetcher
from storage.models import Validators
from tests.fakes.feed_host import FeedHost
from tests.unit.feeds.http.material import BODY, LOOPBACK, NOTHING, refusal


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


async def test_cookies_are_not_sent_back(host: FeedHost, fetcher: Fetcher) -> None:
    url = host.put("/a", BODY, headers={"Set-Cookie": "who=me"})
    await fetcher.feed(url, NOTHING)
    await fetcher.feed(url, NOTHING)
    assert ["Cookie" in seen.headers for seen in host.asked("/a")] == [False, False]


async def test_a_private_host_that_the_operator_allows_is_read(host: FeedHost) -> None:
    port = int(host.base_url.rpartition(":")[2])
    host.put("/a", BODY)
    async with Fetcher(AllowedAddresses(hosts=(("localhost", port),))) as fetcher:
        assert (await fetcher.feed(f"http://localhost:{port}/a", NOTHING)).body == BODY


async def test_a_body_of_exactly_the_limit_is_read(
    host: FeedHost, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetcher, "max_feed_bytes", 2**20)
    assert await fetcher.feed(host.put("/a", b"x" * 2**20), NOTHING) is not None
    assert "larger than 1 MiB" in await refusal(fetcher, host.put("/b", b"x" * (2**20 + 1)))
    # A small answer that unpacks to a large one counts as what it unpacks to.
    bomb = host.put("/c", b"x" * 2**24, compressed=True)
    assert "larger than 1 MiB" in await refusal(fetcher, bomb)


async def test_an_endless_body_is_left_at_the_limit(
    host: FeedHost, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetcher, "max_feed_bytes", 2**20)
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


async def test_parts_that_wait_for_the_parser_count_as_bodies(host: FeedHost, fetcher: Fetcher) -> None:
    url = host.put("/a.mp3", b"x" * (limits.MEDIUM_BYTES + 1), content_type="audio/mpeg")
    async with AsyncExitStack() as held:
        assert len(await fetcher.part(url, 0, limits.MEDIUM_BYTES, held)) == limits.MEDIUM_BYTES + 1
        second = asyncio.create_task(fetcher.part(url, 0, limits.MEDIUM_BYTES))
        await host.wait_for(lambda: host.count("/a.mp3") == 2)
        await asyncio.wait([second], timeout=0.2)
        assert not second.done()
    assert len(await second) == limits.MEDIUM_BYTES + 1


async def test_waiting_for_a_connection_does_not_count_against_the_timeout(host: FeedHost) -> None:
    held = host.fault("/a", "hang", times=limits.MAX_PER_HOST)
    host.put("/a", BODY)
    async with Fetcher(LOOPBACK, total_timeout_s=1.0) as fetcher:
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


async def test_a_file_is_read(fetcher: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a feed%.xml"
    path.write_bytes(BODY)
    fetched = await fetcher.feed(path.as_uri(), Validators('"1"'))
    assert (fetched.body, fetched.content_type, fetched.validators) == (BODY, None, NOTHING)
    assert "No such file" in await refusal(fetcher, (tmp_path / "missing.xml").as_uri())
    assert "Is a directory" in await refusal(fetcher, tmp_path.as_uri())
    assert "no ordinary file" in await refusal(fetcher, "file:///dev/zero")
    monkeypatch.setattr(fetcher, "max_feed_bytes", 100)
    assert "larger than" in await refusal(fetcher, path.as_uri())


async def test_a_fetcher_outside_its_context_fetches_nothing() -> None:
    with pytest.raises(RuntimeError, match="outside its context"):
        await Fetcher(LOOPBACK).feed("http://show.example/", NOTHING)
