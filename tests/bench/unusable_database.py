"""Every command while the database is locked or its disk full, and what is announced afterwards.

`python -m tests.bench.unusable_database [--seconds 60]`
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.cli.sample import SAMPLE_QUESTIONS
from tests.e2e.bot_process import BotProcess
from tests.e2e.stage import NEWEST, Item, Stage, set_stage
from tests.e2e.unusable_disk import ON_A_SMALL_DISK, disk_of, full, locked, may_mount
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_state import MANAGER, MEMBER

# With those that are asked for meanwhile, a server may add no more in a minute.
CHANNELS = 6
PAUSE_S = 3.0
CHAFF = 300
# What answers a command logs that it could not do it, with the ids of who asked.
BY_COMMANDS = (" cogs.", " bot.discord_client.error_handler:")
Ask = Callable[[], Awaitable[FakeAnswer]]


async def _quote(stage: Stage) -> FakeAnswer:
    where = (stage.guild.id, stage.channel.id)
    return await stage.fake.command(*where, MEMBER, "quote", words=SAMPLE_QUESTIONS[0])


def _button(shown: FakeAnswer, label: str) -> str:
    return next(str(one.custom_id) for one in shown.buttons if one.custom_id and one.label.startswith(label))


async def _asks(stage: Stage, feed: str, other: str) -> dict[str, Ask]:
    """What members and moderators do, by name; the buttons are of answers from before."""
    fake, where = stage.fake, (stage.guild.id, stage.channel.id)
    quoted = await _quote(stage)
    added = await fake.command(*where, MANAGER, "podcast add", feed=feed)
    name = "Screws Left Over"

    async def click(shown: FakeAnswer, label: str) -> FakeAnswer:
        answer = await fake.click(_button(shown, label), shown, MANAGER)
        await fake.wait_for(
            lambda: answer.followups or (answer.deferred and answer.settled), what=f"an answer to {label}"
        )
        return answer

    # Each is somebody else's, as a member may not ask so often.
    members = itertools.count(MANAGER.id + 100)

    async def asked(command: str, **options: Any) -> FakeAnswer:
        return await fake.command(*where, replace(MANAGER, id=next(members)), command, **options)

    removing = await asked("podcast remove", podcast=name)
    return {
        "/quote": lambda: _quote(stage),
        "/quote of nothing": lambda: asked("quote", words="xylophone qwerty"),
        "/episode": lambda: asked("episode"),
        "/chapters": lambda: asked("chapters", episode="2"),
        "/podcast list": lambda: asked("podcast list"),
        "/podcast add, known": lambda: asked("podcast add", feed=feed),
        "/podcast add, new": lambda: asked("podcast add", feed=other),
        "/podcast looks": lambda: asked("podcast looks", podcast=name, silent=True),
        "/podcast remove": lambda: asked("podcast remove", podcast=name),
        "choices": lambda: fake.autocomplete(
            *where, MANAGER, "podcast remove", focused="podcast", podcast=""
        ),
        "Post now": lambda: click(added, "Post"),
        "Share": lambda: click(quoted, "Share"),
        "Stop following": lambda: click(removing, "Stop"),
    }


async def _measure(
    stage: Stage, bot: BotProcess, unusable: AbstractContextManager[None], seconds: float
) -> None:
    """Make the database unusable for so long, while a new episode is on its way to all channels."""
    feed = stage.publish(3)
    other = stage.put("/other.xml", "Other", Item("Only one"))
    asks = await _asks(stage, feed, other)
    channels = list(stage.guild.channels.values())
    for number, one in enumerate(channels[1:]):
        # A member may not add so many at once.
        manager = replace(MANAGER, id=MANAGER.id + 10 + number)
        await stage.fake.command(one.guild_id, one.id, manager, "podcast add", feed=feed)
    before = len(bot.log.splitlines())
    stage.publish(4)
    await stage.fake.wait_for(lambda: any(stage.fake.messages(one.id) for one in channels), what="a message")
    took: dict[str, list[float]] = defaultdict(list)
    texts: dict[str, str] = {}
    found = 0
    with unusable:
        _more_to_store(stage)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for name, ask in asks.items():
                began = time.monotonic()
                answer = await ask()
                took[name].append(time.monotonic() - began)
                texts[name] = (answer.followups[-1].content if answer.followups else answer.text)[:70]
                found += name == "/quote" and any(one.label.startswith("Play") for one in answer.buttons)
            await asyncio.sleep(PAUSE_S)
        during = bot.log.splitlines()[before:]
    ended = time.monotonic()
    await stage.fake.wait_for(
        lambda: all(stage.fake.messages(one.id) for one in channels), what="a message everywhere"
    )
    announced_s = time.monotonic() - ended
    await stage.polled_again()
    counts = Counter(stage.count(one, NEWEST) for one in channels)
    for name, times in took.items():
        print(f"  {name:20} {len(times):3} times, longest {max(times):.2f} s: {texts[name]!r}")
    print(f"  quotes found: {found} of {len(took['/quote'])}")
    told = [one for one in during if not any(by in one for by in BY_COMMANDS)]
    levels = {level: sum(f" {level} " in one for one in told) for level in ("WARNING", "ERROR", "CRITICAL")}
    print(f"  lines of the background's in the log meanwhile: {levels}")
    for line in [line for line in told if " INFO " not in line][:5]:
        print(f"    {line}")
    print(
        f"  all announced {announced_s:.1f} s after the end; channels by number of messages: {dict(counts)}"
    )


def _more_to_store(stage: Stage) -> None:
    """More than SQLite's journal has room for by itself."""
    notes = "<p>How the chaff was blown away.</p>" * 800
    stage.put("/chaff.xml", "Chaff", *(_chaff(n, notes) for n in range(CHAFF)))


def _chaff(number: int, notes: str) -> Item:
    return Item(f"Chaff {number}", notes, timedelta(days=30 + number))


async def _run(what: str, seconds: float, inside: tuple[str, ...] = ()) -> None:
    print(f"{what} for {seconds:.0f} s, {CHANNELS} channels:")
    with tempfile.TemporaryDirectory() as folder:
        async with set_stage(Path(folder)) as stage:
            stage.data_dir.mkdir()
            for number in range(1, CHANNELS):
                stage.fake.world.add_channel(stage.guild.id, f"news-{number}")
            async with stage.bot(inside=(*inside, str(stage.data_dir)) if inside else ()) as bot:
                await stage.bot_ready()
                await stage.follow(stage.publish(3))
                await stage.follow(stage.put("/chaff.xml", "Chaff", *(_chaff(n, "") for n in range(CHAFF))))
                while not any(one.label.startswith("Share") for one in (await _quote(stage)).buttons):  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
                unusable = full(disk_of(bot.pid, stage.data_dir)) if inside else locked(stage.data_dir)
                await _measure(stage, bot, unusable, seconds)


async def main(seconds: float) -> None:
    """Print how long each command took, and what was announced."""
    await _run("locked", seconds)
    if may_mount():
        await _run("full disk", seconds, ON_A_SMALL_DISK)
    else:
        print("full disk: this user may not mount a small one")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    asyncio.run(main(parser.parse_args().seconds))
