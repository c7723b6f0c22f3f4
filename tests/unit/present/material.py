"""Anything that a feed or a transcript may hold, as hypothesis makes it, and plain examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from hypothesis import strategies as st

from bot.present.post import Post
from bot.text.web_addresses import is_web_address
from storage.models import Announcement, AnnouncementStyle, Chapter, Episode, Looks, Quote, SaidLine
from tests.bench.fit import ROLE
from tests.fakes.discord_messages import TEXT_DISPLAY, walk

NASTY = st.sampled_from(
    [
        "", " ", "\n", "\u202e", "\u200b", "@everyone", "<@1>", "<@&2>", "[a](https://b.example)", "```", "**", "\\",
        "# ", "- ", "1. ", "> ", "||", "\U0001f3f3\ufe0f\u200d\U0001f308", "العربية", "\n" * 300, "\\" * 600,
        "*" * 5000, "word " * 1200, "https://a.example/a_b ",
    ]
)  # fmt: skip
TEXTS = st.lists(NASTY | st.text(max_size=40), max_size=6).map("".join)
ADDRESSES = st.none() | st.builds(
    "{}://{}/{}".format,
    st.sampled_from(["https", "http", "ftp", "javascript"]),
    st.sampled_from(
        ["a.example", "bücher.example", "user:word@a.example", "", "[::1", "x" * 70 + ".example"]
    ),
    st.sampled_from(["", "a b", "(a)", "a?b=<c>", "\t", "ü" * 90, "x" * 480, "x" * 1980, "y" * 3000])
    | st.text(max_size=20),
)
# What is played is read from the feed with care, so that it can be taken apart.
STORED = ADDRESSES.filter(lambda url: url is None or is_web_address(url))
MOMENTS = st.integers(0, 2**31 - 1)
CHAPTERS = st.lists(st.builds(Chapter, MOMENTS, TEXTS), max_size=12).flatmap(
    lambda few: st.sampled_from([few, few * 20, few * 100])
)

EPISODE: Final = Episode(
    id=7,
    podcast_id=1,
    podcast_title="Tea time",
    guid="tea-7",
    title="Scones",
    link="https://tea.example/7",
    published=datetime(2026, 3, 1, 12, tzinfo=UTC),
    duration_s=3960.0,
    image_url="https://tea.example/7.png",
    enclosure_url="https://tea.example/7.mp3?id=7",
    video_url=None,
    intro="We bake.",
    chapter_count=2,
    turn_count=10,
    transcript_source=None,
)
QUOTE: Final = Quote(
    episode_id=7,
    position=3,
    speaker="Ada",
    start_ms=65_000,
    end_ms=67_000,
    text="Well, never knead a scone, I say.",
    match=(6, 25),
    highlights=((6, 25),),
    score=0.9,
)

EPISODES = st.builds(
    replace,
    st.just(EPISODE),
    podcast_title=TEXTS,
    title=TEXTS,
    link=ADDRESSES,
    published=st.none() | st.datetimes(timezones=st.just(UTC)),
    duration_s=st.none() | st.floats(0, 604_800),
    image_url=ADDRESSES,
    enclosure_url=STORED,
    video_url=STORED,
    intro=TEXTS,
)
QUOTES = st.builds(
    replace,
    st.just(QUOTE),
    speaker=st.none() | TEXTS,
    start_ms=st.none() | MOMENTS,
    text=TEXTS,
    match=st.tuples(st.integers(0, 3000), st.integers(0, 6000)),
)
ANNOUNCEMENT: Final = Announcement(
    episode=replace(EPISODE, turn_count=10, chapter_count=2, duration_s=3600.0),
    guests=("Ada", "Grace"),
    blurb="Two people bake.\nNobody asked them to.",
    chapters=(Chapter(0, "Flour"), Chapter(60_000, "Jam *first*")),
    mentioned=((), ("Ada_L", "Knead & Sons")),
    quotations=(SaidLine("Butter is a decision.", "Grace", 65_000),),
)
CARD, COMPACT = Looks(), Looks(style=AnnouncementStyle.COMPACT)
LOOKS = st.builds(
    Looks,
    style=st.sampled_from(AnnouncementStyle),
    role_id=st.sampled_from([None, ROLE]),
    silent=st.booleans(),
    spoiler=st.booleans(),
)


def texts(post: Post) -> list[str]:
    """What the components of a message say."""
    return [part["content"] for _, part in walk(post.body()["components"]) if part["type"] == TEXT_DISPLAY]


def buttons(post: Post) -> list[tuple[str, str]]:
    """The buttons of a message: label, and address or custom_id."""
    return [
        (part["label"], part.get("url") or part["custom_id"])
        for _, part in walk(post.body()["components"])
        if part["type"] == 2
    ]
