"""Which segments of the search count."""

from __future__ import annotations

from datetime import timedelta

from storage.engine.database import Database
from storage.models import Chapter, FoundTurns, IndexedEpisode, IndexState, TranscriptSource
from storage.tables.episodes import list_episodes
from storage.tables.search_index import (
    TurnRange,
    add_segments,
    find_turns,
    forget_segments,
    index_state,
    replace_segments,
    segment_names,
)
from storage.tables.transcripts import save_transcript, turns_revisions
from tests.unit.storage.material import NOW, edited, ids, item, poll, stored, turn

SECOND = "https://feeds.example/second.xml"


async def _keys(db: Database, podcast_id: int) -> dict[int, int]:
    state = await index_state(db, podcast_id)
    return {**{one.id: one.turns_key for one in state.indexed}, **state.unindexed}


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
    keys = await _keys(db, podcast_id)
    assert list(keys) == [old, new]
    assert len(set(keys.values())) == 2
    assert await index_state(db, podcast_id) == IndexState(1, (), keys)
    assert await add_segments(db, podcast_id, {"first": keys}) == 2
    # Another process has indexed the same.
    assert await add_segments(db, podcast_id, {"again": keys}) == 0
    new_at = (await list_episodes(db, [podcast_id], limit=1))[0].published
    assert new_at
    in_first = [
        IndexedEpisode(old, NOW - timedelta(days=9), "first", keys[old]),
        IndexedEpisode(new, new_at, "first", keys[new]),
    ]
    assert (await index_state(db, podcast_id)).indexed == tuple(in_first)
    assert await segment_names(db) == {"first"}
    assert await add_segments(db, other, {"first": await _keys(db, other)}) == 1

    changed = item("new", content_hash="other", turns=(turn("four"),))
    await poll(db, podcast_id, edited(changed, new))
    state = await index_state(db, podcast_id)
    assert (state.indexed, list(state.unindexed)) == ((in_first[0],), [new])
    assert state.unindexed[new] != keys[new]
    await save_transcript(db, known["silent"], TranscriptSource("vtt"), [turn("five")])
    # Of another podcast nothing is taken off.
    assert await forget_segments(db, podcast_id, ["first"]) == 1
    assert await segment_names(db) == {"first"}
    assert set((await index_state(db, podcast_id)).unindexed) == set(known.values())
    assert await index_state(db, 4711) == IndexState(0)


async def test_what_arrives_meanwhile_throws_away_nothing_of_the_other_episodes(db: Database) -> None:
    podcast_id = await stored(db, *(item(name, turns=(turn(name),)) for name in ("a", "b", "c")), item("d"))
    known = await ids(db, podcast_id)
    read = await _keys(db, podcast_id)
    await save_transcript(db, known["d"], TranscriptSource("vtt"), [turn("another")])
    await poll(db, podcast_id, edited(item("b", content_hash="other", turns=(turn("changed"),)), known["b"]))
    before = (await turns_revisions(db, [podcast_id]))[podcast_id]
    assert await add_segments(db, podcast_id, {"one": {known["a"]: read[known["a"]]}, "two": read}) == 2
    assert (await turns_revisions(db, [podcast_id]))[podcast_id] > before
    state = await index_state(db, podcast_id)
    assert {one.id for one in state.indexed} == {known["a"], known["c"]}
    assert set(state.unindexed) == {known["b"], known["d"]}


async def test_a_merged_segment_takes_over_what_still_is_in_the_old_ones(db: Database) -> None:
    podcast_id = await stored(db, *(item(name, turns=(turn(name),)) for name in ("a", "b", "c", "d")))
    known = await ids(db, podcast_id)
    keys = await _keys(db, podcast_id)
    a, b, c, d = (known[name] for name in ("a", "b", "c", "d"))
    assert await add_segments(db, podcast_id, {"one": {a: keys[a], b: keys[b]}, "two": {c: keys[c]}}) == 3
    # Merging "one" and "two" began; then the turns of b changed and were indexed in "three".
    await poll(db, podcast_id, edited(item("b", content_hash="other", turns=(turn("changed"),)), b))
    now = await _keys(db, podcast_id)
    assert await add_segments(db, podcast_id, {"three": {b: now[b], d: now[d]}}) == 2
    assert await replace_segments(db, podcast_id, ["one", "two"], "merged", [a, b, c]) == 2
    held = {one.id: one.segment for one in (await index_state(db, podcast_id)).indexed}
    assert held == {a: "merged", b: "three", c: "merged", d: "three"}
    assert await replace_segments(db, podcast_id, ["one", "two"], "late", [a, b, c]) == 0


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
    assert spoken.keys == await _keys(db, podcast_id)
    assert spoken.chapters == {a: [Chapter(0, "Intro")], b: []}
    assert await find_turns(db, list, []) == FoundTurns({})
    assert await find_turns(db, list, None) == FoundTurns({podcast_id: 1})
