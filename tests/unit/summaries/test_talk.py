"""The talk, sentence by sentence, in its chapters."""

from __future__ import annotations

import pytest

from bot.summaries.talk import read_talk
from storage.models import Chapter, Turn, TurnMark

OWLS = "The barn owl hunts voles over open meadows at night."
LAMPS = "Whale oil lamps burned brighter than candles."
CHAPTERS = (Chapter(60_000, "Lamps"), Chapter(10_000, "Owls"))


def _found(*turns: Turn) -> list[tuple[str, int | None]]:
    return [(one.text, one.chapter) for one in read_talk(turns, CHAPTERS)]


def test_sentences_stand_in_the_chapter_in_which_they_begin() -> None:
    turns = [
        Turn("Ada", 0, 5_000, "Hello."),
        Turn("Ada", 20_000, 30_000, OWLS),
        Turn("Ben", 60_000, 70_000, LAMPS),
        Turn("Ben", None, None, "Good night."),
    ]
    assert _found(*turns) == [("Hello.", None), (OWLS, 1), (LAMPS, 0), ("Good night.", None)]


def test_a_sentence_over_several_cues_is_one() -> None:
    words = OWLS.split()
    cues = [
        Turn("Ada", 20_000 + n * 900, 20_900 + n * 900, " ".join(words[n * 4 : n * 4 + 4])) for n in range(3)
    ]
    assert _found(*cues) == [(OWLS, 1)]


@pytest.mark.parametrize("mark", list(TurnMark))
def test_what_is_marked_is_left_out(mark: TurnMark) -> None:
    assert _found(Turn("Ada", 20_000, 30_000, OWLS, mark), Turn("Ada", 30_000, 40_000, LAMPS)) == [(LAMPS, 1)]


def test_what_stands_around_an_offer_is_left_out() -> None:
    offer = "This episode is brought to you by Lantern."
    around = [f"We saw {count} owls." for count in ("ten", "six", "two", "nine")]
    behind = [
        f"Lamps cost {count} dollars." for count in ("ten", "six", "two", "nine", "three", "seven", "eight")
    ]
    found = _found(Turn("Ada", 10_000, 50_000, " ".join([*around, offer, *behind])))
    assert [text for text, _ in found] == [*around[:2], *behind[5:]]
