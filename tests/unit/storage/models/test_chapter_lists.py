"""Which list of an episode's chapters is shown, by what the lists say and how long the episode is."""

from __future__ import annotations

import pytest

from storage.models import Chapter, ChapterSource
from storage.models.chapter_lists import Flaw, best_list, flaw_of, within_episode

PODCAST, PSC, NOTES, ID3 = ChapterSource
HOUR_S = 3600.0
GOOD = "0 The reef|245 The bell|1330 The fog|2478 The pilot"
MANY = "0 Kelp|300 Ebb|600 Gale|900 Rope|1200 Tar|1500 Oar|1800 Eel|2100 Cod|2400 Salt"


def listed(text: str) -> tuple[Chapter, ...]:
    parts = (one.split(" ", 1) for one in text.split("|") if one)
    return tuple(Chapter(int(at) * 1000, title) for at, title in parts)


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        (GOOD, Flaw.NONE),
        ("", Flaw.EMPTY),
        ("0 Mara and the bell", Flaw.CARD),
        ("0 One|0 Two|0 Three", Flaw.CARD),
        ("0 Intro|5000 Middle|9000 End", Flaw.BEHIND_END),
        ("0 Chapter 1|600 Chapter 2|1200 Chapter 3", Flaw.NUMBERED),
        ("0 Intro|600 Kapitel 1|1200 Kapitel 2|1800 Kapitel 3|2400 Kapitel 4", Flaw.NUMBERED),
        ("0 第一章|600 第二章|1200 第三章", Flaw.NUMBERED),
        ("0 Part I|600 Part II|1200 Part III", Flaw.NUMBERED),
        ("0 Intro|100 Track 01|900 Track 02|1800 Track 03|3500 Outro", Flaw.NUMBERED),
        ("0 Part A|600 Part B|1200 Part C", Flaw.NUMBERED),
        ("0 The reef|600 Questions 1|1200 Questions 2|1800 The bell", Flaw.NONE),
        ("0 00:00|600 10:00|1200 20:00", Flaw.NUMBERED),
        ("0 Untitled|600 Untitled|1200 Untitled", Flaw.NUMBERED),
        ("0 The reef|4 The bell|22 The fog", Flaw.CROWDED),
        # Advertisements may have made it a little longer.
        ("0 The reef|2000 The bell|3900 The fog", Flaw.NONE),
    ],
)
def test_what_is_wrong_with_a_list(text: str, flaw: Flaw) -> None:
    assert flaw_of(listed(text), HOUR_S) is flaw


@pytest.mark.parametrize(
    ("lists", "best"),
    [
        ({}, None),
        ({PODCAST: GOOD, PSC: GOOD, NOTES: GOOD, ID3: GOOD}, PODCAST),
        ({PSC: GOOD, NOTES: MANY}, PSC),
        ({PODCAST: "0 Mara and the bell", NOTES: GOOD}, NOTES),
        ({PODCAST: "0 Mara and the bell", PSC: "0 Mara"}, PODCAST),
        ({PODCAST: "0 Chapter 1|600 Chapter 2|900 Chapter 3", PSC: "0 Mara", NOTES: GOOD}, NOTES),
        ({PODCAST: "0 Chapter 1|600 Chapter 2|900 Chapter 3", PSC: "0 Mara"}, PODCAST),
        ({PODCAST: "0 A|9000 B|9900 C", ID3: GOOD}, ID3),
        ({PODCAST: "0 The reef|4 The bell|22 The fog", NOTES: GOOD}, NOTES),
        # Two chapters beside nine, but not beside four.
        ({PODCAST: "0 Intro|60 Talk", NOTES: MANY}, NOTES),
        ({PODCAST: "0 Intro|900 Talk", NOTES: GOOD}, PODCAST),
    ],
)
def test_the_better_list_wins(lists: dict[ChapterSource, str], best: ChapterSource | None) -> None:
    assert best_list({source: listed(text) for source, text in lists.items()}, HOUR_S) is best


@pytest.mark.parametrize(
    ("text", "duration_s", "kept"),
    [
        (GOOD, 1500.0, 3),
        (GOOD, None, 4),
        (GOOD, 0.0, 4),
        # Most lie behind it: the length is the one that is wrong.
        (GOOD, 60.0, 4),
    ],
)
def test_what_is_behind_the_end_is_left_out(text: str, duration_s: float | None, kept: int) -> None:
    assert within_episode(listed(text), duration_s) == listed(text)[:kept]
