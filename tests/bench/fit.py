"""Checks announcements of generated episodes against Discord's rules: `python -m tests.bench.fit`."""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.present.announcement import announcement_post, plain_post
from bot.present.post import Post
from bot.present.text import on_one_line
from storage.models import Announcement, AnnouncementStyle, Chapter, Episode, Looks, SaidLine
from tests.fakes.discord_message_rules import Shape, message_violations
from tests.fakes.discord_messages import TEXT_DISPLAY, walk
from tests.fakes.discord_schema import schema_violations

EPISODES = 10_000
SEED = 5
ROLE = 2**63 - 1
DELIVERY = 10**18 - 1
SEND = "/channels/{channel_id}/messages"

WORDS = (
    "tin", "brass", "a", "the", "clock", "soup", "mallet", "regret", "escapement", "Vorschlaghammer", "**bold**",
    "_under_score_", "`code`", "```", "||cover||", "~~gone~~", "# head", "> quote", "-# small", "1. one", "@everyone",
    "@here", "<@1>", "<@&2>", "<#3>", "<t:0:R>", "<:emoji:4>", "[label](https://b.example)", "](", "\\", "\\\\", "\n",
    "\n\n", "\r\n", "\u2028", "\t", "\u202eflow", "\u200b", "\u200f", "العربية", "עברית", "日本語",
    "🏳️‍🌈", "👩‍👩‍👧‍👦", "e\u0301",
    "https://c.example/a_b_(c)?d=*e*", "\u0000", "\ud83c", "…", "“said”", "—", "word" * 90,
)  # fmt: skip
MORE = re.compile(r"^-# \+ (\d+) more$")
TIME = re.compile(r"^\[?`\d+(?::\d\d)+`")


class AnnouncementGenerator:
    """Generates episodes from a seed, from plain to hostile ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def text(self, most: int) -> str:
        """Up to so many random words."""
        return " ".join(self._random.choices(WORDS, k=self._random.randint(0, most)))

    def address(self) -> str | None:
        """A URL of up to 2,500 characters, or none."""
        choose = self._random
        size = choose.choice([0, 20, 60, 120, 250, 500, 500, 1000, 2000, 2500])
        marks = choose.choice(["x", "x", "ü", "(x)", "a b", "_*~"])
        host = choose.choice(["tea.example", "tea.example", "bücher.example", "user:word@tea.example", ""])
        scheme = choose.choice(["https", "https", "https", "http", "ftp"])
        return choose.choice([None, *[f"{scheme}://{host}/{(marks * size)[:size]}.mp3?id=7&k=v"] * 6])

    def names(self) -> tuple[str, ...]:
        """What is mentioned in a chapter."""
        return tuple(self.text(3)[:50] for _ in range(self._random.choice([0, 1, 2, 4])))

    def line(self) -> str | None:
        """What a model wrote of a chapter, if anything."""
        return self._random.choice([None, "Ada explains why clocks strike.", self.text(20)[:140]])

    def said(self) -> SaidLine:
        """A quotation."""
        choose = self._random
        words = choose.choice(
            ["Regret is a lubrication problem, and I want that on a mug.", self.text(30)[:220]]
        )
        return SaidLine(words, choose.choice([None, "Ada", self.text(6)]), choose.choice([None, 65_000]))

    def announcement(self) -> Announcement:
        """An announcement of one episode."""
        choose = self._random
        duration_s = choose.choice([None, 0.0, 61.0, 3960.0, 7 * 3600.0, choose.random() * 10**6])
        count = choose.choice([0, 0, 1, 3, 8, 12, 20, 40, 76, 76, 300, 2000])
        step_ms = int((duration_s or 3600) * 1000 / max(1, count))
        plain = choose.random() < 0.5
        chapters = tuple(
            Chapter(
                place * step_ms,
                f"The {place + 1}th thing that went wrong"
                if plain
                else self.text(choose.choice([3, 12, 40])),
            )
            for place in range(count)
        )
        episode = Episode(
            id=choose.choice([1, 10**17]),
            podcast_id=1,
            podcast_title=self.text(8),
            guid=None,
            title=self.text(12),
            link=self.address(),
            published=choose.choice(
                [None, datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=choose.randint(0, 999))]
            ),
            duration_s=duration_s,
            image_url=self.address(),
            enclosure_url=choose.choice([None, "https://tea.example/7.mp3", self._stored()]),
            video_url=choose.choice(
                [None, None, None, "https://www.youtube.com/watch?v=abcdefghijk", self._stored()]
            ),
            intro="",
            chapter_count=count,
            turn_count=choose.choice([0, 900]),
            transcript_source=None,
        )
        return Announcement(
            episode=episode,
            guests=tuple(self.text(4) for _ in range(choose.choice([0, 1, 2, 3, 12]))),
            blurb=choose.choice(["", "Two people mend a clock. Nobody asked them to.", self.text(300)]),
            chapters=chapters,
            lines=tuple(self.line() for _ in chapters) if choose.random() < 0.4 else (),
            overview=choose.choice(["", "", self.text(40)[:300]]),
            mentioned=tuple(self.names() for _ in chapters) if choose.random() < 0.7 else (),
            quotations=tuple(self.said() for _ in range(choose.choice([0, 1, 2]))),
            withdrawn=choose.random() < 0.1,
        )

    def looks(self) -> Looks:
        """Settings that a moderator may choose."""
        choose = self._random
        return Looks(
            style=choose.choice([*AnnouncementStyle]),
            role_id=choose.choice([None, ROLE]),
            silent=choose.random() < 0.3,
            spoiler=choose.random() < 0.3,
        )

    def _stored(self) -> str | None:
        """A URL as it would be stored from a feed: a web address, or none."""
        address = self.address()
        return address if address and address.startswith("http") and "///" not in address else None


def problems(what: Announcement, looks: Looks) -> Iterator[str]:
    """What Discord would refuse in each form of the announcement, and chapters that are lost in it."""
    for edit in (False, True):
        for style in AnnouncementStyle:
            post = announcement_post(what, replace(looks, style=style), delivery_id=DELIVERY, edit=edit)
            yield from post_problems(post, edit=edit)
            if style is AnnouncementStyle.CARD:
                yield from lost_chapters(what, post)
        plain = plain_post(what, looks, delivery_id=DELIVERY, edit=edit)
        yield from post_problems(plain, edit=edit)
        yield from lost_chapters(what, plain)


def post_problems(post: Post, *, edit: bool) -> Iterator[str]:
    """What Discord would refuse in one message."""
    body = post.body()
    roles = () if edit else (ROLE,)
    shape = Shape.EDIT if edit else Shape.CREATE
    yield from (one.sentence() for one in message_violations(body, shape, allowed_roles=roles))
    if not edit:
        # As JSON, as it is sent. Edits have the same parts and are left out, as the schema takes most of the time.
        yield from (one.sentence() for one in schema_violations("POST", SEND, json.loads(json.dumps(body))))
    if not 1 <= len(post.title) <= 100:
        yield f"title: {len(post.title)} characters"
    ids = [part["custom_id"] for _, part in walk(body["components"]) if part.get("custom_id")]
    if not any(one.endswith(f":{DELIVERY}") for one in ids):
        yield "no custom_id has the delivery's id"


def lost_chapters(what: Announcement, post: Post) -> Iterator[str]:
    """Chapters that are neither shown nor counted as left out, and shown ones without their title."""
    body = post.body()
    texts = [body.get("content") or ""]
    texts += [part["content"] for _, part in walk(body["components"]) if part["type"] == TEXT_DISPLAY]
    lines = [line.removesuffix("||") for text in texts for line in text.split("\n")]
    shown = [line for line in lines if TIME.match(line)]
    counted = sum(int(found[1]) for line in lines if (found := MORE.match(line)))
    # The count may include quotations.
    if not len(what.chapters) <= len(shown) + counted <= len(what.chapters) + len(what.quotations):
        yield f"chapters: {len(shown)} shown and {counted} counted of {len(what.chapters)}"
    for line, chapter in zip(shown, what.chapters, strict=False):
        if on_one_line(chapter.title) and "**" not in line:
            yield f"chapters: no title in {line!r}"


def run(episodes: int, seed: int) -> tuple[int, float]:
    """Check so many episodes and print the problems; returns how many had any, and the milliseconds a card takes."""
    generator, failed, spent = AnnouncementGenerator(seed), 0, 0.0
    for number in range(episodes):
        what, looks = generator.announcement(), generator.looks()
        began = time.perf_counter()
        announcement_post(what, Looks(), delivery_id=DELIVERY)
        spent += time.perf_counter() - began
        if found := list(problems(what, looks)):
            failed += 1
            print(f"episode {number}: {'; '.join(found[:3])}")
    return failed, spent / episodes * 1000


def main() -> int:
    """Check, print one line, and return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--episodes", type=int, default=EPISODES)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    failed, milliseconds = run(options.episodes, options.seed)
    print(
        f"fit: {options.episodes} episodes of seed {options.seed}, six forms of each: "
        f"Discord would refuse {failed}; a card takes {milliseconds:.2f} ms"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
