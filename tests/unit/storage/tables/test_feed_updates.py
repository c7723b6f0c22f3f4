"""What a poll brings is kept in one transaction: episodes, validators, deliveries."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from storage.engine.database import Database
from storage.models import (
    Chapter,
    ChapterSource,
    EpisodeKind,
    FeedInfo,
    FeedMove,
    FileLink,
    KnownEpisode,
    Person,
    Rhythm,
    Status,
    TranscriptSource,
    Turn,
    Validators,
    as_text,
)
from storage.tables.deliveries import due_deliveries
from storage.tables.delivery_outcomes import finish_delivery
from storage.tables.destinations import remove_destinations
from storage.tables.episodes import chapters_of, get_episode, list_episodes, save_chapters
from storage.tables.feed_updates import (
    Known,
    StaleRevisionError,
    create_podcast,
    known_episodes,
    record_look,
    save_poll,
)
from storage.tables.linked_files import pending_files, record_file_failure
from storage.tables.podcasts import former_addresses, get_podcast, list_podcasts, podcast_by_feed
from storage.tables.transcripts import episode_turns, people_of, turns_revisions
from tests.unit.storage.material import (
    FEED,
    NOW,
    edited,
    followed,
    fresh,
    ids,
    item,
    look,
    poll,
    result,
    stored,
    turn,
)

LATER = NOW + timedelta(days=1)


async def test_the_first_poll_is_kept_whole(db: Database) -> None:
    one = item(
        "a",
        chapters=(Chapter(0, "Intro"), Chapter(90_000, "Talk")),
        turns=(turn("Hello."), Turn("Bo", 3_000, 4_500, "Hi.")),
        transcript_links=(FileLink("https://cdn.example/a.vtt", "text/vtt"),),
    )
    podcast_id = await create_podcast(db, FEED, result(fresh(one)), by_operator=True)

    podcast = await get_podcast(db, podcast_id)
    assert podcast is not None
    assert (podcast.feed_url, podcast.title, podcast.link) == (FEED, "First Show", "https://show.example")
    assert podcast.image_url == "https://show.example/cover.png"
    assert podcast.validators == Validators('"1"', "Sun, 01 Mar 2026 11:00:00 GMT", "f00d")
    assert (podcast.revision, podcast.episode_count, podcast.outcome) == (1, 1, as_text("1 changes"))
    assert (podcast.polled_at, podcast.next_poll_at) == (NOW, NOW + timedelta(minutes=10))

    [episode] = await list_episodes(db)
    assert (episode.title, episode.guid, episode.duration_s) == ("About a", "a", 1800.5)
    assert episode.published == NOW - timedelta(days=1)
    assert (episode.chapter_count, episode.turn_count) == (2, 2)
    assert episode.transcript_source == TranscriptSource("notes")
    assert (await chapters_of(db, [episode.id]))[episode.id] == list(one.chapters)
    said = [
        Turn(turn.speaker, turn.start_ms, turn.end_ms, turn.text)
        for turn in await episode_turns(db, episode.id)
    ]
    assert said == list(one.turns)
    assert await turns_revisions(db, None) == {podcast_id: 1}


async def test_a_podcast_that_just_appeared_is_left_alone(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    again = await create_podcast(db, FEED, result(fresh(item("b")), title="Other"), by_operator=False)
    assert again == podcast_id
    assert list(await ids(db, podcast_id)) == ["a"]
    assert [podcast.title for podcast in await list_podcasts(db)] == ["First Show"]


async def test_two_that_create_the_same_podcast_get_one(db: Database) -> None:
    made = await asyncio.gather(*(stored(db, item("a")) for _ in range(3)))
    assert len(set(made)) == 1
    assert list(await ids(db, made[0])) == ["a"]


async def test_a_decision_on_an_older_revision_is_refused(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    known = await known_episodes(db, podcast_id)
    assert (known.revision, [one.identity for one in known.episodes]) == (1, ["a"])
    await save_poll(db, podcast_id, known.revision, result(fresh(item("b"))))
    with pytest.raises(StaleRevisionError):
        await save_poll(db, podcast_id, known.revision, result(fresh(item("c")), title="Late"))
    podcast = await get_podcast(db, podcast_id)
    assert podcast is not None
    assert (podcast.revision, podcast.title) == (2, "First Show")
    assert set(await ids(db, podcast_id)) == {"a", "b"}


async def test_of_decisions_made_at_once_one_is_kept(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    outcomes = await asyncio.gather(
        *(save_poll(db, podcast_id, 1, result(fresh(item("b"), announce=True))) for _ in range(4)),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType"] + 3 * ["StaleRevisionError"]
    assert set(await ids(db, podcast_id)) == {"a", "b"}


async def test_a_podcast_that_is_gone_is_stale(db: Database) -> None:
    assert await known_episodes(db, 4711) == Known(0, (), {})
    with pytest.raises(StaleRevisionError):
        await save_poll(db, 4711, 0, result(fresh(item("a"))))


async def test_what_is_announced_goes_once_to_every_destination_that_is_active(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    other = await stored(db, item("a"), feed_url="https://feeds.example/second.xml")
    for channel_id in (10, 11, 12):
        await followed(db, podcast_id, channel_id)
    await followed(db, podcast_id, 13, guild_id=2)
    await followed(db, other, 10)
    await remove_destinations(db, guild_id=2, podcast_id=podcast_id, now=NOW)

    await poll(db, podcast_id, fresh(item("b"), announce=True), fresh(item("c")))
    known = await ids(db, podcast_id)
    planned = [(one.channel_id, one.episode_id) for one in await due_deliveries(db, NOW, 100)]
    assert sorted(planned) == [(10, known["b"]), (11, known["b"]), (12, known["b"])]

    again = edited(item("b", content_hash="new"), known["b"], announce=True)
    await poll(db, podcast_id, again, now=LATER)
    assert len(await due_deliveries(db, LATER, 100)) == 3


async def test_what_was_sent_is_not_planned_again_when_a_destination_comes_back(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    first = await followed(db, podcast_id, 10)
    await poll(db, podcast_id, fresh(item("b"), announce=True))
    [delivery] = await due_deliveries(db, NOW, 10)
    await finish_delivery(db, delivery.id, 999, NOW)
    await remove_destinations(db, guild_id=1, podcast_id=podcast_id, now=NOW)
    assert (await followed(db, podcast_id, 10)).id == first.id
    known = await ids(db, podcast_id)
    await poll(db, podcast_id, edited(item("b"), known["b"], announce=True))
    assert await due_deliveries(db, LATER, 10) == []


async def test_a_changed_item_keeps_its_id_and_its_place(db: Database) -> None:
    podcast_id = await stored(
        db,
        item("a", chapters=(Chapter(0, "Old"), Chapter(5_000, "Gone")), published=None),
        item("b", turns=(turn("One."), turn("Two."))),
    )
    before = await ids(db, podcast_id)
    changed = item(
        "a", title="Renamed", content_hash="new", chapters=(Chapter(0, "New"),), turns=(turn("Three."),)
    )
    changed = replace(changed, published=None)
    await poll(db, podcast_id, edited(changed, before["a"]), now=LATER)
    assert await ids(db, podcast_id) == before
    episode = await get_episode(db, before["a"])
    assert episode is not None
    assert (episode.title, episode.chapter_count, episode.turn_count) == ("Renamed", 1, 1)
    # Undated, it was first seen after "b" was published, and stays before it in the list.
    assert [one.id for one in await list_episodes(db)] == [before["a"], before["b"]]
    assert await turns_revisions(db, None) == {podcast_id: 2}
    [changed_one, _] = (await known_episodes(db, podcast_id)).episodes
    assert changed_one.content_hash == "new"


async def test_a_look_that_brought_nothing_moves_no_revision(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    before = await get_podcast(db, podcast_id)
    assert before is not None
    await record_look(db, podcast_id, look("unchanged", LATER))
    due = LATER + timedelta(minutes=10)
    after = replace(before, outcome=as_text("unchanged"), polled_at=LATER, next_poll_at=due)
    assert await get_podcast(db, podcast_id) == after
    validators = Validators('"2"', None, "beef")
    await record_look(db, podcast_id, look("unchanged", LATER, validators=validators))
    assert await get_podcast(db, podcast_id) == replace(after, validators=validators)


async def test_failures_are_counted_until_a_look_succeeds(db: Database) -> None:
    podcast_id = await stored(db, item("a"))

    async def failing() -> tuple[datetime | None, int, Status | None]:
        podcast = await get_podcast(db, podcast_id)
        assert podcast is not None
        return podcast.failing_since, podcast.failures, podcast.paused

    await record_look(db, podcast_id, look("no answer", NOW, failed=True))
    await record_look(db, podcast_id, look("no answer", LATER, failed=True, pause=as_text("it is gone")))
    assert await failing() == (NOW, 2, as_text("it is gone"))
    await poll(db, podcast_id, fresh(item("b")), now=LATER)
    assert await failing() == (None, 0, None)


async def test_a_feed_that_moves_is_found_under_every_address(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    second, third = "https://feeds.example/second.xml", "https://OTHER.example:8443/third.xml"
    other = await stored(db, item("a"), feed_url=second)
    # Where another podcast stands, nothing moves.
    await record_look(db, podcast_id, look(move=FeedMove(second, as_text("301"))))
    assert await former_addresses(db, podcast_id) == []
    await record_look(db, podcast_id, look(move=FeedMove(third, as_text("301"))))
    for address in (FEED, third):
        found = await podcast_by_feed(db, address)
        assert found is not None
        assert (found.id, found.feed_url) == (podcast_id, third)
    assert await former_addresses(db, podcast_id) == [FEED]
    # And back, with a poll that stores something.
    known = await known_episodes(db, podcast_id)
    back = look(move=FeedMove(FEED, as_text("301")))
    await save_poll(db, podcast_id, known.revision, result(fresh(item("b")), look=back))
    assert await former_addresses(db, podcast_id) == [third]
    found = await podcast_by_feed(db, FEED)
    assert found is not None
    assert found.id == podcast_id
    assert (await podcast_by_feed(db, second) or found).id == other


async def test_what_the_feed_asks_and_its_rhythm_are_kept(db: Database) -> None:
    info = FeedInfo("Show", None, None, None, None, 3600, frozenset({0, 23}), frozenset({6}))
    rhythm = Rhythm(NOW, 615)
    podcast_id = await create_podcast(db, FEED, result(info=info, rhythm=rhythm), by_operator=True)
    podcast = await get_podcast(db, podcast_id)
    assert podcast is not None
    assert (podcast.ttl_s, podcast.skip_hours, podcast.skip_days) == (
        3600,
        frozenset({0, 23}),
        frozenset({6}),
    )
    assert podcast.rhythm == rhythm


async def test_an_episode_under_a_new_id_is_the_same_one(db: Database) -> None:
    podcast_id = await stored(db, item("a", persons=(Person("Ada", "host"),)))
    before = (await ids(db, podcast_id))["a"]
    moved = item("new", kind=EpisodeKind.BONUS, season=2, number=4.5, raw_hash="raw")
    await poll(db, podcast_id, edited(moved, before))
    assert await ids(db, podcast_id) == {"new": before}
    [known] = (await known_episodes(db, podcast_id)).episodes
    assert known == KnownEpisode(
        before, "new", moved.content_hash, "raw", moved.title, moved.enclosure_url, 1800.5, moved.published
    )
    episode = await get_episode(db, before)
    assert episode is not None
    assert (episode.kind, episode.season, episode.number) == (EpisodeKind.BONUS, 2, 4.5)
    assert await people_of(db, before) == []


async def test_what_says_the_same_in_other_bytes_is_known_by_them(db: Database) -> None:
    podcast_id = await stored(db, item("a", raw_hash="1"), item("b", raw_hash="2"))
    known = await known_episodes(db, podcast_id)
    a, b = known.episodes
    await save_poll(db, podcast_id, known.revision, result(rehashed={a.id: "3"}))
    assert (await known_episodes(db, podcast_id)).episodes == (replace(a, raw_hash="3"), b)


async def test_published_chapters_do_not_give_way_to_those_of_the_notes(db: Database) -> None:
    podcast_id = await stored(db, item("a", chapters=(Chapter(0, "Notes"),)))
    one = (await ids(db, podcast_id))["a"]

    async def chapters() -> list[str]:
        return [chapter.title for chapter in (await chapters_of(db, [one]))[one]]

    assert await save_chapters(db, one, ChapterSource.PODCAST, [Chapter(0, "File")])
    await poll(db, podcast_id, edited(item("a", chapters=(Chapter(0, "New notes"),)), one))
    assert await chapters() == ["File"]
    assert not await save_chapters(db, one, ChapterSource.ID3, [Chapter(0, "Tag")])
    assert await save_chapters(db, one, ChapterSource.PODCAST, [Chapter(0, "New file")])
    assert await chapters() == ["New file"]


async def test_what_is_known_of_a_transcripts_address_stays_with_it(db: Database) -> None:
    """Attempts and errors belong to the address, wherever it stands among the episode's."""
    vtt, srt, txt = (FileLink(f"https://cdn.example/a.{end}", f"text/{end}") for end in ("vtt", "srt", "txt"))
    podcast_id = await stored(db, item("a", transcript_links=(vtt, srt)))
    episode_id = (await ids(db, podcast_id))["a"]
    [first, _] = await pending_files(db, podcast_id, due_at=NOW, limit=9)
    await record_file_failure(db, first, "404", NOW)

    async def pending() -> list[tuple[int, str, str, int]]:
        found = await pending_files(db, podcast_id, due_at=NOW, limit=9)
        return [(one.position, one.link.url, one.link.mime_type, one.attempts) for one in found]

    async def now_links(*links: FileLink) -> None:
        changed = item("a", transcript_links=links)
        await poll(db, podcast_id, edited(changed, episode_id))

    await now_links(vtt, srt)
    assert await pending() == [(0, vtt.url, vtt.mime_type, 1), (1, srt.url, srt.mime_type, 0)]
    await now_links(txt, replace(vtt, mime_type="application/vtt"))
    assert await pending() == [(0, txt.url, txt.mime_type, 0), (1, vtt.url, "application/vtt", 1)]
    await now_links()
    assert await pending() == []


HUGE = "9" * 50_000


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\0b", "ab"),
        ("a\ud800b\udfff", "ab"),
        ("\0", ""),
        ("Ελληνοφρένεια 🎙 \U0010ffff", "Ελληνοφρένεια 🎙 \U0010ffff"),
        ("'; DROP TABLE podcast; --", "'; DROP TABLE podcast; --"),
        ("%s :name ? $1 \\", "%s :name ? $1 \\"),
        (HUGE, HUGE),
    ],
)
async def test_any_text_can_be_stored(db: Database, text: str, kept: str) -> None:
    one = item(
        f"a{text[:100]}",
        title=text,
        notes=text,
        intro=text,
        chapters=(Chapter(0, text),),
        turns=(turn(text, speaker=text),),
        transcript_links=(FileLink(text, text),),
    )
    podcast_id = await create_podcast(db, FEED, result(fresh(one), title=text), by_operator=True)
    podcast = await get_podcast(db, podcast_id)
    assert podcast is not None
    assert podcast.title == kept
    [episode] = await list_episodes(db)
    assert (episode.title, episode.intro) == (kept, kept)
    assert (await chapters_of(db, [episode.id]))[episode.id] == [Chapter(0, kept)]
    [said] = await episode_turns(db, episode.id)
    assert (said.speaker, said.text) == (kept, kept)


async def test_times_that_no_column_holds_are_left_out(db: Database) -> None:
    one = item(
        "a",
        published=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        duration_s=604_800.0,
        chapters=(Chapter(-1, "before"), Chapter(2**31 - 1, "last"), Chapter(2**31, "after")),
        turns=(turn("a", start_ms=2**40), Turn(None, -5, 2**63, "b"), Turn(None, 2**31 - 1, None, "c")),
    )
    two = item("b", published=datetime(1, 1, 1, tzinfo=UTC), duration_s=None)
    podcast_id = await stored(db, one, two)
    known = await ids(db, podcast_id)
    assert (await chapters_of(db, [known["a"]]))[known["a"]] == [Chapter(2**31 - 1, "last")]
    said = [(turn.start_ms, turn.end_ms) for turn in await episode_turns(db, known["a"])]
    assert said == [(None, None), (None, None), (2**31 - 1, None)]
    assert [one.published for one in await list_episodes(db)] == [one.published, two.published]


async def test_long_identities_and_addresses_can_be_stored(db: Database) -> None:
    # Of characters that take turns, so that no compression makes them short enough for an index.
    long = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(660))
    podcast_id = await stored(db, item(long), feed_url=f"https://feeds.example/{long}")
    assert list(await ids(db, podcast_id)) == [long]


async def test_a_long_feed_is_stored_in_few_statements(sqlite_db: Database) -> None:
    """One transaction is the only writer: whatever it takes, all others wait."""
    items = [
        item(
            f"{number}",
            chapters=(Chapter(0, "Intro"), Chapter(60_000, f"Talk {number}")),
            turns=(turn(f"Said in {number}."),),
            transcript_links=(FileLink(f"https://cdn.example/{number}.vtt", "text/vtt"),),
        )
        for number in range(2_000)
    ]
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    try:
        podcast_id = await stored(sqlite_db, *items)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", count)
    assert 0 < len(statements) < 400

    known = await ids(sqlite_db, podcast_id)
    assert len(known) == len(items)
    # What belongs to an item went to that item.
    for name in ("0", "49", "50", "1999"):
        [said] = await episode_turns(sqlite_db, known[name])
        assert said.text == f"Said in {name}."
        chapters = (await chapters_of(sqlite_db, [known[name]]))[known[name]]
        assert [one.title for one in chapters] == ["Intro", f"Talk {name}"]


async def test_of_many_new_ones_those_to_announce_are_planned(db: Database) -> None:
    podcast_id = await stored(db, item("first"))
    await followed(db, podcast_id, 10)
    await followed(db, podcast_id, 11)
    changes = [fresh(item(f"{number}"), announce=number % 3 == 0) for number in range(120)]
    await poll(db, podcast_id, *changes)
    known = await ids(db, podcast_id)
    planned = {(one.channel_id, one.episode_id) for one in await due_deliveries(db, NOW, 200)}
    assert planned == {(channel, known[f"{number}"]) for channel in (10, 11) for number in range(0, 120, 3)}


async def test_an_undated_item_stands_where_it_was_put_until_the_feed_dates_it(db: Database) -> None:
    undated = item("undated", published=None)
    old = item("old", published=NOW - timedelta(days=9))
    podcast_id = await create_podcast(
        db,
        FEED,
        result(
            fresh(item("new")), fresh(old), fresh(undated, sorted_at=NOW - timedelta(days=9, microseconds=1))
        ),
        by_operator=True,
    )
    known = await ids(db, podcast_id)
    assert [one.guid for one in await list_episodes(db)] == ["new", "old", "undated"]
    await poll(db, podcast_id, edited(replace(undated, title="Renamed"), known["undated"]), now=LATER)
    assert [one.guid for one in await list_episodes(db)] == ["new", "old", "undated"]
    await poll(db, podcast_id, edited(replace(undated, published=NOW), known["undated"]), now=LATER)
    assert [one.guid for one in await list_episodes(db)] == ["undated", "new", "old"]
