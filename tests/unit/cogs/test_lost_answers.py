"""Answers that Discord does not take: the member may try again, and nothing is left half done."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sample import SAMPLE_QUESTIONS
from storage.database import Database
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


async def test_a_share_that_came_too_late_can_be_tried_again(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(sqlite_db, tmp_path, monkeypatch) as (fake, _):
        found = await fake.command(10, 11, MEMBER, "quote", words=SAMPLE_QUESTIONS[0])
        unknown = {"message": "Unknown Interaction", "code": 10062}
        fake.faults.add(method="POST", path="/callback$", status=404, json=unknown)
        await fake.click(_share(found), found, until="acknowledged")
        assert fake.messages(11) == []
        assert not (await fake.click(_share(found), found)).ephemeral
        assert len(fake.messages(11)) == 1


def _share(found: Answer) -> str:
    return next(str(one.custom_id) for one in found.buttons if one.label == "Share")
