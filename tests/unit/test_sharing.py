"""Whether a quote may be shared: tables over what was shared of late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.snippet import cut_snippet
from bot.sharing import ReachedLimit, asked_since, objection, same_words, standing
from storage.models import Quote, Share, WantedShare
from tests.unit.storage.material import NOW

HERE, THERE, ME, OTHER = 11, 12, 5, 6
TURN = (
    "The lamp burns on while the keeper sleeps. A clock is a machine that makes the whole town wrong together. "
    "Nobody minds it much, for everybody is late by as much. The lamp burns on."
)
_ids = count(1)


def quote(words: str, shown: str = "", *, start_s: float | None = None, end_s: float | None = None) -> Quote:
    """A quote of the turn that met these words; `shown` is the text around them."""
    text = shown or words
    start = text.index(words)
    return Quote(
        episode_id=1,
        position=3,
        speaker="Ada",
        start_ms=None if start_s is None else int(start_s * 1000),
        end_ms=None if end_s is None else int(end_s * 1000),
        text=text,
        match=(start, start + len(words)),
        score=0.9,
    )


CLOCK = quote("A clock is a machine")
LAMP = quote("The lamp burns on")
WANTED = WantedShare(guild_id=1, channel_id=HERE, member_id=ME, answer_id=1, rank=0, quote=CLOCK)


def share(
    ago_s: float, *, by: int = OTHER, channel: int = HERE, of: Quote = LAMP, gone: bool = False
) -> Share:
    """A share so many seconds before now, by default of another quote."""
    return Share(
        id=next(_ids),
        guild_id=1,
        channel_id=channel,
        member_id=by,
        shared_at=NOW - timedelta(seconds=ago_s),
        message_id=77,
        gone_at=NOW if gone else None,
        quote=of,
    )


@pytest.mark.parametrize(
    ("recent", "stands"),
    [
        ([share(1, of=CLOCK)], True),
        ([share(1, of=CLOCK, by=ME)], True),
        ([share(3599, of=CLOCK)], True),
        ([share(3600, of=CLOCK)], False),
        ([share(1, of=CLOCK, gone=True)], False),
        ([share(1, of=CLOCK, channel=THERE)], False),
        ([share(1, of=LAMP)], False),
        ([share(1, of=replace(CLOCK, episode_id=2))], False),
        # The clock of another process, or what ours was set back by.
        ([share(-2, of=CLOCK)], True),
        ([share(-7200, of=CLOCK)], False),
        ([share(1, of=CLOCK, gone=True), share(60, of=LAMP), share(90, of=CLOCK)], True),
    ],
)
def test_a_quote_is_posted_once_an_hour_in_a_channel(recent: list[Share], stands: bool) -> None:
    expected = [one for one in recent if one.quote == CLOCK and one.gone_at is None][:1] if stands else []
    assert standing(WANTED, recent, NOW) == expected
    assert objection(WANTED, recent, NOW) == next(iter(expected), None)


@pytest.mark.parametrize(
    ("recent", "limit"),
    [
        ([share(at, by=ME) for at in (1, 2)], None),
        ([share(at, by=ME) for at in (1, 2, 20)], ReachedLimit(by_member=True, wait_s=40)),
        # One of them is older than a minute.
        ([share(at, by=ME) for at in (1, 2, 60)], None),
        ([share(at, by=ME) for at in (1, 2, 59.5)], ReachedLimit(by_member=True, wait_s=1)),
        # Three in any channels of the server, and what was taken back was posted all the same.
        ([share(at, by=ME, channel=at, gone=at == 2) for at in (1, 2, 3)], ReachedLimit(True, 57)),
        ([share(at) for at in range(9)], None),
        ([share(at) for at in range(10)], ReachedLimit(by_member=False, wait_s=51)),
        ([share(at) for at in range(14)], ReachedLimit(by_member=False, wait_s=51)),
        ([share(at, channel=THERE) for at in range(10)], None),
        # Both: the one that lasts longer.
        ([share(at, by=ME if at < 3 else OTHER) for at in range(10)], ReachedLimit(True, 58)),
        ([share(at, by=ME if at > 50 else OTHER) for at in (*range(7), 51, 52, 53)], ReachedLimit(True, 7)),
        # A clock that was wrong for an hour keeps nobody from sharing for an hour.
        ([share(-3600, by=ME)] * 3, None),
        ([share(-5, by=ME)] * 3, ReachedLimit(by_member=True, wait_s=60)),
    ],
)
def test_so_many_quotes_are_shared_in_a_minute(recent: list[Share], limit: ReachedLimit | None) -> None:
    assert objection(WANTED, recent, NOW) == limit


def test_a_quote_that_stands_is_linked_also_where_a_limit_is_reached() -> None:
    stands = share(30, of=CLOCK)
    assert objection(WANTED, [*(share(at, by=ME) for at in range(3)), stands], NOW) == stands


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        (
            ReachedLimit(by_member=True, wait_s=40),
            "You have shared 3 quotes within a minute; the next one can follow in 40 seconds.",
        ),
        (
            ReachedLimit(by_member=False, wait_s=1),
            "10 quotes were shared here within a minute; the next one can follow in 1 second.",
        ),
    ],
)
def test_a_limit_says_when(limit: ReachedLimit, sentence: str) -> None:
    assert str(limit) == sentence


def test_what_is_asked_for_covers_both_windows() -> None:
    assert asked_since(NOW) == (NOW - timedelta(hours=1), NOW - timedelta(minutes=1))


FIRST, SECOND, THIRD, LAST = (f"{one}." for one in TURN.rstrip(".").split(". "))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        # Times that overlap, of words in the same turn; texts may differ, as a transcript was read again.
        (quote("a clock", start_s=10, end_s=12), quote("A Clock.", start_s=11, end_s=14), True),
        (quote("a clock", start_s=10, end_s=12), quote("is a", start_s=12, end_s=14), False),
        (
            quote("a clock", start_s=10, end_s=12),
            replace(quote("x", start_s=11, end_s=14), position=4),
            False,
        ),
        # Without times the same words in the same place.
        (quote("The lamp burns", FIRST), quote("burns on", FIRST), True),
        (quote("The lamp burns", FIRST), quote("burns on", f"{FIRST} {SECOND}"), True),
        (quote("whole town wrong", SECOND), quote("town wrong together", f"…{SECOND} {THIRD}…"), True),
        # Other words of what is shown: the post would look the same.
        (quote("A clock", SECOND), quote("town wrong", SECOND), True),
        (quote("A clock", SECOND), quote("town wrong", f"{FIRST} {SECOND}"), True),
        # A sentence in common, and other words that were met.
        (quote("keeper", f"{FIRST} {SECOND}"), quote("Nobody minds", f"{SECOND} {THIRD}"), False),
        # The same words in another place.
        (quote("The lamp burns on", FIRST), quote("The lamp burns on", f"{THIRD} {LAST}"), False),
        (quote("lamp", FIRST), quote("lamp", LAST), False),
        (quote("lamp", FIRST), quote("keeper", "…keeper sleeps…"), True),
        (quote("lamp"), replace(quote("lamp"), episode_id=2), False),
    ],
)
def test_quotes_show_the_same_words(one: Quote, other: Quote, same: bool) -> None:
    assert same_words(one, other) == same
    assert same_words(other, one) == same


@given(st.lists(st.integers(0, len(TURN.split()) - 1), min_size=4, max_size=4))
def test_quotes_of_a_turn_whose_words_overlap_are_the_same(places: list[int]) -> None:
    """As the search cuts them, of a transcript without times."""
    begins = [0, *(at + 1 for at, sign in enumerate(TURN) if sign == " ")]
    ends = [at for at, sign in enumerate(TURN) if sign == " "] + [len(TURN)]
    spans = [sorted(places[:2]), sorted(places[2:])]
    shown = [cut_snippet([("Ada", TURN)], begins[low], ends[high]) for low, high in spans]
    one, other = (replace(CLOCK, text=cut.text, match=cut.match) for cut in shown)
    if max(spans[0][0], spans[1][0]) <= min(spans[0][1], spans[1][1]):
        assert same_words(one, other)
        assert same_words(other, one)
