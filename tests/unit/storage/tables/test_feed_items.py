"""The items of feeds as they are stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from storage.engine.database import Database
from storage.models import (
    Chapter,
    ChapterSource,
    EpisodeKind,
    FileKind,
    FileLink,
    FileProblems,
    KnownEpisode,
    Person,
    RefreshedItem,
    Turn,
    as_text,
)
from storage.tables.episodes import chapters_of, get_episode, list_episodes, save_chapters
from storage.tables.feed_items import known_items, newest_items
from storage.tables.feed_updates import create_podcast, save_poll
from storage.tables.linked_files import file_problems, pending_files, record_file_failure, record_read
from storage.tables.podcasts import get_podcast
from storage.tables.transcripts import episode_turns, people_of, turns_revisions
from tests.unit.storage.material import (
    FEED,
    NOW,
    edited,
    fresh,
    ids,
    item,
    poll,
    result,
    stored,
    turn,
)

LATER = NOW + timedelta(days=1)


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
    [changed_one, _] = (await known_items(db, podcast_id)).episodes
    assert changed_one.content_hash == "new"


async def test_an_episode_under_a_new_id_is_the_same_one(db: Database) -> None:
    podcast_id = await stored(db, item("a", persons=(Person("Ada", "host"),)))
    before = (await ids(db, podcast_id))["a"]
    moved = item("new", kind=EpisodeKind.BONUS, season=2, number=4.5, raw_hash="raw")
    await poll(db, podcast_id, edited(moved, before))
    assert await ids(db, podcast_id) == {"new": before}
    [known] = (await known_items(db, podcast_id)).episodes
    assert known == KnownEpisode(
        before,
        "new",
        moved.content_hash,
        "raw",
        moved.title,
        moved.enclosure_url,
        1800.5,
        moved.published,
        guid="new",
    )
    episode = await get_episode(db, before)
    assert episode is not None
    assert (episode.kind, episode.season, episode.number) == (EpisodeKind.BONUS, 2, 4.5)
    assert await people_of(db, before) == []


async def test_what_says_the_same_in_other_bytes_is_known_by_them(db: Database) -> None:
    podcast_id = await stored(db, item("a", raw_hash="1"), item("b", raw_hash="2"))
    known = await known_items(db, podcast_id)
    a, b = known.episodes
    newest = "https://cdn.example/2/a.mp3"
    again = RefreshedItem("3", enclosure_url=newest, duration_s=a.duration_s)
    await save_poll(db, podcast_id, known.revision, result(refreshed={a.id: again}))
    assert (await known_items(db, podcast_id)).episodes == (
        replace(a, raw_hash="3", enclosure_url=newest),
        b,
    )


async def test_files_that_are_still_to_be_read_are_asked_for_by_their_newest_address(db: Database) -> None:
    links = [FileLink(f"https://cdn.example/1/{name}", "text/vtt") for name in ("a.vtt", "b.vtt")]
    podcast_id = await stored(db, item("a", transcript_links=tuple(links)))
    known = await known_items(db, podcast_id)
    first, second = await pending_files(db, podcast_id, due_at=None, limit=9)
    await record_read(db, [first])
    files = {FileKind.TRANSCRIPT: tuple(one.url.replace("/1/", "/2/") for one in links)}
    again = RefreshedItem("3", duration_s=second.duration_s, files=files)
    await save_poll(db, podcast_id, known.revision, result(refreshed={known.episodes[0].id: again}))
    found = {one.position: one for one in await pending_files(db, podcast_id, due_at=None, limit=9)}
    # What was read is not read again.
    assert found[0].link == first.link
    assert found[1] == replace(second, link=FileLink("https://cdn.example/2/b.vtt", "text/vtt"))


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
    await record_file_failure(db, first, as_text("404"), NOW)

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


async def test_notes_that_could_not_be_read_replace_none_that_could(db: Database) -> None:
    podcast_id = await stored(db, item("a", chapters=(Chapter(0, "One"),), turns=(turn("Lamps."),)))
    before = await ids(db, podcast_id)
    unread = item(
        "a", title="Renamed", content_hash="new", notes="", intro="", notes_error=as_text("too much")
    )
    await poll(db, podcast_id, edited(unread, before["a"]), now=LATER)
    episode = await get_episode(db, before["a"])
    assert episode is not None
    assert (episode.title, episode.intro) == ("Renamed", "Notes of a")
    assert (episode.chapter_count, episode.turn_count) == (1, 1)
    [known] = (await known_items(db, podcast_id)).episodes
    # It is not read again, though the notes are the ones of before.
    assert known.content_hash == "new"
    assert (await file_problems(db))[podcast_id] == FileProblems(1, as_text("too much"))

    await poll(db, podcast_id, edited(item("a", content_hash="newer", intro="Read"), before["a"]), now=LATER)
    episode = await get_episode(db, before["a"])
    assert episode is not None
    assert episode.intro == "Read"
    assert await file_problems(db) == {}


async def test_the_newest_are_read_without_the_rest_and_without_what_was_withdrawn(db: Database) -> None:
    dated = [item(str(number), published=NOW - timedelta(days=number)) for number in range(4)]
    podcast_id = await stored(db, *dated)
    known = {one.identity: one for one in (await known_items(db, podcast_id)).episodes}
    assert await newest_items(db, podcast_id, 2) == [known["0"], known["1"]]
    gone = frozenset({known["0"].id})
    for _ in range(2):
        revision = (await known_items(db, podcast_id)).revision
        await save_poll(db, podcast_id, revision, result(left_out=gone))
    assert await newest_items(db, podcast_id, 2) == [known["1"], known["2"]]
    assert await newest_items(db, podcast_id + 1, 2) == []
