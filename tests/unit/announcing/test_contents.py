"""What announcements are made of: read as it stands, worked out once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.announcing.contents import KEPT, Contents
from storage.database import Database
from storage.models import Chapter, Person, SaidLine, TranscriptSource, Turn
from storage.transcripts import save_transcript
from tests.unit.storage.material import edited, ids, item, poll, stored, turn


@dataclass(frozen=True, slots=True)
class Told:
    """A summary that says what it was made of."""

    lines: Sequence[SaidLine | None]
    overall: Sequence[SaidLine]


@dataclass
class Readers:
    """Stands in for what reads notes and talk, and counts."""

    blurbs: int = 0
    summaries: list[int] = field(default_factory=list)

    def blurb(self, intro: str) -> str:
        self.blurbs += 1
        return intro.upper()

    def summarise(self, title: str, chapters: Sequence[Chapter], turns: Sequence[Turn]) -> Told:
        self.summaries.append(len(turns))
        line = SaidLine(turns[0].text, title, 0)
        return Told([line for _ in chapters], [line])


PERSONS = (
    Person("Ada", "host"),
    Person("Grace", "guest"),
    Person("Linus", "editor"),
    Person("Mary", "guest"),
)
CHAPTERS = (Chapter(0, "Flour"), Chapter(60_000, "Jam"))


async def test_an_announcement_is_read_whole(sqlite_db: Database) -> None:
    scones = item("scones", persons=PERSONS, chapters=CHAPTERS, turns=(turn("Knead it."), turn("Never.")))
    known = await ids(sqlite_db, await stored(sqlite_db, scones))
    readers = Readers()
    what = await Contents(sqlite_db, blurb=readers.blurb, summarise=readers.summarise).of(known["scones"])
    assert what is not None
    line = SaidLine("Knead it.", "About scones", 0)
    assert (what.episode.id, what.episode.turn_count) == (known["scones"], 2)
    assert what.guests == ("Grace", "Mary")
    assert what.blurb == "NOTES OF SCONES"
    assert (what.chapters, what.lines, what.summary) == (CHAPTERS, (line, line), (line,))
    assert not what.withdrawn


async def test_without_talk_nothing_is_said_of_it(sqlite_db: Database) -> None:
    known = await ids(sqlite_db, await stored(sqlite_db, item("mute", chapters=CHAPTERS)))
    readers = Readers()
    what = await Contents(sqlite_db, blurb=readers.blurb, summarise=readers.summarise).of(known["mute"])
    assert what is not None
    assert (what.lines, what.summary, readers.summaries) == ((None, None), (), [])


async def test_what_is_not_stored_is_none(sqlite_db: Database) -> None:
    assert await Contents(sqlite_db, blurb=str, summarise=None).of(4711) is None


async def test_the_work_is_done_once_and_again_when_something_changed(sqlite_db: Database) -> None:
    scones = item("scones", chapters=CHAPTERS, turns=(turn("Knead it."),))
    podcast_id = await stored(sqlite_db, scones)
    episode_id = (await ids(sqlite_db, podcast_id))["scones"]
    readers = Readers()
    contents = Contents(sqlite_db, blurb=readers.blurb, summarise=readers.summarise)
    # Many channels ask at once.
    first, *others = await asyncio.gather(*(contents.of(episode_id) for _ in range(20)))
    assert all(one is first for one in others)
    assert (readers.blurbs, readers.summaries) == (1, [1])
    # As many turns, from the same kind of source, in other words.
    before = TranscriptSource.NOTES
    turns = [turn("Fold it.")]
    assert await save_transcript(sqlite_db, episode_id, TranscriptSource.VTT, turns, instead_of=before)
    again = await contents.of(episode_id)
    assert again is not None
    assert again.summary[0].text == "Fold it."
    await poll(sqlite_db, podcast_id, edited(replace(scones, title="Better scones"), episode_id))
    renamed = await contents.of(episode_id)
    assert renamed is not None
    assert renamed.episode.title == "Better scones"
    assert readers.blurbs == 3


async def test_only_the_last_few_are_kept(sqlite_db: Database) -> None:
    many = [item(f"part {place}") for place in range(KEPT + 4)]
    known = await ids(sqlite_db, await stored(sqlite_db, *many))
    readers = Readers()
    contents = Contents(sqlite_db, blurb=readers.blurb, summarise=None)
    for episode_id in known.values():
        await contents.of(episode_id)
    assert len(contents._kept) == KEPT
    newest, oldest = list(known.values())[-1], next(iter(known.values()))
    before = readers.blurbs
    await contents.of(newest)
    assert readers.blurbs == before
    await contents.of(oldest)
    assert readers.blurbs == before + 1
