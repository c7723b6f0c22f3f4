"""Which words before a colon are speakers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transcripts.formats.caption_speakers import name_speakers, read_captions
from bot.transcripts.formats.cue_blocks import Block
from tests.unit.transcripts.material import rows_of, subrip


def said(*texts: str, people: tuple[str, ...] = ()) -> list[tuple[str | None, str]]:
    return [(row[0], row[3]) for row in rows_of(subrip(*texts), people=people)]


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


@given(st.lists(st.lists(st.text(alphabet="Ada Bob:>-[]. \n", max_size=30), max_size=3), max_size=12))
def test_only_names_are_taken_out_of_the_text(cues: list[list[str]]) -> None:
    blocks = [
        Block(number * 1_000, number * 1_000 + 900, proper=True, lines=lines)
        for number, lines in enumerate(cues)
    ]
    found = name_speakers(blocks)
    written = letters("".join(lines) for lines in cues)
    said = letters(cue.text for cue in found)
    assert said <= written
    if all(cue.speaker is None for cue in found):
        assert said == written
    assert [cue.start_ms for cue in found] == sorted(cue.start_ms for cue in found)
    assert all(turn.text for turn in read_captions(blocks, ()))


def letters(texts: Iterable[str]) -> Counter[str]:
    return Counter(letter for text in texts for letter in text if letter.isalpha())
