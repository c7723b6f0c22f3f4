"""Items that stand in one document twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds.changes.repeats import repeats
from bot.feeds.changes.signs import Evidence
from storage.models import FeedItem, KnownEpisode
from tests.unit.storage.material import item

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
OTHERS = [KnownEpisode(n, f"o{n}", "h", "", f"Other {n}") for n in range(3)]


def _said(identity: str, title: str = "Ropes", file: str = "ropes", hours: float | None = 0.0) -> FeedItem:
    date = None if hours is None else NOW - timedelta(hours=hours)
    return item(identity, title=title, enclosure_url=f"https://a.example/{file}.mp3", published=date)


@pytest.mark.parametrize(
    ("one", "other", "repeated"),
    [
        (_said("a"), _said("b"), True),
        (_said("a"), _said("b", hours=2), True),
        (_said("a"), _said("b", hours=None), True),
        (_said("a"), _said("b", hours=24), False),
        (_said("a"), _said("b", file="cranes"), False),
        (_said("a"), _said("b", title="Cranes"), False),
        (_said("a"), _said("a", title="Ropes again"), True),
        (_said("a"), _said("a", title="Cranes", file="cranes"), False),
        (_said("a"), _said("a", title="Cranes", file="cranes", hours=48), False),
        (_said("a"), _said("a", file="cranes", hours=48), False),
        (_said("null"), _said("null", file="cranes", hours=48), False),
    ],
)
def test_two_items(one: FeedItem, other: FeedItem, repeated: bool) -> None:
    assert repeats(Evidence(OTHERS, [one, other], NOW, None), [one, other], []) == (
        {1: None} if repeated else {}
    )


def test_hourly_items_with_one_file_and_one_title_are_each_their_own() -> None:
    items = [_said(str(n), hours=n) for n in range(6)]
    assert repeats(Evidence(OTHERS, items, NOW, None), items, []) == {}


def test_a_copy_of_an_item_that_is_listed_unchanged_is_that_episode() -> None:
    stored = KnownEpisode(9, "s", "h", "r", "Ropes", "https://a.example/ropes.mp3", published=NOW, guid="s")
    copy = _said("b")
    assert repeats(Evidence([*OTHERS, stored], [copy], NOW, None), [copy], [stored]) == {0: stored}
