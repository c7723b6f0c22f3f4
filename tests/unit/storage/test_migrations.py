"""What an older Earmark stored is carried over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from storage.engine.database import known_revisions, open_database
from storage.models import ChapterSource, DeliveryKind, Destination, FileKind, Validators, as_text
from storage.tables.answers import answer_quotes
from storage.tables.deliveries import due_deliveries
from storage.tables.destinations import get_destination
from storage.tables.episodes import list_episodes
from storage.tables.linked_files import pending_files
from storage.tables.podcasts import get_podcast
from storage.tables.schema import metadata
from storage.tables.transcripts import episode_turns, speakers
from tests.unit.storage.older_databases import rebuild

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
AS_OF_0001 = (
    (
        "INSERT INTO podcast (id, feed_url, title, by_operator, etag, body_hash, revision, turns_revision, added_at)"
        " VALUES (7, 'https://ME:pw@Feeds.example:8443/a.xml', 'Old', :yes, 'e', 'h', 3, 2, :now)"
    ),
    (
        "INSERT INTO episode (id, podcast_id, identity, title, notes, intro, content_hash, transcript_source,"
        " decision, stored_at, sorted_at) VALUES (1, 7, 'a', 'Spoken', '', '', 'h', 'vtt', '', :now, :now),"
        " (2, 7, 'b', 'Silent', '', '', 'h', NULL, '', :now, :now)"
    ),
    "INSERT INTO chapter VALUES (1, 0, 0, 'Intro')",
    "INSERT INTO turn VALUES (1, 0, 'Ada', 0, NULL, 'Hello.')",
    (
        "INSERT INTO transcript_link VALUES (1, 0, 'https://x.example/1.vtt', 'text/vtt', 1, NULL, NULL),"
        " (2, 0, 'https://x.example/2.srt', 'application/srt', 6, :now, '404')"
    ),
    (
        "INSERT INTO destination (id, podcast_id, guild_id, channel_id, added_by, added_at)"
        " VALUES (4, 7, 1, 10, 5, :now)"
    ),
    (
        "INSERT INTO delivery (id, destination_id, episode_id, state, attempts, planned_at)"
        " VALUES (9, 4, 2, 'planned', 0, :now)"
    ),
    "INSERT INTO answer VALUES (3, 1, :now)",
    (
        "INSERT INTO quote (answer_id, rank, episode_id, position, text, match_from, match_to, score)"
        " VALUES (3, 0, 1, 0, 'Hello.', 0, 5, 0.9)"
    ),
)


async def test_what_the_first_version_stored_is_all_there(new_address: str) -> None:
    db = await open_database(new_address)
    try:
        async with db.write() as connection:
            await connection.run_sync(_rebuild_as_0001)
            values = {"now": NOW.replace(tzinfo=None) if db.dialect == "sqlite" else NOW, "yes": True}
            for statement in AS_OF_0001:
                asked = {name: value for name, value in values.items() if f":{name}" in statement}
                await connection.execute(sa.text(statement), asked)
    finally:
        await db.close()
    db = await open_database(new_address)
    try:
        podcast = await get_podcast(db, 7)
        assert podcast is not None
        assert (podcast.episode_count, podcast.failures, podcast.paused) == (2, 0, None)
        # It is read once more, for what was not looked for before.
        assert podcast.validators == Validators()
        episodes = {one.title: one for one in await list_episodes(db)}
        assert episodes["Spoken"].chapters_source is ChapterSource.NOTES
        assert episodes["Silent"].chapters_source is None
        assert [turn.text for turn in await episode_turns(db, 1)] == ["Hello."]
        assert await speakers(db, [7]) == ["Ada"]
        [pending] = await pending_files(db, 7, due_at=datetime.now(UTC), limit=9)
        assert (pending.episode_id, pending.kind, pending.attempts) == (2, FileKind.TRANSCRIPT, 0)
        async with db.read() as connection:
            hosts = (await connection.execute(sa.text("SELECT feed_host FROM podcast"))).scalars().all()
        assert hosts == ["feeds.example:8443"]
        assert await get_destination(db, 4) == Destination(4, 7, 1, 10)
        # Nobody knows who asked.
        assert [one.text for one in await answer_quotes(db, 3, 1, 77)] == ["Hello."]
        [delivery] = await due_deliveries(db, datetime.now(UTC), 9)
        assert (delivery.id, delivery.kind, delivery.resend) == (9, DeliveryKind.EPISODE, 0)
    finally:
        await db.close()


# Sentences as older versions wrote them, in each column that holds a status today.
SENTENCES = {
    "podcast": {
        "outcome": "2 new episodes; 1 item is too broken to be read.",
        "next_reason": "every 10 min",
        "paused": "it has failed for 7 days",
    },
    "former_address": {"reason": "the host says that it moved for good"},
    "held_item": {"reason": '“12 of 12” items look new at once, and {this} one is\\like no "stored" épisode'},
    "episode": {
        "decision": "announced: it is new in the feed",
        "transcript_choice": "VTT: 4 speakers, a time every 6 s; rather than text (no speakers)",
    },
    "linked_file": {"error": "The SubRip file has no cues."},
    "destination": {"paused": "I lack **Embed Links** in <#10>: open the channel's settings → Permissions."},
    "delivery": {"error": 'Discord answered 500: {"code": 0}.'},
    "follow_up": {"error": "The answer was lost: TimeoutError."},
}
NEEDED: dict[str, dict[str, Any]] = {
    "podcast": {"id": 7, "feed_url": "https://feeds.example/a.xml", "title": "Old", "by_operator": True}
    | {"revision": 3, "turns_revision": 2, "added_at": NOW},
    "former_address": {"feed_url": "https://feeds.example/old.xml", "podcast_id": 7, "left_at": NOW},
    "held_item": {"podcast_id": 7, "identity": "h", "title": "Held", "state": "waiting", "held_at": NOW},
    "episode": {"id": 1, "podcast_id": 7, "identity": "a", "title": "A", "notes": "", "intro": ""}
    | {"content_hash": "h", "stored_at": NOW, "sorted_at": NOW},
    "linked_file": {"episode_id": 1, "kind": "transcript", "position": 0, "url": "https://cdn.example/a.srt"}
    | {"mime_type": "application/srt", "attempts": 1},
    "destination": {
        "id": 4,
        "podcast_id": 7,
        "guild_id": 1,
        "channel_id": 10,
        "added_by": 5,
        "added_at": NOW,
    },
    "delivery": {"id": 9, "destination_id": 4, "episode_id": 1, "state": "planned", "attempts": 1}
    | {"planned_at": NOW},
    "follow_up": {"delivery_id": 9, "kind": "edit", "asked": 1, "attempts": 1},
}


@pytest.mark.parametrize("revision", known_revisions()[:6])
async def test_sentences_of_every_revision_become_codes_with_the_sentence_as_argument(
    new_address: str, revision: str
) -> None:
    db = await open_database(new_address)
    written: dict[str, dict[str, str]] = {}

    def write(connection: sa.Connection) -> None:
        rebuild(connection, revision)
        then = sa.MetaData()
        then.reflect(connection)
        for name, values in NEEDED.items():
            if name in then.tables:
                written[name] = {
                    one: told for one, told in SENTENCES[name].items() if one in then.tables[name].c
                }
                connection.execute(then.tables[name].insert(), {**_moments(values), **written[name]})

    def _moments(values: dict[str, Any]) -> dict[str, Any]:
        bare = {name: one.replace(tzinfo=None) for name, one in values.items() if isinstance(one, datetime)}
        return values | bare if db.dialect == "sqlite" else values

    try:
        async with db.write() as connection:
            await connection.run_sync(write)
    finally:
        await db.close()
    db = await open_database(new_address)
    try:
        assert written["podcast"]
        for name, sentences in written.items():
            columns = metadata.tables[name].c
            async with db.read() as connection:
                [row] = await connection.execute(sa.select(*(columns[one] for one in SENTENCES[name])))
            expected = {one: as_text(sentences[one]) if one in sentences else None for one in SENTENCES[name]}
            assert row._asdict() == expected
    finally:
        await db.close()


def _rebuild_as_0001(connection: sa.Connection) -> None:
    rebuild(connection, known_revisions()[0])


async def test_the_text_that_was_stored_is_counted(new_address: str) -> None:
    db = await open_database(new_address)
    try:
        async with db.write() as connection:
            await connection.run_sync(_rebuild_as_0001)
            values = {"now": NOW.replace(tzinfo=None) if db.dialect == "sqlite" else NOW, "yes": True}
            for statement in AS_OF_0001:
                asked = {name: value for name, value in values.items() if f":{name}" in statement}
                await connection.execute(sa.text(statement), asked)
            notes = "UPDATE episode SET notes = 'Grüße', intro = 'Hi' WHERE id = 2"
            await connection.execute(sa.text(notes))
    finally:
        await db.close()
    db = await open_database(new_address)
    try:
        async with db.read() as connection:
            counted = sa.text("SELECT notes_bytes, turns_bytes FROM episode ORDER BY id")
            assert [tuple(row) for row in await connection.execute(counted)] == [(0, 6), (9, 0)]
        podcast = await get_podcast(db, 7)
        assert podcast is not None
        assert podcast.left_at is None
    finally:
        await db.close()


async def test_messages_that_stand_keep_the_mention_that_is_set_today(new_address: str) -> None:
    db = await open_database(new_address)
    sent = {"state": "sent", "form": "card", "kind": "episode"}
    messages: dict[int, dict[str, Any]] = {
        1: sent | {"destination_id": 4},
        2: sent | {"destination_id": 5},
        # The older version took the mention out of what it edited.
        3: sent | {"destination_id": 4, "edits": 1},
        4: sent | {"destination_id": 4, "state": "planned"},
    }

    def write(connection: sa.Connection) -> None:
        rebuild(connection, "0013")
        then = sa.MetaData()
        then.reflect(connection)
        now = NOW.replace(tzinfo=None) if db.dialect == "sqlite" else NOW
        rows = {
            "podcast": [NEEDED["podcast"] | {"added_at": now}],
            "episode": [
                NEEDED["episode"]
                | {"id": one, "identity": str(one), "decision": "", "stored_at": now, "sorted_at": now}
                for one in messages
            ],
            "destination": [
                NEEDED["destination"] | {"id": one, "channel_id": one, "role_id": role, "added_at": now}
                for one, role in ((4, 77), (5, None))
            ],
            "delivery": [
                NEEDED["delivery"] | {"id": one, "episode_id": one, "edits": 0, "planned_at": now} | values
                for one, values in messages.items()
            ],
        }
        for name, values in rows.items():
            connection.execute(then.tables[name].insert(), values)

    try:
        async with db.write() as connection:
            await connection.run_sync(write)
    finally:
        await db.close()
    db = await open_database(new_address)
    try:
        async with db.read() as connection:
            found = await connection.execute(sa.text("SELECT id, role_id FROM delivery ORDER BY id"))
            assert [tuple(row) for row in found] == [(1, 77), (2, None), (3, None), (4, None)]
    finally:
        await db.close()
