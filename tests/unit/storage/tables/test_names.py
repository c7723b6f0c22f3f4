"""The names of a podcast's episodes, and when they may have changed."""

from __future__ import annotations

from datetime import timedelta

from storage.engine.database import Database
from storage.models import NOTES_TRANSCRIPT, Person, Turn
from storage.tables.names import EpisodeName, episode_names, names_revision
from storage.tables.transcripts import save_transcript
from tests.unit.storage.material import NOW, ids, item, stored

SECOND = "https://feeds.example/second.xml"


async def test_names_have_number_season_and_all_who_take_part_newest_first(db: Database) -> None:
    old = item("old", published=NOW - timedelta(days=9), number=7.0, season=2)
    new = item("new", persons=(Person("Ada Moore", "guest"), Person("Ben", "host")))
    first = await stored(db, old, new)
    await stored(db, item("other"), feed_url=SECOND)
    known = await ids(db, first)
    before = await names_revision(db, first)
    assert await save_transcript(
        db, known["new"], NOTES_TRANSCRIPT, [Turn("Ada Moore", 0, None, "Hi"), Turn("Cleo", 1, None, "Hello")]
    )
    assert await episode_names(db, first) == [
        EpisodeName(known["new"], "About new", None, None, ("Ada Moore", "Ben", "Cleo")),
        EpisodeName(known["old"], "About old", 7.0, 2),
    ]
    # Who speaks is a part of it.
    assert before is not None
    assert await names_revision(db, first) not in (before, None)


async def test_a_podcast_that_is_not_stored_has_no_names(db: Database) -> None:
    assert await names_revision(db, 4711) is None
    assert await episode_names(db, 4711) == []
