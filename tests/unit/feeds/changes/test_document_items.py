"""The items of a document and the episodes that they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.feeds.changes.document_items import read_document
from storage.models import KnownEpisode, UnchangedItem
from tests.unit.storage.material import item

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
STORED = KnownEpisode(
    1, "undefined", "h", "raw", "Ropes", "https://a.example/1.mp3", published=NOW - DAY, guid="undefined"
)


def _unnamed(title: str, days: float) -> object:
    return item(
        "undefined", title=title, enclosure_url=f"https://a.example/{title}.mp3", published=NOW - days * DAY
    )


def test_new_items_get_identities_that_are_nobodys_and_stay_the_same() -> None:
    entries = [_unnamed("Cranes", 0.5), UnchangedItem("raw"), _unnamed("Buoys", 3)]
    document = read_document([STORED], entries, (), NOW, None)  # type: ignore[arg-type]
    names = [one.item.identity if one.item else None for one in document.items]
    assert names[1] is None
    assert len({"undefined", names[0], names[2]}) == 3
    assert document.shared_ids == 3
    again = read_document([STORED], entries, (), NOW, None)  # type: ignore[arg-type]
    assert [one.item.identity if one.item else None for one in again.items] == names


def test_what_an_older_version_took_for_another_item_is_hidden() -> None:
    entries = [_unnamed("Cranes", 0.5), UnchangedItem("raw"), _unnamed("Buoys", 3)]
    document = read_document([STORED], entries, (), NOW, None)  # type: ignore[arg-type]
    assert [one.hidden for one in document.items] == [False, False, True]


def test_copies_are_counted() -> None:
    copy = item("b", title="Ropes", enclosure_url="https://a.example/1.mp3", published=NOW - DAY)
    document = read_document([STORED], [copy, UnchangedItem("raw")], (), NOW, None)
    assert (len(document.items), document.repeats, document.copied) == (1, 1, frozenset({1}))
