"""Redirects, permanent moves, and which hosts get credentials."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.http.failures import RequestError
from bot.feeds.http.redirects import MAX_REDIRECTS, MAX_URL_BYTES, Route

LONG = "x" * MAX_URL_BYTES


@pytest.mark.parametrize(
    ("hops", "url", "moved_to"),
    [
        ([], "http://a.example/f", None),
        ([(301, "/g")], "http://a.example/g", "http://a.example/g"),
        ([(308, "//b.example/g")], "http://b.example/g", "http://b.example/g"),
        (
            [(301, "/g"), (308, "https://b.example/h?k=1#top")],
            "https://b.example/h?k=1",
            "https://b.example/h?k=1",
        ),
        ([(302, "/g")], "http://a.example/g", None),
        ([(302, "/g"), (301, "/h")], "http://a.example/h", None),
        ([(301, "/g"), (307, "/h"), (301, "/i")], "http://a.example/i", "http://a.example/g"),
        ([(303, "g")], "http://a.example/g", None),
        ([(301, "http:g")], "http://a.example/g", "http://a.example/g"),
        ([(301, "?k=1")], "http://a.example/f?k=1", "http://a.example/f?k=1"),
        # The step down to http is followed, and nobody is sent that way for ever.
        (
            [(301, "https://b.example/"), (301, "http://b.example/")],
            "http://b.example/",
            "https://b.example/",
        ),
        ([(301, f"/{LONG}")], f"http://a.example/{LONG}", None),
    ],
)
def test_redirects(hops: list[tuple[int, str]], url: str, moved_to: str | None) -> None:
    route = Route.to("http://a.example/f")
    for status, location in hops:
        route = route.redirected(status, location)
    assert (str(route.url), route.moved_to) == (url, moved_to)


@pytest.mark.parametrize(
    ("start", "location", "authorized", "moved_to"),
    [
        ("http://ada:se%3Asame@a.example/f", "/g", True, "http://ada:se%3Asame@a.example/g"),
        ("http://a.example:80/f", "/g", False, "http://a.example/g"),
        ("http://ada:sesame@a.example/f", "http://a.example:80/g", True, "http://ada:sesame@a.example/g"),
        ("http://ada:sesame@a.example/f", "https://a.example/g", True, "https://ada:sesame@a.example/g"),
        ("https://ada:sesame@a.example/f", "http://a.example/g", False, None),
        ("http://ada:sesame@a.example/f", "http://a.example:81/g", False, "http://a.example:81/g"),
        ("http://ada:sesame@a.example/f", "http://b.a.example/g", False, "http://b.a.example/g"),
        ("http://ada:sesame@a.example:81/f", "https://a.example:81/g", False, "https://a.example:81/g"),
        ("http://sesame@a.example/f", "/g", True, "http://sesame@a.example/g"),
        ("http://:sesame@a.example/f", "/g", True, "http://:sesame@a.example/g"),
        ("http://ada:sesame@a.example/f", "http://bob:open@b.example/", True, "http://bob:open@b.example/"),
    ],
)
def test_credentials_stay_with_their_host(
    start: str, location: str, authorized: bool, moved_to: str | None
) -> None:
    route = Route.to(start).redirected(301, location)
    assert (route.authorization is not None, route.moved_to) == (authorized, moved_to)
    assert "@" not in str(route.url)


def test_credentials_are_sent_as_basic_authorization() -> None:
    assert Route.to("http://ada:open%20sesame@a.example/").authorization == "Basic YWRhOm9wZW4gc2VzYW1l"
    assert Route.to("http://z%C3%BC:r%C3%AF@a.example/").authorization == "Basic esO8OnLDrw=="
    assert Route.to("http://a.example/").authorization is None


def test_redirects_are_limited() -> None:
    route = Route.to("http://a.example/f")
    for _ in range(MAX_REDIRECTS):
        route = route.redirected(302, "/f")
    with pytest.raises(RequestError, match="too_many_redirects"):
        route.redirected(302, "/f")


@given(st.text(), st.text())
def test_any_location_leads_to_a_web_address_or_is_refused(start: str, location: str) -> None:
    for prefix in ("", "http://", "https://a.example/", "//"):
        try:
            route = Route.to("http://ada:sesame@a.example/f").redirected(301, prefix + location)
        except RequestError:
            continue
        assert route.url.scheme in ("http", "https")
        assert route.host[0]
        assert route.host[0] == "a.example" or "sesame" not in (route.password or "")
    try:
        Route.to(start)
    except RequestError:
        return
