"""Which segments of the search count."""

from __future__ import annotations

from datetime import timedelta

from storage.engine.database import Database
from storage.models import Chapter, FoundTurns, IndexedEpisode, IndexState, TranscriptSource
from storage.tables.episodes import list_episodes
from storage.tables.search_index import TurnRange, find_turns, index_state, save_segments, segment_names
from storage.tables.transcripts import save_transcript
from tests.unit.storage.material import NOW, edited, ids, item, poll, stored, turn

SECOND = "https://feeds.example/second.xml"


async def test_segments_count_for_as_long_as_the_turns_stand(db: Database) -> None:
    podcast_id = await stored(
        db,
        item("new", turns=(turn("one"), turn("two"))),
        item("old", turns=(turn("three"),), published=NOW - timedelta(days=9)),
        item("silent"),
    )
    other = await stored(db, item("c", turns=(turn("x"),)), feed_url=SECOND)
    known = await ids(db, podcast_id)
    new, old = known["new"], known["old"]
    assert await index_state(db, podcast_id) == IndexState(1, (), (old, new))
    assert await save_segments(db, podcast_id, 1, {"first": [old, new]}, [])
    # Decided on what has moved since.
    assert not await save_segments(db, podcast_id, 1, {"late": [old]}, ["first"])
    new_at = (await list_episodes(db, [podcast_id], limit=1))[0].published
    assert new_at
    in_first = [IndexedEpisode(old, NOW - timedelta(days=9), "first"), IndexedEpisode(new, new_at, "first")]
    assert await index_state(db, podcast_id) == IndexState(2, tuple(in_first))
    assert await segment_names(db) == {"first"}
    assert await save_segments(db, other, 1, {"first": [(await ids(db, other))["c"]]}, [])

    changed = item("new", content_hash="other", turns=(turn("four"),))
    await poll(db, podcast_id, edited(changed, new))
    assert await index_state(db, podcast_id) == IndexState(3, (in_first[0],), (new,))
    await save_transcript(db, known["silent"], TranscriptSource("vtt"), [turn("five")])
    assert (await index_state(db, podcast_id)).unindexed == (new, known["silent"])
    # Of another podcast nothing is removed.
    assert await save_segments(db, podcast_id, 4, {"second": [new]}, ["first"])
    assert await segment_names(db) == {"first", "second"}
    assert (await index_state(db, podcast_id)).unindexed == (old, known["silent"])
    assert await index_state(db, 4711) == IndexState(0)


async def test_turns_come_with_the_revisions_that_they_stand_at(db: Database) -> None:
    podcast_id = await stored(
        db,
        item("a", turns=tuple(turn(f"a{n}") for n in range(5)), chapters=(Chapter(0, "Intro"),)),
        item("b", turns=(turn("b"),)),
    )
    known = await ids(db, podcast_id)
    a, b = known["a"], known["b"]
    spoken = await find_turns(db, lambda: [TurnRange(a, 1, 2), TurnRange(b, 0, 0)], [podcast_id, 4711])
    assert spoken.revisions == {podcast_id: 1}
    said = {place: one.text for place, one in spoken.turns.items()}
    assert said == {(a, 1): "a1", (a, 2): "a2", (b, 0): "b"}
    assert {one.title for one in spoken.episodes.values()} == {"About a", "About b"}
    assert spoken.chapters == {a: [Chapter(0, "Intro")], b: []}
    assert await find_turns(db, list, []) == FoundTurns({})
    assert await find_turns(db, list, None) == FoundTurns({podcast_id: 1})
