"""What is shown around a quote."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.quotes import QuoteFinder, chapter_at, hit_of, still_being_read
from bot.search.quote_search import Scope
from bot.transcripts.formats.registry import all_formats
from storage.engine.database import Database
from storage.models import Chapter, FileLink, Quote
from storage.tables.linked_files import MOST_DUE
from tests.fakes.watch import TIMEOUT_S
from tests.unit.storage.material import item, stored, turn
from tests.unit.test_play_links import AUDIO, episode

CHAPTERS = (Chapter(10_000, "One"), Chapter(20_000, "Two"), Chapter(20_000, "Two again"))


@pytest.mark.parametrize(
    ("moment_ms", "title"),
    [
        (None, None),
        (0, None),
        (9_999, None),
        (10_000, "One"),
        (19_999, "One"),
        (20_000, "Two again"),
        (10**9, "Two again"),
    ],
)
def test_the_chapter_that_runs_at_a_moment(moment_ms: int | None, title: str | None) -> None:
    found = chapter_at(CHAPTERS, moment_ms)
    assert (found.title if found else None) == title
    assert chapter_at([], moment_ms) is None


def test_a_hit_begins_to_play_before_the_quote() -> None:
    quote = Quote(1, 0, "Ada", 25_000, 26_000, "Well said.", (0, 4), 1.0)
    hit = hit_of(quote, episode(None, AUDIO), CHAPTERS)
    assert (hit.url, hit.chapter) == (f"{AUDIO}#t=23", CHAPTERS[2])
    assert (hit.quote, hit.episode.title) == (quote, "One")


@pytest.mark.parametrize(
    ("transcripts", "sentence"),
    [
        (0, ""),
        (1, "1 transcript is still being read."),
        (42, "42 transcripts are still being read."),
        # More of those that wait are not counted.
        (1_000, "At least 1000 transcripts are still being read."),
    ],
)
def test_what_an_answer_does_not_know_yet_is_told(transcripts: int, sentence: str) -> None:
    assert still_being_read(transcripts) == sentence


async def test_of_very_many_that_wait_the_least_number_is_told(sqlite_db: Database, tmp_path: Path) -> None:
    link = FileLink("https://x.example/1", "text/vtt")
    waiting = [item(f"e{number}", transcript_links=(link, link)) for number in range(MOST_DUE // 2 + 1)]
    await stored(sqlite_db, *waiting)
    finder = QuoteFinder(sqlite_db, tmp_path, within_s=TIMEOUT_S)
    assert (await finder.answer("the kettle sings", Scope(), limit=1)).being_read == MOST_DUE
    await finder.close()


async def test_transcripts_that_are_to_be_read_or_indexed_count_once(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vtt, srt = FileLink("https://x.example/1", "text/vtt"), FileLink("https://x.example/2", "application/srt")
    podcast_id = await stored(
        sqlite_db,
        item("both", transcript_links=(vtt, srt)),
        item("unknown", transcript_links=(FileLink("https://x.example/3", "application/pdf"),)),
        item("spoken", turns=(turn("the kettle sings"),), transcript_links=(vtt,)),
        item("only spoken", turns=(turn("the kettle hums"),)),
    )
    other = await stored(
        sqlite_db, item("c", turns=(turn("the teapot sings"),)), feed_url="https://x.example/c"
    )
    finder = QuoteFinder(sqlite_db, tmp_path, within_s=TIMEOUT_S)
    everywhere = await finder.answer("the kettle sings", Scope(), limit=1)
    assert ([hit.episode.guid for hit in everywhere.hits], everywhere.being_read) == (["spoken"], 2)
    one = await finder.answer("the teapot sings", Scope(frozenset({other})), limit=1)
    assert (len(one.hits), one.being_read) == (1, 0)
    await finder.close()

    # Nothing can be indexed: one of these is to be read as well.
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.search.index.indexer.write_segment", full)
    finder = QuoteFinder(sqlite_db, tmp_path / "full", within_s=0.1)
    nothing = await finder.answer("the kettle sings", Scope(frozenset({podcast_id})), limit=1)
    assert (nothing.hits, nothing.being_read) == ([], 3)
    await finder.close()


async def test_the_formats_are_found_before_the_first_question(sqlite_db: Database, tmp_path: Path) -> None:
    all_formats.cache_clear()
    finder = QuoteFinder(sqlite_db, tmp_path, within_s=TIMEOUT_S)
    await finder.warm()
    found_before = all_formats.cache_info().misses
    await finder.answer("the kettle sings", Scope(), limit=1)
    assert (found_before, all_formats.cache_info().misses) == (1, 1)
    await finder.close()
