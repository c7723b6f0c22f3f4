"""The feed host: validators, counting, and each way to fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.fakes.feed_host import FeedHost

BODY = b"<rss>" + b"x" * 1000 + b"</rss>"


@pytest.fixture
async def host() -> AsyncIterator[FeedHost]:
    async with FeedHost() as served:
        yield served


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def test_a_document_is_served_and_counted(host: FeedHost, session: aiohttp.ClientSession) -> None:
    url = host.put("/feed.xml", BODY, etag='"1"', headers={"X-Extra": "yes"})
    async with session.get(url, headers={"User-Agent": "test"}) as answer:
        assert await answer.read() == BODY
        assert answer.headers["ETag"] == '"1"'
        assert answer.headers["X-Extra"] == "yes"
        assert answer.content_type == "application/rss+xml"
    assert host.count("/feed.xml") == 1
    assert host.asked("/feed.xml")[0].headers["user-agent"] == "test"
    async with session.get(host.url("/nothing")) as missing:
        assert missing.status == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-None-Match": '"1"'}, 304),
        ({"If-None-Match": 'W/"1"'}, 304),
        ({"If-None-Match": '"0", "1"'}, 304),
        ({"If-None-Match": '"2"'}, 200),
        ({"If-Modified-Since": "Tue, 02 Jan 2024 00:00:00 GMT"}, 304),
        ({"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}, 200),
        ({"If-None-Match": '"2"', "If-Modified-Since": "Tue, 02 Jan 2024 00:00:00 GMT"}, 200),
        ({}, 200),
    ],
)
async def test_conditional_requests(
    host: FeedHost, session: aiohttp.ClientSession, headers: dict[str, str], status: int
) -> None:
    url = host.put("/feed.xml", BODY, etag='"1"', last_modified="Tue, 02 Jan 2024 00:00:00 GMT")
    async with session.get(url, headers=headers) as answer:
        assert answer.status == status
    assert host.asked("/feed.xml")[0].status == status


async def test_gzip(host: FeedHost, session: aiohttp.ClientSession) -> None:
    url = host.put("/feed.xml", BODY, compressed=True)
    async with session.get(url) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert await answer.read() == BODY


async def test_a_fault_lasts_as_often_as_ordered(host: FeedHost, session: aiohttp.ClientSession) -> None:
    url = host.put("/feed.xml", BODY)
    host.fault("/feed.xml", status=503, times=2, headers={"Retry-After": "5"})
    statuses = []
    for _ in range(3):
        async with session.get(url) as answer:
            statuses.append(answer.status)
    assert statuses == [503, 503, 200]


async def test_redirects(host: FeedHost, session: aiohttp.ClientSession) -> None:
    url = host.put("/new.xml", BODY)
    host.fault("/old.xml", "redirect", status=308, location=url)
    async with session.get(host.url("/old.xml")) as answer:
        assert (str(answer.url), await answer.read()) == (url, BODY)


@pytest.mark.parametrize("action", ["truncate", "reset", "close"])
async def test_broken_bodies(host: FeedHost, session: aiohttp.ClientSession, action: str) -> None:
    url = host.put("/feed.xml", BODY)
    # aiohttp repeats a request whose connection broke before the answer: so two of them.
    host.fault("/feed.xml", action, times=2)  # type: ignore[arg-type]
    with pytest.raises(aiohttp.ClientError):
        async with session.get(url) as answer:
            await answer.read()


@pytest.mark.parametrize("action", ["hang", "stall"])
async def test_held_until_released(host: FeedHost, session: aiohttp.ClientSession, action: str) -> None:
    url = host.put("/feed.xml", BODY)
    fault = host.fault("/feed.xml", action)  # type: ignore[arg-type]

    async def fetch() -> bytes:
        async with session.get(url) as answer:
            return await answer.read()

    fetching = asyncio.create_task(fetch())
    await host.wait_for(lambda: fault.hits and (action == "hang" or fault.sent))
    assert not fetching.done()
    fault.release.set()
    assert await fetching == BODY


async def test_an_endless_body_ends_with_the_client(host: FeedHost, session: aiohttp.ClientSession) -> None:
    fault = host.fault("/feed.xml", "endless")
    async with session.get(host.url("/feed.xml")) as answer:
        await answer.content.readexactly(1_000_000)
    assert fault.sent >= 900_000


async def test_a_document_drips_until_it_is_released(host: FeedHost, session: aiohttp.ClientSession) -> None:
    url = host.put("/feed.xml", BODY)
    drip = host.fault("/feed.xml", "drip")
    async with session.get(url) as answer:
        start = await answer.content.readexactly(3)
        assert 3 <= drip.sent < len(BODY)
        drip.release.set()
        assert start + await answer.read() == BODY
