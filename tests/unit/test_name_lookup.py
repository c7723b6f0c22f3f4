"""What is stored, found by name: indexes are kept, and made anew when names change."""

from __future__ import annotations

import pytest

import bot.name_lookup
from bot.name_lookup import NameLookup
from storage.engine.database import Database
from storage.models import NOTES_TRANSCRIPT, Person, Podcast, Turn
from storage.tables.names import episode_names
from storage.tables.podcasts import list_podcasts
from storage.tables.transcripts import save_transcript
from tests.unit.storage.material import ids, item, stored

SECOND = "https://feeds.example/second.xml"


@pytest.fixture
async def podcasts(sqlite_db: Database) -> list[Podcast]:
    """Two podcasts with a few episodes."""
    db = sqlite_db
    await stored(
        db,
        item("weir", title="The Weir in Winter", persons=(Person("Ada Moore", "guest"),)),
        item("mail", title="Night Mail", number=12.0),
        title="Night Radio",
    )
    await stored(db, item("sea", title="Fiancées of the Sea"), feed_url=SECOND, title="Day Light")
    return await list_podcasts(db)


async def test_podcasts_and_episodes_are_found_by_what_is_like_their_names(
    sqlite_db: Database, podcasts: list[Podcast]
) -> None:
    names = NameLookup(sqlite_db)
    by_title = {one.title: one.id for one in podcasts}
    assert (await names.podcast("nigth raido", podcasts)).found == by_title["Night Radio"]
    assert await names.podcasts_like("da", podcasts) == [by_title["Day Light"]]
    assert await names.podcasts_like(" ", podcasts) == [one.id for one in podcasts]
    known = await ids(sqlite_db, by_title["Night Radio"])
    for typed, found in {
        "wier winter": "weir",
        "ada moore": "weir",
        "ep 12": "mail",
        "night mail": "mail",
    }.items():
        assert (await names.episode(typed, podcasts)).found == known[found], typed
        assert (await names.episodes_like(typed, podcasts))[0] == known[found], typed
    only = [one for one in podcasts if one.title == "Day Light"]
    assert (await names.episode("ada moore", only)).found is None
    assert await names.episodes_like("weir", []) == []


async def test_an_index_is_kept_until_a_name_changes(
    sqlite_db: Database, podcasts: list[Podcast], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    async def counted(db: Database, podcast_id: int) -> object:
        read.append(podcast_id)
        return await episode_names(db, podcast_id)

    monkeypatch.setattr(bot.name_lookup, "episode_names", counted)
    names = NameLookup(sqlite_db)
    for _ in range(3):
        await names.episode("weir", podcasts)
    assert sorted(read) == sorted(one.id for one in podcasts)
    [first] = [one for one in podcasts if one.title == "Night Radio"]
    known = await ids(sqlite_db, first.id)
    await save_transcript(sqlite_db, known["mail"], NOTES_TRANSCRIPT, [Turn("Zoë Farr", 0, None, "Hi")])
    assert (await names.episode("zoe farr", podcasts)).found == known["mail"]
    assert read[2:] == [first.id]


async def test_of_too_many_names_the_indexes_asked_for_longest_ago_go(
    sqlite_db: Database, podcasts: list[Podcast], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.name_lookup, "KEPT_NAMES", 2)
    names = NameLookup(sqlite_db)
    for _ in range(2):
        assert (await names.episode("weir winter", podcasts)).found is not None
        assert list(names._kept) == [podcasts[-1].id]


async def test_speakers_are_found_where_they_speak(sqlite_db: Database, podcasts: list[Podcast]) -> None:
    names = NameLookup(sqlite_db)
    [first] = [one for one in podcasts if one.title == "Night Radio"]
    known = await ids(sqlite_db, first.id)
    turns = [Turn(name, at, None, "Hi") for at, name in enumerate(["Ada Moore", "ADA MOORE", "Ben Okri"])]
    await save_transcript(sqlite_db, known["weir"], NOTES_TRANSCRIPT, turns)
    # One name that is written in two ways is no two people.
    choice, spoken = await names.speaker("ada more", [first.id])
    assert choice.found is not None
    assert spoken[choice.found].casefold() == "ada moore"
    choice, spoken = await names.speaker("ben", [first.id], known["mail"])
    assert (choice.found, spoken) == (None, [])
    assert await names.speakers_like("okr", [first.id]) == ["Ben Okri"]
    assert len(await names.speakers_like("", [first.id])) == 3
