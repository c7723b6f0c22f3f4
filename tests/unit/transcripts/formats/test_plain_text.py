"""Whole text files of speech, in the dialects of the world."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transcripts.formats.plain_text import read
from storage.models import Turn
from tests.unit.show_notes.shared_data import DATA

ADA = "Good evening from the mill, where the wheel has stopped again."
BO = "It stops whenever the river is low, as it was last year."
CY = "Then we should have built it by the sea, as I said."


def read_turns(text: str) -> tuple[Turn, ...]:
    return read(text).turns


TWO = [("Ada Moore", ADA), ("Bo Lind", BO), ("Ada Moore", CY)]


@pytest.mark.parametrize(
    "text",
    [
        f"**Ada Moore:** {ADA}\n\n**Bo Lind:** \\[00:12\\] {BO}\n\n**Ada Moore:** {CY}\n",
        f"__Ada Moore__: {ADA[:27]}\n{ADA[28:]}\n\n__Bo Lind__: {BO}\n\n__Ada Moore__: {CY}\n",
        f"---\ntitle: The mill\ndate: 2026-01-01\n---\n\nAda Moore: {ADA}\n\nBo Lind: {BO}\n\nAda Moore: {CY}\n",
        f"Ada Moore  0:03\n{ADA}\n\nBo Lind  0:12\n{BO}\n\nAda Moore  0:20\n{CY}\n",
        f"ADA MOORE: {ADA}\nBO LIND: {BO}\nADA MOORE: {CY}\n",
        f"00:00:03 Ada Moore: {ADA}\n00:00:12 Bo Lind: {BO}\n00:00:20 Ada Moore: {CY}\n",
        f"Ada Moore (00:03): {ADA}\nBo Lind (00:12): {BO}\nAda Moore (00:20): {CY}\n",
        f"# Transcript\n\n- **Ada Moore**: {ADA}\n- **Bo Lind**: {BO}\n- **Ada Moore**: {CY}\n",
    ],
)
def test_dialects(text: str) -> None:
    turns = read_turns(text)
    said = [((turn.speaker or "").title(), " ".join(turn.text.split())) for turn in turns]
    assert said == TWO


@pytest.mark.parametrize(
    "comment",
    ["<!-- not said -->", "<!-- a < b > c -->", "<!--\nover\nlines\n-->", "<!---->", "<!-- <b> -->"],
)
def test_comments_are_not_said(comment: str) -> None:
    turns = read_turns(f"**Ada Moore:** {ADA}\n\n{comment}\n\n**Bo Lind:** {BO}\n")
    assert [turn.text for turn in turns] == [ADA, BO]


def test_a_comment_that_nothing_closes_hides_no_talk() -> None:
    turns = read_turns(f"**Ada Moore:** {ADA}\n\n<!--\n\n**Bo Lind:** {BO} <!-- hidden -->\n")
    assert {turn.speaker for turn in turns} == {"Ada Moore", "Bo Lind"}
    assert "hidden" not in " ".join(turn.text for turn in turns)


def test_lines_with_a_time_each_are_cues() -> None:
    lines = [f"00:0{n}:{second:02} The wheel turns {n} {second}." for n in range(3) for second in (5, 25, 45)]
    reading = read("\n".join(lines))
    cues, turns = reading.cues, reading.turns
    assert cues == len(lines)
    starts = [turn.start_ms or 0 for turn in turns]
    assert (starts[0], starts) == (5_000, sorted(starts))
    assert _words(" ".join(turn.text for turn in turns)) == _words(" ".join(line[9:] for line in lines))


def test_words_and_a_colon_inside_talk_name_nobody_where_speakers_are_bold() -> None:
    text = f"**Ada Moore:** {ADA}\n\nIn April: the river rose.\n\nIn May: it fell.\n\n**Bo Lind:** {BO}\n"
    assert {turn.speaker for turn in read_turns(text)} == {"Ada Moore", "Bo Lind"}


NAMES = ("Ada Moore", "Bo Lind", "swyx")
FORMS = (
    "**{name}:** {words}",
    "{name} [00:{minute:02}:00]: {words}",
    "**{name}** [00:{minute:02}:00]: {words}",
)
VOCABULARY = "the wheel turns when river water is high and low again".split()  # noqa: SIM905
WORDS = st.lists(st.sampled_from(VOCABULARY), min_size=4, max_size=12)


@given(st.lists(st.tuples(st.sampled_from(NAMES), WORDS), min_size=4, max_size=12), st.sampled_from(FORMS))
def test_no_word_of_a_dialogue_is_lost(dialogue: list[tuple[str, list[str]]], form: str) -> None:
    lines = [
        form.format(name=name, minute=minute, words=" ".join(words) + ".")
        for minute, (name, words) in enumerate(dialogue)
    ]
    turns = read_turns("\n\n".join(lines))
    spoken = [
        (turn.speaker, word) for turn in turns for word in turn.text.rstrip(".").replace(".", "").split()
    ]
    assert spoken == [(name, word) for name, words in dialogue for word in words]
    starts = [turn.start_ms for turn in turns if turn.start_ms is not None]
    assert starts == sorted(starts)


@given(st.text(max_size=400))
def test_any_text_is_read_with_ordered_times(text: str) -> None:
    reading = read(text)
    cues, turns = reading.cues, reading.turns
    assert cues >= 0
    starts = [turn.start_ms for turn in turns if turn.start_ms is not None]
    assert starts == sorted(starts)
    assert all(turn.text.strip() for turn in turns)


@pytest.mark.skipif(not DATA.is_dir(), reason="the real files are not beside the checkout")
@pytest.mark.parametrize("name", ["changelog-backstage-backstage-1", "changelog-gotime-go-time-300"])
def test_no_word_of_a_real_one_is_lost(name: str) -> None:
    text = (DATA / "transcripts" / "md" / f"{name}.md").read_text(encoding="utf-8")
    # What a note says besides the time at which something could not be understood.
    text = re.sub(r"(\[[a-z? ]+) [\d:.]+\\?\]", r"\1]", text)
    spoken = re.sub(r"\*\*[^*\n]{1,60}:\*\*|\\?\[\d[\d:.]*\\?\]|\[([^\]]*)\]\([^)]*\)", r" \1 ", text)
    turns = read_turns(text)
    missing = set(_words(spoken)) - set(_words(" ".join(turn.text for turn in turns)))
    assert not missing


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())
