"""What is stored, as JSON for scripts and as lines for people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.cli.records import (
    by_source,
    chapter_label,
    chapter_records,
    episode_record,
    hit_lines,
    hit_record,
    iso,
    seconds,
    shown_feed,
)
from bot.quotes import Hit
from storage.models import Chapter, ChapterSource, Quote
from tests.unit.present.material import EPISODE

KEYED = "https://tea.example/feed/aB3xK9qLmZ"
QUOTED = Quote(7, 3, "Ada", 61_500, 63_000, "Lamps and oil.", (0, 13), 0.98765, ((0, 5), (10, 13)))
HIT = Hit(QUOTED, EPISODE, Chapter(60_000, "Light"))


def test_sources_are_counted_the_most_first() -> None:
    counts = {ChapterSource.ID3: 3, ChapterSource.NOTES: 9}
    assert by_source(40, counts, chapter_label) == "12 of 40: 9 notes, 3 audio files"
    assert by_source(40, {}, chapter_label) == "0 of 40"


def test_a_hit_is_a_record() -> None:
    assert hit_record(HIT) == {
        "guid": "tea-7",
        "episode": "Scones",
        "podcast": "Tea time",
        "speaker": "Ada",
        "start_s": 61.5,
        "end_s": 63.0,
        "text": "Lamps and oil.",
        "match": [0, 13],
        "score": 0.9877,
        "chapter": "Light",
        "url": "https://tea.example/7.mp3?id=7#t=59",
    }
    bare = hit_record(replace(HIT, chapter=None, episode=replace(EPISODE, feed_url=KEYED)))
    assert (bare["chapter"], bare["url"]) == (None, None)


def test_a_hit_is_lines_with_the_matched_words_marked() -> None:
    assert hit_lines(HIT) == [
        "“[Lamps] and [oil].”",
        "  — Ada, about 1:01 in Scones · Light",
        "  https://tea.example/7.mp3?id=7#t=59",
    ]
    unknown = Hit(replace(QUOTED, speaker=None, start_ms=None), replace(EPISODE, feed_url=KEYED), None)
    assert hit_lines(unknown, bold=("*", "*")) == ["“*Lamps* and *oil*.”", "  — unknown speaker in Scones"]


def test_nothing_of_a_keyed_feed_has_its_key() -> None:
    keyed = replace(EPISODE, feed_url=KEYED, guid="https://tea.example/aB3xK9qLmZ/7", title="aB3xK9qLmZ tea")
    shown = episode_record(keyed)
    assert (shown["guid"], shown["title"]) == ("https://tea.example/…/7", "… tea")
    assert chapter_records(keyed, [Chapter(5_000, "of ab3xk9qlmz")]) == [
        {"start_s": 5.0, "title": "of …", "url": None}
    ]
    assert hit_record(Hit(replace(QUOTED, text="aB3xK9qLmZ said"), keyed, None))["match"] == [0, 6]


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (None, None),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T12:00:00Z"),
        (datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2026-02-28T23:00:00Z"),
    ],
)
def test_a_moment_is_iso_8601_in_utc(moment: datetime | None, written: str | None) -> None:
    assert iso(moment) == written


def test_milliseconds_are_seconds() -> None:
    assert [seconds(one) for one in (None, 0, 1_500)] == [None, 0.0, 1.5]


def test_a_feeds_address_is_shown_without_its_secrets() -> None:
    assert shown_feed("file:///a%20b.xml") == "file:///a%20b.xml"
    assert "secret" not in shown_feed("https://user:secret@a.example/feed")
