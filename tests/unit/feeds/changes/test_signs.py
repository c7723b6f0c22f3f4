"""What signs are worth in a show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds.changes.signs import Evidence, like_title, sane_date
from storage.models import KnownEpisode
from tests.unit.storage.material import item

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def _known(number: int, title: str, length: float | None = None, days: float = 1.0) -> KnownEpisode:
    return KnownEpisode(
        number,
        str(number),
        "h",
        "",
        title,
        f"https://a.example/{number}.mp3",
        length,
        NOW - days * DAY,
        guid=str(number),
    )


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("On harbours", "On harbors", True),
        ("Ropes", "12: Ropes", True),
        ("Episode 12", "Episode 13", False),
        ("Episode 12: knots", "Episode 12: knots and bends", True),
        ("Ropes", "Cranes", False),
        ("", "Cranes", False),
        ("第三集 港口", "第三集 港口故事", True),
    ],
)
def test_a_mended_title_is_like_the_old_one(one: str, other: str, alike: bool) -> None:
    assert like_title(item("a", title=one), item("b", title=other)) == alike


@pytest.mark.parametrize(
    ("date", "sane"),
    [
        (NOW, True),
        (NOW + 30 * DAY, True),
        (NOW + 400 * DAY, False),
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (datetime(1, 1, 1, tzinfo=UTC), False),
        (datetime(2004, 9, 9, tzinfo=UTC), True),
        (None, False),
    ],
)
def test_a_date_that_no_episode_can_have_is_none(date: datetime | None, sane: bool) -> None:
    assert sane_date(item("a", published=date), NOW) == (date if sane else None)


def test_lengths_and_titles_that_many_have_tell_nothing() -> None:
    show = Evidence(
        [_known(n, "News", 300.0) for n in range(4)] + [_known(9, "Special", 777.0)], [], NOW, None
    )
    assert not show.unusual_length(_known(1, "News", 301.0))
    assert show.unusual_length(_known(9, "Special", 777.0))
    assert not show.unusual_length(_known(9, "Special"))
    assert not show.titled("news")


def test_an_item_pinned_in_the_future_is_not_the_newest() -> None:
    show = Evidence([_known(1, "Start", days=-20), _known(2, "Ropes", days=3)], [], NOW, None)
    assert show.newest == NOW - 3 * DAY
    assert show.later(item("a", published=NOW))
    assert not show.later(item("a", published=None))


def test_an_id_that_several_different_items_have_is_nobodys() -> None:
    items = [item(str(n), guid="x", title=f"T {n}", enclosure_url=f"https://a.example/{n}") for n in range(3)]
    assert Evidence([], items, NOW, None).guid(items[0]) is None
    assert Evidence([], items[:1], NOW, None).guid(items[0]) == "x"
