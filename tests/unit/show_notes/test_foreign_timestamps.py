from __future__ import annotations

import pytest

from bot.show_notes.foreign_timestamps import foreign_lines
from bot.text.html_lines import read_lines

TALK = "https://www.youtube.com/watch?v=AAAAAAAAAAA"
OWN = "https://www.youtube.com/watch?v=BBBBBBBBBBB"


@pytest.mark.parametrize(
    ("notes", "foreign"),
    [
        (f"- [A talk about lamps]({TALK})\n- [0:00]({TALK}&t=0s) Welcome\n- [1:00]({TALK}&t=60s) Oil", {1, 2}),
        (
            (f"<ul><li><a href='{TALK}'>A talk about lamps</a></li>"
            f"<li><a href='{TALK}#t=60'>1:00</a> Oil</li></ul>"),
            {1},
        ),
        # Times in a video that nothing else mentions are the episode's own.
        (f"- [0:00]({OWN}&t=0s) Welcome\n- [1:00]({OWN}&t=60s) Oil", set()),
        (f"- [Watch the full episode]({OWN})\n- [1:00]({OWN}&t=60s) Oil", set()),
        (f"- [{OWN}]({OWN})\n- [1:00]({OWN}&t=60s) Oil", set()),
        # Only a list mentions other recordings.
        (f"[A talk about lamps]({TALK})\n- [1:00]({TALK}&t=60s) Oil", set()),
        ("- [A talk](http://[youtube)\n- [1:00](http://[youtube?t=1) Oil", set()),
        ("- 0:00 Welcome\n- 1:00 Oil", set()),
    ],
)  # fmt: skip
def test_times_in_other_recordings(notes: str, foreign: set[int]) -> None:
    assert foreign_lines(read_lines(notes)) == foreign


@pytest.mark.parametrize(
    ("starts", "foreign"),
    [((0, 600, 1700), False), ((0, 60, 120), True), ((0, 600, 2600), True), ((0, 1700), True)],
)
def test_times_that_span_the_episode_are_its_own(starts: tuple[int, ...], foreign: bool) -> None:
    listed = "\n".join(f"- [{at // 60}:{at % 60:02}]({TALK}&t={at}s) Oil" for at in starts)
    found = foreign_lines(read_lines(f"- [A talk about lamps]({TALK})\n{listed}"), 1800.0)
    assert bool(found) is foreign
