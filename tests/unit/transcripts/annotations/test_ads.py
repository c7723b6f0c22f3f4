"""How far an advertisement that is read out reaches."""

from __future__ import annotations

import pytest

from bot.transcripts.annotations.ads import find_ads
from storage.models import Turn

TALK = "We built the mill because the river was there and nobody else wanted it."
OPENING = "This episode is brought to you by Wicks."
PITCH = "Sign up at wicks.com slash mill and see for yourself."
PLAIN = "They burn for longer than any other lamp in the valley."


def _ads(*texts: str) -> set[int]:
    return find_ads([Turn("Ada", None, None, text) for text in texts])


@pytest.mark.parametrize(
    ("texts", "ads"),
    [
        ((TALK, OPENING, TALK), {1}),
        # Turns without a sign between two with one belong to it.
        ((OPENING, PLAIN, PITCH, TALK), {0, 1, 2}),
        # Too many of them do not.
        ((OPENING, TALK, TALK, TALK, TALK, PITCH), {0}),
        # The show goes on in the turn that says so.
        ((OPENING, PITCH, "And now back to the show. " + TALK, PITCH), {0, 1}),
        # A turn of which only the end is an advertisement is talk.
        ((TALK * 9 + " " + OPENING, PITCH, TALK), {1}),
        # An opening with talk behind it in the same turn.
        ((OPENING + " " + TALK * 9, PITCH), set()),
        # An offer needs a second sign.
        (("Use the code LAMP for a lamp. Sign up today.", TALK), {0}),
        (("Use the code LAMP for a lamp.", TALK), set()),
        # An advertisement of 450 words is over.
        ((OPENING, "lamp " * 500, PITCH), {0}),
        ((TALK,), set()),
        ((), set()),
    ],
)
def test_the_turns_of_an_advertisement(texts: tuple[str, ...], ads: set[int]) -> None:
    assert _ads(*texts) == ads
