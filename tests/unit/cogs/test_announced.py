"""What the buttons of an announcement do, pressed by a member of the server, of another, or by a forger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest

from bot.cli.sample import SAMPLE_QUESTIONS
from bot.present.announcement import announcement_post
from storage.engine.database import Database
from storage.models import Looks
from storage.tables.episodes import list_episodes
from tests.fakes.discord_messages import FakeMessage
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import MEMBER
from tests.unit.cogs.room import Quiet, connected

DELIVERY = 123


@pytest.fixture
async def stage(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[FakeDiscord, Quiet]]:
    async with connected(sqlite_db, tmp_path, monkeypatch) as stage:
        yield stage


async def _announced(stage: tuple[FakeDiscord, Quiet], newest: int = 0) -> tuple[FakeMessage, int]:
    """Post an announcement as the bot does; the message, and its episode's id."""
    fake, bot = stage
    episode = (await list_episodes(bot.db))[newest]
    what = await bot.announcements.load(episode.id)
    assert what is not None
    channel = bot.get_channel(11)
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send(**announcement_post(what, Looks(), delivery_id=DELIVERY).to_send())
    return fake.world.guilds[10].channels[11].messages[sent.id], episode.id


async def test_all_chapters_are_shown_privately(stage: tuple[FakeDiscord, Quiet]) -> None:
    message, episode = await _announced(stage)
    answer = await stage[0].click(f"chapters:{episode}:{DELIVERY}", message, MEMBER)
    assert answer.ephemeral
    assert "Counting the screws" in answer.text


async def test_a_search_finds_what_was_said_in_this_episode_alone(stage: tuple[FakeDiscord, Quiet]) -> None:
    fake, bot = stage
    message, episode = await _announced(stage)
    window = await fake.click(f"search:{episode}:{DELIVERY}", message, MEMBER, until="acknowledged")
    assert window.kind == "modal"
    found = await fake.submit_modal(window, words=SAMPLE_QUESTIONS[2])
    assert found.ephemeral
    assert "— **Lucasta Fenn** · about" in found.text
    assert any(button.label == "Share" for button in found.buttons)
    elsewhere = await fake.submit_modal(window, words="a lighthouse is a very slow way of telling ships no")
    assert "Ingrith Sallow" not in elsewhere.text
    assert "Type a few words" in (await fake.submit_modal(window, words="  ")).text
    # A window that nobody fills in takes no memory, and one that an earlier process opened still works.
    assert bot._connection._view_store._modals == {}
    assert bot._connection._view_store._views == {}


async def test_a_transcript_is_given_as_a_file(stage: tuple[FakeDiscord, Quiet]) -> None:
    message, episode = await _announced(stage)
    answer = await stage[0].click(f"transcript:{episode}:{DELIVERY}", message, MEMBER)
    assert answer.ephemeral
    assert answer.message is not None
    ((name, body),) = answer.message.files
    assert name == "the-clock-that-struck-thirteen.txt"
    text = body.decode()
    assert text.startswith("The Clock That Struck Thirteen\nScrews Left Over\n")
    assert "\n\n[0:05] Nell Garrowby: Welcome to Screws Left Over" in text


async def test_an_episode_without_transcript_offers_none(stage: tuple[FakeDiscord, Quiet]) -> None:
    message, _ = await _announced(stage, newest=1)
    assert [button.label for button in message.buttons] == ["Play", "Chapters"]


@pytest.mark.parametrize("button", ["chapters", "search", "transcript"])
async def test_an_id_that_was_forged_is_refused(stage: tuple[FakeDiscord, Quiet], button: str) -> None:
    fake, _ = stage
    message, episode = await _announced(stage)
    stranger = fake.world.add_guild("Beta", guild_id=20)
    channel = fake.world.add_channel(stranger.id, "news", channel_id=21)
    forged = fake.world.post(
        channel,
        fake.world.bot,
        {
            "components": [
                {"type": 1, "components": [{"type": 2, "style": 2, "label": "x", "custom_id": custom_id}]}
                for custom_id in (f"{button}:{episode}:1", f"{button}:{'9' * 18}:1")
            ]
        },
    )
    for custom_id in (f"{button}:{episode}:1", f"{button}:{'9' * 18}:1"):
        answer = await fake.click(custom_id, forged, MEMBER)
        assert "does not follow that podcast any more" in answer.text
    assert not message.deleted
