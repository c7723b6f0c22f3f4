"""Turns, speakers, and which transcript an episode keeps."""

from __future__ import annotations

import pytest

from storage.engine.database import Database
from storage.models import Person, TranscriptSource, Turn, TurnMark, as_text
from storage.tables.episodes import get_episode
from storage.tables.transcripts import (
    PAGE,
    episode_turns,
    people_of,
    record_choice,
    save_transcript,
    speakers,
    transcript_source,
    turns_from,
    turns_revisions,
)
from tests.unit.storage.material import edited, ids, item, poll, stored, turn

SECOND = "https://feeds.example/second.xml"


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
    page = await turns_from(db, known["a"], 1)
    assert [one.text for one in page] == texts[1 : PAGE + 1]
    assert await turns_from(db, known["a"], count) == []
    assert [one.text for one in await turns_from(db, known["b"], 5)] == ["b5", "b6"]


async def test_a_transcript_is_stored_unless_the_episode_has_its_speech(db: Database) -> None:
    podcast_id = await stored(db, item("a"), item("spoken", turns=(turn("one"), turn("two"))))
    other = await stored(db, item("c"), feed_url=SECOND)
    known = await ids(db, podcast_id)
    assert await turns_revisions(db, None) == {podcast_id: 1, other: 0}
    assert await save_transcript(db, known["a"], TranscriptSource("vtt"), [turn("three")])
    assert await turns_revisions(db, None) == {podcast_id: 2, other: 0}
    for name in ("a", "spoken"):
        assert not await save_transcript(db, known[name], TranscriptSource("srt"), [turn("late")])
    for name, source, texts in (
        ("a", TranscriptSource("vtt"), ["three"]),
        ("spoken", TranscriptSource("notes"), ["one", "two"]),
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


async def test_a_better_transcript_takes_the_place_of_what_it_was_compared_with(db: Database) -> None:
    podcast_id = await stored(db, item("spoken", turns=(turn("one"),)))
    one = (await ids(db, podcast_id))["spoken"]
    marked = Turn("Bo", 0, 900, "[music]", TurnMark.SOUND)
    assert await save_transcript(
        db,
        one,
        TranscriptSource("vtt"),
        [marked],
        instead_of=TranscriptSource("notes"),
        choice=as_text("finer times"),
    )
    [said] = await episode_turns(db, one)
    assert (said.text, said.mark) == ("[music]", TurnMark.SOUND)
    assert await speakers(db, [podcast_id]) == ["Bo"]
    episode = await get_episode(db, one)
    assert episode is not None
    assert (episode.transcript_source, episode.transcript_choice) == (
        TranscriptSource("vtt"),
        as_text("finer times"),
    )
    assert await transcript_source(db, one) == TranscriptSource("vtt")
    # The notes change: what is published stays.
    await poll(db, podcast_id, edited(item("spoken", turns=(turn("new"), turn("notes"))), one))
    assert [said.text for said in await episode_turns(db, one)] == ["[music]"]
    await record_choice(db, one, as_text("still the finest"))
    episode = await get_episode(db, one)
    assert episode is not None
    assert episode.transcript_choice == as_text("still the finest")


async def test_the_people_of_an_episode_are_known_by_name(db: Database) -> None:
    people = (Person("Ada Moore", "host"), Person("Bo", "guest"))
    podcast_id = await stored(db, item("a", persons=people), item("b"))
    known = await ids(db, podcast_id)
    assert await people_of(db, known["a"]) == ["Ada Moore", "Bo"]
    assert await people_of(db, known["b"]) == []
