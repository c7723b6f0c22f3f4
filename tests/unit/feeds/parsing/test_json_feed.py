"""JSON Feed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.errors import FeedError
from bot.feeds.parsing import json_feed
from bot.feeds.parsing.feed_parser import parse_feed
from bot.feeds.parsing.json_feed import is_json, read_json_feed
from storage.models import UnchangedItem
from tests.unit.feeds.material import read


def feed(*items: object, **said: object) -> bytes:
    """A JSON Feed with these items."""
    head = {"version": "https://jsonfeed.org/version/1.1", "title": "Green &amp; Tea", "language": "en"}
    return json.dumps({**head, "home_page_url": "https://tea.example/", "items": items, **said}).encode()


def item(name: str, **said: object) -> dict[str, Any]:
    """An item with an attachment."""
    attachment = {"url": f"/{name}.mp3", "mime_type": "audio/mpeg", "duration_in_seconds": 90}
    return {"id": name, "title": f"Of {name}", "attachments": [attachment], **said}


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"])
def test_a_json_feed_is_read(version: str) -> None:
    body = feed(
        item(
            "leaves",
            date_published="2026-11-29T18:00:00+01:00",
            content_html="<p>Of leaves</p>",
            url="https://tea.example/leaves",
            image="/leaves.png",
        ),
        item("cups", content_text="Of cups & <b>\nand more"),
        {"id": "text", "title": "A text", "content_text": "Words"},
        version=version,
        icon="https://tea.example/icon.png",
    )
    parsed = parse_feed(
        b"\xef\xbb\xbf " + body, "application/feed+json", address="https://feeds.example/feed.json"
    )
    assert (parsed.info.title, parsed.info.link, parsed.info.language) == (
        "Green & Tea",
        "https://tea.example/",
        "en",
    )
    assert parsed.info.image_url == "https://tea.example/icon.png"
    leaves, cups = read(parsed)
    assert (leaves.identity, leaves.title, leaves.link) == (
        "leaves",
        "Of leaves",
        "https://tea.example/leaves",
    )
    assert leaves.published == datetime(2026, 11, 29, 17, tzinfo=UTC)
    assert (leaves.enclosure_url, leaves.enclosure_type) == ("https://feeds.example/leaves.mp3", "audio/mpeg")
    assert (leaves.duration_s, leaves.image_url) == (90, "https://feeds.example/leaves.png")
    assert leaves.notes == "<p>Of leaves</p>"
    assert cups.notes == "Of cups &amp; &lt;b><br>\nand more"


def test_unchanged_items_are_not_read_again() -> None:
    known = {one.raw_hash for one in read(parse_feed(feed(item("a"), item("b")), None))}
    again = parse_feed(feed(item("c"), item("a"), item("b")), None, known)
    assert [type(one) is UnchangedItem for one in again.entries] == [False, True, True]


def test_pictures_are_no_episodes() -> None:
    picture = {"id": "p", "attachments": [{"url": "https://x.example/p.png", "mime_type": "image/png"}]}
    parsed = parse_feed(feed(picture, item("a")), None)
    assert (len(parsed.entries), [str(one.code) for one in parsed.warnings]) == (1, ["document.items_silent"])


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{}", "no JSON Feed"),
        (b"[1]", "no JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": {}}', "no JSON Feed"),
        (b'{"items": []', "begins like JSON"),
        (b"[" * 100_000, "begins like JSON"),
        (b"[" + b"9" * 100_000 + b"]", "begins like JSON"),
    ],
)
def test_other_json_is_refused(body: bytes, told: str) -> None:
    with pytest.raises(FeedError, match=told):
        parse_feed(body, None)


def test_too_much_json_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_feed, "MAX_BYTES", 10)
    with pytest.raises(FeedError, match="so much is not read"):
        read_json_feed(feed())


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just("\ud83d\0"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["url", "id", "title"]), inner)
    ),
    max_leaves=6,
)


@given(
    st.lists(st.dictionaries(st.sampled_from([*item("a"), "date_published", "image"]), _VALUES), max_size=3)
)
def test_anything_may_stand_in_a_json_feed(items: list[object]) -> None:
    body = feed(*items, icon=None, language=7)
    assert is_json(body)
    for one in read(parse_feed(body, None)):
        one.title.encode()
