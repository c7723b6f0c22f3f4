"""An installation of the version before, with its data: what stands in its channels and answers still works."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cogs.authority import NOT_YOURS
from storage.engine.database import Database, open_database, sqlite_url
from storage.tables.destinations import guild_destinations
from storage.tables.installation import installation_key
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_messages import FakeUser
from tests.fakes.discord_state import MANAGER, MEMBER
from tests.unit.cogs.connected_bot import FakeAndBot, connected
from tests.unit.storage.older_databases import rebuild

# What the last version had that signed no buttons.
REVISION = "0012"
NOW = datetime.now(UTC).replace(tzinfo=None)
OLD = "Old Show"
ROWS: dict[str, list[dict[str, Any]]] = {
    "podcast": [
        {"id": 7, "feed_url": "http://127.0.0.1:1/old.xml", "title": OLD, "by_operator": False, "revision": 3}
        | {"turns_revision": 2, "added_at": NOW}
    ],
    "episode": [
        {
            "id": 70,
            "podcast_id": 7,
            "identity": "a",
            "title": "Lamps",
            "notes": "<p>Lamps.</p>",
            "intro": "Lamps.",
        }
        | {
            "content_hash": "h",
            "decision": "announced: it is new in the feed",
            "transcript_source": "vtt",
            "stored_at": NOW,
            "sorted_at": NOW,
        }
    ],
    "chapter": [{"episode_id": 70, "position": 0, "start_ms": 0, "title": "The wick"}],
    "turn": [
        {"episode_id": 70, "position": 0, "speaker": "Ada", "start_ms": 0, "text": "The lamp burns on."}
    ],
    "destination": [
        {"id": 71, "podcast_id": 7, "guild_id": 10, "channel_id": 12, "added_by": 5, "added_at": NOW}
        | {"silent": True, "open_thread": True},
        # Removed a week ago: what was kept of it comes back.
        {"id": 72, "podcast_id": 7, "guild_id": 10, "channel_id": 13, "added_by": 5, "added_at": NOW}
        | {"style": "compact", "removed_at": NOW - timedelta(days=7)},
    ],
    "answer": [{"id": 60, "guild_id": 10, "given_at": NOW}],
    "quote": [
        {"answer_id": 60, "rank": 0, "episode_id": 70, "position": 0, "speaker": "Ada", "start_ms": 0}
        | {"text": "The lamp burns on.", "match_from": 4, "match_to": 8, "score": 0.9}
    ],
    "delivery": [
        {
            "id": 90,
            "destination_id": 71,
            "episode_id": 70,
            "state": "planned",
            "attempts": 0,
            "planned_at": NOW,
        }
    ],
}
STANDING = (
    "chapters:70:90",
    "search:70:90",
    "transcript:70:90",
    "post:71:70",
    "remove:7:1",
    "quote:60:0",
)


async def _database_of_before(path: Path) -> Database:
    """A database as that version left it, opened by this one."""

    def write(connection: sa.Connection) -> None:
        rebuild(connection, REVISION)
        then = sa.MetaData()
        then.reflect(connection)
        for name, rows in ROWS.items():
            for row in rows:
                connection.execute(then.tables[name].insert(), row)

    db = await open_database(sqlite_url(path))
    try:
        async with db.write() as connection:
            await connection.run_sync(write)
    finally:
        await db.close()
    return await open_database(sqlite_url(path))


async def test_the_buttons_of_before_still_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = await _database_of_before(tmp_path / "before.db")
    try:
        async with connected(db, tmp_path, monkeypatch) as stage:
            await _press_all(stage)
        assert len(await installation_key(db)) == 32
    finally:
        await db.close()


async def _press_all(stage: FakeAndBot) -> None:
    fake, bot = stage
    for channel_id, name in ((12, "old"), (13, "older")):
        await fake.create_channel(10, name, channel_id=channel_id)
    standing = {
        one: fake.post(12, fake.world.bot, "…", components=[{"type": 1, "components": [_button(one)]}])
        for one in STANDING
    }

    async def press(custom_id: str, user: FakeUser) -> FakeAnswer:
        return await fake.click(custom_id, standing[custom_id], user)

    assert "The wick" in str((await press("chapters:70:90", MEMBER)).embeds)
    assert (await press("search:70:90", MEMBER)).modal is not None
    assert [name for name, _ in (await press("transcript:70:90", MEMBER)).shown[0].files]
    assert "lamp** burns on" in str((await press("quote:60:0", MEMBER)).embeds)
    for custom_id in ("post:71:70", "remove:7:1"):
        assert (await press(custom_id, MEMBER)).text == NOT_YOURS
    assert "It is on its way to <#12>" in (await press("post:71:70", MANAGER)).text
    before = await guild_destinations(bot.db, 10)
    assert [(one.channel_id, one.looks.silent, one.open_thread) for one in before] == [
        (12, True, True),
        (11, False, False),
    ]
    gone = await press("remove:7:1", MANAGER)
    assert f"**{OLD}** is not announced in <#12> any more. 1 announcement will not be sent." in gone.content
    back = next(str(one.custom_id) for one in gone.buttons if one.label == "Bring back")
    assert "is announced in <#12> again" in (await fake.click(back, gone, MANAGER)).content
    assert await guild_destinations(bot.db, 10) == before


def _button(custom_id: str) -> dict[str, Any]:
    return {"type": 2, "style": 2, "label": "x", "custom_id": custom_id}
