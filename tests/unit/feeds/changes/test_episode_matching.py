"""Many items that look new at once: a host changed its ids, or there is news."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.changes.decide import REPEATED, Decision, decide
from bot.feeds.parsing.feed_parser import parse_feed
from bot.status_messages.sentences import sentence
from storage.models import FeedItem, HeldState, KnownEpisode, UnchangedItem
from tests.unit.feeds.material import read
from tests.unit.storage.material import item

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WEEKLY = [
    item(
        f"g{n}",
        title=f"Of {n} things",
        published=NOW - (7 * n + 1) * DAY,
        duration_s=1800.0 + 37 * n,
        enclosure_url=f"https://cdn.example/show/episode-{n}.mp3?sig=1",
        raw_hash=f"raw {n}",
    )
    for n in range(12)
]


def known(items: Sequence[FeedItem]) -> list[KnownEpisode]:
    """These items, as they are stored."""
    return [
        KnownEpisode(
            n,
            one.identity,
            one.content_hash,
            one.raw_hash,
            one.title,
            one.enclosure_url,
            one.duration_s,
            one.published,
        )
        for n, one in enumerate(items, start=1)
    ]


def _again(change: Callable[[int, FeedItem], FeedItem], items: Sequence[FeedItem] = WEEKLY) -> list[FeedItem]:
    """The same episodes after their host changed something about each of them."""
    return [
        replace(change(n, one), raw_hash=f"new raw {n}", content_hash=f"new {n}")
        for n, one in enumerate(items)
    ]


def _ids(one: FeedItem, new: str) -> FeedItem:
    return replace(one, identity=new, guid=new)


CHANGED: dict[str, Callable[[int, FeedItem], FeedItem]] = {
    "ids": lambda n, one: _ids(one, f"new {n}"),
    "ids and titles": lambda n, one: replace(_ids(one, f"new {n}"), title=f"Renamed {n}"),
    "the host": lambda n, one: replace(
        _ids(one, f"new {n}"), enclosure_url=f"https://other.example/a/b/Episode-{n}.mp3"
    ),
    "the host and its file names": lambda n, one: replace(
        _ids(one, f"new {n}"), enclosure_url=f"https://other.example/{n * 7919}/audio.mp3"
    ),
    "the host, and no date is left": lambda n, one: replace(
        _ids(one, f"new {n}"), enclosure_url=f"https://other.example/{n}x.mp3", published=None
    ),
    "all but date and duration": lambda n, one: replace(
        _ids(one, f"new {n}"), enclosure_url=f"https://other.example/{n}x.mp3", title=f"Renamed {n}"
    ),
    "ids and dates, all to today": lambda n, one: replace(
        _ids(one, f"new {n}"), published=NOW - timedelta(minutes=n)
    ),
    "titles, where ids are made of them": lambda n, one: replace(
        one, identity=f"{one.enclosure_url} Renamed {n}", guid=None, title=f"Renamed {n}"
    ),
}


@pytest.mark.parametrize("what", CHANGED)
def test_when_a_host_changes_all_items_they_are_matched_and_not_announced(what: str) -> None:
    decision = decide(known(WEEKLY), _again(CHANGED[what]), baseline=False, now=NOW)
    assert [change.episode_id for change in decision.changes] == list(range(1, 13))
    assert not any(change.announce for change in decision.changes)
    assert (decision.moved, decision.held) == (12, ())
    assert all(
        sentence(change.reason).startswith("the same episode under a new id: same ")
        for change in decision.changes
    )


def test_renamed_titles_under_known_ids_are_changes() -> None:
    renamed = _again(lambda n, one: replace(one, title=f"Renamed {n}"))
    decision = decide(known(WEEKLY), renamed, baseline=False, now=NOW)
    assert [(change.episode_id, change.announce, sentence(change.reason)) for change in decision.changes] == [
        (n, False, "the feed tells it differently") for n in range(1, 13)
    ]


def test_unmatched_items_of_a_crowd_are_held() -> None:
    def all_changed(n: int, one: FeedItem) -> FeedItem:
        strange = replace(_ids(one, f"new {n}"), title=f"Strange {n}", duration_s=99.0 + n)
        return replace(strange, enclosure_url=f"https://other.example/{n}x.mp3")

    decision = decide(known(WEEKLY), _again(all_changed), baseline=False, now=NOW)
    assert decision.changes == ()
    assert [one.identity for one in decision.held] == [f"new {n}" for n in range(12)]
    assert sentence(decision.held[0].reason) == (
        "12 of 12 items look new at once, and this one is like no stored episode"
    )


def test_todays_episode_is_announced_although_the_host_changed_all_ids() -> None:
    today = item(
        "today", title="Fresh", published=NOW, duration_s=7.0, enclosure_url="https://o.example/t.mp3"
    )
    decision = decide(known(WEEKLY), [today, *_again(CHANGED["the host"])], baseline=False, now=NOW)
    assert [change.item.identity for change in decision.changes if change.announce] == ["today"]
    assert (decision.moved, decision.held) == (12, ())


def test_when_most_items_have_new_dates_dates_mean_nothing() -> None:
    stranger = item("stranger", title="Who knows", published=NOW, duration_s=7.0)
    moved = _again(CHANGED["ids and dates, all to today"])
    decision = decide(known(WEEKLY), [*moved[:2], stranger, *moved[2:]], baseline=False, now=NOW)
    assert not any(change.announce for change in decision.changes)
    assert [one.identity for one in decision.held] == ["stranger"]
    # Above all that is known again, it can be none of that.
    decision = decide(known(WEEKLY), [stranger, *moved], baseline=False, now=NOW)
    assert [change.item.identity for change in decision.changes if change.announce] == ["stranger"]


def test_a_daily_feed_not_polled_for_a_week_has_new_episodes() -> None:
    news = [
        item(f"day {n}", title="News", published=NOW - n * DAY / 2, duration_s=300.0 + n) for n in range(5)
    ]
    old = [replace(one, identity=f"old {one.identity}", published=NOW - 9 * DAY) for one in news]
    files = [replace(one, enclosure_url=f"https://cdn.example/{n}.mp3") for n, one in enumerate(news)]
    used_again = [
        replace(one, enclosure_url=f"https://cdn.example/{n}.mp3", duration_s=400.0)
        for n, one in enumerate(old)
    ]
    decision = decide(known(used_again), files, baseline=False, now=NOW)
    assert [change.announce for change in decision.changes] == [True] * 5


def test_date_and_length_tell_in_a_feed_of_four_items() -> None:
    items = _again(CHANGED["all but date and duration"])[:4]
    decision = decide(known(WEEKLY[:4]), items, baseline=False, now=NOW)
    assert [change.episode_id for change in decision.changes] == [1, 2, 3, 4]


def test_older_items_beside_the_known_ones_are_stored_without_announcement() -> None:
    archive = [item(f"a{n}", published=NOW - (100 + n) * DAY) for n in range(50)]
    same = replace(archive[0], identity="twice", guid="twice", enclosure_url=WEEKLY[3].enclosure_url)
    undated = item("undated", published=None)
    listed = [UnchangedItem(one.raw_hash) for one in WEEKLY]
    decision = decide(known(WEEKLY), [*listed, *archive, same, undated], baseline=False, now=NOW)
    assert len(decision.changes) == 51
    assert not any(change.announce for change in decision.changes)
    assert [one.identity for one in decision.held] == ["twice"]


def _store(stored: list[KnownEpisode], decision: Decision) -> list[KnownEpisode]:
    """What is stored after a decision was carried out."""
    by_id = {one.id: one for one in stored}
    for change in decision.changes:
        number = change.episode_id or max(by_id) + 1
        by_id[number] = replace(known([change.item])[0], id=number)
    return list(by_id.values())


def test_a_feed_that_goes_back_and_forth_between_its_ids_announces_nothing() -> None:
    stored, there, back = known(WEEKLY), _again(CHANGED["ids"]), WEEKLY
    for version in (there, back, there, back):
        decision = decide(stored, version, baseline=False, now=NOW)
        assert not any(change.announce for change in decision.changes)
        assert not decision.held
        stored = _store(stored, decision)
        assert len(stored) == 12
    today = item("today a", title="Fresh", published=NOW, duration_s=7.0)
    decision = decide(stored, [today, *there], baseline=False, now=NOW)
    assert [change.item.identity for change in decision.changes if change.announce] == ["today a"]
    other = _ids(today, "today b")
    decision = decide(_store(stored, decision), [other, *back], baseline=False, now=NOW)
    assert not any(change.announce for change in decision.changes)


def test_held_items_are_no_new_crowd() -> None:
    strangers = [item(f"s{n}", published=NOW - 30 * DAY, duration_s=5.0) for n in range(12)]
    held = {one.identity: HeldState.WAITING for one in strangers}
    today = item("today", published=NOW)
    decision = decide(known(WEEKLY), [today, *strangers], baseline=False, now=NOW, held=held)
    assert [(change.item.identity, change.announce) for change in decision.changes] == [("today", True)]
    assert len(decision.held) == 12


def test_the_first_poll_has_no_crowd() -> None:
    decision = decide([], WEEKLY, baseline=True, now=NOW)
    assert len(decision.changes) == 12
    assert not decision.held


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        ("gnome-2018-01-20-Intercepted.xml", "gnome-2018-02-03-Intercepted.xml", 4),
        ("gnome-2024-03-13-ndr.xml", "gnome-2024-03-14-ndr.xml", 1),
    ],
)
def test_real_pairs(shared_data: Path, before: str, after: str, new: int) -> None:
    stored = known(read(parse_feed((shared_data / "feeds" / before).read_bytes(), None)))
    raw = frozenset(one.raw_hash for one in stored)
    entries = parse_feed((shared_data / "feeds" / after).read_bytes(), None, raw).entries
    now = max(one.published for one in entries if isinstance(one, FeedItem) and one.published)
    decision = decide(stored, entries, baseline=False, now=now)
    assert sum(change.episode_id is None for change in decision.changes) == new
    assert not decision.held
    assert all(change.announce for change in decision.changes if change.item.published == now)


@cache
def _real(path: Path) -> list[FeedItem]:
    return read(parse_feed(path.read_bytes(), None))


@pytest.mark.parametrize(
    "name",
    [
        "gnome-2018-02-03-Intercepted.xml",
        "gnome-de-grote-no-guid.xml",
        "jorrin-megaphone.xml",
        "w3stling-module-podcast-pc20.xml",
        "partytime-dk-podcast.xml",
    ],
)
@pytest.mark.parametrize("what", ["ids", "ids and titles", "the host and its file names"])
def test_real_feeds_with_all_items_changed_announce_nothing(shared_data: Path, name: str, what: str) -> None:
    items = _real(shared_data / "feeds" / name)
    changed = _again(CHANGED[what], items)
    now = max(one.published for one in items if one.published) + DAY
    decision = decide(known(items), changed, baseline=False, now=now)
    assert not any(change.announce for change in decision.changes)
    assert decision.moved + len(decision.held) == len(items)
    assert decision.moved >= 0.9 * len(items)


_DATES = st.none() | st.datetimes(timezones=st.just(UTC))
_ANYTHING = st.builds(
    item,
    st.integers(0, 30).map(str),
    title=st.sampled_from(["News", "news ", "One", "Two", ""]),
    published=_DATES | st.integers(-10, 10).map(lambda n: NOW + n * DAY),
    duration_s=st.none() | st.integers(1, 5).map(float),
    enclosure_url=st.sampled_from([f"https://cdn.example/{n}.mp3?x={n}" for n in range(6)]),
    content_hash=st.sampled_from("ab"),
)


@given(
    st.lists(_ANYTHING, max_size=12, unique_by=lambda one: one.identity),
    st.lists(_ANYTHING, max_size=20),
    st.dictionaries(st.integers(0, 30).map(str), st.sampled_from(HeldState), max_size=5),
)
def test_each_new_item_is_matched_held_or_new(
    stored: list[FeedItem], arriving: list[FeedItem], held: dict[str, HeldState]
) -> None:
    before = known(stored)
    decision = decide(before, arriving, baseline=False, now=NOW, held=held)
    identities = {one.identity for one in before}
    announced = {change.item.identity for change in decision.changes if change.announce}
    assert not announced & identities
    ends = [change.item.identity for change in decision.changes if change.episode_id is None]
    ends += [one.identity for one in decision.held]
    # What is new has an identity of its own, so that nothing stored is overwritten.
    assert len(ends) == len(set(ends))
    assert identities.isdisjoint(ends)
    names = {one.id: one.identity for one in before}
    kept = [change for change in decision.changes if change.episode_id is not None]
    assert all(change.item.identity == names[change.episode_id or 0] for change in kept)
    # Each item is stored, held, known, or there twice.
    discarded = sum(state is HeldState.DISCARDED for state in held.values())
    repeated = sum(int(str(one.args["count"])) for one in decision.remarks if one.code == REPEATED)
    assert len(ends) + len(kept) + len(decision.refreshed) + repeated + len(before) + discarded >= len(
        {one.identity for one in arriving}
    )
    # No stored episode is moved twice, and all that is decided can be stored.
    touched = [change.episode_id for change in decision.changes if change.episode_id is not None]
    assert len(touched) == len(set(touched))
    assert all(change.sorted_at <= NOW for change in decision.changes)
    assert all(change.reason for change in decision.changes)


@given(
    st.lists(st.tuples(st.integers(0, 11), _DATES, st.booleans()), max_size=40),
)
def test_known_items_in_any_order_are_never_announced(
    listed: list[tuple[int, datetime | None, bool]],
) -> None:
    entries: list[FeedItem | UnchangedItem] = [
        UnchangedItem(WEEKLY[n].raw_hash)
        if unchanged
        else replace(WEEKLY[n], published=published, content_hash="x")
        for n, published, unchanged in listed
    ]
    decision = decide(known(WEEKLY), entries, baseline=False, now=NOW)
    assert not decision.held
    assert not any(change.announce or change.episode_id is None for change in decision.changes)
