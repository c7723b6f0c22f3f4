"""Indexes of names are kept, made anew when names change, and made ahead of time."""

from __future__ import annotations

import asyncio

import pytest

import bot.name_indexes
from bot.name_indexes import NameIndexes
from storage.engine.database import Database
from storage.models import NOTES_TRANSCRIPT, Person, Podcast, Turn
from storage.tables.names import EpisodeName, episode_names
from storage.tables.podcasts import list_podcasts
from storage.tables.transcripts import save_transcript
from tests.unit.storage.material import ids, item, stored

SECOND = "https://feeds.example/second.xml"


@pytest.fixture
async def podcasts(sqlite_db: Database) -> list[Podcast]:
    """Two podcasts with two episodes each."""
    db = sqlite_db
    await stored(
        db, item("weir", title="The Weir", persons=(Person("Ada", "guest"),)), item("mail"), title="Radio"
    )
    await stored(db, item("sea"), item("ship"), feed_url=SECOND, title="Day")
    return await list_podcasts(db)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The podcasts whose names were read, in order."""
    podcast_ids: list[int] = []

    async def counted(db: Database, podcast_id: int) -> list[EpisodeName]:
        podcast_ids.append(podcast_id)
        return await episode_names(db, podcast_id)

    monkeypatch.setattr(bot.name_indexes, "episode_names", counted)
    return podcast_ids


async def test_an_index_is_kept_until_a_name_changes(
    sqlite_db: Database, podcasts: list[Podcast], read: list[int]
) -> None:
    indexes = NameIndexes(sqlite_db)
    several = await asyncio.gather(*(indexes.of(podcasts) for _ in range(3)))
    assert all(missing == [] for _, missing in several)
    assert read == [one.id for one in podcasts]
    first = next(one for one in podcasts if one.title == "Radio")
    known = await ids(sqlite_db, first.id)
    await save_transcript(sqlite_db, known["mail"], NOTES_TRANSCRIPT, [Turn("Zoë Farr", 0, None, "Hi")])
    # Old as it is, it is better than none.
    assert await indexes.of([first], within_s=0) == ([several[0][0][podcasts.index(first)]], [])
    [[new], _] = await indexes.of([first])
    assert "farr" in new.vocabulary.numbers
    assert read[2:] == [first.id]


async def test_what_is_not_there_in_time_goes_on_being_made(
    sqlite_db: Database, podcasts: list[Podcast], read: list[int]
) -> None:
    indexes = NameIndexes(sqlite_db)
    assert await indexes.of(podcasts, within_s=0) == ([], [one.id for one in podcasts])
    [[first, second], missing] = await indexes.of(podcasts)
    assert (len(first), len(second), missing, len(read)) == (2, 2, [], 2)
    await indexes.close()


async def test_indexes_are_made_ahead_of_time_while_there_is_room(
    sqlite_db: Database, podcasts: list[Podcast], read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    indexes = NameIndexes(sqlite_db)
    await indexes.warm(podcasts)
    await indexes.warm(podcasts)
    assert read == [one.id for one in podcasts]
    assert (await indexes.of(podcasts, within_s=0))[1] == []
    monkeypatch.setattr(bot.name_indexes, "KEPT_WORDS", 2)
    await NameIndexes(sqlite_db).warm(podcasts)
    assert len(read) == 3


async def test_of_too_many_words_the_indexes_asked_for_longest_ago_go(
    sqlite_db: Database, podcasts: list[Podcast], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.name_indexes, "KEPT_WORDS", 2)
    indexes = NameIndexes(sqlite_db)
    for _ in range(2):
        assert [len(one) for one in (await indexes.of(podcasts))[0]] == [2, 2]
        assert len(indexes._kept) == 1


async def test_words_of_names_that_are_gone_go(
    sqlite_db: Database, podcasts: list[Podcast], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.name_indexes, "KEPT_UNUSED", 0)
    indexes = NameIndexes(sqlite_db)
    [[first, second], _] = await indexes.of(podcasts)
    assert first.vocabulary is second.vocabulary
    indexes._vocabulary.add(f"word{number}" for number in range(50))
    indexes._kept.pop(podcasts[1].id)
    [[_, anew], _] = await indexes.of(podcasts)
    assert anew.vocabulary is not second.vocabulary
    assert "word7" not in anew.vocabulary.numbers
