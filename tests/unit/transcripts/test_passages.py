"""What one person says in one go, and its sentences with their times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transcripts.passages import MAX_CHARACTERS, passages, sentences
from storage.models import Turn, TurnMark


def test_turns_of_one_speaker_are_one_passage_until_somebody_else_speaks_or_pauses() -> None:
    turns = [
        Turn("Ada", 0, 1_000, "Owls  hunt"),
        Turn("Ada", 1_000, 2_000, "at night."),
        Turn("Ben", 2_000, 3_000, "Do they?"),
        Turn("Ben", 60_000, 61_000, "Lamps burn."),
    ]
    assert [(one.speaker, one.text) for one in passages(turns)] == [
        ("Ada", "Owls hunt at night."),
        ("Ben", "Do they?"),
        ("Ben", "Lamps burn."),
    ]


@pytest.mark.parametrize("mark", list(TurnMark))
def test_nobody_goes_on_behind_what_is_no_talk(mark: TurnMark) -> None:
    turns = [
        Turn("Ada", 0, 1_000, "Owls"),
        Turn("Ada", 1_000, 2_000, "Buy!", mark),
        Turn("Ada", 2_000, 3_000, "hunt."),
    ]
    assert [one.text for one in passages(turns)] == ["Owls", "hunt."]


def test_sentences_have_the_times_at_which_they_are_said() -> None:
    [passage] = passages(
        [Turn("Ada", 0, 10_000, "Owls hunt."), Turn("Ada", 10_000, 20_000, "Lamps burn. And")]
    )
    found = [(one.text, one.start_ms, one.whole) for one in sentences(passage)]
    assert found == [
        ("Owls hunt.", 0, True),
        ("Lamps burn.", 10_000, True),
        ("And", 18_000, False),
    ]


def test_without_times_there_are_none() -> None:
    [passage] = passages([Turn(None, None, None, "Owls hunt. Lamps burn.")])
    assert [one.start_ms for one in sentences(passage)] == [None, None]


def test_a_turn_that_does_not_tell_when_it_ends_lasts_until_the_next() -> None:
    [passage] = passages([Turn("Ada", 0, None, "Owls hunt."), Turn("Ada", 8_000, None, "Lamps burn.")])
    assert passage.times[0] == (0, 8_000)
    assert passage.times[1] is not None
    assert passage.times[1][1] > 8_000


def test_what_nobody_can_say_is_not_looked_at() -> None:
    assert (
        sum(len(one.text) for one in passages([Turn("Ada", 0, 1, "owl " * MAX_CHARACTERS)])) <= MAX_CHARACTERS
    )


@given(
    st.lists(
        st.builds(
            Turn,
            st.sampled_from([None, "Ada"]),
            st.none() | st.integers(0, 99),
            st.none(),
            st.text(st.sampled_from("ab. \n")),
        )
    )
)
def test_every_word_stands_in_one_sentence(turns: list[Turn]) -> None:
    said = [one.text for passage in passages(turns) for one in sentences(passage)]
    assert " ".join(said).split() == " ".join(turn.text for turn in turns).split()
