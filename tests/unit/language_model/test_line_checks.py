"""Lines about invented chapters: the true ones stand, each of the others is refused for what is wrong with it."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.language_model.line_checks import EpisodeChecks, Rejection, SpokenChapter
from bot.summaries.mentions import Show
from bot.text.tokenizer import normal_words

KEEPERS = (
    "So the first thing that everybody gets wrong is the oil.",
    "Before eighteen fifty-nine nearly all the lighthouses on this coast burned whale oil.",
    "And it was Tobiah Vane who kept the books.",
    "He was a careful man, and his books show what a winter cost.",
    "Four barrels a month, sometimes five when the fog came in and they could not put the flame out at all.",
    "And then petroleum arrived in Scarborough and it was a third of the price.",
    "You can see it in the handwriting, he underlines it twice.",
    "The keepers did not like it, because it smelled and the wicks burned down in a night.",
    "There is a letter where one of them threatens to leave over the wicks.",
    "But the harbour board had done the sums, and by the next spring all the old barrels were gone.",
    "What I find moving is that Vane goes on counting whale oil for two years, in a column that is always empty.",
)
BIRDS = (
    "The other thing that a light does is that it calls birds in.",
    "On a night with low cloud the thrushes fly in circles around the tower until they are tired.",
    "Imogen Strand counted two hundred and twelve dead redwings on the gallery in a single October.",
    "She was the daughter of a keeper, she was fourteen, and nobody had asked her to count anything.",
    "Her notebook has the wind, the moon and the species, in columns.",
    "Later the museum in Hull used it to show that a flashing lamp kills fewer birds than a fixed one.",
    "That is why so many towers changed their lenses in the thirties, it was not for the ships.",
    "The ships were happy enough with a fixed beam, thank you very much.",
    "And her redwings are still in a drawer there, with her labels on the feet.",
)
REST = Counter(
    normal_words("It was good, and people said so when they came to talk about what they had seen. " * 300)
)
CHECKS = EpisodeChecks(
    "Light at sea",
    [SpokenChapter("What the lamps burned", KEEPERS), SpokenChapter("Birds in the beam", BIRDS)],
    ["Ada Moore", "Ben"],
    Show("The Lantern Hour", REST, "en"),
)
OIL = "Vane's books show how petroleum replaced whale oil, although keepers complained about smell and wicks."
REDWINGS = (
    "Imogen Strand's notebook of dead redwings later showed the museum in Hull "
    "that flashing lamps kill fewer birds."
)


@pytest.mark.parametrize(
    ("chapter", "line"),
    [
        (0, OIL),
        (0, OIL.rstrip(".")),
        (
            0,
            "Ada Moore tells that keepers threatened to leave, and Tobiah Vane kept a column for whale oil.",
        ),
        (
            0,
            "Until 1859 lighthouses burned whale oil, then petroleum at a third of the price, disliked by keepers.",
        ),
        (1, REDWINGS),
        (
            1,
            "A keeper's daughter of 14 counted 212 redwings in October, and towers later changed lenses for birds.",
        ),
    ],
)
def test_true_lines_stand(chapter: int, line: str) -> None:
    assert CHECKS.chapter_line(chapter, line) is None


@pytest.mark.parametrize(
    ("line", "rejection"),
    [
        ("", Rejection.EMPTY),
        (f"{OIL} {OIL}", Rejection.TOO_LONG),
        (OIL.replace("whale", "wha\u200ble"), Rejection.HIDDEN_CHARACTERS),
        (OIL.replace("whale", "whale\n"), Rejection.HIDDEN_CHARACTERS),
        (OIL.replace("Vane's books", "vane.com"), Rejection.LINK),
        (OIL.replace("Vane's", "@Vane's"), Rejection.MENTION),
        (OIL.replace("whale oil", "**whale oil**"), Rejection.MARKUP),
        (OIL.replace(", although keepers", ". Keepers"), Rejection.SEVERAL_SENTENCES),
        (OIL.replace(".", "?"), Rejection.NO_STATEMENT),
        (OIL.replace("Vane's", "Our"), Rejection.FIRST_PERSON),
        ("Vane's books show whale oil, whale oil and whale oil.", Rejection.LOOP),
        ("What the lamps burned at sea", Rejection.TITLE_AGAIN),
        (OIL.replace("whale oil", "20 barrels of whale oil"), Rejection.UNSAID_NUMBER),
        (OIL.replace("whale oil", "six barrels of whale oil"), Rejection.UNSAID_NUMBER),
        (OIL.replace("Vane's", "Strand's"), Rejection.UNSAID_NAME),
        (OIL.replace("petroleum", "Gasoline"), Rejection.UNSAID_NAME),
        (
            "Vane argues that governments must regulate prices before markets collapse entirely.",
            Rejection.UNSAID_WORDS,
        ),
        ("Vane says what everybody gets.", Rejection.NOT_OF_THIS_CHAPTER),
        ("There is a letter where one of them threatens to leave over the wicks.", Rejection.COPIED),
        (
            "One keeper's letter threatens leaving over wicks that smelled and burned down in a night.",
            Rejection.ONE_STRETCH,
        ),
    ],
)
def test_each_check_has_its_reason(line: str, rejection: Rejection) -> None:
    assert CHECKS.chapter_line(0, line) is rejection


def test_a_line_stands_in_its_own_chapter_alone() -> None:
    assert CHECKS.chapter_line(1, OIL) is not None
    assert CHECKS.chapter_line(0, REDWINGS) is not None


def test_an_overview_may_take_from_all_chapters_and_from_no_other_place() -> None:
    both = (
        "Tobiah Vane's books tell how petroleum drove whale oil out of the lighthouses. "
        "Imogen Strand's redwings tell why their lenses were changed."
    )
    assert CHECKS.overview(both) is None
    assert CHECKS.overview(f"{both} Both are in Hull.") is Rejection.SEVERAL_SENTENCES
    assert CHECKS.overview(both.replace("Strand", "Harcourt")) is Rejection.UNSAID_NAME
    assert CHECKS.overview(both.replace("their", "12")) is Rejection.UNSAID_NUMBER


def test_an_episode_of_which_nothing_is_known() -> None:
    checks = EpisodeChecks("", [SpokenChapter("", ())], [], Show("", {}, None))
    assert checks.chapter_line(0, OIL) is not None
    assert checks.overview(OIL) is not None
