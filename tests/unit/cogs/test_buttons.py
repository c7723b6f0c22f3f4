"""Ids of buttons, which anybody can forge."""

from __future__ import annotations

import pytest

from tests.fakes.discord_state import MEMBER
from tests.unit.cogs.connected_bot import FakeAndBot, announced


@pytest.mark.parametrize("button", ["chapters", "search", "transcript"])
async def test_an_id_that_was_forged_is_refused(stage: FakeAndBot, button: str) -> None:
    fake, _ = stage
    message, episode = await announced(stage)
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
