"""Feeds that break the rules, read in place."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.feeds.parsing.feed_parser import ParsedFeed, parse_feed
from tests.paths import SHARED_DATA
from tests.unit.feeds.material import read

FAULTS = SHARED_DATA.parent / "faults"


def feed_of(path: str) -> ParsedFeed:
    """A shared feed that breaks a rule."""
    file = Path(FAULTS / path)
    if not file.is_file():
        pytest.skip(f"{file} is missing")
    return parse_feed(file.read_bytes(), "text/xml", address="https://feeds.example/feed.xml")


@pytest.mark.parametrize(
    ("path", "podcast", "titles"),
    [
        ("feeds/13-titles.xml", "Sea & Sand", ["Tom & Jerry’s bold move", "Rock & Roll"]),
        ("feeds/15-iso-8859-15.xml", "10 € - cœur Šibenik", ["10 € - cœur Šibenik"]),
        ("feeds/15-gb2312.xml", "朱镕基", ["朱镕基"]),
        ("feeds/15-shift_jis.xml", "髙橋①ラジオ", ["髙橋①ラジオ"]),
        ("feeds/15-windows-874.xml", "พอดแคสต์", ["พอดแคสต์"]),
        ("transcripts/chapters/08a-title-entities-in-cdata.xml", "Salt & Stone", ['Bo & Ada’s "light"']),
        ("transcripts/chapters/08b-double-escaped.xml", "Salt & Stone", ["Bo & Ada's light"]),
        ("transcripts/chapters/09-psc-chapter-without-start.xml", "Salt", ["Good one", "Lost one"]),
    ],
)
def test_titles_are_what_people_mean(path: str, podcast: str, titles: list[str]) -> None:
    feed = feed_of(path)
    assert feed.info.title == podcast
    assert [item.title for item in read(feed)] == titles


def test_whatever_may_sound_is_an_episode() -> None:
    items = read(feed_of("feeds/14-enclosures.xml"))
    assert len(items) == 11
    assert [item.enclosure_url for item in items[:2]] == [
        "https://feeds.example/media/e.mp3",
        "https://cdn.example/e.mp3",
    ]


def test_chapters_of_the_feed() -> None:
    [item] = read(feed_of("transcripts/chapters/08c-psc-entities.xml"))
    assert [(one.start_ms, one.title) for one in item.chapters] == [
        (0, "Bo & Ada"),
        (750_000, "The keeper’s storm"),
        (1_510_000, "Salt"),
    ]
    lost = read(feed_of("transcripts/chapters/09-psc-chapter-without-start.xml"))[1]
    assert [one.title for one in lost.chapters] == ["Intro"]
