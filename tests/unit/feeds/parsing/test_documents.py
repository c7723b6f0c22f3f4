"""Documents of feeds in one shape."""

from __future__ import annotations

import json

import pytest

from bot.feeds.parsing.documents import open_document
from tests.unit.feeds.material import feed_xml, item_xml

DATED = "<pubDate>Sun, 01 Mar 2026 12:00:00 GMT</pubDate>"
SPLIT = feed_xml([item_xml("a", DATED), "<item><title>Text</title></item>"])
# A prefix on its items keeps a document from being split.
WHOLE = SPLIT.replace(b"<item>", b"<x:item xmlns:x=''>").replace(b"</item>", b"</x:item>")
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1",
        "title": "Small Show",
        "items": [
            {
                "id": "a",
                "date_published": "2026-03-01T12:00:00Z",
                "attachments": [{"url": "https://x.example/a.mp3"}],
            },
            {"id": "text"},
        ],
    }
).encode()


@pytest.mark.parametrize("body", [SPLIT, JSON], ids=["split", "json"])
def test_a_document_tells_of_its_items_without_reading_them(body: bytes) -> None:
    document = open_document(body)
    assert document.fields["title"] == "Small Show"
    assert len(set(document.hashes)) == 2
    assert [document.may_be_episode(at) for at in range(2)] == [True, False]
    [date] = document.dates(0, "en")
    assert date.only is not None
    assert list(document.dates(1, "en")) == []
    [item] = document.read([0], lambda: None)
    assert not isinstance(item, str)


def test_a_document_that_can_not_be_split_has_no_hashes() -> None:
    body = feed_xml([item_xml("a", DATED)]).replace(b"<item>", b"<channel></channel><item>")
    document = open_document(body)
    assert list(document.hashes) == [""]
    assert document.may_be_episode(0)
    [date] = document.dates(0, None)
    assert date.only is not None
    assert len(list(document.read([0], lambda: None))) == 1


@pytest.mark.parametrize(
    ("inside", "may_be"),
    [
        ('<media:content url="https://x.example/a.mp3"/>', True),
        ('<m:content\nurl="https://x.example/a.mp3"/>', True),
        ('<enc:enclosure rdf:resource="https://x.example/a.mp3"/>', True),
        ("<content:encoded>Words</content:encoded>", False),
    ],
)
def test_only_items_that_link_something_are_parsed(inside: str, may_be: bool) -> None:
    document = open_document(feed_xml([item_xml("a", inside, enclosure="")]))
    assert document.may_be_episode(0) is may_be
