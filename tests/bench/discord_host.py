"""A fake Discord in a separate process, to keep its cost out of the figures: `async with DiscordHost(9) as host`."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import Any, Self

from tests.fakes.discord_server import FakeDiscord

CHANNELS_PER_GUILD = 50
MAX_LINE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Posted:
    """Times of the posted messages (Unix time), requests in all and refused, and channels with a message."""

    times: list[float]
    requests: int
    refused: int
    channels: int


class DiscordHost:
    """A Discord with so many text channels that enforces the rate limits."""

    def __init__(self, channels: int) -> None:
        self._count = channels
        self._process: asyncio.subprocess.Process | None = None
        self.token = ""
        self.api_url = ""
        # The ids of each channel's guild and of the channel.
        self.channels: list[tuple[int, int]] = []

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.discord_host", str(self._count)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=MAX_LINE,
        )
        told = await self._read()
        self.token, self.api_url = told["token"], told["api_url"]
        self.channels = [(guild, channel) for guild, channel in told["channels"]]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()

    async def ready(self) -> None:
        """Wait until the bot is connected."""
        await self._ask("ready")

    async def posted(self) -> Posted:
        """What has been posted so far."""
        return Posted(**await self._ask("posted"))

    async def _ask(self, what: str) -> Any:
        process = self._process
        if process is None or process.stdin is None:
            raise RuntimeError("the host is used outside its context")
        process.stdin.write(what.encode() + b"\n")
        await process.stdin.drain()
        return await self._read()

    async def _read(self) -> Any:
        if self._process is None or self._process.stdout is None:
            raise RuntimeError("the host is used outside its context")
        return json.loads(await self._process.stdout.readline())


async def _serve(count: int) -> None:
    async with FakeDiscord() as fake:
        fake.stop_checking()
        limits = fake.enforce_rate_limits()
        channels = []
        for first in range(0, count, CHANNELS_PER_GUILD):
            guild = fake.world.add_guild(f"Guild {first // CHANNELS_PER_GUILD}")
            channels += [
                fake.world.add_channel(guild.id, f"news-{n}")
                for n in range(first, min(count, first + CHANNELS_PER_GUILD))
            ]
        _tell(
            {
                "token": fake.token,
                "api_url": fake.api_url,
                "channels": [(channel.guild_id, channel.id) for channel in channels],
            }
        )
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip() == "ready":
                await fake.wait_for(fake.ready.is_set)
                _tell(None)
            else:
                times = sorted(
                    message.created.timestamp()
                    for channel in channels
                    for message in channel.messages.values()
                )
                reached = sum(bool(channel.messages) for channel in channels)
                _tell(
                    {
                        "times": times,
                        "requests": limits.taken,
                        "refused": limits.refused,
                        "channels": reached,
                    }
                )


def _tell(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
