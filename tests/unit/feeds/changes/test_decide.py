"""What is new, what changed, and what is announced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds.changes.announcing import OLD_AFTER
from bot.feeds.changes.decide import REPEATED, WAITS, decide
from bot.feeds.changes.document_items import STEP
from bot.feeds.changes.episode_matching import EDITED
from bot.status_messages.sentences import sentence
from storage.models import EpisodeChange, FeedItem, HeldItem, HeldState, KnownEpisode, UnchangedItem
from tests.unit.storage.material import item

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
KNOWN = [
    KnownEpisode(1, "same", "hash of same", "raw of same", published=NOW - 2 * DAY),
    KnownEpisode(2, "edited", "another hash", "raw of edited", published=NOW - 3 * DAY),
]

WRONG_DATE = "announced: it is new in the feed, and the date that it gives can't be right"
SAME = item("same", published=NOW - 2 * DAY)


@pytest.mark.parametrize(
    ("baseline", "published", "announce", "reason"),
    [
        (False, NOW, True, "announced: it is new in the feed"),
        (False, NOW - OLD_AFTER, True, "announced: it is new in the feed"),
        (
            False,
            NOW - OLD_AFTER - timedelta(seconds=1),
            False,
            "not announced: it appeared now but is dated 7 days back",
        ),
        (False, NOW - 400 * DAY, False, "not announced: it appeared now but is dated 400 days back"),
        (False, datetime(1, 1, 1, tzinfo=UTC), True, WRONG_DATE),
        (False, datetime(1970, 1, 1, tzinfo=UTC), True, WRONG_DATE),
        (False, NOW + 400 * DAY, True, WRONG_DATE),
        (False, datetime.max.replace(tzinfo=UTC), True, WRONG_DATE),
        (
            False,
            NOW + 5 * DAY,
            False,
            "not announced yet: it waits for the date that its feed gives, 2026-03-06T12:00:00+00:00",
        ),
        (False, None, True, "announced: it is new in the feed, which gives no date"),
        (True, NOW, False, "not announced: it was there when the podcast was first read"),
        (True, None, False, "not announced: it was there when the podcast was first read"),
    ],
)
def test_a_new_item(baseline: bool, published: datetime | None, announce: bool, reason: str) -> None:
    new = item("new", published=published)
    # A date in the future shall not keep it on top for ever.
    place = min(published, NOW) if published else NOW - STEP
    decision = decide(KNOWN, [new], baseline=baseline, now=NOW)
    [change] = decision.changes
    assert (change.item, change.episode_id, change.announce, change.sorted_at) == (new, None, announce, place)
    assert sentence(change.reason) == reason
    assert not decision.held


@pytest.mark.parametrize("baseline", [False, True])
def test_known_items_are_never_announced(baseline: bool) -> None:
    edited = item("edited", published=NOW)
    changes = decide(KNOWN, [SAME, edited], baseline=baseline, now=NOW).changes
    assert changes == (EpisodeChange(edited, 2, False, EDITED(), NOW),)


def test_items_that_left_the_feed_change_nothing() -> None:
    changes = decide(KNOWN, [item("b"), SAME, item("a")], baseline=False, now=NOW).changes
    assert [change.item.identity for change in changes] == ["b", "a"]
    assert not decide(KNOWN, [], baseline=False, now=NOW).changes


def test_items_that_were_not_parsed_change_nothing() -> None:
    entries = [UnchangedItem("raw of same"), UnchangedItem("raw of edited"), UnchangedItem("of nobody")]
    decision = decide(KNOWN, entries, baseline=False, now=NOW)
    assert (decision.changes, decision.held, decision.refreshed) == ((), (), {})


def test_a_new_raw_hash_of_the_same_content_is_stored() -> None:
    entries = [
        item("same", published=NOW - 2 * DAY, raw_hash="new raw"),
        item("edited", raw_hash="newer raw"),
    ]
    decision = decide(KNOWN, entries, baseline=False, now=NOW)
    assert {id_: one.raw_hash for id_, one in decision.refreshed.items()} == {1: "new raw"}
    assert [change.episode_id for change in decision.changes] == [2]


@pytest.mark.parametrize(
    ("was", "moved_by", "changes"),
    [
        (NOW, timedelta(0), False),
        (NOW, timedelta(minutes=10), False),
        (NOW, -timedelta(hours=11), False),
        (NOW, timedelta(days=1), True),
        (NOW, -timedelta(days=30), True),
        (NOW, None, False),
        (None, timedelta(0), True),
    ],
)
def test_a_date_that_moves_at_each_look_is_no_change_and_a_corrected_one_is(
    was: datetime | None, moved_by: timedelta | None, changes: bool
) -> None:
    one = item("a", raw_hash="new", published=None if moved_by is None else NOW + moved_by)
    known = [KnownEpisode(1, "a", one.content_hash, "old", published=was)]
    decision = decide(known, [one], baseline=False, now=NOW)
    assert bool(decision.changes) == changes
    assert bool(decision.refreshed) != changes


def test_an_item_whose_notes_were_not_read_keeps_the_stored_ones() -> None:
    unread = [item("edited", content_hash="", notes=""), item("new", content_hash="", notes="")]
    changes = decide(KNOWN, unread, baseline=False, now=NOW).changes
    assert [(change.item.identity, change.episode_id) for change in changes] == [("new", None)]


@pytest.mark.parametrize(
    "entries",
    [
        [UnchangedItem("raw of same"), item("same", published=NOW - 2 * DAY, content_hash="other")],
        [UnchangedItem("raw of same"), UnchangedItem("raw of same")],
        [SAME, UnchangedItem("raw of same")],
        [SAME, item("same", published=NOW - 2 * DAY, content_hash="other")],
    ],
)
def test_the_first_of_repeated_items_counts(entries: list[FeedItem | UnchangedItem]) -> None:
    assert decide(KNOWN, entries, baseline=False, now=NOW).changes == ()


def test_undated_items_are_placed_below_their_dated_neighbour() -> None:
    items: list[FeedItem | UnchangedItem] = [
        item("top", published=None),
        item("new", published=NOW - DAY),
        item("below new", published=None),
        # Known and the same: nothing is to be done with it, and it is a neighbour all the same.
        UnchangedItem("raw of same"),
        item("below same", published=None),
        item("edited", published=None),
        item("old", published=NOW - 9 * DAY),
    ]
    changes = decide(KNOWN, items, baseline=True, now=NOW).changes
    assert {change.item.identity: change.sorted_at for change in changes} == {
        "top": NOW - STEP,
        "new": NOW - DAY,
        "below new": NOW - DAY - STEP,
        "below same": NOW - 2 * DAY - STEP,
        "edited": NOW - 2 * DAY - 2 * STEP,
        "old": NOW - 9 * DAY,
    }


def test_no_place_is_before_the_first_day() -> None:
    first = datetime.min.replace(tzinfo=UTC)
    items = [item("a", published=first), item("b", published=None), item("c", published=None)]
    changes = decide(KNOWN, items, baseline=True, now=NOW).changes
    assert [change.sorted_at for change in changes] == [first] * 3


def test_a_known_episode_dated_in_the_future_hides_no_new_one() -> None:
    known = [KnownEpisode(n, f"g{n}", "h", f"r{n}", published=NOW - n * DAY) for n in range(1, 10)]
    known.append(KnownEpisode(99, "future", "h", "r99", published=NOW + 10_000 * DAY))
    entries: list[FeedItem | UnchangedItem] = [item("new", published=NOW - DAY / 2)]
    entries += [UnchangedItem(one.raw_hash) for one in known]
    [change] = decide(known, entries, baseline=False, now=NOW).changes
    assert (change.announce, change.sorted_at) == (True, NOW - DAY / 2)


def test_position_in_the_feed_does_not_make_an_item_new() -> None:
    known = [KnownEpisode(n, f"g{n}", "h", f"r{n}", published=NOW - n * DAY) for n in range(1, 10)]
    entries = [UnchangedItem(f"r{n}") for n in (9, 1, 2, 3, 4, 5)]
    [change] = decide(known, [*entries, item("new", published=NOW)], baseline=False, now=NOW).changes
    assert (change.item.identity, change.announce) == ("new", True)


YESTERDAY = KnownEpisode(
    1, "old id", "h", "raw", "News", "https://cdn.example/news.mp3?k=1", 900.0, NOW - DAY
)
OTHER = KnownEpisode(2, "other", "h", "raw of other", "Other", "https://cdn.example/other.mp3")
THIRD = KnownEpisode(3, "third", "h", "raw of third", "Third", "https://cdn.example/third.mp3")


@pytest.mark.parametrize(
    ("what", "said", "moved"),
    [
        ("its id alone changed", {}, True),
        ("also its title", {"title": "Renamed"}, True),
        ("also the date, to an earlier one", {"published": NOW - 5 * DAY}, True),
        ("its title's letters", {"title": " NEWS "}, True),
        ("the scheme", {"enclosure_url": "http://cdn.example/news.mp3"}, True),
        ("it is dated anew and lasts as long", {"published": NOW}, True),
        ("a daily show that uses title and file again", {"published": NOW, "duration_s": 930.0}, False),
        ("the same, without durations", {"published": NOW, "duration_s": None}, False),
        ("the file of another day", {"title": "Other news", "published": NOW - 5 * DAY}, False),
        ("also its file", {"enclosure_url": "https://cdn.example/news2.mp3"}, True),
    ],
)  # fmt: skip
def test_a_single_item_with_a_new_id(what: str, said: dict[str, object], moved: bool) -> None:
    new = item(
        "new id",
        **{
            "title": "News",
            "enclosure_url": "https://cdn.example/news.mp3?k=2",
            "published": NOW - DAY,
            "duration_s": 901.0,
            **said,
        },
    )
    entries: list[FeedItem | UnchangedItem] = [
        new,
        UnchangedItem("raw of other"),
        UnchangedItem("raw of third"),
    ]
    decision = decide([YESTERDAY, OTHER, THIRD], entries, baseline=False, now=NOW)
    [change] = decision.changes
    assert (change.episode_id, change.announce, decision.moved) == (
        (1, False, 1) if moved else (None, True, 0)
    ), what
    if moved:
        assert sentence(change.reason).startswith("the same episode under a new id: same ")


def test_an_item_beside_its_copy_counts_once() -> None:
    new = item("new id", title="News", enclosure_url="https://cdn.example/news.mp3", published=NOW - DAY)
    decision = decide([YESTERDAY], [new, UnchangedItem("raw")], baseline=False, now=NOW)
    assert (decision.changes, decision.remarks) == ((), (REPEATED(count=1),))


def test_a_file_of_several_episodes_is_no_match() -> None:
    twin = KnownEpisode(3, "twin", "h", "raw of twin", "News", YESTERDAY.enclosure_url, 900.0, NOW - 2 * DAY)
    new = item("new id", title="News", enclosure_url="https://cdn.example/news.mp3", published=NOW)
    decision = decide([YESTERDAY, twin], [new], baseline=False, now=NOW)
    assert [change.episode_id for change in decision.changes] == [None]


def test_held_items_by_their_state() -> None:
    items = [item(name, published=NOW - DAY) for name in ("waiting", "released", "discarded", "new")]
    held = {name: HeldState(name) for name in ("waiting", "released", "discarded")}
    decision = decide(KNOWN, items, baseline=False, now=NOW, held=held)
    assert decision.held == (HeldItem("waiting", "About waiting", NOW - DAY, WAITS()),)
    assert [(change.item.identity, change.announce) for change in decision.changes] == [
        ("released", True),
        ("new", True),
    ]


def test_a_released_item_follows_the_usual_rules() -> None:
    old = item("released", published=NOW - 30 * DAY)
    held = {"released": HeldState.RELEASED}
    [change] = decide(KNOWN, [old], baseline=False, now=NOW, held=held).changes
    assert (change.announce, sentence(change.reason)) == (
        False,
        "not announced: it appeared now but is dated 30 days back",
    )
