"""An announcement is edited when its episode changes, and nobody is notified twice."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import Any

from tests.e2e.stage import Item, Stage
from tests.fakes.discord_mentions import Ping
from tests.fakes.discord_messages import FakeMessage
from tests.fakes.discord_state import MANAGER

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


def _shows(message: FakeMessage, text: str) -> bool:
    return text in message.text


def _signed(title: str, look: int) -> Item:
    """An episode whose host writes every address anew at each look."""
    return Item(
        title,
        f"<p>We talk. <img src='https://art.example/t{look}/a.png?sig={look:032x}'></p>",
        guid="new",
        link=f"https://show.example/s{look}/the-episode?session={look:032x}",
        enclosure=f"https://cdn{look % 3}.host.example/t{look}/{look:024x}/episode.mp3?token=t{look}",
        more=f'<itunes:image href="https://art.example/{look:024x}/cover.jpg?v={look}"/>'
        f"<itunes:duration>{1800 + look}</itunes:duration>",
    )


async def test_addresses_that_rotate_are_no_edit_and_the_newest_are_used_by_the_next(stage: Stage) -> None:
    fake = stage.fake
    cards, lines = stage.channel, fake.world.add_channel(stage.guild.id, "lines")
    feed = stage.put("/feed.xml", "Show", OLD)
    looks = 0

    async def look(title: str) -> None:
        nonlocal looks
        looks += 1
        stage.put("/feed.xml", "Show", _signed(title, looks), OLD)
        await stage.polled_again()

    async with stage.bot() as bot:
        await stage.bot_ready()
        for channel in (cards, lines):
            await stage.follow(feed, channel)
        with closing(sqlite3.connect(stage.data_dir / "earmark.db", timeout=15)) as connection, connection:
            connection.execute("UPDATE destination SET style = 'compact' WHERE channel_id = ?", (lines.id,))
        stage.put("/feed.xml", "Show", _signed("Teh title", 0), OLD)
        for channel in (cards, lines):
            await stage.announced(channel, "Teh title")
        messages = [fake.messages(channel.id)[0] for channel in (cards, lines)]
        # Longer than an edit waits, so that each look would have made one.
        for _ in range(8):
            await look("Teh title")
        # What somebody asks for has the newest addresses.
        asked = await fake.command(stage.guild.id, cards.id, MANAGER, "episode")
        assert f"t{looks}/" in str(asked.message.buttons[0].url if asked.message else "")
        assert not any(fake.sent("PATCH", f"/messages/{message.id}") for message in messages)
        await look("The title")
        for message in messages:
            await fake.wait_for(partial(_shows, message, "The title"), "the corrected title")
            assert len(fake.sent("PATCH", f"/messages/{message.id}")) == 1
            assert f"/s{looks}/" in message.text
            assert next(button.url for button in message.buttons if button.label == "Play") is not None
        [play] = [button.url for button in messages[0].buttons if button.label == "Play"]
        assert f"/t{looks}/" in str(play)
    assert "Traceback" not in bot.log
