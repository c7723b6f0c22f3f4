"""A feed's address as it is typed or pasted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.feed_addresses import APP_SCHEMES, feed_address


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("  https://feeds.example/a.xml\n", "https://feeds.example/a.xml"),
        ("<https://feeds.example/a.xml>", "https://feeds.example/a.xml"),
        ("https://feeds.example/a.xml?k=1#newest", "https://feeds.example/a.xml?k=1"),
        ("feed://feeds.example/a.xml", "https://feeds.example/a.xml"),
        ("FEED:https://feeds.example/a.xml", "https://feeds.example/a.xml"),
        ("feed:http://feeds.example/a.xml", "http://feeds.example/a.xml"),
        ("podcast://https://feeds.example/a.xml", "https://feeds.example/a.xml"),
        ("itpc://feeds.example:8000/a.xml", "http://feeds.example:8000/a.xml"),
        ("pcast://feeds.example:443/a.xml", "https://feeds.example:443/a.xml"),
        ("itpc://[2001:db8::1]/a.xml", "https://[2001:db8::1]/a.xml"),
        ("podcast://ada:pw@feeds.example/a.xml", "https://ada:pw@feeds.example/a.xml"),
        ("feed:feeds.example/a.xml", "feed:feeds.example/a.xml"),
        ("feed://", "feed://"),
        ("ftp://feeds.example/a.xml", "ftp://feeds.example/a.xml"),
        ("./feed.xml", "./feed.xml"),
        ("file:///tmp/a%23b.xml", "file:///tmp/a%23b.xml"),
        ("<< https://feeds.example/a.xml> >", "https://feeds.example/a.xml"),
        ("<>", ""),
    ],
)
def test_what_is_typed_leads_to(typed: str, address: str) -> None:
    assert feed_address(typed) == address


@given(st.text() | st.builds("{}://{}".format, st.sampled_from(APP_SCHEMES), st.text()))
def test_any_text_gives_an_address_that_stays(typed: str) -> None:
    once = feed_address(typed)
    assert "#" not in once or not once.startswith(("http://", "https://"))
    assert feed_address(once) == once
