"""Answers that are kept belong to the one who asked."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.cli.sample import SAMPLE_QUESTIONS
from storage.tables.quote_tables import answer
from tests.fakes.discord_messages import FakeUser
from tests.fakes.discord_state import ADMIN, MANAGER, MEMBER
from tests.unit.cogs.connected_bot import FakeAndBot

TOO_OLD = "This answer is too old for its buttons; ask again with `/quote`."


@pytest.mark.parametrize("other", [MANAGER, ADMIN])
async def test_nobody_else_shows_or_shares_a_quote_of_an_answer(stage: FakeAndBot, other: FakeUser) -> None:
    fake, _ = stage
    found = await fake.command(10, 11, MEMBER, "quote", words="the screw")
    before = found.text
    ids = [str(one.custom_id) for one in found.buttons if one.custom_id and not one.disabled]
    assert {one.partition(":")[0] for one in ids} == {"share", "quote"}
    for custom_id in ids:
        refused = await fake.click(custom_id, found, other)
        assert refused.ephemeral
        assert refused.text == TOO_OLD
    assert found.text == before
    assert fake.messages(11) == []
    # Nor was it spent by that.
    assert not (await fake.click(next(one for one in ids if one.startswith("share:")), found)).ephemeral


async def test_an_answer_of_an_earlier_version_works_for_anybody_of_the_server(stage: FakeAndBot) -> None:
    fake, bot = stage
    found = await fake.command(10, 11, MEMBER, "quote", words=SAMPLE_QUESTIONS[0])
    async with bot.db.write() as connection:
        await connection.execute(sa.update(answer).values(member_id=None))
    shared = await fake.click(
        next(str(one.custom_id) for one in found.buttons if one.label == "Share"), found, MANAGER
    )
    assert not shared.ephemeral
    assert f"<@{MANAGER.id}>" in shared.text
