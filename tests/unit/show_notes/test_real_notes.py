"""Real notes, as HTML and flattened the way a page flattened them: both must say the same."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from statistics import median

import pytest

from bot.show_notes.reader import Notes, read_notes
from bot.show_notes.video_links import own_video
from bot.text.html_lines import read_lines
from tests.unit.show_notes.shared_data import feed_notes

# Of the HTML feed, in its order: chapters, turns.
COUNTS = [
    (17, 73), (17, 0), (15, 0), (13, 118), (16, 0), (13, 347), (17, 278), (13, 57), (14, 62), (10, 0), (14, 196),
    (18, 167), (23, 298), (35, 0), (15, 0), (19, 212), (17, 164), (11, 105), (43, 420), (0, 0), (76, 0), (26, 389),
    (23, 0), (11, 87), (12, 82), (18, 183), (13, 142), (18, 207), (27, 310), (22, 375), (18, 222), (10, 0),
]  # fmt: skip
# Interpolated starts may differ where two words were glued to one.
TOLERANCE_MS = 1_000


def flatten(notes: str) -> str:
    lines = ["* " * line.bullet + " ".join(line.text.split(" ")) for line in read_lines(notes)]
    return html.escape(re.sub(r"\s", " ", "".join(lines)), quote=False)


def missing_turns(wanted: Notes, found: Notes) -> int:
    """How many turns are not found with the same speaker and words, near the same start."""
    starts: defaultdict[tuple[str | None, str], list[int]] = defaultdict(list)
    for turn in found.turns:
        starts[turn.speaker, re.sub(r"\s", "", turn.text)].append(turn.start_ms or 0)
    missing = 0
    for turn in wanted.turns:
        near = starts[turn.speaker, re.sub(r"\s", "", turn.text)]
        missing += not any(abs(start_ms - (turn.start_ms or 0)) <= TOLERANCE_MS for start_ms in near)
    return missing


def test_counts_of_chapters_and_turns() -> None:
    notes = [read_notes(text) for text in feed_notes("latent-space-2024-02.xml")]
    assert [(len(each.chapters), len(each.turns)) for each in notes] == COUNTS


def test_flattened_notes_say_the_same() -> None:
    chapters = turns = lost_chapters = lost_turns = 0
    for text in feed_notes("latent-space-2024-02.xml"):
        wanted, found = read_notes(text), read_notes(flatten(text))
        chapters += len(wanted.chapters)
        turns += len(wanted.turns)
        lost_chapters += len(set(wanted.chapters) - set(found.chapters))
        lost_turns += missing_turns(wanted, found)
    assert lost_chapters / chapters <= 0.02
    assert lost_turns / turns <= 0.02


def test_nearly_all_words_below_the_heading_are_in_turns() -> None:
    for text in feed_notes("latent-space-2024-02.xml"):
        notes = read_notes(text)
        if not notes.turns:
            continue
        below = re.split(r"<p>(?:<strong>)?Transcripts?(?:</strong>)?</p>", text)[-1]
        words = len(re.sub(r"<[^>]+>|\[\d+:\d\d:\d\d\]", " ", below).split())
        said = sum(len(turn.text.split()) for turn in notes.turns)
        assert 0.93 * words <= said <= words


def test_a_time_at_the_end_of_a_paragraph_is_where_it_ends() -> None:
    """Speech runs at two to four words a second; read the other way round, many turns would be impossibly fast."""

    def hurried(notes: Notes, *, shifted: bool) -> float:
        turns = [turn for turn in notes.turns if turn.start_ms is not None and turn.end_ms is not None]
        words = [len(turn.text.split()) for turn in turns]
        if shifted:
            words = words[:-1]
            turns = turns[1:]
        rates = [
            1000 * n / max(1, (t.end_ms or 0) - (t.start_ms or 0)) for n, t in zip(words, turns, strict=True)
        ]
        return sum(rate > 6 for rate, n in zip(rates, words, strict=True) if n > 20) / len(rates)

    texts = [
        text
        for text in feed_notes("latent-space-2024-02.xml")
        if len(re.findall(r"\[\d\d:\d\d:\d\d\]</p>", text)) > 40
    ]
    assert len(texts) >= 8
    for text in texts:
        notes = read_notes(text)
        assert hurried(notes, shifted=False) < 0.02 < hurried(notes, shifted=True)
    speeds = [
        1000 * len(turn.text.split()) / (turn.end_ms - turn.start_ms)
        for text in texts
        for turn in read_notes(text).turns
        if turn.start_ms is not None and turn.end_ms and turn.end_ms - turn.start_ms > 10_000
    ]
    assert 2.5 < median(speeds) < 4.5


def test_pages_that_were_flattened() -> None:
    windsurf, icml, fireworks = (read_notes(text) for text in feed_notes("latent-space-2024-12.xml"))
    assert [len(notes.chapters) for notes in (windsurf, icml, fireworks)] == [12, 19, 14]
    assert [len(notes.turns) for notes in (windsurf, icml, fireworks)] == [0, 0, 110]
    assert {turn.speaker for turn in fireworks.turns} == {"Alessio", "Swyx", "Lin"}
    assert fireworks.chapters[-1].title == "Hiring"
    assert windsurf.chapters[-1].title.endswith("blog posts")
    assert icml.chapters[-1].title.endswith("in RL")
    assert "subscribe" not in fireworks.turns[-1].text


def test_links_to_other_peoples_videos_are_not_the_episodes() -> None:
    for name in ("latent-space-2024-02.xml", "latent-space-2024-12.xml"):
        assert [own_video(text) for text in feed_notes(name)] == [None] * len(feed_notes(name))


@pytest.mark.parametrize("number", [28, 29, 30])
def test_transcripts_without_names_have_no_speakers(number: int) -> None:
    notes = read_notes(feed_notes("latent-space-2024-02.xml")[number])
    assert {turn.speaker for turn in notes.turns} == {None}
