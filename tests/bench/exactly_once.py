"""Checks that every destination gets every episode exactly once: `python -m tests.bench.exactly_once`.

The bot is a separate process. It is killed (`kill -9`) at random times, and at the n-th send before or after it takes
effect. Meanwhile the fake Discord injects random faults. A request takes effect when it is received, or never.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import re
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.feeds.http.address_guard import AllowedAddresses
from bot.polling.services import open_reader
from storage.engine.database import open_database, sqlite_url
from storage.models import DestinationKind
from storage.tables.destinations import add_destination, configure_destination
from tests.e2e.bot_process import BotProcess
from tests.fakes.discord_faults import Action, Chaos, When
from tests.fakes.discord_messages import FakeMessage
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import ChannelKind, FakeChannel
from tests.fakes.feed_host import FeedHost
from tests.unit.feeds.material import feed_xml, item_xml

DESTINATIONS = 60
EPISODES = 5
GUILDS = 6
OLD_EPISODES = 6
FEED = "/feed.xml"
WHEN: tuple[When, When] = ("before", "after")
CUSTOM_ID = re.compile(r"chapters:(\d+):\d+")
KINDS = (ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT, ChannelKind.PUBLIC_THREAD, ChannelKind.FORUM)
SETTLED_WITHIN_S = 240.0


@dataclass(frozen=True, slots=True)
class Trial:
    """What to inject: `kills` at random times, one kill at each of `sends`, and a fault at each send of `faults`."""

    seed: int
    kills: int
    sends: Sequence[tuple[int, When]] = ()
    faults: Sequence[int] = ()
    share: float = 0.08
    silence_s: float = 30.0
    nonces_s: float = 120.0
    longest_life_s: float = 6.0
    watched_s: float = 6.0
    limits: bool = False
    # If set, faults stop so many seconds into the last run of the bot.
    calm_after_s: float | None = None


@dataclass(slots=True)
class TrialRun:
    """A trial's fakes and destinations, and what has been done to the bot so far."""

    trial: Trial
    fake: FakeDiscord
    host: FeedHost
    data_dir: Path
    destinations: list[FakeChannel]
    rng: random.Random
    published: int = 0
    killed: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def publish(self) -> None:
        """Add one more episode to the feed."""
        self.published += 1
        self.serve()

    def serve(self) -> str:
        """Serve the feed as it is now; returns its URL."""
        names = [f"new{n}" for n in range(self.published, 0, -1)]
        items = [
            item_xml(
                name, published=self.now - timedelta(hours=2) + timedelta(seconds=n), notes="<p>Hello.</p>"
            )
            for name, n in zip(names, range(self.published, 0, -1), strict=True)
        ]
        old = [item_xml(f"old{n}", published=self.now - timedelta(days=1 + n)) for n in range(OLD_EPISODES)]
        return self.host.put(FEED, feed_xml([*items, *old]))

    def bot(self) -> BotProcess:
        """The bot, not started yet."""
        return BotProcess(
            self.data_dir,
            DISCORD_TOKEN=self.fake.token,
            EARMARK_DISCORD_API_URL=self.fake.api_url,
            EARMARK_ALLOW_PRIVATE_FEEDS="127.0.0.0/8",
            EARMARK_POLL_INTERVAL="1",
            EARMARK_NONCE_WINDOW=str(self.trial.nonces_s),
        )

    def messages(self, channel: FakeChannel) -> list[FakeMessage]:
        """The messages at a destination; for a forum, those in its posts."""
        if channel.kind is not ChannelKind.FORUM:
            return self.fake.messages(channel.id)
        posts = [one for one in self.fake.world.channels() if one.parent_id == channel.id]
        return [message for post in posts for message in self.fake.messages(post.id)]

    def counts(self) -> Counter[tuple[int, str]]:
        """How often each episode is announced at each destination."""
        return Counter(
            (channel.id, found.group(1))
            for channel in self.destinations
            for message in self.messages(channel)
            for button in message.buttons
            if (found := CUSTOM_ID.fullmatch(button.custom_id or ""))
        )

    @property
    def missing(self) -> int:
        """How many announcements are missing."""
        return self.published * len(self.destinations) - len(self.counts())

    def twice(self) -> list[tuple[int, str]]:
        """Announcements that were posted more than once."""
        return [key for key, count in self.counts().items() if count > 1]

    def rows(self) -> list[tuple[str, int | None]]:
        """The state and message id of each delivery."""
        with contextlib.closing(sqlite3.connect(self.data_dir / "earmark.db", timeout=15)) as database:
            return database.execute("SELECT state, message_id FROM delivery").fetchall()

    def without_thread(self) -> list[FakeMessage]:
        """Messages without the thread that their destination is set to open."""
        return [
            message
            for channel in self.destinations[::8]
            for message in self.messages(channel)
            if message.thread_id is None
        ]

    async def kill_at_random(self) -> None:
        """Run the bot and kill it at a random time."""
        async with self.bot() as bot:
            await asyncio.sleep(self.rng.uniform(0.3, self.trial.longest_life_s))
            await bot.kill()
        self.killed += 1

    async def kill_at_send(self, nth: int, when: When) -> None:
        """Run the bot and kill it at its n-th send."""
        if self.missing < nth + 5:
            self.publish()
        async with self.bot() as bot:
            over = asyncio.Event()

            async def on_hit() -> None:
                with contextlib.suppress(ProcessLookupError):
                    await bot.kill()
                over.set()

            self.fake.faults.at_send(self.fake.faults.sends + nth, when=when, on_hit=on_hit)
            await asyncio.wait_for(over.wait(), 120)
        self.killed += 1

    def fail_at_sends(self) -> None:
        """Make some of one episode's sends fail without effect, and some of the next one's after taking effect."""
        kinds: tuple[tuple[Action, int], ...] = (
            ("status", 500),
            ("status", 502),
            ("status", 503),
            ("status", 520),
            ("reset", 0),
            ("close", 0),
        )
        for episode, when in enumerate(WHEN):
            self.publish()
            for nth in self.trial.faults:
                action, status = self.rng.choice(kinds)
                at = self.fake.faults.sends + episode * len(self.destinations) + nth
                self.fake.faults.at_send(at, when=when, action=action, status=status)

    async def drop_gateways(self) -> None:
        """Drop the gateway connections every few seconds."""
        while True:
            await asyncio.sleep(self.rng.uniform(2, 10))
            await self.fake.gateway.drop()

    async def settle(self) -> None:
        """Run the bot until every announcement is posted, and a while longer."""
        async with self.bot() as bot:
            if self.trial.calm_after_s is not None:
                await asyncio.sleep(self.trial.calm_after_s)
                self.fake.faults.clear()
            await self.fake.wait_for(
                lambda: self.missing == 0, f"{self.missing} announcements", SETTLED_WITHIN_S
            )
            await self.fake.wait_for(lambda: not self.without_thread(), "threads", SETTLED_WITHIN_S)
            end = time.monotonic() + SETTLED_WITHIN_S
            # A send whose answer was lost is looked up after a delay that grows with each failure.
            while {state for state, _ in self.rows()} != {"sent"} and time.monotonic() < end:  # noqa: ASYNC110
                await asyncio.sleep(0.5)
            # Time for a wrong second message to appear.
            await asyncio.sleep(self.trial.watched_s)
        assert "Traceback" not in bot.log, bot.log[bot.log.index("Traceback") :][:3000]


@asynccontextmanager
async def set_up(trial: Trial, folder: Path) -> AsyncIterator[TrialRun]:
    """A podcast followed by sixty destinations of every kind."""
    data_dir = folder / "data"
    data_dir.mkdir()
    async with FakeDiscord() as fake, FeedHost() as host:
        rng = random.Random(trial.seed)
        run = TrialRun(trial, fake, host, data_dir, [], rng)
        url = run.serve()
        db = await open_database(sqlite_url(data_dir / "earmark.db"))
        async with open_reader(db, AllowedAddresses(everything=True), poll_interval_s=1) as reader:
            podcast, _ = await reader.updater.follow(url, by_operator=False)
        guilds = [fake.world.add_guild(f"Guild {n}") for n in range(GUILDS)]
        parents = [fake.world.add_channel(guild.id, "general") for guild in guilds]
        for n in range(DESTINATIONS):
            guild, kind = guilds[n % GUILDS], KINDS[n % len(KINDS)]
            is_thread = kind is ChannelKind.PUBLIC_THREAD
            channel = fake.world.add_channel(
                guild.id,
                f"{kind.name.lower()}-{n}",
                kind,
                parent_id=parents[n % GUILDS].id if is_thread else None,
            )
            if kind is ChannelKind.FORUM and n % 8 == 7:
                channel.tags, channel.requires_tag = {fake.world.next_id(): "news"}, True
            run.destinations.append(channel)
            one, _ = await add_destination(
                db, podcast.id, guild_id=guild.id, channel_id=channel.id, added_by=1, now=run.now
            )
            await configure_destination(
                db,
                one.id,
                partial(
                    replace,
                    open_thread=kind is ChannelKind.TEXT and n % 8 == 0,
                    publish=kind is ChannelKind.ANNOUNCEMENT and n % 8 == 1,
                ),
            )
            assert one.kind is DestinationKind.TEXT
        await db.close()
        fake.nonces.memory_s = trial.nonces_s
        fake.faults.chaos = Chaos(trial.seed, trial.share, trial.silence_s, run.failed)
        if trial.limits:
            fake.enforce_rate_limits()
        yield run


async def run_trial(trial: Trial, folder: Path) -> TrialRun:
    """Run a trial; fails unless every announcement was posted exactly once."""
    async with set_up(trial, folder) as run:
        dropping = asyncio.create_task(run.drop_gateways())
        try:
            for nth, when in trial.sends:
                await run.kill_at_send(nth, when)
            # The last two episodes are for the faults.
            count = EPISODES - len(WHEN)
            for life in range(trial.kills):
                if run.published < count and life * count >= run.published * trial.kills:
                    run.publish()
                await run.kill_at_random()
            run.fail_at_sends()
            await run.settle()
        finally:
            dropping.cancel()
        assert run.twice() == []
        _check_database(run)
        assert run.missing == 0
        assert run.fake.violations == []
        assert run.fake.pings == []
        return run


def _check_database(run: TrialRun) -> None:
    """Fails unless every delivery is stored as sent, with the id of a message that exists."""
    rows = run.rows()
    posted = {message.id for channel in run.destinations for message in run.messages(channel)}
    states = Counter(state for state, _ in rows)
    assert states == {"sent": run.published * len(run.destinations)}, states
    assert {message_id for _, message_id in rows} == posted


def main() -> int:
    """Run the full trial; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument(
        "--sends", type=int, default=50, help="how many kills at a send: at the 1st, the 2nd … send"
    )
    parser.add_argument("--faults", type=int, default=50, help="how many sends of an episode fail")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    trial = Trial(
        options.seed,
        options.kills,
        sends=[(nth, when) for nth in range(1, options.sends + 1) for when in WHEN],
        faults=range(1, options.faults + 1),
        limits=True,
    )
    print(
        f"seed {trial.seed}: {trial.kills} kills at random, {len(trial.sends)} at a send",
        flush=True,
    )
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="earmark-once-") as folder:
        run = asyncio.run(run_trial(trial, Path(folder)))
    failed = ", ".join(f"{count} × {kind}" for kind, count in sorted(run.failed.items()))
    print(
        f"{run.killed} kills, {failed}: {run.published} episodes posted once each at "
        f"{len(run.destinations)} destinations, after {time.monotonic() - began:.0f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
