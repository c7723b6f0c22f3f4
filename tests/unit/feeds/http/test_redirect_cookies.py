"""Cookies on the way through redirects."""

from __future__ import annotations

from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import hdrs
from multidict import CIMultiDict
from yarl import URL

from bot.feeds.http.fetcher import Fetcher
from bot.feeds.http.redirect_cookies import MAX_COOKIES, MAX_HEADER_BYTES, RedirectCookies
from tests.fakes.feed_host import FeedHost
from tests.fakes.raw_host import RawHost
from tests.unit.feeds.http.material import BODY, LOOPBACK, NOTHING


def answer(url: str, *set_cookies: str) -> Any:
    """What a response says of cookies."""
    parsed: SimpleCookie = SimpleCookie()
    for one in set_cookies:
        parsed.load(one)
    headers = CIMultiDict((hdrs.SET_COOKIE, one) for one in set_cookies)
    return SimpleNamespace(url=URL(url), headers=headers, cookies=parsed)


@pytest.mark.parametrize(
    ("set_by", "cookie", "asked", "sent"),
    [
        ("http://a.example/x", "seen=1; path=/", "http://a.example/feed.xml", "seen=1"),
        ("http://a.example/x", "seen=1; path=/", "https://a.example/feed.xml", "seen=1"),
        ("http://a.example:8000/x", "seen=1", "http://a.example/feed.xml", "seen=1"),
        ("http://127.0.0.1/x", "seen=1; path=/", "http://127.0.0.1/", "seen=1"),
        ("http://a.example/x", "seen=a|b; path=/", "http://a.example/", "seen=a|b"),
        ("http://a.example/x", 'seen="a b"; path=/', "http://a.example/", 'seen="a b"'),
        ("https://a.example/x", "seen=1; Secure", "http://a.example/", None),
        ("http://a.example/x", "seen=1; Max-Age=0", "http://a.example/", None),
        ("http://a.example/in/x", "seen=1", "http://a.example/", None),
        ("http://a.example/x", "seen=1", "http://b.example/", None),
        ("http://a.example/x", "seen=1", "http://www.a.example/", None),
        ("http://a.example/x", "seen=1; Domain=a.example", "http://feeds.a.example/", "seen=1"),
        ("http://www.a.example/x", "seen=1; Domain=.a.example", "http://feeds.a.example/", "seen=1"),
        ("http://a.example/x", "seen=1; Domain=b.example", "http://b.example/", None),
        ("http://a.example/x", "seen=1; Domain=example", "http://b.example/", None),
        ("http://a.co.uk/x", "seen=1; Domain=co.uk", "http://b.co.uk/", None),
        ("http://a.co.uk/x", "seen=1; Domain=co.uk", "http://a.co.uk/", "seen=1"),
    ],
)
async def test_who_gets_a_cookie(set_by: str, cookie: str, asked: str, sent: str | None) -> None:
    cookies = RedirectCookies()
    assert cookies.header(URL(asked)) is None
    cookies.take(answer(set_by, cookie))
    assert cookies.header(URL(asked)) == sent


async def test_cookies_are_bounded() -> None:
    cookies = RedirectCookies()
    for number in range(100):
        cookies.take(answer("http://a.example/", f"c{number}={'x' * 1_000}"))
    header = cookies.header(URL("http://a.example/")) or ""
    assert len(header) <= MAX_HEADER_BYTES
    assert 0 < header.count("=") <= MAX_COOKIES


async def test_a_host_that_sends_round_until_the_cookie_comes_back_is_read() -> None:
    async with RawHost() as host, Fetcher(LOOPBACK) as fetcher:
        redirect = b"HTTP/1.1 302 Found\r\nLocation: /feed.xml\r\nSet-Cookie: seen=1; path=/\r\n\r\n"
        ok = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
        host.scripts["/feed.xml"] = lambda: [ok if b"\r\nCookie: seen=1\r\n" in host.heads[-1] else redirect]
        assert (await fetcher.feed(host.url("/feed.xml"), NOTHING)).body == BODY
        # The next fetch knows nothing of it.
        assert (await fetcher.feed(host.url("/feed.xml"), NOTHING)).body == BODY
        assert [b"Cookie" in head for head in host.heads] == [False, True, False, True]


async def test_another_host_gets_no_cookie() -> None:
    async with FeedHost() as host, FeedHost("127.0.0.2") as other, Fetcher(LOOPBACK) as fetcher:
        url = other.put("/a", BODY)
        host.fault("/a", "redirect", location=url, headers={"Set-Cookie": "who=me"})
        assert (await fetcher.feed(host.url("/a"), NOTHING)).body == BODY
        assert "Cookie" not in other.asked("/a")[0].headers
