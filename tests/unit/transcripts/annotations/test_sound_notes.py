"""Notes about sounds inside a text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transcripts.annotations.sound_notes import is_sound, sound_notes, without_note_times


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("[laughs] That is (applause) the mill.", ["[laughs]", "(applause)"]),
        ("[Musik] Hallo [Gelächter]", ["[Musik]", "[Gelächter]"]),
        ("そう（）ですね [笑い]", ["[笑い]"]),
        ("*laughter* Yes.", ["*laughter*"]),
        ("[upbeat music playing] Hello", ["[upbeat music playing]"]),
        ("[unintelligible 00:12:33] Hello", ["[unintelligible 00:12:33]"]),
        ("(the music of the mill in 1890)", []),
        ("(quiet music)", ["(quiet music)"]),
        ("[the sound of one mill that nobody ever built]", []),
        ("The wheel [1] turns (slowly).", []),
        ("♪ la la ♪ and so on", ["♪ la la ♪"]),
        ("♪ la la la", ["♪ la la la"]),
        ("We sang ♪ once", ["♪"]),
        ("♪ [music] ♪", ["♪ [music] ♪"]),
        ("", []),
    ],
)
def test_notes(text: str, notes: list[str]) -> None:
    assert [text[start:end] for start, end in sound_notes(text)] == notes


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("[music]", True),
        ("[music] … (applause)", True),
        ("[music] Hello", False),
        ("Hello", False),
        ("", False),
    ],
)
def test_nothing_but_sounds(text: str, *, sound: bool) -> None:
    assert is_sound(text) is sound


@given(st.text(alphabet="ab [](){}*♪music laughs", max_size=120))
def test_notes_are_in_order_and_apart(text: str) -> None:
    spans = sound_notes(text)
    assert spans == sorted(spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("So the [inaudible 00:25:31] stands.", "So the [inaudible] stands."),
        ("So (crosstalk 12:03) it stands.", "So (crosstalk) it stands."),
        ("Das [unverständlich bei 0:12] Rad.", "Das [unverständlich] Rad."),
        ("[?? 00:12] mill", "[??] mill"),
        ("水车【听不清 00:25:31】转。", "水车【听不清】转。"),
        # People say times, and a time alone is one of the talk.
        ("We left (at 10:30 or so) late.", "We left (at 10:30 or so) late."),
        ("It [00:19:00] stands.", "It [00:19:00] stands."),
        ("At 10:30 we left.", "At 10:30 we left."),
    ],
)
def test_a_note_without_its_time(text: str, without: str) -> None:
    assert without_note_times(text) == without
