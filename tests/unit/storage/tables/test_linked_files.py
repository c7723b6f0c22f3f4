"""Files that are published beside episodes: which are due, and what is known of them."""

from __future__ import annotations

from datetime import timedelta

from storage.engine.database import Database
from storage.models import FileKind, FileLink, FileProblems, PendingFile, TranscriptSource, as_text
from storage.tables.destinations import remove_followers
from storage.tables.linked_files import (
    due_files,
    due_transcripts,
    file_problems,
    pending_files,
    podcasts_with_due_files,
    put_off_files,
    record_file_failure,
    record_read,
)
from storage.tables.podcasts import follow_as_operator
from storage.tables.transcripts import save_transcript
from tests.unit.storage.material import NOW, edited, ids, item, poll, stored, turn

SECOND = "https://feeds.example/second.xml"
LASTS_S = 1800.5
VTT = FileLink("https://cdn.example/a.vtt", "text/vtt")
SRT = FileLink("https://cdn.example/a.srt", "application/x-subrip")
CHAPTERS = FileLink("https://cdn.example/a.json", "application/json+chapters")
LATER = NOW + timedelta(days=1)


async def test_new_files_are_due_at_once_newest_episodes_first(db: Database) -> None:
    podcast_id = await stored(
        db,
        item("old", transcript_links=(VTT, SRT), published=NOW - timedelta(days=9)),
        item("new", transcript_links=(VTT,), chapters_link=CHAPTERS),
        item("spoken", transcript_links=(VTT,), turns=(turn("x"),), published=NOW - timedelta(days=20)),
        item("none"),
    )
    other = await stored(db, item("other", transcript_links=(VTT,)), feed_url=SECOND)
    known = await ids(db, podcast_id)
    speech = FileKind.TRANSCRIPT
    expected = [
        PendingFile(known["new"], "About new", FileKind.CHAPTERS, 0, CHAPTERS, 0, LASTS_S),
        PendingFile(known["new"], "About new", speech, 0, VTT, 0, LASTS_S),
        PendingFile(known["old"], "About old", speech, 0, VTT, 0, LASTS_S),
        PendingFile(known["old"], "About old", speech, 1, SRT, 0, LASTS_S),
        # The notes hold its speech; the file may be better.
        PendingFile(known["spoken"], "About spoken", speech, 0, VTT, 0, LASTS_S),
    ]
    assert await pending_files(db, podcast_id, due_at=NOW, limit=9) == expected
    assert await pending_files(db, podcast_id, due_at=NOW, limit=1) == expected[:1]
    assert await podcasts_with_due_files(db, NOW, 9) == [podcast_id, other]
    due = [(one.episode_id, one.link.mime_type) for one in expected if one.kind is speech]
    assert sorted(await due_transcripts(db, [podcast_id, 4711])) == sorted(due)
    assert len(await due_transcripts(db, None)) == len(due) + 1
    assert await due_transcripts(db, []) == []
    # What nobody follows any more is not read, however long an answer waits.
    await remove_followers(db, other, NOW)
    assert sorted(await due_transcripts(db, None)) == sorted(due)
    await follow_as_operator(db, other)
    await record_read(db, expected)
    assert await pending_files(db, podcast_id, due_at=LATER, limit=9) == []
    assert await podcasts_with_due_files(db, NOW, 9) == [other]
    assert await due_transcripts(db, [podcast_id]) == []


async def test_what_failed_waits_and_is_given_up_in_the_end(db: Database) -> None:
    podcast_id = await stored(db, item("a", transcript_links=(VTT, SRT)))
    soon = NOW + timedelta(minutes=10)
    [vtt, _] = await pending_files(db, podcast_id, due_at=NOW, limit=9)

    async def pending(days: int = 0) -> list[tuple[int, int]]:
        found = await pending_files(db, podcast_id, due_at=soon + timedelta(days=days), limit=9)
        return [(one.position, one.attempts) for one in found]

    await record_file_failure(db, vtt, as_text("404"), soon + timedelta(seconds=1))
    assert await pending() == [(1, 0)]
    assert await pending(days=1) == [(0, 1), (1, 0)]
    await record_file_failure(db, vtt, as_text("404"), None)
    assert await pending(days=99) == [(1, 0)]
    # Asked for by a person, it is tried again, unless the episode has its speech by now.
    everything = await pending_files(db, podcast_id, due_at=None, limit=9)
    assert [(one.position, one.attempts) for one in everything] == [(0, 2), (1, 0)]
    await save_transcript(db, vtt.episode_id, TranscriptSource("srt"), [turn("x")])
    everything = await pending_files(db, podcast_id, due_at=None, limit=9)
    assert [(one.position, one.attempts) for one in everything] == [(1, 0)]


async def test_files_that_are_put_off_wait_and_are_told_without_an_attempt(db: Database) -> None:
    podcast_id = await stored(db, item("a", transcript_links=(VTT, SRT)), item("b", transcript_links=(VTT,)))
    other = await stored(db, item("other", transcript_links=(VTT,)), feed_url=SECOND)
    files = await pending_files(db, podcast_id, due_at=NOW, limit=9)
    assert [await due_files(db, one, NOW) for one in (podcast_id, other)] == [3, 1]
    assert await podcasts_with_due_files(db, NOW, 9, besides=[podcast_id]) == [other]
    await put_off_files(db, files, as_text("too slow"), LATER)
    assert await due_files(db, podcast_id, NOW) == 0
    # A podcast whose files are all put off takes no place among those that are due.
    assert await podcasts_with_due_files(db, NOW, 1) == [other]
    assert (await file_problems(db))[podcast_id] == FileProblems(3, as_text("too slow"))
    assert await pending_files(db, podcast_id, due_at=LATER, limit=9) == files


async def test_what_cannot_be_read_is_counted_and_the_newest_told(db: Database) -> None:
    podcast_id = await stored(
        db,
        item("old", transcript_links=(VTT, SRT), published=NOW - timedelta(days=9)),
        item("new", transcript_links=(VTT,)),
    )
    other = await stored(db, item("other", transcript_links=(VTT,)), feed_url=SECOND)
    assert await file_problems(db) == {}
    for place, file in enumerate(await pending_files(db, podcast_id, due_at=NOW, limit=9)):
        await record_file_failure(db, file, as_text(f"cause {place}"), None)
    [file] = await pending_files(db, other, due_at=NOW, limit=9)
    await record_file_failure(db, file, as_text("another"), LATER)
    assert await file_problems(db) == {
        podcast_id: FileProblems(3, as_text("cause 0")),
        other: FileProblems(1, as_text("another")),
    }
    assert list(await file_problems(db, [other])) == [other]
    await record_read(db, [file])
    assert list(await file_problems(db)) == [podcast_id]


async def test_another_file_at_the_same_place_is_due(db: Database) -> None:
    podcast_id = await stored(db, item("a", transcript_links=(VTT,)))
    episode_id = (await ids(db, podcast_id))["a"]
    [old] = await pending_files(db, podcast_id, due_at=NOW, limit=9)
    await poll(db, podcast_id, edited(item("a", transcript_links=(SRT,)), episode_id), now=LATER)
    # What was read meanwhile is no longer what stands there.
    await record_read(db, [old])
    [new] = await pending_files(db, podcast_id, due_at=LATER, limit=9)
    assert (new.link, new.attempts) == (SRT, 0)
