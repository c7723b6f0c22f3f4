from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.html_lines import Line
from bot.transcripts.turns.line_scanner import LabelForm, ScannedLine, scan_line

Found = tuple[LabelForm, str, int | None, int | None, str]


def labels_of(scanned: ScannedLine) -> list[Found]:
    """Form, name, start, end and the words behind each label."""
    return [
        (label.form, label.name, label.start_ms, label.end_ms, scanned.text[label.body_at :])
        for label in scanned.labels
    ]


LABELS: list[tuple[str, str, Found]] = [
    ("Ada [0:12]: Hello.", "", (LabelForm.NAME_STAMP, "Ada", 12_000, None, "Hello.")),
    (
        "Ada Moore (host) (0:12): Hello.",
        "",
        (LabelForm.NAME_STAMP, "Ada Moore (host)", 12_000, None, "Hello."),
    ),
    ("Ada: [0:12] Hello.", "", (LabelForm.COLON_STAMP, "Ada", 12_000, None, "Hello.")),
    ("Ada: [0:12] - [0:15] Hi.", "", (LabelForm.COLON_STAMP, "Ada", 12_000, 15_000, "Hi.")),
    ("Ada Moore 0:12", "", (LabelForm.NAME_TIME, "Ada Moore", 12_000, None, "")),
    ("Ada - 0:12 --> 0:15", "", (LabelForm.NAME_TIME, "Ada", 12_000, 15_000, "")),
    ("Ada [0:12] Hello.", "", (LabelForm.STAMP_BEHIND, "Ada", 12_000, None, "Hello.")),
    ("Ada: Hello.", "", (LabelForm.COLON, "Ada", None, None, "Hello.")),
    ("艾达：你好", "", (LabelForm.COLON, "艾达", None, None, "你好")),
    ("[0:12] Ada: Hello.", "", (LabelForm.COLON, "Ada", 12_000, None, "Hello.")),
    ("0:12 - 0:15 Ada: Hello.", "", (LabelForm.COLON, "Ada", 12_000, 15_000, "Hello.")),
    ("Ada:Hello.", "Ada:", (LabelForm.BOLD, "Ada", None, None, "Hello.")),
    ("Ada: [0:12] Hello.", "Ada", (LabelForm.BOLD, "Ada", 12_000, None, "Hello.")),
    ("0:12 Ada: Hello.", "Ada", (LabelForm.BOLD, "Ada", 12_000, None, "Hello.")),
    ("Ada", "Ada", (LabelForm.BOLD_ALONE, "Ada", None, None, "")),
    ("[Ada] Hello.", "", (LabelForm.BRACKETED, "Ada", None, None, "Hello.")),
    ("Ada | Hello.", "", (LabelForm.BARRED, "Ada", None, None, "Hello.")),
    ("Ada Moore", "", (LabelForm.ALONE, "Ada Moore", None, None, "")),
    ("0:12 Ada:", "", (LabelForm.ALONE, "Ada", 12_000, None, "")),
]


@pytest.mark.parametrize(("text", "lead", "label"), LABELS)
def test_labels(text: str, lead: str, label: Found) -> None:
    assert label in labels_of(scan_line(Line(text, lead=lead)))


@pytest.mark.parametrize(
    "text",
    [
        "It was late, and the wheel had stopped. It stood alone beside the river for a year: nobody was there.",
        "https://example.org/a",
        "",
    ],
)
def test_lines_without_a_label(text: str) -> None:
    assert labels_of(scan_line(Line(text))) == []


@pytest.mark.parametrize(
    ("text", "start_ms", "end_ms", "bare", "body"),
    [
        ("[0:12] Hello.", 12_000, None, False, "Hello."),
        ("(0:12 - 0:15) Hello.", 12_000, 15_000, False, "Hello."),
        ("0:12 Hello.", 12_000, None, True, "Hello."),
        ("0:12 – Hello.", 12_000, None, True, "Hello."),
        ("0:12-0:15 Hello.", 12_000, 15_000, True, "Hello."),
        ("0:15-0:12", 15_000, None, True, ""),
        ("0:12Hello.", None, None, False, "0:12Hello."),
        ("12 lamps.", None, None, False, "12 lamps."),
        ("[sic] 0:12", None, None, False, "[sic] 0:12"),
    ],
)
def test_the_leading_time(text: str, start_ms: int | None, end_ms: int | None, bare: bool, body: str) -> None:
    scanned = scan_line(Line(text))
    assert (scanned.start_ms, scanned.end_ms, scanned.bare, scanned.body) == (start_ms, end_ms, bare, body)
    assert scanned.begins_with_time is (start_ms is not None)


def test_the_time_at_the_end() -> None:
    end_stamp = scan_line(Line("Hello. [1:00:12]")).end_stamp
    assert end_stamp is not None
    assert (end_stamp.ms, end_stamp.at) == (3_612_000, len("Hello. "))
    assert scan_line(Line("Hello. (0:12)")).end_stamp is None
    assert scan_line(Line("Hello. [sic]")).end_stamp is None


def test_what_is_cut_off_takes_its_labels_along() -> None:
    scanned = scan_line(Line("Ada: It turns. The Wheel [0:12]"))
    cut = scanned.cut(len("Ada: It turns."))
    assert (cut.text, cut.end_stamp) == ("Ada: It turns.", None)
    assert [found[-1] for found in labels_of(cut)] == ["It turns."]
    assert labels_of(scanned.cut(3)) == []


def test_headings_of_transcripts() -> None:
    assert scan_line(Line("Full Transcript:")).is_transcript_heading
    assert not scan_line(Line("The transcript is below.")).is_transcript_heading


PIECES = st.sampled_from(
    [
        "[0:12]",
        "(0:01 - 0:02)",
        "0:12",
        " ",
        ":",
        "：",
        "|",
        "—",
        "[",
        "]",
        "(",
        ")",
        "Ada",
        "ada",
        "é",
        "٣",
        "-->",
    ]
)


@given(
    st.text(max_size=80) | st.lists(PIECES, max_size=12).map("".join), st.sampled_from(["", "Ada", "Ada:"])
)
def test_any_line_is_scanned(text: str, lead: str) -> None:
    text = " ".join(text.split())
    scanned = scan_line(Line(text, lead=lead))
    assert 0 <= scanned.body_at <= len(text)
    for label in scanned.labels:
        assert label.name.strip()
        assert scanned.body_at <= label.body_at <= len(text)
        assert label.end_ms is None or (label.start_ms is not None and label.start_ms < label.end_ms)
    assert len({label.form for label in scanned.labels}) == len(scanned.labels)
