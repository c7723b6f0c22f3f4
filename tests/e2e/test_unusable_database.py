"""The database is locked by another process, or its disk is full: quotes are found, and all is announced once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.cli.sample import SAMPLE_QUESTIONS
from tests.e2e.bot_process import BotProcess
from tests.e2e.stage import NEWEST, Item, Stage
from tests.e2e.unusable_disk import ON_A_SMALL_DISK, disk_of, full, locked, may_mount
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_faults import RequestFault
from tests.fakes.discord_state import MEMBER
from tests.fakes.watch import TIMEOUT_S

UNUSABLE = "the database can't be used"
USABLE = "the database can be used again"
CHAFF = 300


def _held(stage: Stage) -> RequestFault:
    """The next announcement arrives at Discord when the test releases it."""
    path = f"/channels/{stage.channel.id}/messages$"
    return stage.fake.faults.add(method="POST", path=path, action="hang")


async def _quote(stage: Stage) -> FakeAnswer:
    where = (stage.guild.id, stage.channel.id)
    return await stage.fake.command(*where, MEMBER, "quote", words=SAMPLE_QUESTIONS[0])


def _is_found(answer: FakeAnswer) -> bool:
    return any(one.label.startswith("Play") for one in answer.buttons)


async def _quote_is_found(stage: Stage) -> None:
    answer = await _quote(stage)
    assert _is_found(answer), answer.text


async def _transcripts_are_read(stage: Stage) -> None:
    async with asyncio.timeout(TIMEOUT_S):
        while not _is_found(await _quote(stage)):  # noqa: ASYNC110 - nothing tells when a file was read
            await asyncio.sleep(0.2)


def _told(bot: BotProcess) -> Sequence[str]:
    """What the background work complained of; that an answer was not kept is told by the command."""
    lines = [line for line in bot.log.splitlines() if " cogs.quotes: " not in line]
    return [line for line in lines if any(one in line for one in ("WARNING", "ERROR", "Traceback"))]


async def test_a_lock_leaves_one_message_of_each_episode(stage: Stage) -> None:
    feed = stage.publish(3)
    async with stage.bot() as bot:
        await stage.bot_ready()
        await stage.follow(feed)
        await _transcripts_are_read(stage)
        held = _held(stage)
        stage.publish(4)
        await stage.fake.wait_for(lambda: held.hits)
        with locked(bot.data_dir):
            held.release.set()
            await stage.announced(stage.channel, NEWEST)
            await _quote_is_found(stage)
            # Longer than any wait for the lock lasts.
            await bot.logged(UNUSABLE)
            await _quote_is_found(stage)
        await bot.logged(f"announced in channel {stage.channel.id}")
        await bot.logged(USABLE)
        await stage.polled_again()
        assert stage.count(stage.channel, NEWEST) == 1
        assert len(_told(bot)) == 1, bot.log
    assert bot.process.returncode == 0


async def test_what_was_sent_while_the_database_was_locked_is_found_by_the_next_process(stage: Stage) -> None:
    feed = stage.publish(3)
    async with stage.bot() as bot:
        await stage.bot_ready()
        await stage.follow(feed)
        held = _held(stage)
        stage.publish(4)
        await stage.fake.wait_for(lambda: held.hits)
        with locked(bot.data_dir):
            held.release.set()
            await stage.announced(stage.channel, NEWEST)
            await bot.kill()
    stage.fake.forget_nonces()
    stage.fake.ready.clear()
    async with stage.bot() as bot:
        await bot.logged("was already sent, as message")
        await stage.polled_again()
        assert stage.count(stage.channel, NEWEST) == 1


def _chaff(notes: str) -> list[Item]:
    return [Item(f"Chaff {n}", notes, timedelta(days=30 + n)) for n in range(CHAFF)]


@pytest.mark.skipif(not may_mount(), reason="this user may not mount a small disk")
async def test_a_full_disk_leaves_one_message_of_each_episode(stage: Stage) -> None:
    feed = stage.publish(3)
    chaff = stage.put("/chaff.xml", "Chaff", *_chaff("short"))
    async with stage.bot(inside=(*ON_A_SMALL_DISK, str(stage.data_dir))) as bot:
        await stage.bot_ready()
        await stage.follow(feed)
        await stage.follow(chaff)
        await _transcripts_are_read(stage)
        with full(disk_of(bot.pid, stage.data_dir)):
            # More than the journal has room for by itself.
            stage.put("/chaff.xml", "Chaff", *_chaff("How the chaff was blown away. " * 1_000))
            stage.publish(4)
            await bot.logged(UNUSABLE)
            await _quote_is_found(stage)
        await bot.logged(USABLE)
        await stage.announced(stage.channel, NEWEST)
        await bot.logged(f"announced in channel {stage.channel.id}")
        await stage.polled_again()
        await stage.polled_again("/chaff.xml")
        assert stage.count(stage.channel, NEWEST) == 1
        assert len(stage.fake.messages(stage.channel.id)) == 1
        assert len(_told(bot)) <= 2, bot.log
    assert bot.process.returncode == 0
