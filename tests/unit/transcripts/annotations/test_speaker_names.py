"""One name for each speaker of an episode."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transcripts.annotations.annotate import annotate
from bot.transcripts.annotations.speaker_names import unify_names
from storage.models import Turn


def _names(*labels: str | None, people: tuple[str, ...] = ()) -> list[str | None]:
    turns = [Turn(label, number * 1000, None, "Words.") for number, label in enumerate(labels)]
    return [turn.speaker for turn in unify_names(turns, people)]


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        # A first name where one person alone can be meant.
        (["Ada Moore", "Ada", "Bo Lind"], ["Ada Moore", "Ada Moore", "Bo Lind"]),
        (["Ada", "Ada Moore", "ADA"], ["Ada Moore"] * 3),
        # Two who share it.
        (["Ada Moore", "Ada Lind", "Ada"], ["Ada Moore", "Ada Lind", "Ada"]),
        # The better written spelling.
        (["BO", "Bo", "Bo"], ["Bo"] * 3),
        (["swyx", "swyx", "Swyx"], ["swyx"] * 3),
        (["ADA O'HARA, HOST", "O'HARA"], ["Ada O'Hara"] * 2),
        (["BO MCLEOD", "EVA MCKAY"], ["Bo McLeod", "Eva McKay"]),
        (["DJ MOORE", "VM LIND"], ["DJ Moore", "VM Lind"]),
        # One person with two titles, and two people who share what stands behind theirs.
        (["Dr. Ada Moore", "Prof. Ada Moore"], ["Prof. Ada Moore"] * 2),
        (["Prof. Bo Lind", "Dr. Ada Moore"], ["Prof. Bo Lind", "Dr. Ada Moore"]),
        (["Mr. Moore", "Mrs. Moore"], ["Mr. Moore", "Mrs. Moore"]),
        # Roles and signs around a name.
        (["Ada Moore (host)", "Guest: Bo Lind", "Ada:"], ["Ada Moore", "Bo Lind", "Ada Moore"]),
        # Numbered voices are different ones.
        (["Speaker 1", "Speaker 2", "Speaker 1"], ["Speaker 1", "Speaker 2", "Speaker 1"]),
        (["SPEAKER_00", "SPEAKER_01"], ["SPEAKER_00", "SPEAKER_01"]),
        ([None, "Ada", None], [None, "Ada", None]),
        # Nicknames are not guessed.
        (["William Penn", "Bill"], ["William Penn", "Bill"]),
    ],
)
def test_a_speaker_has_one_name(labels: list[str | None], names: list[str | None]) -> None:
    assert _names(*labels) == names


def test_names_known_from_the_feed_complete_first_names() -> None:
    assert _names("Ada", "Bo", people=("Ada Moore", "Cy Young")) == ["Ada Moore", "Bo"]
    assert _names("Ada", people=("Ada Moore", "Ada Lind")) == ["Ada"]


@given(
    st.lists(
        st.builds(
            Turn,
            st.one_of(st.none(), st.text(max_size=30), st.sampled_from(["Ada", "ADA Moore", "Break", "Ad"])),
            st.one_of(st.none(), st.integers(0, 10**7)),
            st.none(),
            st.one_of(
                st.text(max_size=80), st.sampled_from(["[music]", "Use code ADA for 20% off.", "Thank you."])
            ),
        ),
        max_size=30,
    ),
    st.lists(st.text(max_size=30), max_size=4),
)
def test_number_order_times_and_words_of_turns_stay(turns: list[Turn], people: list[str]) -> None:
    finished = annotate(turns, people)
    assert [(one.start_ms, one.end_ms, one.text) for one in finished] == [
        (one.start_ms, one.end_ms, one.text) for one in turns
    ]
    # Once is enough.
    assert annotate(finished, people) == finished
