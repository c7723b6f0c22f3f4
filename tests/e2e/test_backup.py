"""A backup is made while the bot announces; a bot on what is restored from it announces nothing again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.cli.sample import SAMPLE_QUESTIONS
from tests.e2e.bot_process import BotProcess, run, run_json
from tests.e2e.processes import until
from tests.e2e.stage import NEWEST, Item, Stage
from tests.fakes.discord_state import PLAIN, ChannelKind, FakeChannel, Permission

CHAPTERS = "0:00 Hello<br>5:00 {} in the middle<br>9:30 Goodbye"
# What was published when the show was added, and what came out later, one by one.
OLD_TEAS = tuple(f"Tea {number}" for number in range(8))
WHITE, OOLONG, PUERH = "White", "Oolong", "Puerh"


def _tea(stage: Stage, *newest: str) -> str:
    """Serve the show with these new episodes; the address of its feed."""
    items = [
        Item(
            title,
            CHAPTERS.format(title),
            link=f"https://tea.example/{title}",
            enclosure=f"https://tea.example/{title}.mp3",
        )
        for title in (*newest, *OLD_TEAS)
    ]
    return stage.put("/tea.xml", "Tea time", *items)


@dataclass
class Channels:
    """Channels whose announcement is in different states when the backup is made."""

    stage: Stage
    stands: FakeChannel = field(init=False)
    lost: FakeChannel = field(init=False)
    waits: FakeChannel = field(init=False)
    chosen: FakeChannel = field(init=False)
    plain: FakeChannel = field(init=False)
    forum: FakeChannel = field(init=False)

    def __post_init__(self) -> None:
        world, guild = self.stage.fake.world, self.stage.guild.id
        for name in ("stands", "lost", "waits", "chosen", "plain"):
            setattr(self, name, world.add_channel(guild, name))
        self.forum = world.add_channel(guild, "forum", ChannelKind.FORUM)

    @property
    def of_text(self) -> list[FakeChannel]:
        """All but the forum."""
        return [self.stands, self.lost, self.waits, self.chosen, self.plain]

    @property
    def of_tea(self) -> list[FakeChannel]:
        """Those that follow the second show."""
        return [self.chosen, self.plain]

    def posts(self) -> int:
        """How many sends there were."""
        return sum(len(self.stage.fake.sent("POST", f"/channels/{one.id}/messages")) for one in self.of_text)

    async def follow(self) -> None:
        """Follow the first show in all, the second in two; choose how one of them is announced."""
        for channel in (*self.of_text, self.forum):
            await self.stage.follow(self.stage.publish(3), channel)
        for channel in self.of_tea:
            await self.stage.follow(_tea(self.stage), channel)
        with closing(sqlite3.connect(self.stage.data_dir / "earmark.db", timeout=15)) as database, database:
            database.execute(
                "UPDATE destination SET style = 'compact', silent = 1, open_thread = 1 WHERE channel_id = ?",
                (self.chosen.id,),
            )

    async def get_half_way(self, bot: BotProcess) -> None:
        """Publish an episode: it stands, but is not noted; never arrived; waits for a permission; is sent."""
        fake = self.stage.fake
        await fake.set_permissions(self.waits.id, PLAIN & ~Permission.READ_MESSAGE_HISTORY)
        after = fake.faults.add(
            method="POST", path=f"/channels/{self.stands.id}/messages$", action="hang", when="after"
        )
        before = fake.faults.add(
            method="POST", path=f"/channels/{self.lost.id}/messages$", action="hang", when="before"
        )
        self.stage.publish(4)
        await self.stage.announced(self.plain, NEWEST)
        await fake.wait_for(lambda: after.hits and before.hits and fake.messages(self.stands.id))
        await bot.logged("I lack **Read Message History**")
        # Standing in Discord comes before being noted as sent; the other three wait.
        await until(lambda: self._noted() == 3, "three announcements that are noted as sent")

    def _noted(self) -> int:
        with closing(sqlite3.connect(self.stage.data_dir / "earmark.db", timeout=15)) as database:
            found: int = database.execute(
                "SELECT count(*) FROM delivery JOIN episode ON episode.id = episode_id "
                "WHERE title = ? AND message_id IS NOT NULL",
                (NEWEST,),
            ).fetchone()[0]
        return found

    async def go_on(self) -> None:
        """Send what waited, and two episodes that came out one after the other."""
        await self.stage.fake.set_permissions(self.waits.id, PLAIN)
        await self.stage.announced(self.waits, NEWEST)
        for titles in ((WHITE,), (OOLONG, WHITE)):
            _tea(self.stage, *titles)
            for channel in self.of_tea:
                await self.stage.announced(channel, titles[0])

    def counts(self) -> dict[tuple[str, str], int]:
        """How often each episode stands in each channel."""
        return {
            (channel.name, title): self.stage.count(channel, title)
            for channel in self.of_text
            for title in (NEWEST, WHITE, OOLONG, PUERH)
        }

    def check_buttons(self) -> None:
        """Every announcement's buttons ask for the episode that it shows, in the database that answers now."""
        with closing(sqlite3.connect(self.stage.data_dir / "earmark.db", timeout=15)) as database:
            rows = database.execute(
                "SELECT message_id, episode_id, delivery.id, title FROM delivery "
                "JOIN episode ON episode.id = episode_id"
            ).fetchall()
        stored = {message: (f"chapters:{one}:{delivery}", title) for message, one, delivery, title in rows}
        messages = [message for channel in self.of_text for message in self.stage.fake.messages(channel.id)]
        assert len(messages) == len(self.of_text) + 3 * len(self.of_tea)
        for message in messages:
            custom_id, title = stored[message.id]
            assert title in message.text
            assert custom_id in [button.custom_id for button in message.buttons]


async def _what_is_known(data_dir: Path) -> list[Any]:
    """Quotes and settings."""
    answers = [(await run_json(data_dir, "quote", words))["hits"] for words in SAMPLE_QUESTIONS]
    return [*answers, await run_json(data_dir, "destinations"), await run_json(data_dir, "servers")]


async def test_nothing_is_announced_twice_by_what_was_restored(stage: Stage, tmp_path: Path) -> None:
    channels, file = Channels(stage), tmp_path / "copy.db"
    async with stage.bot() as bot:
        await stage.bot_ready()
        await channels.follow()
        await channels.get_half_way(bot)
        made = await run_json(stage.data_dir, "backup", str(file))
        assert made["bytes"] == file.stat().st_size
        known = await _what_is_known(stage.data_dir)
        await channels.go_on()
        await bot.kill()
    posted = channels.posts()
    assert stage.count(channels.lost, NEWEST) == 0

    stage.data_dir = tmp_path / "restored"
    code, out, err = await run(stage.data_dir, "restore", str(file))
    assert code == 0, err
    assert "3 announcements waited to be sent" in out
    assert await _what_is_known(stage.data_dir) == known

    stage.fake.forget_nonces()
    stage.fake.ready.clear()
    # Three are new to this database at once: it gives them other ids than the one before.
    _tea(stage, PUERH, WHITE, OOLONG)
    async with stage.bot() as bot:
        await stage.bot_ready()
        await stage.announced(channels.lost, NEWEST)
        for channel in channels.of_tea:
            await stage.announced(channel, PUERH)
        await bot.logged("was already sent, as message", times=6)
        await stage.polled_again("/tea.xml")
        await stage.polled_again()
        expected = {
            (name, title): int(title == NEWEST or name in ("chosen", "plain"))
            for name, title in channels.counts()
        }
        assert channels.counts() == expected
        assert channels.posts() == posted + 3
        posts = [one for one in stage.fake.world.channels() if one.parent_id == channels.forum.id]
        assert [one.name for one in posts] == [NEWEST]
        await bot.logged(": edit done", times=4)
        channels.check_buttons()
    assert "Traceback" not in bot.log
