"""Redirects over real sockets: which are followed, which are refused, and which move a feed."""

from __future__ import annotations

import pytest

from bot.feeds.http.address_guard import AllowedAddresses
from bot.feeds.http.fetcher import Fetcher
from bot.feeds.http.redirects import MAX_REDIRECTS
from storage.models import Validators
from tests.fakes.feed_host import FeedHost
from tests.unit.feeds.http.material import BODY, NOTHING, refusal, secret


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
