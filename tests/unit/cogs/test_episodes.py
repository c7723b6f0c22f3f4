"""`/episode`, `/chapters`, and the buttons that give chapters and a transcript."""

from __future__ import annotations

from storage.tables.schema import chapter
from tests.fakes.discord_state import MEMBER
from tests.unit.cogs.connected_bot import DELIVERY, FakeAndBot, announced


async def test_all_chapters_are_shown_privately(stage: FakeAndBot) -> None:
    message, episode = await announced(stage)
    answer = await stage[0].click(f"chapters:{episode}:{DELIVERY}", message, MEMBER)
    assert answer.ephemeral
    assert "Counting the screws" in answer.text


async def test_many_chapters_are_shown_privately_to_the_last_page(stage: FakeAndBot) -> None:
    fake, bot = stage
    message, episode = await announced(stage)
    async with bot.db.write() as connection:
        await connection.execute(chapter.delete().where(chapter.c.episode_id == episode))
        await connection.execute(
            chapter.insert(),
            [
                {"episode_id": episode, "position": n, "start_ms": n * 60_000, "title": f"{'Long ' * 25}{n}"}
                for n in range(60)
            ],
        )
    asked = await fake.command(10, 11, MEMBER, "chapters", episode="thirteen")
    pressed = await fake.click(f"chapters:{episode}:{DELIVERY}", message, MEMBER)
    last = "Long 59"
    await fake.wait_for(lambda: last in asked.text and last in pressed.text, what="the last pages")
    for answer in (asked, pressed):
        assert len(answer.shown) > 1
        assert all(one.ephemeral for one in answer.shown)
    assert fake.messages(11) == [message]


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
