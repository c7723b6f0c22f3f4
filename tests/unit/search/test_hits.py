"""From places in a segment to an episode, turns, words and times."""

from pathlib import Path

import pytest

from bot.search.hits import hit_at
from storage.models import SpokenTurn
from tests.unit.search.material import segments_of, turns_of


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "found"),
    [
        (60_000, 70_000, (62_000, 64_000)),
        (60_000, None, (60_769, 61_538)),
        (None, 70_000, (66_923, 67_692)),
        (None, None, (None, None)),
        (60_000, 50_000, (60_769, 61_538)),
        (None, 1_000, (0, 0)),
    ],
)
def test_times_are_those_of_the_words(
    start_ms: int | None, end_ms: int | None, found: tuple[int | None, int | None], tmp_path: Path
) -> None:
    text = "one red kite flew over nine green fields last night"
    [segment] = segments_of(tmp_path, [SpokenTurn(1, 0, None, start_ms, end_ms, text)])
    hit = hit_at(4, segment, [2, 3], 0.5)
    assert (hit.start_ms, hit.end_ms) == found


def test_a_hit_runs_over_turns_and_keeps_the_matched_words(tmp_path: Path) -> None:
    [segment] = segments_of(tmp_path, turns_of("a red kite", "flew over nine fields", episode=6))
    hit = hit_at(4, segment, [1, 2, 2, 4], 0.5)
    assert (hit.podcast_id, hit.episode_id, hit.score) == (4, 6, 0.5)
    assert (hit.first_position, hit.first_word) == (0, 1)
    assert (hit.last_position, hit.end_word) == (1, 2)
    assert hit.matched == (0, 1, 3)


def test_a_hit_never_ends_before_it_begins(tmp_path: Path) -> None:
    turns = [
        SpokenTurn(1, 0, None, 50_000, 60_000, "a red kite"),
        SpokenTurn(1, 1, None, 10_000, 20_000, "flew over"),
    ]
    [segment] = segments_of(tmp_path, turns)
    hit = hit_at(1, segment, [0, 4], 1.0)
    assert (hit.start_ms, hit.end_ms) == (50_000, 50_000)
