"""What is mentioned in a chapter: what sets it apart, and nothing that its reader has read above."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.summaries.mentions import MOST_MENTIONED, Around, Show, mentioned
from bot.summaries.talk import read_talk
from bot.text.tokenizer import normal_words
from storage.models import Chapter, Turn

CHAPTERS = (Chapter(0, "How lamps burned"), Chapter(60_000, "Birds at sea"))
FILLING = "It was good and they said so to us before noon. " * 3
# What leads over to the next chapter.
CLOSING = "And so it was then. " * 8
NOTHING_ELSE = Show("The Lantern Hour", {}, "en")


def _mentioned(
    first: str,
    second: str = "",
    *,
    show: Show = NOTHING_ELSE,
    title: str = "Light",
    notes: str = "",
    people: tuple[str, ...] = ("Ada",),
) -> list[tuple[str, ...]]:
    turns = [
        Turn("Ada", 0, 50_000, FILLING + first + CLOSING),
        Turn("Ada", 60_000, 99_000, FILLING + second + CLOSING),
    ]
    return mentioned(read_talk(turns, CHAPTERS), CHAPTERS, Around(title, notes, people), show)


LAMPS = "We asked Tobiah Vane and Hollis Crane for it. " * 3
BIRDS = "We saw the Scilly Isles and the Orla Finch from there. " * 3


def test_each_chapter_has_its_own() -> None:
    assert _mentioned(LAMPS, BIRDS) == [("Hollis Crane", "Tobiah Vane"), ("Orla Finch", "Scilly Isles")]


@pytest.mark.parametrize(
    ("title", "show", "people"),
    [
        ("The life of Tobiah Vane", "", ()),
        ("Vane's life", "", ()),
        ("", "The Vane Hour", ()),
        ("", "", ("Tobiah Vane",)),
        # However it was misheard.
        ("Tobias Vaine", "", ()),
    ],
)
def test_what_the_reader_has_read_above_is_left_out(title: str, show: str, people: tuple[str, ...]) -> None:
    lamps = LAMPS + "We like Della Quigg. " * 3
    told = _mentioned(lamps, title=title, show=Show(show, {}, "en"), people=people)
    assert told == [("Della Quigg", "Hollis Crane"), ()]


def test_what_is_said_once_is_left_out_unless_the_notes_have_it() -> None:
    once = "We asked Tobiah Vane and Hollis Crane for it."
    assert _mentioned(once) == [(), ()]
    notes = "With a visit to Tobiah Vane, at last, and one to Hollis Crane."
    assert _mentioned(once, notes=notes) == [("Hollis Crane", "Tobiah Vane"), ()]


def test_a_name_that_other_episodes_have_need_not_be_said_as_often() -> None:
    twice = "We asked Tobiah Vane and Hollis Crane for it. " * 2
    assert _mentioned(twice) == [(), ()]
    elsewhere = Counter(normal_words("Vane, Tobiah; Crane, Hollis"))
    assert _mentioned(twice, show=Show("", elsewhere, "en"))[0] == ("Hollis Crane", "Tobiah Vane")


def test_what_a_show_of_which_much_is_known_never_says_may_be_misheard() -> None:
    much = Counter({"vane": 1, "tobiah": 1, "so": 30_000})
    assert _mentioned(LAMPS * 4, show=Show("", much, "en")) == [(), ()]
    assert _mentioned(LAMPS * 4, notes="With Hollis Crane.", show=Show("", much, "en"))[0] == (
        "Hollis Crane",
        "Tobiah Vane",
    )


def test_one_name_is_no_list() -> None:
    assert _mentioned("We asked Tobiah Vane for it. " * 9, notes="Tobiah Vane comes.") == [(), ()]


def test_what_the_whole_show_talks_about_is_left_out() -> None:
    usual = Counter(normal_words("and Tobiah Vane said " * 50 + "something else that is said here " * 1_000))
    assert _mentioned(LAMPS, show=Show("The Lantern Hour", usual, "en")) == [(), ()]


def test_a_term_is_said_together_again_and_again() -> None:
    beside = "We asked Tobiah Vane for it. " * 3
    assert _mentioned(beside + "They mend a carbon filament there. " * 4)[0] == (
        "Tobiah Vane",
        "carbon filament",
    )
    assert _mentioned(beside + "They mend a carbon, filament there. " * 4)[0] == ()
    assert _mentioned(beside + "They mend a carbon filament there. " * 3)[0] == ()


def test_a_name_that_was_misheard_is_left_out() -> None:
    text = (
        "We lit it with KeroLamp. " * 6
        + "And with Kero Lump they said so. They like Kero Lump and Kero Lump."
    )
    assert _mentioned(LAMPS + text)[0] == ("KeroLamp", "Hollis Crane", "Tobiah Vane")
    # As ordinary words, too.
    heard = "We lit it with KeroLamp. " * 6 + "And the karo lamb is good. " * 4
    assert "karo lamb" not in _mentioned(LAMPS + heard)[0]


def test_no_more_than_a_few_and_the_best_first() -> None:
    names = ["Hollis Crane", "Orla Finch", "Magnus Thorpe", "Della Quigg", "Piers Wexford", "Ines Lowell"]
    text = " ".join(f"We asked {name} for it." for place, name in enumerate(names) for _ in range(place + 3))
    assert _mentioned(text)[0] == tuple(reversed(names[-MOST_MENTIONED:]))


def test_what_leads_over_to_the_next_chapter_is_left_out() -> None:
    closing = "We come to Della Quigg and to Piers Wexford now. " * 3
    turns = [Turn("Ada", 0, 50_000, FILLING * 6 + closing), Turn("Ada", 60_000, 99_000, FILLING)]
    told = mentioned(read_talk(turns, CHAPTERS), CHAPTERS, Around("", "", ()), NOTHING_ELSE)
    assert told == [(), ()]


def test_what_is_said_in_a_chapter_of_every_episode_is_said_by_the_way() -> None:
    usual = Show("", {}, "en", frozenset({"HOW LAMPS: burned!", "Outro"}))
    assert _mentioned(LAMPS, BIRDS, show=usual) == [(), ("Orla Finch", "Scilly Isles")]


@pytest.mark.parametrize(
    ("times", "notes", "found"),
    [(6, "", ()), (7, "", ("Hobbleton", "Quiggley")), (3, "x", ()), (4, "x", ("Hobbleton", "Quiggley"))],
)
def test_a_word_with_a_capital_may_be_anything_and_has_to_be_said_often(
    times: int, notes: str, found: tuple[str, ...]
) -> None:
    noted = "We come to Hobbleton and Quiggley." if notes else ""
    assert _mentioned("We saw Quiggley in Hobbleton there. " * times, notes=noted) == [found, ()]


def test_without_talk_nothing_is_mentioned() -> None:
    assert mentioned([], CHAPTERS, Around("", "", ()), NOTHING_ELSE) == [(), ()]
