"""Podcasts that an older Earmark stored for several spellings of one address."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from storage.engine.database import open_database
from storage.models import Destination
from storage.tables.destinations import get_destination
from storage.tables.podcasts import get_podcast, list_podcasts, podcast_by_feed
from tests.unit.storage.older_databases import rebuild

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


async def test_podcasts_of_one_address_are_kept_and_one_answers_to_all_spellings(
    new_address: str, caplog: pytest.LogCaptureFixture
) -> None:
    """That is the one that somebody follows, else the oldest."""
    addresses = {
        1: "http://feeds.example/a.xml",
        2: "https://feeds.example/a.xml",
        3: "https://FEEDS.example/b.xml",
        4: "https://feeds.example/b.xml?utm_source=x",
        5: "https://feeds.example/c.xml",
        6: "deleted:6",
    }
    db = await open_database(new_address)

    def write(connection: sa.Connection) -> None:
        rebuild(connection, "0016")
        then = sa.MetaData()
        then.reflect(connection)
        bare = NOW.replace(tzinfo=None) if db.dialect == "sqlite" else NOW
        common = {"title": "Old", "by_operator": False, "revision": 1, "turns_revision": 1, "added_at": bare}
        rows = [{**common, "id": id_, "feed_url": url, "deleted_at": None} for id_, url in addresses.items()]
        rows[4]["by_operator"] = True
        rows[5]["deleted_at"] = bare
        connection.execute(then.tables["podcast"].insert(), rows)
        followed = {"podcast_id": 2, "guild_id": 1, "channel_id": 10, "added_by": 5, "added_at": bare}
        connection.execute(then.tables["destination"].insert(), followed)
        former = {"feed_url": "http://old.example/c", "podcast_id": 5, "left_at": bare, "reason": "{}"}
        connection.execute(then.tables["former_address"].insert(), former)

    try:
        async with db.write() as connection:
            await connection.run_sync(write)
    finally:
        await db.close()
    caplog.set_level("WARNING", "storage")
    db = await open_database(new_address)
    try:
        assert [one.id for one in await list_podcasts(db)] == [1, 2, 3, 4, 5]
        answers = {
            **{url: id_ for id_, url in addresses.items() if id_ != 6},
            "https://feeds.example/a.xml?utm_source=x": 2,
            "http://feeds.example/b.xml": 3,
            "http://feeds.example/c.xml#top": 5,
            "https://OLD.example/c": 5,
        }
        for address, podcast_id in answers.items():
            found = await podcast_by_feed(db, address)
            assert found is not None
            assert found.id == podcast_id, address
        assert await get_destination(db, 1) == Destination(1, 2, 1, 10)
        told = [record.getMessage() for record in caplog.records if "spellings" in record.getMessage()]
        assert [text.partition(" are ")[0] for text in told] == ["podcasts 2 and 1", "podcasts 3 and 4"]
    finally:
        await db.close()


async def test_a_podcast_of_before_is_asked_for_whole_within_a_day_of_its_last_look(new_address: str) -> None:
    db = await open_database(new_address)

    def write(connection: sa.Connection) -> None:
        rebuild(connection, "0022")
        then = sa.MetaData()
        then.reflect(connection)
        bare = NOW.replace(tzinfo=None) if db.dialect == "sqlite" else NOW
        row = {"title": "Old", "by_operator": True, "revision": 1, "turns_revision": 1, "added_at": bare}
        connection.execute(
            then.tables["podcast"].insert(),
            {**row, "id": 1, "feed_url": "https://a.example", "polled_at": bare},
        )

    try:
        async with db.write() as connection:
            await connection.run_sync(write)
    finally:
        await db.close()
    db = await open_database(new_address)
    try:
        podcast = await get_podcast(db, 1)
        assert podcast is not None
        assert (podcast.whole_at, podcast.false_304_at, podcast.author) == (NOW, None, None)
    finally:
        await db.close()
