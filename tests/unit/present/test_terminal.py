"""Announcements on a terminal."""

from __future__ import annotations

from dataclasses import replace

from bot.present.announcement import announcement_post
from bot.present.terminal import RULE, message_lines
from storage.models import Announcement, AnnouncementStyle, Chapter, Looks, SaidLine
from tests.unit.present.material import EPISODE

WHAT = Announcement(
    episode=replace(EPISODE, title="Scones (again) [1]", turn_count=3),
    guests=("Ada",),
    blurb="We bake.\nTwice *at least*.",
    chapters=(Chapter(0, "Flour"), Chapter(3_725_000, "Jam")),
    mentioned=(("Ada", "Rye"), ()),
    quotations=(SaidLine("Never knead it.", "Ada", 4_000),),
)


async def test_a_card_is_drawn_with_its_links_written_out() -> None:
    body = announcement_post(WHAT, Looks(role_id=5, spoiler=True), delivery_id=1).body()
    assert message_lines(body) == [
        f"┌{RULE}",
        "│ <@&5>",
        "│",
        "│ [hidden until clicked]",
        "│ Tea time",
        "│ Scones (again) [1]  → https://tea.example/7",
        "│ with Ada · 01 March 2026 · 1 h 6 min",
        "│ [artwork: https://tea.example/7.png]",
        "│ We bake.",
        "│ Twice *at least*.",
        "│    0:04 “Never knead it.” —\u00a0Ada  → https://tea.example/7.mp3?id=7#t=4",
        f"│ {RULE}",
        "│    0:00 Flour  → https://tea.example/7.mp3?id=7#t=0",
        "│         Mentioned: Ada · Rye",
        "│ 1:02:05 Jam  → https://tea.example/7.mp3?id=7#t=3725",
        "│",
        "│ [ Play ]  [ Chapters ]  [ Search this episode ]  [ Transcript ]",
        f"└{RULE}",
    ]


async def test_a_line_is_drawn_as_one() -> None:
    body = announcement_post(WHAT, Looks(style=AnnouncementStyle.COMPACT), delivery_id=1).body()
    assert message_lines(body)[1:3] == [
        "│ Tea time · Scones (again) [1] · 1 h 6 min",
        "│ https://tea.example/7",
    ]
