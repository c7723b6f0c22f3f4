"""How often segments are built."""

from __future__ import annotations

from bot.search.indexing_pace import LONGEST_GATHERED_S, QUIET_S, BuildPace


def test_the_first_is_built_at_once_and_more_is_gathered_for_each_after_it() -> None:
    pace = BuildPace()
    assert pace.next_at < 0
    gathered = []
    for _ in range(6):
        now = max(pace.next_at, 1000.0)
        pace = pace.after_build(now)
        gathered.append(pace.next_at - now)
    assert gathered == [0.25, 0.5, 1.0, LONGEST_GATHERED_S, LONGEST_GATHERED_S, LONGEST_GATHERED_S]
    assert pace.quiet_at == pace.built_at + QUIET_S


def test_it_begins_anew_after_a_quiet_time() -> None:
    pace = BuildPace().after_build(1000.0).after_build(1001.0).after_build(1002.0)
    later = 1002.0 + QUIET_S + 1
    assert pace.after_build(later) == BuildPace().after_build(later)
