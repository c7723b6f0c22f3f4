from __future__ import annotations

import pytest

from bot.text.html_lines import Line
from bot.transcripts.turns.cues import ParsedTranscript
from bot.transcripts.turns.line_scanner import scan_line
from bot.transcripts.turns.speaker_labels import Speakers, resolve_label
from bot.transcripts.turns.turn_builder import TurnBuilder, assemble
from storage.models import TurnMark

SPEAKERS = Speakers(frozenset({"Ada", "Bo", "Break", "Clip"}), transcript_only=True)

Row = tuple[str | None, int | None, int | None, str]


def assembled(*texts: str | Line, cues: bool = False) -> ParsedTranscript:
    lines = [scan_line(one if isinstance(one, Line) else Line(one)) for one in texts]
    return assemble([resolve_label(line, SPEAKERS) for line in lines], cues=cues)


def rows_of(parsed: ParsedTranscript) -> list[Row]:
    return [(turn.speaker, turn.start_ms, turn.end_ms, turn.text) for turn in parsed.turns]


CASES: list[tuple[str, list[str], list[Row]]] = [
    (
        "a label in its line",
        ["Ada: One.", "Two.", "Bo: Three."],
        [("Ada", None, None, "One. Two."), ("Bo", None, None, "Three.")],
    ),
    (
        "a label above its words",
        ["Ada", "One.", "Bo", "Two."],
        [("Ada", None, None, "One."), ("Bo", None, None, "Two.")],
    ),
    (
        "a name above its time",
        ["Ada", "0:01", "One.", "0:05", "Two."],
        [("Ada", 1_000, 5_000, "One."), ("Ada", 5_000, None, "Two.")],
    ),
    ("a time that nothing follows", ["[0:01] Ada: One.", "0:05"], [("Ada", 1_000, 5_000, "One.")]),
    (
        "times between words",
        ["[0:00] Ada: One two. [0:04] Three four.", "Bo: Five."],
        [("Ada", 0, 8_000, "One two. Three four."), ("Bo", 8_000, None, "Five.")],
    ),
    (
        "a time that ends the words",
        ["[0:00] Ada: One. [0:04]", "[0:06] Bo: Two."],
        [("Ada", 0, 4_000, "One."), ("Bo", 6_000, None, "Two.")],
    ),
    (
        "who spoke before a break goes on",
        ["[0:00] Ada: One.", "0:05 Break", "Two."],
        [("Ada", 0, 5_000, "One."), ("Break", 5_000, 5_000, "[Break]"), ("Ada", 5_000, None, "Two.")],
    ),
    (
        "a clip without words",
        ["[0:00] Ada: One.", "0:05 Clip", "[0:09] Bo: Two."],
        [("Ada", 0, 5_000, "One."), ("Clip", 5_000, 9_000, "[Clip]"), ("Bo", 9_000, None, "Two.")],
    ),
]


@pytest.mark.parametrize(("texts", "rows"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_turns(texts: list[str], rows: list[Row]) -> None:
    assert rows_of(assembled(*texts)) == rows


def test_somebody_else_speaks_whom_nobody_names() -> None:
    lines = [scan_line(Line("Ada: One.")), scan_line(Line("Two."), changes_speaker=True)]
    parsed = assemble([resolve_label(line, SPEAKERS) for line in lines], cues=False)
    assert rows_of(parsed) == [("Ada", None, None, "One."), (None, None, None, "Two.")]


def test_what_stands_below_a_sponsors_heading() -> None:
    parsed = assembled(
        Line("Sponsors", heading=True), "Ada: Buy.", Line("The mill", heading=True), "Bo: One."
    )
    assert [turn.mark for turn in parsed.turns] == [TurnMark.SPONSOR, None]


@pytest.mark.parametrize(("cues", "count"), [(True, 2), (False, 3)])
def test_passages_are_counted(cues: bool, count: int) -> None:
    assert assembled("0:01 One.", "Two.", "0:05", "Three.", cues=cues).cues == count


def test_the_last_words_end_with_the_episode() -> None:
    builder = TurnBuilder()
    line = resolve_label(scan_line(Line("[0:00] Ada: One two.")), SPEAKERS)
    builder.begin(line, "Ada")
    builder.say(line.body)
    builder.begin(resolve_label(scan_line(Line("Bo: Three four.")), SPEAKERS), "Bo")
    builder.say("Three four.")
    assert [turn.start_ms for turn in builder.turns(20.0)] == [0, 10_000]
