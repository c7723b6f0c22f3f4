"""A podcast is removed from one channel, and brought back by whoever removed it."""

from __future__ import annotations

from tests.e2e.stage import Item, Stage
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_state import MEMBER


def _id_of(answer: FakeAnswer, label: str) -> str:
    return next(str(one.custom_id) for one in answer.buttons if one.label == label)


async def test_one_channel_is_removed_and_comes_back_without_what_came_out_meanwhile(stage: Stage) -> None:
    fake = stage.fake
    lounge = fake.world.add_channel(stage.guild.id, "lounge")
    here = (stage.guild.id, stage.channel.id, MEMBER)
    items = [Item("One"), Item("Two")]
    feed = stage.put("/feed.xml", "Show", *items[:1])
    async with stage.bot():
        await stage.bot_ready()
        await stage.follow(feed)
        await stage.follow(feed, lounge)
        silent = await fake.command(
            *here, "podcast looks", force=True, podcast="Show", channel=lounge, silent=True
        )
        assert "without a notification" in silent.text
        stage.put("/feed.xml", "Show", *items)
        for channel in (stage.channel, lounge):
            await stage.announced(channel, "Two")
        offered = await fake.autocomplete(
            *here, "podcast remove", focused="channel", podcast="Show", channel="lo"
        )
        assert [(one.name, one.value) for one in offered.choices] == [("#lounge", f"ch:{lounge.id}")]
        asked = await fake.command(*here, "podcast remove", force=True, podcast="Show", channel="#lounge")
        gone = await fake.click(_id_of(asked, "Stop following"), asked, MEMBER)
        assert f"is not announced in <#{lounge.id}> any more" in gone.text
        stage.put("/feed.xml", "Show", *items, Item("Meanwhile"))
        await stage.announced(stage.channel, "Meanwhile")
    fake.ready.clear()
    async with stage.bot() as bot:
        await stage.bot_ready()
        back = await fake.click(_id_of(gone, "Bring back"), gone, MEMBER)
        assert f"is announced in <#{lounge.id}> again" in back.text
        stage.put("/feed.xml", "Show", *items, Item("Meanwhile"), Item("Afterwards"))
        for channel in (stage.channel, lounge):
            await stage.announced(channel, "Afterwards")
        assert [stage.count(lounge, title) for title in ("Two", "Meanwhile", "Afterwards")] == [1, 0, 1]
        assert [stage.count(stage.channel, title) for title in ("Two", "Meanwhile", "Afterwards")] == [
            1,
            1,
            1,
        ]
        # As it was: silent.
        assert fake.messages(lounge.id)[-1].flags & 1 << 12
        assert not fake.messages(stage.channel.id)[-1].flags & 1 << 12
    assert "Traceback" not in bot.log
