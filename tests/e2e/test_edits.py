"""An announcement is edited when its episode changes, and nobody is notified twice."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

from tests.e2e.stage import Item, Stage
from tests.fakes.discord_mentions import Ping

NOTES = "<p>We talk.</p><p>* [00:00:00] {first}</p><p>* [00:05:00] Second chapter</p>"
SPOKEN = "<p>Transcript</p><p>Ada [00:00:05]: Pumpkins have no emergency stop, and nobody told me.</p>"
OLD = Item("Old episode", age=timedelta(days=2))


def _new(title: str, first: str, more: str = "") -> Item:
    return Item(title, NOTES.format(first=first) + more, guid="new")


async def test_an_entry_that_changes_is_one_message_right_at_the_end(stage: Stage) -> None:
    fake = stage.fake
    role = fake.world.add_role(stage.guild.id, "listeners")
    fake.allowed_role_mentions.add(role.id)
    feed = stage.put("/feed.xml", "Show", OLD)
    database = stage.data_dir / "earmark.db"

    def tell(statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(database, timeout=15)) as connection, connection:
            connection.execute(statement, values)

    async with stage.bot() as bot:
        await stage.bot_ready()
        await stage.follow(feed)
        tell("UPDATE destination SET role_id = ?", role.id)
        stage.put("/feed.xml", "Show", _new("Teh title", "Wrong"), OLD)
        await stage.announced(stage.channel, "Teh title")
        [message] = fake.messages(stage.channel.id)
        assert f"<@&{role.id}>" in message.text

        # Two changes within a short time make one edit.
        stage.put("/feed.xml", "Show", _new("Teh title", "Wrong again"), OLD)
        await stage.polled_again()
        stage.put("/feed.xml", "Show", _new("Teh title", "Right"), OLD)
        await fake.wait_for(lambda: "Right" in message.text, "the corrected chapters")
        assert len(fake.sent("PATCH", f"/messages/{message.id}")) == 1

        # The mention is switched off; a transcript a day later, and then the title.
        tell("UPDATE destination SET role_id = NULL")
        tell("UPDATE delivery SET sent_at = datetime(sent_at, '-1 day')")
        stage.put("/feed.xml", "Show", _new("Teh title", "Right", SPOKEN), OLD)
        await stage.polled_again()
        stage.put("/feed.xml", "Show", _new("The title", "Right", SPOKEN), OLD)
        await fake.wait_for(lambda: "The title" in message.text, "the corrected title")
        await stage.polled_again()
    assert fake.messages(stage.channel.id) == [message]
    edits = fake.sent("PATCH", f"/messages/{message.id}")
    assert 2 <= len(edits) <= 3
    # The mention stays, whatever was set since, and pings nobody again.
    assert all(edit.body["allowed_mentions"] == {"parse": []} for edit in edits)
    assert all(edit.body["components"][0]["content"] == f"<@&{role.id}>" for edit in edits)
    posted = f"POST /channels/{stage.channel.id}/messages"
    assert fake.pings == [Ping("role", role.id, posted)]
    fake.pings.clear()
    assert "Traceback" not in bot.log
