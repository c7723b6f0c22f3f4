from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transcripts.turns.turn_timing import Anchor, Draft, to_turns

Span = tuple[int | None, int | None]


def spans(
    drafts: list[Draft], anchors: list[tuple[int, int]], words: int, duration_s: float | None = None
) -> list[Span]:
    turns = to_turns(drafts, [Anchor(word, ms) for word, ms in anchors], words, duration_s)
    return [(turn.start_ms, turn.end_ms) for turn in turns]


def drafts_at(*words_and_starts: tuple[int, int | None]) -> list[Draft]:
    return [Draft("Ada", word, start_ms, parts=["Lamp."]) for word, start_ms in words_and_starts]


RISING: list[Span] = [(0, 4_000), (4_000, 8_000), (8_000, None)]


@pytest.mark.parametrize(
    ("drafts", "anchors", "duration_s", "expected"),
    [
        # Times of the source, and none at all.
        ([(0, 0), (5, 4_000)], [(0, 0), (5, 4_000)], None, [(0, 4_000), (4_000, None)]),
        ([(0, None), (5, None)], [], None, [(None, None), (None, None)]),
        # Between two times, in proportion to the words.
        ([(0, 0), (5, None), (8, 8_000)], [(0, 0), (8, 8_000)], None, [(0, 5_000), (5_000, 8_000), (8_000, None)]),
        # Behind the last time: as fast as before, or up to the end of the episode.
        ([(0, 0), (5, 5_000), (7, None)], [(0, 0), (5, 5_000)], None, [(0, 5_000), (5_000, 7_000), (7_000, None)]),
        ([(0, 0), (5, 5_000), (7, None)], [(0, 0), (5, 5_000)], 15.0, [(0, 5_000), (5_000, 9_000), (9_000, None)]),
        # A mistyped time, too early or too late.
        ([(0, 0), (4, 500), (8, 8_000)], [(2, 2_000), (3, 3_000), (4, 500), (8, 8_000)], None, RISING),
        ([(0, 0), (4, 99_000), (8, 8_000)], [(0, 0), (4, 99_000), (8, 8_000), (9, 9_000)], None, RISING),
    ],
)  # fmt: skip
def test_starts_and_ends(
    drafts: list[tuple[int, int | None]],
    anchors: list[tuple[int, int]],
    duration_s: float | None,
    expected: list[Span],
) -> None:
    assert spans(drafts_at(*drafts), anchors, 10, duration_s) == expected


def test_an_end_in_the_source_leaves_a_gap() -> None:
    drafts = drafts_at((0, 0), (5, 9_000))
    drafts[0].end_ms = 4_000
    assert spans(drafts, [(0, 0), (5, 4_000), (5, 9_000)], 10) == [(0, 4_000), (9_000, None)]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(0, 9_999)), min_size=1, max_size=20),
    st.none() | st.floats(0, 100),
)
def test_starts_never_decrease(steps: list[tuple[int, int | None]], duration_s: float | None) -> None:
    word, drafts, anchors = 0, [], []
    for step, start_ms in steps:
        drafts.append(Draft(None, word, start_ms, parts=["Lamp."]))
        if start_ms is not None:
            anchors.append((word, start_ms))
        word += step
    found = spans(drafts, anchors, word, duration_s)
    starts = [start for start, _ in found if start is not None]
    assert starts == sorted(starts)
    assert not anchors or len(starts) == len(found)
    assert all(end is None or (start is not None and start <= end) for start, end in found)
