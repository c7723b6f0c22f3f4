"""`/episode`, `/chapters`, and the buttons that give chapters and a transcript."""

from __future__ import annotations

from tests.fakes.discord_state import MEMBER
from tests.unit.cogs.connected_bot import DELIVERY, FakeAndBot, announced


async def test_all_chapters_are_shown_privately(stage: FakeAndBot) -> None:
    message, episode = await announced(stage)
    answer = await stage[0].click(f"chapters:{episode}:{DELIVERY}", message, MEMBER)
    assert answer.ephemeral
    assert "Counting the screws" in answer.text


async def test_a_transcript_is_given_as_a_file(stage: FakeAndBot) -> None:
    message, episode = await announced(stage)
    answer = await stage[0].click(f"transcript:{episode}:{DELIVERY}", message, MEMBER)
    assert answer.ephemeral
    assert answer.message is not None
    ((name, body),) = answer.message.files
    assert name == "the-clock-that-struck-thirteen.txt"
    text = body.decode()
    assert text.startswith("The Clock That Struck Thirteen\nScrews Left Over\n")
    assert "\n\n[0:05] Nell Garrowby: Welcome to Screws Left Over" in text


async def test_an_episode_without_transcript_offers_none(stage: FakeAndBot) -> None:
    message, _ = await announced(stage, newest=1)
    assert [button.label for button in message.buttons] == ["Play", "Chapters"]
