"""What an announcement says: read whole, summarised once for many channels."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.announcing.messages.content import KEPT, AnnouncementLoader
from storage.engine.database import Database
from storage.models import Chapter, Person, TranscriptSource
from storage.tables.transcripts import save_transcript
from tests.unit.storage.material import edited, ids, item, poll, stored, turn

PERSONS = (
    Person("Ada", "host"),
    Person("Grace", "guest"),
    Person("Linus", "editor"),
    Person("Mary", "guest"),
)
CHAPTERS = (Chapter(0, "Flour"), Chapter(60_000, "Jam"))
NOTES = "Grace bakes scones in a lighthouse and explains why the tide decides about the dough."
SAID = "We asked Tobiah Vane and Hollis Crane for it. " * 3


async def test_an_announcement_is_read_whole(sqlite_db: Database) -> None:
    scones = replace(
        item("scones", persons=PERSONS, chapters=CHAPTERS, turns=(turn(SAID, start_ms=1_000),)), intro=NOTES
    )
    known = await ids(sqlite_db, await stored(sqlite_db, scones, item("other", turns=(turn("Tea is wet."),))))
    what = await AnnouncementLoader(sqlite_db).load(known["scones"])
    assert what is not None
    assert (what.episode.id, what.episode.turn_count) == (known["scones"], 1)
    assert what.guests == ("Grace", "Mary")
    assert (what.blurb, what.chapters) == (NOTES, CHAPTERS)
    assert what.mentioned == (("Hollis Crane", "Tobiah Vane"), ())
    assert not what.withdrawn


async def test_what_other_episodes_say_too_is_left_out(sqlite_db: Database) -> None:
    frame = "The oven hour is a show about bread, cakes and the people who bake them."
    episodes = [replace(item(f"part {n}"), intro=f"{frame} Oven {n} is lit.") for n in range(3)]
    scones = replace(item("scones"), intro=f"{frame} {NOTES}")
    known = await ids(sqlite_db, await stored(sqlite_db, scones, *episodes))
    what = await AnnouncementLoader(sqlite_db).load(known["scones"])
    assert what is not None
    assert what.blurb == NOTES


async def test_without_a_transcript_nothing_is_mentioned(sqlite_db: Database) -> None:
    known = await ids(sqlite_db, await stored(sqlite_db, item("mute", chapters=CHAPTERS)))
    what = await AnnouncementLoader(sqlite_db).load(known["mute"])
    assert what is not None
    assert (what.mentioned, what.quotations) == ((), ())


async def test_an_episode_that_is_not_stored_has_no_announcement(sqlite_db: Database) -> None:
    assert await AnnouncementLoader(sqlite_db).load(4711) is None


async def test_it_is_made_once_and_again_when_the_episode_changes(sqlite_db: Database) -> None:
    scones = item("scones", chapters=CHAPTERS, turns=(turn(SAID, start_ms=1_000),))
    podcast_id = await stored(sqlite_db, scones)
    episode_id = (await ids(sqlite_db, podcast_id))["scones"]
    announcements = AnnouncementLoader(sqlite_db)
    # Many channels ask at once.
    first, *others = await asyncio.gather(*(announcements.load(episode_id) for _ in range(20)))
    assert all(one is first for one in others)
    # The same number of turns, but other words.
    turns = [turn(SAID.replace("Tobiah", "Ebenezer"), start_ms=1_000)]
    before = TranscriptSource("notes")
    assert await save_transcript(sqlite_db, episode_id, TranscriptSource("vtt"), turns, instead_of=before)
    again = await announcements.load(episode_id)
    assert again is not None
    assert again.mentioned == (("Ebenezer Vane", "Hollis Crane"), ())
    await poll(sqlite_db, podcast_id, edited(replace(scones, title="Better scones"), episode_id))
    renamed = await announcements.load(episode_id)
    assert renamed is not None
    assert renamed.episode.title == "Better scones"
    assert await announcements.load(episode_id) is renamed


async def test_only_the_last_few_are_kept(sqlite_db: Database) -> None:
    many = [item(f"part {place}") for place in range(KEPT + 4)]
    known = list((await ids(sqlite_db, await stored(sqlite_db, *many))).values())
    announcements = AnnouncementLoader(sqlite_db)
    loaded = [await announcements.load(episode_id) for episode_id in known]
    assert len(announcements._kept) == KEPT
    assert await announcements.load(known[-1]) is loaded[-1]
    assert await announcements.load(known[0]) is not loaded[0]
