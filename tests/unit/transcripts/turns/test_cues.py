from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transcripts.turns.cues import Cue, ends_sentence, ends_turn, merge, share_out

SECOND = 1_000


def cue(start_s: int, text: str, speaker: str | None = "Ada", *, changes_speaker: bool = False) -> Cue:
    return Cue(speaker, start_s * SECOND, (start_s + 1) * SECOND, text, changes_speaker)


@pytest.mark.parametrize(
    ("cues", "texts"),
    [
        ([cue(0, "One."), cue(1, "Two.")], ["One. Two."]),
        ([cue(1, "Two."), cue(0, "One.")], ["One. Two."]),
        ([cue(0, "One."), cue(1, "Two.", "Bo")], ["One.", "Two."]),
        ([cue(0, "One."), cue(1, "Two.", None)], ["One.", "Two."]),
        ([cue(0, "One.", None), cue(1, "Two.", None, changes_speaker=True)], ["One.", "Two."]),
        ([cue(0, "One."), cue(12, "Two.")], ["One.", "Two."]),
        ([cue(0, "One."), cue(1, " "), cue(2, "Two.")], ["One. Two."]),
        ([], []),
    ],
)
def test_cues_of_one_turn(cues: list[Cue], texts: list[str]) -> None:
    assert [turn.text for turn in merge(cues)] == texts


@pytest.mark.parametrize(
    ("speaker", "spoken_s", "words", "text", "ends"),
    [
        ("Ada", 59, 100, "lamps.", False),
        ("Ada", 60, 100, "lamps.", True),
        ("Ada", 60, 100, "lamps", False),
        ("Ada", 90, 100, "lamps", True),
        ("Ada", 10, 300, "lamps.", True),
        (None, 30, 10, "lamps?”", True),
        (None, 10, 70, "lamps.", True),
        (None, 10, 70, "lamps", False),
        (None, 10, 105, "lamps", True),
    ],
)
def test_long_turns_are_split(speaker: str | None, spoken_s: int, words: int, text: str, ends: bool) -> None:
    assert ends_turn(speaker, spoken_s * SECOND, words, text) is ends


@pytest.mark.parametrize(
    ("text", "ends"), [("So.", True), ("“So?” ", True), ("今。", True), ("So,", False), ("", False)]
)
def test_the_end_of_a_sentence(text: str, ends: bool) -> None:
    assert ends_sentence(text) is ends


def test_speakers_share_the_time_of_a_cue() -> None:
    shared = share_out([("Ada", "abc"), ("Bo", ""), (None, "a")], 0, 4_000)
    assert shared == [Cue("Ada", 0, 3_000, "abc"), Cue(None, 3_000, 4_000, "a", changes_speaker=True)]


@given(
    st.lists(
        st.builds(
            cue,
            st.integers(0, 500),
            st.sampled_from(["One.", "two", ""]),
            st.sampled_from(["Ada", "Bo", None]),
        ),
        max_size=40,
    )
)
def test_no_word_is_lost(cues: list[Cue]) -> None:
    turns = merge(cues)
    assert sum(len(turn.text.split()) for turn in turns) == sum(len(one.text.split()) for one in cues)
    starts = [turn.start_ms or 0 for turn in turns]
    assert starts == sorted(starts)
