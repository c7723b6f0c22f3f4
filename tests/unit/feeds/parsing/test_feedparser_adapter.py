from __future__ import annotations

import pytest

from bot.feeds.errors import FeedError
from bot.feeds.parsing import feedparser_adapter
from bot.feeds.parsing.feedparser_adapter import (
    ITEMS_BROKEN,
    ITEMS_TOO_LARGE,
    MAX_ITEM_BYTES,
    ParsedItem,
    read_frame,
    read_items,
    read_whole,
)
from bot.feeds.parsing.xml_split import SplitDocument, split
from storage.models import StatusCode
from tests.unit.feeds.material import feed_xml, item_xml

CHAPTERS = '<podcast:chapters url="https://cdn.example/a.json" type="application/json+chapters"/>'


def split_feed(*items: str) -> SplitDocument:
    document = split(feed_xml(items))
    assert isinstance(document, SplitDocument)
    return document


def titles(document: SplitDocument, rests: list[None] | None = None) -> list[str | StatusCode]:
    counted: list[None] = [] if rests is None else rests
    parsed = read_items(document, document.items, lambda: counted.append(None))
    return [one.fields["title"] if isinstance(one, ParsedItem) else one for one in parsed]


def test_items_have_their_fields_and_what_feedparser_loses() -> None:
    document = split_feed(item_xml("a", CHAPTERS), item_xml("b"))
    first, second = read_items(document, document.items, lambda: None)
    assert isinstance(first, ParsedItem)
    assert isinstance(second, ParsedItem)
    assert (first.fields["title"], second.fields["title"]) == ("About a", "About b")
    assert first.extras.chapters_link is not None
    assert second.extras.chapters_link is None


def test_items_are_parsed_in_batches_with_rests_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedparser_adapter, "BATCH_ITEMS", 2)
    rests: list[None] = []
    assert titles(split_feed(*map(item_xml, "abcde")), rests) == [f"About {name}" for name in "abcde"]
    assert len(rests) == 2


def test_only_the_asked_for_items_are_parsed() -> None:
    document = split_feed(*map(item_xml, "abc"))
    [second] = read_items(document, document.items[1:2], lambda: None)
    assert isinstance(second, ParsedItem)
    assert second.fields["title"] == "About b"


def test_a_code_stands_for_an_item_that_can_not_be_read() -> None:
    large = item_xml("large", notes="n" * MAX_ITEM_BYTES)
    hostile = item_xml("hostile", "<a>" * 100 + "</a>" * 100)
    document = split_feed(item_xml("a"), large, hostile, item_xml("b"))
    assert titles(document) == ["About a", ITEMS_TOO_LARGE, ITEMS_BROKEN, "About b"]


def test_a_document_with_small_faults_is_repaired() -> None:
    broken = feed_xml([item_xml("a")], title="Salt & Stone &nbsp;").replace(b"About a", b"Tea & \x06milk")
    feed, _, [item] = read_whole(broken)
    assert feed["title"].split() == ["Salt", "&", "Stone"]
    assert item.fields["title"] == "Tea & milk"


def test_a_hostile_document_is_refused() -> None:
    deep = b"<rss><channel>" + b"<a>" * 100 + b"</a>" * 100 + b"</channel></rss>"
    with pytest.raises(FeedError, match="too broken"):
        read_whole(deep)
    with pytest.raises(FeedError, match="too broken"):
        read_frame(deep)
