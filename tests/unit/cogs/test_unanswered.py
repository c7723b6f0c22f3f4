"""Commands whose answer Discord does not take."""

from __future__ import annotations

import asyncio
import logging

import pytest

from tests.fakes.discord_state import MEMBER
from tests.unit.cogs.connected_bot import FakeAndBot


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (404, 10062, "the interaction expired before the answer came"),
        (400, 40060, "it was answered already, and the confirmation was lost"),
    ],
)
async def test_an_interaction_that_takes_no_answer_is_logged_and_gets_none(
    stage: FakeAndBot, caplog: pytest.LogCaptureFixture, status: int, code: int, says: str
) -> None:
    fake, _ = stage
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
