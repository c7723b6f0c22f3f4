"""Chapters and quotations, as an announcement shows them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.present.announcement import announcement_post
from bot.present.chapters import mentioned_line, quoted_line
from storage.models import Chapter, SaidLine
from tests.unit.present.material import ANNOUNCEMENT, CARD, texts

LONG = tuple(Chapter(place * 60_000, f"The {place}th thing that went wrong") for place in range(76))
MENTIONED = tuple((f"Vessel {place}", "Kerosene") for place in range(76))


def _many(address: str, count: int = 76, title: str = "") -> str:
    episode = replace(ANNOUNCEMENT.episode, enclosure_url=address, duration_s=76 * 60.0)
    chapters = tuple(replace(one, title=one.title + title) for one in LONG[:count])
    what = replace(ANNOUNCEMENT, episode=episode, chapters=chapters, mentioned=MENTIONED[:count])
    return texts(announcement_post(what, CARD, delivery_id=1))[-1]


async def test_room_goes_to_times_and_titles_first_and_then_to_lines() -> None:
    short, long = "https://tea.example/7.mp3", f"https://tea.example/{'x' * 500}.mp3"
    # Everything.
    lines = _many(short, 12).split("\n")
    assert [line[0] for line in lines] == ["[", "-"] * 12
    # Addresses alone would fill it: all times and titles, and as many lines as there is room for.
    lines = _many(long, 20).split("\n")
    assert [line for line in lines if line.startswith("`")] == [
        f"`{place}:00` **{one.title}**" for place, one in enumerate(LONG[:20])
    ]
    assert sum(line.startswith("-# Mentioned: ") for line in lines) == 20
    # Not even the titles: no lines, and the others counted.
    lines = _many(long, 76, " and how, of all people, Tobiah mended it").split("\n")
    shown = [line for line in lines if line.startswith("`")]
    assert lines[-1] == f"-# + {76 - len(shown)} more"
    assert len(lines) == len(shown) + 1
    assert len(shown) > 30


@pytest.mark.parametrize("video", [None, "https://video.example/v?id=1"])
async def test_times_lead_to_where_the_episode_plays(video: str | None) -> None:
    what = replace(ANNOUNCEMENT, episode=replace(ANNOUNCEMENT.episode, video_url=video))
    chapters = texts(announcement_post(what, CARD, delivery_id=1))[-1]
    assert f"[`1:00`]({video}&t=60)" in chapters if video else "7.mp3?id=7#t=60)" in chapters


async def test_quotations_stand_below_the_notes_and_play_where_they_were_said() -> None:
    line = "> [`1:05`](https://tea.example/7.mp3?id=7#t=65) “Butter is a decision.” —\u00a0Grace"
    assert texts(announcement_post(ANNOUNCEMENT, CARD, delivery_id=1))[1] == f"{ANNOUNCEMENT.blurb}\n{line}"
    mute = replace(ANNOUNCEMENT, blurb=" ")
    assert texts(announcement_post(mute, CARD, delivery_id=1))[1] == line
    timeless = replace(mute, quotations=(SaidLine("Butter is a decision.", None, None),))
    assert texts(announcement_post(timeless, CARD, delivery_id=1))[1] == "> “Butter is a decision.”"


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (("Ada Moore", "C*"), "-# Mentioned: Ada Moore · C\\*"),
        (("Kerosene",), "-# Mentioned: Kerosene"),
        ((), ""),
        (("\u200b",), ""),
    ],
)
def test_what_is_mentioned_stands_in_small_print(names: tuple[str, ...], shown: str) -> None:
    assert mentioned_line(names) == shown


@pytest.mark.parametrize(
    ("text", "speaker", "shown"),
    [
        ("Never *knead*.", "Ada Lovelace", "“Never \\*knead\\*.” —\u00a0Ada\u00a0Lovelace"),
        ("Never.", None, "“Never.”"),
        (
            "Never.",
            "A name of more than thirty letters",
            "“Never.” —\u00a0A name of more than thirty letters",
        ),
        ("\u200b", "Ada", ""),
    ],
)
def test_words_stand_with_who_said_them(text: str, speaker: str | None, shown: str) -> None:
    assert quoted_line(SaidLine(text, speaker, 0)) == shown
