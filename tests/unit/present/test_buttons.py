"""Buttons, and the custom_ids by which they come back."""

from __future__ import annotations

import re
from dataclasses import replace

import discord
import pytest

from bot.present.buttons import (
    CHAPTERS_ID,
    MAX_ROW_ID,
    SEARCH_ID,
    TRANSCRIPT_ID,
    AnnouncementButton,
    announcement_actions,
    announcement_button_id,
    page_button,
    play_button,
    quote_buttons,
    row_id,
)
from tests.unit.present.material import EPISODE, QUOTE


@pytest.mark.parametrize(
    ("button", "custom_id", "pattern"),
    [
        (AnnouncementButton.CHAPTERS, "chapters:7:12", CHAPTERS_ID),
        (AnnouncementButton.SEARCH, "search:7:12", SEARCH_ID),
        (AnnouncementButton.TRANSCRIPT, "transcript:7:12", TRANSCRIPT_ID),
    ],
)
def test_ids_of_messages_that_stand_are_still_read(
    button: AnnouncementButton, custom_id: str, pattern: str
) -> None:
    assert announcement_button_id(button, 7, 12) == custom_id
    found = re.fullmatch(pattern, custom_id)
    assert found is not None
    assert found.groupdict() == {"episode": "7", "delivery": "12"}


@pytest.mark.parametrize(
    ("chapters", "turns", "links", "labels"),
    [
        (2, 10, True, ["Play", "Chapters", "Search this episode", "Transcript"]),
        (0, 10, False, ["Notes", "Search this episode", "Transcript"]),
        (2, 0, True, ["Play", "Chapters"]),
    ],
)
def test_an_announcement_offers_what_the_episode_has(
    chapters: int, turns: int, links: bool, labels: list[str]
) -> None:
    episode = replace(EPISODE, chapter_count=chapters, turn_count=turns)
    assert [one.label for one in announcement_actions(episode, 12, links=links)] == labels


def test_buttons_lead_only_where_discord_lets_them() -> None:
    play = play_button("https://a.example/my talk.mp3#t=5", 5000)
    assert play is not None
    assert (play.label, play.url) == ("Play from 0:05", "https://a.example/my%20talk.mp3#t=5")
    assert play_button(None) is None
    assert play_button("https://a.example/" + "x" * 500) is None
    # In the address that Discord counts, each of these letters has six characters.
    assert play_button("https://a.example/" + "ü" * 90) is None
    assert page_button(replace(EPISODE, link="ftp://a.example/")) is None


def test_a_single_quote_offers_no_others() -> None:
    ids = [getattr(one, "custom_id", None) for one in quote_buttons(3, [QUOTE], 0, None).children]
    assert ids == ["share:3:0"]
    buttons = quote_buttons(3, [QUOTE, replace(QUOTE, speaker=None, start_ms=None)], 1, None).children
    assert [one.label for one in buttons if isinstance(one, discord.ui.Button)] == [
        "Share",
        "1 · Ada · 1:05",
        "2",
    ]
    assert [one.disabled for one in buttons if isinstance(one, discord.ui.Button)] == [False, False, True]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("7", 7),
        ("0007", 7),
        (str(MAX_ROW_ID), MAX_ROW_ID),
        (str(MAX_ROW_ID + 1), 0),
        ("9" * 18, 0),
    ],
)
def test_an_id_that_no_row_can_have_is_that_of_none(text: str, number: int) -> None:
    assert row_id(text) == number
