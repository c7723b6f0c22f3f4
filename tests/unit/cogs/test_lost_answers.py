"""Answers that Discord does not take: the member may try again, and nothing is left half done."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from bot.cli.sample import SAMPLE_QUESTIONS
from storage.engine.database import Database
from tests.fakes.discord_faults import When
from tests.fakes.discord_interactions import Answer
from tests.fakes.discord_state import MEMBER
from tests.unit.cogs.room import connected


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_share_whose_answer_was_lost_stands_once(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: When
) -> None:
    async with connected(sqlite_db, tmp_path, monkeypatch) as (fake, _):
        found = await fake.command(10, 11, MEMBER, "quote", words=SAMPLE_QUESTIONS[0])
        fault = fake.faults.add(method="POST", path="/callback$", status=503, when=when)
        # The library itself tries again, after a second.
        await fake.click(_share(found), found)
        await fake.wait_for(lambda: fault.hits and len(fake.sent("POST", "/callback")) == 4)
        assert len(fake.messages(11)) == 1
        assert "already" in (await fake.click(_share(found), found)).text
        assert len(fake.messages(11)) == 1


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (404, 10062, "the interaction expired before the answer came"),
        (400, 40060, "it was answered already, and the confirmation was lost"),
    ],
)
async def test_an_interaction_that_takes_no_answer_is_logged_and_gets_none(
    sqlite_db: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    status: int,
    code: int,
    says: str,
) -> None:
    async with connected(sqlite_db, tmp_path, monkeypatch) as (fake, _):
        told = {"message": "No more", "code": code}
        fake.faults.add(method="POST", path="/callback$", status=status, json=told)
        before = len(fake.requests)
        asking = asyncio.create_task(fake.command(10, 11, MEMBER, "episode"))
        while says not in caplog.text:  # noqa: ASYNC110 - a log tells nobody that it grew
            await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.wait({asking})
        warnings = [one.message for one in caplog.records if one.levelno >= logging.WARNING]
        assert warnings == [f"member {MEMBER.id} can't be answered: {says}"]
        # One answer was tried, and no apology after it.
        assert len([call for call in fake.requests[before:] if call.method == "POST"]) == 1


async def test_a_share_that_came_too_late_can_be_tried_again(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(sqlite_db, tmp_path, monkeypatch) as (fake, _):
        found = await fake.command(10, 11, MEMBER, "quote", words=SAMPLE_QUESTIONS[0])
        unknown = {"message": "Unknown Interaction", "code": 10062}
        fake.faults.add(method="POST", path="/callback$", status=404, json=unknown)
        # Nothing answers a click that expired; what could be waited for is the line in the log.
        clicking = asyncio.create_task(fake.click(_share(found), found, until="acknowledged"))
        while "the interaction expired" not in caplog.text:  # noqa: ASYNC110 - a log tells nobody that it grew
            await asyncio.sleep(0.01)
        clicking.cancel()
        await asyncio.wait({clicking})
        assert fake.messages(11) == []
        assert not (await fake.click(_share(found), found)).ephemeral
        assert len(fake.messages(11)) == 1


def _share(found: Answer) -> str:
    return next(str(one.custom_id) for one in found.buttons if one.label == "Share")
