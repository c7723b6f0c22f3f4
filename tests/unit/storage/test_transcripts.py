"""Turns, speakers, and the published transcripts still to be fetched."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.database import Database
from storage.episodes import get_episode
from storage.models import FileLink, PendingTranscript, TranscriptSource
from storage.transcripts import (
    PAGE,
    episode_turns,
    pending_transcripts,
    podcast_turns,
    record_transcript_failure,
    save_transcript,
    speakers,
    turns_revisions,
)
from tests.unit.storage.material import NOW, ids, item, stored, turn

SECOND = "https://feeds.example/second.xml"
VTT = FileLink("https://cdn.example/a.vtt", "text/vtt")
SRT = FileLink("https://cdn.example/a.srt", "application/x-subrip")


@pytest.mark.parametrize("count", [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE + 3])
async def test_turns_are_read_whole_and_in_order(db: Database, count: int) -> None:
    podcast_id = await stored(
        db,
        item("a", turns=tuple(turn(f"a{number}") for number in range(count))),
        item("b", turns=tuple(turn(f"b{number}") for number in range(7))),
    )
    await stored(db, item("c", turns=(turn("elsewhere"),)), feed_url=SECOND)
    known = await ids(db, podcast_id)
    texts = [f"a{number}" for number in range(count)]
    of_one = await episode_turns(db, known["a"])
    assert [one.text for one in of_one] == texts
    assert [one.position for one in of_one] == list(range(count))
    of_all = await podcast_turns(db, podcast_id)
    assert [one.text for one in of_all] == texts + [f"b{number}" for number in range(7)]
    assert {one.episode_id for one in of_all} <= set(known.values())


async def test_a_transcript_is_stored_unless_the_episode_has_its_speech(db: Database) -> None:
    podcast_id = await stored(db, item("a"), item("spoken", turns=(turn("one"), turn("two"))))
    other = await stored(db, item("c"), feed_url=SECOND)
    known = await ids(db, podcast_id)
    assert await turns_revisions(db, None) == {podcast_id: 1, other: 0}
    await save_transcript(db, known["a"], TranscriptSource.VTT, [turn("three")])
    assert await turns_revisions(db, None) == {podcast_id: 2, other: 0}
    for name in ("a", "spoken"):
        await save_transcript(db, known[name], TranscriptSource.SRT, [turn("late")])
    for name, source, texts in (
        ("a", TranscriptSource.VTT, ["three"]),
        ("spoken", TranscriptSource.NOTES, ["one", "two"]),
    ):
        assert [one.text for one in await episode_turns(db, known[name])] == texts
        episode = await get_episode(db, known[name])
        assert episode is not None
        assert (episode.transcript_source, episode.turn_count) == (source, len(texts))
    # What was read stays read: nobody searches these turns anew.
    assert await turns_revisions(db, None) == {podcast_id: 2, other: 0}
    assert await turns_revisions(db, [other]) == {other: 0}
    assert await turns_revisions(db, []) == {}


async def test_speakers_are_the_most_talkative_first_and_scoped(db: Database) -> None:
    first = await stored(
        db,
        item(
            "a", turns=(turn("x", "Bo"), turn("y", "Ada"), turn("z", "Ada"), turn("w", None), turn("v", ""))
        ),
        item("b", turns=(turn("x", "Ελένη"), turn("y", "50%"), turn("y", "Z_b"))),
    )
    second = await stored(db, item("c", turns=(turn("x", "Cy"),)), feed_url=SECOND)
    known = await ids(db, first)
    assert await speakers(db, [first, second]) == ["Ada", "50%", "Bo", "Cy", "Z_b", "Ελένη"]
    assert (await speakers(db, [first], limit=1)) == ["Ada"]
    assert await speakers(db, [second]) == ["Cy"]
    assert await speakers(db, []) == []
    assert await speakers(db, [first], episode_id=known["a"]) == ["Ada", "Bo"]
    for containing, found in {"AD": ["Ada"], "%": ["50%"], "_": ["Z_b"], "ΕΛΈ": ["Ελένη"], "c": []}.items():
        assert await speakers(db, [first], containing=containing) == found


async def test_pending_are_the_transcripts_of_episodes_without_turns(db: Database) -> None:
    podcast_id = await stored(
        db,
        item("old", transcript_links=(VTT, SRT), published=NOW - timedelta(days=9)),
        item("new", transcript_links=(VTT,)),
        item("spoken", transcript_links=(VTT,), turns=(turn("x"),)),
        item("none"),
    )
    await stored(db, item("other", transcript_links=(VTT,)), feed_url=SECOND)
    known = await ids(db, podcast_id)

    async def pending(limit: int = 9) -> list[PendingTranscript]:
        return await pending_transcripts(db, podcast_id, due_at=NOW, max_attempts=2, limit=limit)

    assert await pending() == [
        PendingTranscript(known["new"], "About new", 0, VTT, 0),
        PendingTranscript(known["old"], "About old", 0, VTT, 0),
        PendingTranscript(known["old"], "About old", 1, SRT, 0),
    ]
    assert len(await pending(limit=1)) == 1
    await save_transcript(db, known["new"], TranscriptSource.VTT, [turn("x")])
    assert {one.episode_id for one in await pending()} == {known["old"]}


async def test_what_failed_waits_and_is_given_up_in_the_end(db: Database) -> None:
    podcast_id = await stored(db, item("a", transcript_links=(VTT, SRT)))
    episode_id = (await ids(db, podcast_id))["a"]
    soon = NOW + timedelta(minutes=10)

    async def pending(days: int = 0) -> list[tuple[int, int]]:
        now = soon + timedelta(days=days)
        found = await pending_transcripts(db, podcast_id, due_at=now, max_attempts=2, limit=9)
        return [(one.position, one.attempts) for one in found]

    await record_transcript_failure(db, episode_id, 0, "404", soon + timedelta(seconds=1))
    assert await pending() == [(1, 0)]
    assert await pending(days=1) == [(0, 1), (1, 0)]
    await record_transcript_failure(db, episode_id, 0, "404", soon)
    assert await pending(days=1) == [(1, 0)]
    everything = await pending_transcripts(db, podcast_id, due_at=None, max_attempts=None, limit=9)
    assert [(one.position, one.attempts) for one in everything] == [(0, 2), (1, 0)]
    untired = await pending_transcripts(db, podcast_id, due_at=None, max_attempts=2, limit=9)
    assert [(one.position, one.attempts) for one in untired] == [(1, 0)]
