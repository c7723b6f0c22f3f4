"""The names of a podcast's episodes, and when they may have changed."""

from __future__ import annotations

from datetime import timedelta

from storage.engine.database import Database
from storage.models import NOTES_TRANSCRIPT, Person, Turn
from storage.tables.names import EpisodeName, episode_names, episodes_called, names_revisions
from storage.tables.transcripts import save_transcript
from tests.unit.storage.material import NOW, ids, item, stored

SECOND = "https://feeds.example/second.xml"


async def test_names_have_number_season_and_all_who_take_part_newest_first(db: Database) -> None:
    old = item("old", published=NOW - timedelta(days=9), number=7.0, season=2)
    new = item("new", persons=(Person("Ada Moore", "guest"), Person("Ben", "host")))
    first = await stored(db, old, new)
    await stored(db, item("other"), feed_url=SECOND)
    known = await ids(db, first)
    before = await names_revisions(db, [first])
    assert await save_transcript(
        db, known["new"], NOTES_TRANSCRIPT, [Turn("Ada Moore", 0, None, "Hi"), Turn("Cleo", 1, None, "Hello")]
    )
    assert await episode_names(db, first) == [
        EpisodeName(known["new"], "About new", None, None, ("Ada Moore", "Ben", "Cleo")),
        EpisodeName(known["old"], "About old", 7.0, 2),
    ]
    # Who speaks is a part of it.
    after = await names_revisions(db, [first])
    assert before.keys() == after.keys() == {first}
    assert before != after


async def test_a_podcast_that_is_not_stored_has_no_names(db: Database) -> None:
    assert await names_revisions(db, [4711]) == {}
    assert await episode_names(db, 4711) == []


async def test_the_database_alone_finds_titles_by_a_part_and_episodes_by_number(db: Database) -> None:
    first = await stored(
        db,
        item("in", title="About Night Mail", published=NOW),
        item("begins", title="night mail", published=NOW - timedelta(days=9)),
        item("numbered", title="The Weir", published=NOW - timedelta(days=3), number=7.0),
        item("wild", title="100% Weir", published=NOW - timedelta(days=5)),
    )
    second = await stored(db, item("other", title="Night Mail"), feed_url=SECOND)
    known = await ids(db, first)

    async def called(typed: str, number: float | None = None, limit: int = 9) -> list[int]:
        return [one.id for one in await episodes_called(db, [first], typed, number, limit)]

    assert await called("Night M") == [known["begins"], known["in"]]
    assert await called("Night M", limit=1) == [known["begins"]]
    assert await called("7", 7.0) == [known["numbered"]]
    assert await called("%") == [known["wild"]]
    assert len(await episodes_called(db, [first, second], "night mail", None, 9)) == 3
