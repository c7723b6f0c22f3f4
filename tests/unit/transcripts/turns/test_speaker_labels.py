from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.text.html_lines import Line
from bot.transcripts.turns.line_scanner import ScannedLine, scan_line
from bot.transcripts.turns.speaker_labels import Speakers, find_speakers, resolve_label


def scanned(texts: Sequence[str | Line]) -> list[ScannedLine]:
    return [scan_line(line if isinstance(line, Line) else Line(line)) for line in texts]


WHOLE: list[tuple[str, list[str | Line], set[str]]] = [
    ("a time beside it", ["Ada [0:01]: One.", "Bo [0:02]: Two."], {"Ada", "Bo"}),
    ("in bold print", [Line("Ada: One.", lead="Ada"), Line("Bo: Two.", lead="Bo")], {"Ada", "Bo"}),
    ("again and again", ["Ada: One.", "Bo: Two.", "Ada: Three.", "Bo: Four."], {"Ada", "Bo"}),
    ("once among others", ["Ada: One.", "Bo: Two.", "Ada: Three."], {"Ada", "Bo"}),
    ("roles", ["Q: One?", "A: Two.", "Q: Three?", "A: Four."], {"Q", "A"}),
    ("numbered", ["Speaker 1: One."], {"Speaker 1"}),
    ("above their words", ["Ada 0:01", "One.", "Bo 0:02", "Two.", "Ada 0:03", "Three."], {"Ada", "Bo"}),
    ("above their times", ["Ada Moore", "0:01", "One.", "Bo Lind", "0:02", "Two."], {"Ada Moore", "Bo Lind"}),
    ("a word of the language", ["Yeah: one.", "So yeah, two.", "Yeah: yeah, yeah, three."], set()),
    ("words that are no names", ["Note: one.", "Note: two.", "First: three.", "First: four."], set()),
    ("a sentence", ["They said. Again: one.", "They said. Again: two."], set()),
    (
        "a few among bold ones",
        [Line("Ada: One.", lead="Ada")] * 9 + ["In May: two.", "In May: three."],
        {"Ada"},
    ),
]


@pytest.mark.parametrize(("texts", "known"), [case[1:] for case in WHOLE], ids=[case[0] for case in WHOLE])
def test_speakers_of_a_transcript(texts: list[str | Line], known: set[str]) -> None:
    assert find_speakers(scanned(texts), transcript_only=True).known == known


NOTES: list[tuple[str, list[str | Line], set[str]]] = [
    ("a time beside it", ["Ada [0:01]: One.", "Bo [0:02]: Two."], {"Ada", "Bo"}),
    ("once", ["Ada: One.", "Bo: Two."], set()),
    ("a topic that comes twice", ["Links: one", "Links: two"], set()),
    ("a role", ["Host: Ada", "Host: Bo"], set()),
    ("a list of chapters", ["Lamps 0:01", "Oil 0:02"], set()),
]


@pytest.mark.parametrize(("texts", "known"), [case[1:] for case in NOTES], ids=[case[0] for case in NOTES])
def test_speakers_of_notes(texts: list[str | Line], known: set[str]) -> None:
    speakers = find_speakers(scanned(texts))
    assert speakers.known == known
    assert bool(speakers) is bool(known)


@pytest.mark.parametrize(
    ("texts", "field", "names"),
    [
        (["[Ada] One.", "[Bo] Two.", "[Ada] Three.", "[Bo] Four."], "bracketed", {"Ada", "Bo"}),
        (["[Laughter] One.", "[Laughter] Two."], "bracketed", set()),
        (["Ada | One.", "Bo | Two.", "Ada | Three."], "barred", {"Ada", "Bo"}),
        (["Ada", "One.", "Bo", "Two.", "Ada", "Three.", "Bo", "Four."], "alone", {"Ada", "Bo"}),
        (["Ada", "One.", "Ada", "Two."], "alone", set()),
    ],
)
def test_speakers_of_other_forms(texts: list[str], field: str, names: set[str]) -> None:
    assert getattr(find_speakers(scanned(texts), transcript_only=True), field) == names


ADA = Speakers(frozenset({"Ada"}))
WHOLE_ADA = Speakers(frozenset({"Ada"}), transcript_only=True)


@pytest.mark.parametrize(
    ("line", "speakers", "resolved"),
    [
        (Line("[0:12] Ada: Hello."), ADA, ("Ada", 12_000, "Hello.")),
        (Line("[0:12] Bo: Hello."), ADA, (None, 12_000, "Bo: Hello.")),
        (Line("0:12 Ada: Hello."), ADA, ("Ada", 12_000, "Hello.")),
        (Line("0:12 Hello."), ADA, (None, None, "0:12 Hello.")),
        (Line("0:12 Hello."), WHOLE_ADA, (None, 12_000, "Hello.")),
        (Line("0:12 Ada: Hello.", bullet=True), ADA, (None, None, "0:12 Ada: Hello.")),
        (Line("0:12 Ada: Hello.", bullet=True), WHOLE_ADA, ("Ada", 12_000, "Hello.")),
        (Line("Ada"), ADA, (None, None, "Ada")),
        (Line("Ada"), WHOLE_ADA, ("Ada", None, "")),
        (Line("Break", lead="Break"), WHOLE_ADA, ("Break", None, "")),
        (Line("Bo [0:12] Hello.", lead="Bo"), ADA, ("Bo", 12_000, "Hello.")),
        (Line("[Ada] Hello."), ADA, (None, None, "[Ada] Hello.")),
        (Line("[Ada] Hello."), Speakers(frozenset(), bracketed=frozenset({"Ada"})), ("Ada", None, "Hello.")),
        (Line("Ada | Hello."), Speakers(frozenset(), barred=frozenset({"Ada"})), ("Ada", None, "Hello.")),
    ],
)
def test_a_label_names_a_speaker(
    line: Line, speakers: Speakers, resolved: tuple[str | None, int | None, str]
) -> None:
    found = resolve_label(scan_line(line), speakers)
    assert (found.speaker, found.start_ms, found.body) == resolved
