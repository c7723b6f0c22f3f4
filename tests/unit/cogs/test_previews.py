"""The preview that follows an answer of `/podcast`."""

from __future__ import annotations

from tests.fakes.discord_state import MANAGER
from tests.unit.cogs.connected_bot import FakeAndBot

TITLE = "Screws Left Over"


async def test_a_preview_follows_in_the_style_that_was_chosen(stage: FakeAndBot) -> None:
    told = await stage[0].command(10, 11, MANAGER, "podcast looks", podcast=TITLE, style="compact")
    await stage[0].wait_for(lambda: told.followups)
    assert "The Clock That Struck Thirteen" in told.followups[-1].content


async def test_a_preview_that_discord_refuses_is_sent_plainer(stage: FakeAndBot) -> None:
    fake = stage[0]
    # The first followup is the answer itself.
    refused = fake.faults.add(method="POST", path="^/webhooks/", skip=1, status=400)
    told = await fake.command(10, 11, MANAGER, "podcast looks", podcast=TITLE)
    await fake.wait_for(lambda: told.followups)
    assert refused.hits == 1
    assert "**The Clock That Struck Thirteen**" in told.followups[-1].content
