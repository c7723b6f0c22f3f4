"""What is stored, found by name."""

from __future__ import annotations

import pytest

from bot.lookup import LookupFailedError
from bot.lookup.choosing import Choice
from bot.name_lookup import NameLookup
from storage.engine.database import Database
from storage.models import NOTES_TRANSCRIPT, Person, Podcast, Turn
from storage.tables.podcasts import list_podcasts
from storage.tables.transcripts import save_transcript
from tests.unit.storage.material import followed, ids, item, stored

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


async def test_until_names_are_read_the_database_finds_what_it_can(
    sqlite_db: Database, podcasts: list[Podcast]
) -> None:
    names = NameLookup(sqlite_db, waits_s=0)
    [first] = [one for one in podcasts if one.title == "Night Radio"]
    known = await ids(sqlite_db, first.id)
    weir, mail = known["weir"], known["mail"]
    assert await names.episodes_like("the we", podcasts) == [weir]
    # Something that is not read yet may fit better: nothing is taken unasked.
    await names.close()
    for typed, offered in {"night mail": mail, "#12": mail}.items():
        assert await names.episode(typed, podcasts) == Choice(offered=(offered,))
        await names.close()
    with pytest.raises(LookupFailedError, match="still being read"):
        await names.episode("wier wintre", podcasts)
    await names.close()
    for place, podcast in enumerate(podcasts):
        await followed(sqlite_db, podcast.id, 100 + place)
    await names.warm()
    assert (await names.episode("wier winter", podcasts)).found == weir


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
