"""A feed's address as it is typed or pasted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.feed_addresses import APP_SCHEMES, MAX_TYPED, app_of, feed_address, feed_addresses
from bot.text.web_addresses import is_web_address

A = "https://feeds.example/a.xml"
EITHER = (A, "http://feeds.example/a.xml")


@pytest.mark.parametrize(
    ("typed", "addresses"),
    [
        (f"  {A}\n", (A,)),
        (f"<{A}>", (A,)),
        ("<< https://feeds.example/a.xml> >", (A,)),
        (f"{A}?k=1#newest", (f"{A}?k=1",)),
        ("HTTPS://feeds.example/a.xml", (A,)),
        # What stands around it.
        (f"“{A}”", (A,)),
        (f"«{A}»", (A,)),
        (f"'{A}'", (A,)),
        (f"`{A}`", (A,)),
        (f"||{A}||", (A,)),
        (f"**{A}**", (A,)),
        (f"《{A}》", (A,)),
        (f"\u200b{A}\ufeff", (A,)),
        ("https://feeds.ex\u00adample/a.xml\u2069", (A,)),
        (f"Our feed: {A}, subscribe!", (A,)),
        (f"(see {A}).", (A,)),
        (f"{A},", (A,)),
        (f"{A}\nhttps://feeds.example/b.xml", (A,)),
        ("it is at feeds.example/a.xml now", EITHER),
        (f"view-source:{A}", (A,)),
        # Links.
        (f"[The show]({A})", (A,)),
        (f'[The show](<{A}> "title")', (A,)),
        ("[x](https://feeds.example/a_(b).xml)", ("https://feeds.example/a_(b).xml",)),
        (f'<a href="{A}?a=1&amp;b=2">RSS</a>', (f"{A}?a=1&b=2",)),
        # Schemes of apps.
        ("feed://feeds.example/a.xml", EITHER),
        ("feed:feeds.example/a.xml", EITHER),
        (f"FEED:{A}", (A,)),
        ("feed:http://feeds.example/a.xml", EITHER[1:]),
        ("feed:feed://feeds.example/a.xml", EITHER),
        (f"podcast://{A}", (A,)),
        ("pcast:feeds.example/a.xml", EITHER),
        ("itpc://feeds.example:8000/a.xml", tuple(one.replace("example", "example:8000") for one in EITHER)),
        ("pcast://feeds.example:443/a.xml", ("https://feeds.example:443/a.xml",)),
        ("itpc://[2001:db8::1]/a.xml", ("https://[2001:db8::1]/a.xml", "http://[2001:db8::1]/a.xml")),
        (f"antennapod-subscribe://{A}", (A,)),
        ("overcast://x-callback-url/add?url=https%3A%2F%2Ffeeds.example%2Fa.xml", (A,)),
        # A key is sent in the clear only where the port says so.
        ("podcast://ada:pw@feeds.example/a.xml", ("https://ada:pw@feeds.example/a.xml",)),
        ("feeds.example/a.xml?key=8f3c", ("https://feeds.example/a.xml?key=8f3c",)),
        (
            "feeds.example:81/a?key=8f3c",
            ("https://feeds.example:81/a?key=8f3c", "http://feeds.example:81/a?key=8f3c"),
        ),
        # No scheme, or a damaged one.
        ("feeds.example/a.xml", EITHER),
        ("//feeds.example/a.xml", EITHER),
        ("www.show.example", ("https://www.show.example", "http://www.show.example")),
        ("127.0.0.1:8000/a.xml", ("https://127.0.0.1:8000/a.xml", "http://127.0.0.1:8000/a.xml")),
        ("localhost:8000", ("https://localhost:8000", "http://localhost:8000")),
        ("bücher.example/a.xml", ("https://bücher.example/a.xml", "http://bücher.example/a.xml")),
        ("https:/feeds.example/a.xml", (A,)),
        ("https//feeds.example/a.xml", (A,)),
        ("https:\\\\feeds.example\\a.xml", (A,)),
        (f"http://{A}", (A,)),
        ("https%3A%2F%2Ffeeds.example%2Fa.xml", (A,)),
        ("https://feeds.example/my feed.xml", ("https://feeds.example/my%20feed.xml",)),
        (f"{A} is it", (A,)),
        # None.
        ("feed://", ()),
        ("<>", ()),
        ("ftp://feeds.example/a.xml", ()),
        ("file:///tmp/a%23b.xml", ()),
        ("./feed.xml", ()),
        ("feed.xml", ()),
        ("feeds/feed.xml", ()),
        ("ada@feeds.example", ()),
        ("mailto:ada@feeds.example", ()),
        ("http://[::1/feed", ()),
        ("C:\\feeds\\feed.xml", ()),
        ("The Copper Kettle", ()),
        ("x" * 5_000, ()),
        (A + "x" * MAX_TYPED, ()),
    ],
)
def test_what_is_typed_leads_to(typed: str, addresses: tuple[str, ...]) -> None:
    assert feed_addresses(typed) == addresses


@pytest.mark.parametrize("typed", ["./feed.xml", "file:///tmp/a%23b.xml", "ftp://feeds.example/a.xml"])
def test_what_is_no_web_address_stays_as_it_was_typed(typed: str) -> None:
    assert feed_address(f" <{typed}>") == typed


PASTED = st.text() | st.builds(
    "{}{}{}".format,
    st.sampled_from(["", *APP_SCHEMES, "http", "see <https"]),
    st.sampled_from(["", ":", "://", "]("]),
    st.text(),
)


@given(PASTED)
def test_any_text_gives_addresses_that_stay(typed: str) -> None:
    for address in feed_addresses(typed):
        assert is_web_address(address)
        assert "#" not in address
    once = feed_address(typed)
    assert feed_address(once) == once


@pytest.mark.parametrize(
    ("address", "app"),
    [
        ("https://podcasts.apple.com/us/podcast/x/id1?i=2", "Apple Podcasts"),
        ("https://open.spotify.com/show/4rOoJ6Egrf8K2IrywzwOMk", "Spotify"),
        ("https://www.youtube.com/@show", "YouTube"),
        ("http://m.youtube.com/watch?v=x", "YouTube"),
        ("https://youtu.be/x", "YouTube"),
        ("https://www.youtube.com/feeds/videos.xml?channel_id=x", None),
        ("https://feeds.example/spotify.com", None),
        ("https://notspotify.com/show", None),
        ("http://[::1", None),
    ],
)
def test_pages_of_apps_are_known(address: str, app: str | None) -> None:
    assert app_of(address) == app
