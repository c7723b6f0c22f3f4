from __future__ import annotations

import pytest

from storage.models import TranscriptSource
from tests.unit.transcripts.material import Row, cues_of, rows_of, subrip


def said(*texts: str, people: tuple[str, ...] = ()) -> list[tuple[str | None, str]]:
    return [(row[0], row[3]) for row in rows_of(subrip(*texts), people=people)]


FILES: list[tuple[str, str, list[Row]]] = [
    (
        "names where they change, sentences cut over cues",
        subrip("Ada Moore: Lamps are", "no small", "Bob: Indeed?", "Ada Moore: Yes.", "Bob: Oh."),
        [
            ("Ada Moore", 0, 4_000, "Lamps are no small"),
            ("Bob", 4_000, 6_000, "Indeed?"),
            ("Ada Moore", 6_000, 8_000, "Yes."),
            ("Bob", 8_000, 10_000, "Oh."),
        ],
    ),
    (
        "no numbers, dots instead of commas, no empty lines, overlapping times",
        "00:00:01.000 --> 00:00:03.000\nOne\n00:00:02.500 --> 00:00:04.000\ntwo\n",
        [(None, 1_000, 4_000, "One two")],
    ),
    (
        "no empty lines, numbers",
        (
            "1\n00:00:01,000 --> 00:00:03,000\nOne\n2\n00:00:03,000 --> 00:00:04,000\n12\n"
            "3\n00:00:04,000 --> 00:00:05,000\nx"
        ),
        [(None, 1_000, 5_000, "One 12 x")],
    ),
    (
        "what players read: places, italics, fonts, line breaks",
        (
            "1\n00:00:01,000 --> 00:00:03,000 X1:0 X2:9\n"
            '{\\an8}<i>One</i> <font color="#fff">two</font>\\Nthree &amp; {b}four{/b}\n'
        ),
        [(None, 1_000, 3_000, "One two three & four")],
    ),
    (
        "arrows where somebody else speaks",
        subrip(">> Good evening.", "And welcome.", ">> Thank you.", "&gt;&gt; Indeed."),
        [
            (None, 0, 4_000, "Good evening. And welcome."),
            (None, 4_000, 6_000, "Thank you."),
            (None, 6_000, 8_000, "Indeed."),
        ],
    ),
    (
        "two who speak in one cue, each behind a dash",
        subrip("- Is it late?\n- It is late!", "Very late."),
        [(None, 0, 1_000, "Is it late?"), (None, 1_000, 4_000, "It is late! Very late.")],
    ),
    (
        "SubViewer",
        "0:00:01.000,0:00:03.000\nOne\n\n0:00:03.000,0:00:04.500\ntwo\n",
        [(None, 1_000, 4_500, "One two")],
    ),
    (
        "text in two paragraphs",
        "1\n00:00:01,000 --> 00:00:03,000\nOne\n\ntwo\n\n2\n00:00:03,000 --> 00:00:04,000\nthree\n",
        [(None, 1_000, 4_000, "One two three")],
    ),
]


@pytest.mark.parametrize(("body", "rows"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_subrip(body: str, rows: list[Row], newline: str) -> None:
    assert rows_of(body.replace("\n", newline), "text/plain") == rows


def test_cues_are_counted_with_and_without_text() -> None:
    assert cues_of(subrip("One", "", "three")) == 3


@pytest.mark.parametrize(
    ("texts", "speakers"),
    [
        (["Announcer: You listen to Lamps.", "Unknown: the show", "Ada Moore: Hi.", "Ada Moore: So."], 3),
        (["Speaker 1: Hello.", "SPEAKER_02: Hi.", "S3: Yes."], 3),
        (["[Ada]: Hello.", "[Bob Ray]: Hi.", "[Ada]: Yes.", "[Bob Ray]: No."], 2),
        (["ADA (host): Hello.", "BOB: Hi.", "ADA (host): Yes.", "BOB: No."], 2),
        ([">> ADA: Hello.", ">> BOB: Hi.", ">> ADA: Yes.", ">> BOB: No."], 2),
        (["Ada Moore: Hello.", "I am alone.", "Quite alone."], 1),
        (["Ada: Hello.", "Bob: Hi.", "Ada: Yes.", "Bob: No.", "Zoë de la Cruz: Me too."], 3),
        (["主持人：你好。", "嘉宾：谢谢。", "主持人：好。", "嘉宾：好。"], 2),
    ],
)
def test_names_before_a_colon(texts: list[str], speakers: int) -> None:
    found = {name for name, _ in said(*texts)}
    assert None not in found
    assert len(found) == speakers


@pytest.mark.parametrize(
    "texts",
    [
        ["So here is the thing: it works.", "Note: it is late.", "Note: very late."],
        ["Question: who was it?", "Answer: nobody.", "Question: sure?", "Answer: yes."],
        [
            "Performance: that is what we need.",
            "The performance is good.",
            "Performance: again, performance.",
        ],
        ["Adverts: we have none.", "Lamps: we have many.", "And oil."],
        ["We talk of lamps today.", "Oil: it is dear.", "And then: light."],
        # A slip of live captions, once in a long while, is no way to tell who speaks.
        [*["We talk of lamps."] * 200, "Ada: Yes.", *["And of oil."] * 200, "Ada: No."],
    ],
)
def test_colons_that_name_nobody(texts: list[str]) -> None:
    turns = said(*texts)
    assert {name for name, _ in turns} == {None}
    assert " ".join(text for _, text in turns).split() == " ".join(texts).split()


def test_people_of_the_show_are_known() -> None:
    texts = ("We begin.", "Ada: Hello there.", "and so on.", "Bob: Fine.")
    assert [name for name, _ in said(*texts, people=("Ada Moore", "Bob Ray"))] == [
        None,
        "Ada Moore",
        "Bob Ray",
    ]


def test_a_name_may_stand_on_a_wrapped_line() -> None:
    turns = said("Ada: One.", "Bob: Two.", "Ada: Three and\nBob: four.", "Ada: Five.")
    assert turns == [
        ("Ada", "One."),
        ("Bob", "Two."),
        ("Ada", "Three and"),
        ("Bob", "four."),
        ("Ada", "Five."),
    ]


def test_the_type_decides_between_formats_that_look_alike() -> None:
    body = "00:00.000 --> 00:01.000\nLamps"
    assert rows_of(body, "text/vtt; charset=utf-8") == [(None, 0, 1_000, "Lamps")]
    assert rows_of(body, forced=TranscriptSource("srt")) == [(None, 0, 1_000, "Lamps")]
