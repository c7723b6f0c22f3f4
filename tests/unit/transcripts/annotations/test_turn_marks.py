"""Turns that are no talk, and talk that only sounds like them."""

from __future__ import annotations

import pytest

from bot.transcripts.annotations.annotate import annotate
from bot.transcripts.annotations.sound_notes import sound_notes
from storage.models import Turn, TurnMark

TALK = "We built the mill because the river was there and nobody else wanted it."


def _marks(*said: tuple[str | None, str]) -> list[TurnMark | None]:
    turns = [Turn(speaker, number * 10_000, None, text) for number, (speaker, text) in enumerate(said)]
    return [turn.mark for turn in annotate(turns)]


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("[music]", True),
        ("[upbeat music playing]", True),
        ("(applause)", True),
        ("*laughter*", True),
        ("♪ la la la ♪", True),
        ("[laughs] That is the mill.", False),
        ("Music is what the mill makes.", False),
        ("[sic]", False),
        ("(in French)", False),
    ],
)
def test_a_note_about_a_sound_is_no_talk(text: str, *, sound: bool) -> None:
    assert _marks(("Ada", TALK), ("Bo", text))[1] is (TurnMark.SOUND if sound else None)


@pytest.mark.parametrize(
    ("speaker", "mark"),
    [
        ("Break", TurnMark.BREAK),
        ("Outro", TurnMark.BREAK),
        ("Theme music", TurnMark.BREAK),
        ("Sponsor", TurnMark.SPONSOR),
        ("Ad break", TurnMark.SPONSOR),
        ("Werbung", TurnMark.SPONSOR),
        ("Ada Break", None),
        ("Narrator", None),
        ("Jean Musique-Laval", None),
        (None, None),
    ],
)
def test_a_pseudo_speaker_is_nobody(speaker: str | None, mark: TurnMark | None) -> None:
    assert _marks(("Ada", TALK), (speaker, TALK))[1] is mark


@pytest.mark.parametrize(
    "text",
    [
        "This episode is brought to you by Lamp Oil Weekly, the paper for keepers.",
        "Our sponsor today is Lamp Oil Weekly. Go to lampoil.example and use code KEEPER for 20% off your order.",
        "A quick word from our sponsors. Wicks by Bo last twice as long; head over to wicks.com slash mill.",
    ],
)
def test_an_advertisement_is_one(text: str) -> None:
    assert _marks(("Ada", TALK), ("Ada", text), ("Bo", TALK)) == [None, TurnMark.SPONSOR, None]


@pytest.mark.parametrize(
    "text",
    [
        "We looked for a sponsor for the mill for years, and none came.",
        "You use the code of the lock to get in, and then the door opens.",
        "The bill was sponsored by a senator from the valley, as I recall.",
        "Half of the price, fifty percent, was the freight.",
        "Thank you to everyone who came out in the rain.",
    ],
)
def test_talk_about_money_is_talk(text: str) -> None:
    assert _marks(("Ada", TALK), ("Ada", text), ("Bo", TALK)) == [None, None, None]


def test_what_nobody_said_is_a_ghost() -> None:
    assert _marks(
        (None, "Transcribed by Mill & Daughters"),
        (None, TALK),
        *[(None, "Thank you for watching!")] * 5,
        (None, "[BLANK_AUDIO]"),
        (None, "Subtitles by the Amara.org community"),
    ) == [TurnMark.GHOST, None, *[TurnMark.GHOST] * 5, TurnMark.GHOST, TurnMark.GHOST]
    # A person says it once.
    assert _marks(("Ada", TALK), ("Bo", "Thank you for watching!"), ("Ada", TALK)) == [None] * 3
    assert _marks(("Ada", "No."), ("Bo", "No."), ("Ada", "No."), ("Bo", "No.")) == [None] * 4


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("[laughs] That is (applause) the mill.", ["[laughs]", "(applause)"]),
        ("The wheel [1] turns (slowly).", []),
        ("♪ la la ♪ and so on", ["♪ la la ♪"]),
        ("", []),
    ],
)
def test_notes_about_sounds_are_found_inside_talk(text: str, notes: list[str]) -> None:
    assert [text[start:end] for start, end in sound_notes(text)] == notes
