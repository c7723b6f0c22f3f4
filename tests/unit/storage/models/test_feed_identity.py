"""Which addresses lead to the same feed."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from storage.models.feed_identity import feed_identity, feed_key

FEED = "https://feeds.example/Show/rss.xml?format=mp3&id=7"
KEYED = "https://ada:s3cret@feeds.example/rss"


@pytest.mark.parametrize(
    "spelling",
    [
        "http://feeds.example/Show/rss.xml?format=mp3&id=7",
        "HTTPS://Feeds.EXAMPLE/Show/rss.xml?format=mp3&id=7",
        "https://feeds.example:443/Show/rss.xml?format=mp3&id=7",
        "http://feeds.example:80/Show/rss.xml?format=mp3&id=7#latest",
        "https://feeds.example./Show/rss.xml?format=mp3&id=7",
        "https://feeds.example/Show/./old/../rss.xml?format=mp3&id=7",
        "https://feeds.example/%53how/rss%2Exml?f%6Frmat=mp3&id=7",
        "https://feeds.example/Show/rss.xml?utm_source=x&format=mp3&utm_Campaign=a%20b&id=7",
        "https://feeds.example/Show/rss.xml?format=mp3&fbclid=IwAR&id=7&gclid=Cj0&MSCLKID=1",
        "https://feeds.example/Show/rss.xml?&format=mp3&&id=7&",
        "https://:@feeds.example/Show/rss.xml?format=mp3&id=7",
    ],
)
def test_these_are_spellings_of_one_address(spelling: str) -> None:
    assert feed_identity(spelling) == FEED
    assert feed_key(spelling) == feed_key(FEED)


@pytest.mark.parametrize(
    "other",
    [
        "https://feeds.example/show/rss.xml?format=mp3&id=7",
        "https://feeds.example/Show/rss.xml/?format=mp3&id=7",
        "https://www.feeds.example/Show/rss.xml?format=mp3&id=7",
        "https://feeds.example:8443/Show/rss.xml?format=mp3&id=7",
        "https://feeds.example/Show/rss.xml?id=7&format=mp3",
        "https://feeds.example/Show/rss.xml?format=mp3&id=8",
        "https://feeds.example/Show/rss.xml?format=mp3&id=7&auth=k3y",
        "https://feeds.example/Show/rss.xml?format=MP3&id=7",
        "https://feeds.example/Show%2Frss.xml?format=mp3&id=7",
        "https://feeds.example/Show/rss.xml",
        "https://ada@feeds.example/Show/rss.xml?format=mp3&id=7",
        "https://ada:pw@feeds.example/Show/rss.xml?format=mp3&id=7",
    ],
)
def test_what_may_lead_to_another_feed_is_kept(other: str) -> None:
    assert feed_identity(other) != FEED
    assert feed_key(other) != feed_key(FEED)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://feeds.example", "https://feeds.example/?", True),
        ("https://Bücher.example/ä?q=ü", "https://xn--bcher-kva.example/%c3%a4?q=%C3%BC", True),
        ("https://[2001:DB8:0::1]:443/x", "http://[2001:db8::1]/x", True),
        ("http://feeds.example:8443/x", "https://feeds.example:8443/x", True),
        ("https://ada:@feeds.example/x", "https://ada@feeds.example/x", True),
        (KEYED, "http://ada:s3cret@FEEDS.example:80/rss", True),
        (KEYED, "https://%61da:s3cret@feeds.example/rss", True),
        (KEYED, "https://Ada:s3cret@feeds.example/rss", False),
        (KEYED, "https://ada:S3cret@feeds.example/rss", False),
        (KEYED, "https://bo:s3cret@feeds.example/rss", False),
        (KEYED, "https://feeds.example/rss", False),
        ("https://feeds.example/?k=a%26b", "https://feeds.example/?k=a&b", False),
        ("https://feeds.example/?utm=1", "https://feeds.example/", False),
    ],
)
def test_two_addresses(one: str, other: str, *, same: bool) -> None:
    assert (feed_identity(one) == feed_identity(other)) is same


@pytest.mark.parametrize(
    "no_address",
    ["", "deleted:7", "file:///home/me/feed.xml", "ftp://x.example/a", "https://x:y/a", "https:///a"],
)
def test_what_is_no_web_address_stays_as_it_is(no_address: str) -> None:
    assert feed_identity(no_address) == no_address


HOSTS = st.sampled_from(["feeds.example", "FEEDS.example.", "bücher.example", "[::1]", "127.0.0.1"])
TEXT = st.text(max_size=12)
ADDRESSES = st.builds(
    lambda scheme, user, host, port, path, query, fragment: (
        f"{scheme}://{user}{host}{port}{path}{query}{fragment}"
    ),
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["", "@", ":@", "a@", "a:b@", "%61:%3a@", "ü:ö@"]),
    HOSTS,
    st.sampled_from(["", ":", ":80", ":443", ":8080"]),
    st.lists(TEXT | st.sampled_from(["..", ".", "%2e%2e", "%2E", "", "a%2Fb"]), max_size=4).map(
        lambda parts: "".join(f"/{part}" for part in parts)
    ),
    st.lists(TEXT | st.sampled_from(["utm_x=1", "a=%61", "%75tm_y"]), max_size=3).map(
        lambda parts: f"?{'&'.join(parts)}" if parts else ""
    ),
    TEXT.map(lambda text: f"#{text}"),
)


@given(ADDRESSES | st.text())
@example("https://feeds.example/a/%252e%252e/b")
@example("https://feeds.example/?%2575tm_source=1")
def test_an_identity_is_its_own_identity(address: str) -> None:
    identity = feed_identity(address)
    assert feed_identity(identity) == identity
    assert feed_key(identity) == feed_key(address)


@given(ADDRESSES)
def test_an_identity_asks_the_host_for_the_same(address: str) -> None:
    """Apart from what makes no difference: the scheme, the port that goes with it, and what counts clicks."""
    try:
        asked, kept = URL(address), URL(feed_identity(address))
    except ValueError:
        return
    assert (kept.raw_host or "").rstrip(".") == (asked.raw_host or "").rstrip(".")
    assert (kept.user or "", kept.password or "") == (asked.user or "", asked.password or "")
    kept_names = [part for part in asked.raw_query_string.split("&") if part and not part.startswith("utm_")]
    assert [part for part in kept.raw_query_string.split("&") if part] == kept_names
