"""What an older Earmark stored is carried over."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from storage.engine.database import MIGRATIONS, known_revisions, open_database
from storage.models import ChapterSource, DeliveryKind, Destination, FileKind, Validators
from storage.tables.deliveries import due_deliveries
from storage.tables.destinations import get_destination
from storage.tables.episodes import list_episodes
from storage.tables.linked_files import pending_files
from storage.tables.podcasts import get_podcast
from storage.tables.transcripts import episode_turns, speakers

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
)


async def test_what_the_first_version_stored_is_all_there(new_address: str) -> None:
    db = await open_database(new_address)
    try:
        async with db.write() as connection:
            # Back to an empty database, then up to what 0001 made.
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
        [delivery] = await due_deliveries(db, datetime.now(UTC), 9)
        assert (delivery.id, delivery.kind, delivery.resend) == (9, DeliveryKind.EPISODE, 0)
    finally:
        await db.close()


def _rebuild_as_0001(connection: sa.Connection) -> None:
    existing = sa.MetaData()
    existing.reflect(connection)
    existing.drop_all(connection)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, known_revisions()[0])
