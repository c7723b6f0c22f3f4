"""Every cog, driven once by members of a simulated server, with a database that has the sample podcast."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cli.sample import SAMPLE_QUESTIONS
from cogs import access
from storage.engine.database import Database
from storage.models import DeliveryState
from storage.tables.deliveries import plan_delivery
from storage.tables.destinations import guild_destinations
from storage.tables.episodes import list_episodes
from tests.unit.announcing.dispatching import deliver_due
from tests.unit.cogs.connected_bot import SimcordServer, under_simcord

NEWEST = "The Clock That Struck Thirteen"


def _labels(result: Any) -> list[str]:
    """The labels of an answer's buttons."""
    return [part["label"] for row in result.response.components for part in row["components"]]


async def _follow(server: SimcordServer) -> Any:
    return await server.manager.slash(server.channel, "podcast add", feed=server.feed)


async def test_podcasts(sample_db: Database, tmp_path: Path) -> None:
    async with under_simcord(sample_db, tmp_path) as server:
        added = await _follow(server)
        assert added.ephemeral
        assert "is now followed in" in added.response.content
        assert _labels(added) == ["Post the newest episode now"]
        listed = await server.manager.slash(server.channel, "podcast list")
        assert "Screws Left Over" in listed.response.embeds[0].description
        offered = await server.manager.autocomplete(server.channel, "podcast remove", "podcast", "scr")
        assert [one["name"] for one in offered] == ["Screws Left Over"]
        asked = await server.manager.slash(server.channel, "podcast remove", podcast=offered[0]["value"])
        assert _labels(asked) == ["Stop following", "Keep it"]
        gone = await server.manager.click(asked.response.message, label="Stop following")
        assert "is not announced in" in gone.response.content
        # Discord does not even offer these commands to members without Manage Server.
        offered_to_members = server.member.available_commands(server.channel)
        assert "quote" in offered_to_members
        assert not any(name.startswith("podcast") for name in offered_to_members)
        assert server.channel.history() == []


async def test_quotes(sample_db: Database, tmp_path: Path) -> None:
    async with under_simcord(sample_db, tmp_path) as server:
        alone = await server.member.slash(server.channel, "quote", words="screw")
        assert "follows no podcast yet" in alone.response.content
        await _follow(server)
        found = await server.member.slash(server.channel, "quote", words=SAMPLE_QUESTIONS[2])
        assert found.ephemeral
        assert "— **Lucasta Fenn** · about" in found.response.embeds[0].description
        speakers = await server.member.autocomplete(server.channel, "quote", "speaker", "luc", words="x")
        assert [one["name"] for one in speakers] == ["Lucasta Fenn"]
        several = await server.member.slash(server.channel, "quote", words="the screw")
        second = next(label for label in _labels(several) if label.startswith("2 "))
        shown = await server.member.click(several.response.message, label=second)
        assert shown.response.embeds[0].description != found.response.embeds[0].description
        shared = await server.member.click(shown.response.message, label="Share")
        assert not shared.ephemeral
        assert server.channel.last_message is not None
        assert server.channel.last_message.embeds[0].fields[-1].value == server.member.mention


async def test_episodes(sample_db: Database, tmp_path: Path) -> None:
    async with under_simcord(sample_db, tmp_path) as server:
        await _follow(server)
        newest = await server.member.slash(server.channel, "episode")
        assert newest.ephemeral
        assert newest.response.embeds[0].title == NEWEST
        offered = await server.member.autocomplete(server.channel, "episode", "episode", "")
        assert len(offered) == 4
        chapters = await server.member.slash(server.channel, "chapters", episode=offered[1]["value"])
        assert chapters.ephemeral
        assert "Still looking for the screw" in chapters.response.embeds[0].description


async def test_the_buttons_of_an_announcement(sample_db: Database, tmp_path: Path) -> None:
    async with under_simcord(sample_db, tmp_path) as server:
        preview = (await _follow(server)).followups[-1]
        (card,) = preview.components
        assert [one["label"] for one in card["components"][-1]["components"]] == [
            "Play", "Chapters", "Search this episode", "Transcript",
        ]  # fmt: skip
        chapters = await server.manager.click(preview.message, label="Chapters")
        assert chapters.ephemeral
        assert "Counting the screws" in chapters.response.embeds[0].description
        window = await server.manager.click(preview.message, label="Search this episode")
        found = await server.manager.submit_modal(window, {"words": SAMPLE_QUESTIONS[2]})
        assert found.ephemeral
        assert "— **Lucasta Fenn** · about" in found.response.embeds[0].description
        transcript = await server.manager.click(preview.message, label="Transcript")
        assert transcript.ephemeral
        (file,) = transcript.response.message.attachments
        assert file.filename == "the-clock-that-struck-thirteen.txt"


async def test_the_dispatcher_posts_what_was_planned(sample_db: Database, tmp_path: Path) -> None:
    async with under_simcord(sample_db, tmp_path) as server:
        await _follow(server)
        [destination] = await guild_destinations(sample_db, server.channel.guild.id)
        newest = (await list_episodes(sample_db, limit=1))[0]
        await plan_delivery(sample_db, destination.id, newest.id, datetime.now(UTC))
        await deliver_due(server.bot.dispatcher)
        delivery, new = await plan_delivery(sample_db, destination.id, newest.id, datetime.now(UTC))
        assert (delivery.state, new) == (DeliveryState.SENT, False)
        posted = server.channel.last_message
        assert posted is not None
        assert posted.id == delivery.message_id
        assert NEWEST in str(posted.components)
        assert f"chapters:{newest.id}:{delivery.id}" in str(posted.components)


async def test_choices_that_fail_say_so(
    sample_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise OSError("the disk is gone")

    async with under_simcord(sample_db, tmp_path) as server:
        await _follow(server)
        monkeypatch.setattr(access, "list_podcasts", broken)
        offered = await server.member.autocomplete(server.channel, "episode", "podcast", "s")
        assert [one["name"] for one in offered] == ["These choices can't be read just now; type a name"]
        # A command that fails is told in one sentence, and the rest is in the log for the operator.
        failed = await server.member.slash(server.channel, "episode", podcast="Screws Left Over")
        assert failed.ephemeral
        assert failed.response.content.startswith("Something went wrong on my side")


async def test_too_many_podcasts_at_once_are_slowed_down(sample_db: Database, tmp_path: Path) -> None:
    async with under_simcord(sample_db, tmp_path) as server:
        for _ in range(10):
            await server.manager.slash(server.channel, "podcast add", feed="nonsense")
        slowed = await server.manager.slash(server.channel, "podcast add", feed="nonsense")
        assert "That was a lot at once" in slowed.response.content
