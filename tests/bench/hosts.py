"""Feed hosts in a separate process, to keep their cost out of the figures: `async with Hosts(50) as hosts`."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from typing import Any, Self

from tests.fakes.feed_host import FeedHost

MAX_LINE = 64 * 1024 * 1024


class Hosts:
    """So many hosts, on 127.0.1.1 and the addresses after it, controlled through a pipe."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.hosts", str(self._count)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=MAX_LINE,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()

    async def put(self, host: int, path: str, body: bytes, *, etag: str | None = None) -> str:
        """Serve this from now on; returns its URL."""
        asked = {"do": "put", "host": host, "path": path, "body": body.decode(), "etag": etag}
        return str(await self._ask(asked))

    async def requests(self) -> dict[str, list[float]]:
        """The times at which each URL was requested, in seconds of a monotonic clock."""
        return dict(await self._ask({"do": "requests"}))

    async def _ask(self, asked: dict[str, Any]) -> Any:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise RuntimeError("the hosts are used outside their context")
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        await process.stdin.drain()
        return json.loads(await process.stdout.readline())


async def _serve(count: int) -> None:
    async with AsyncExitStack() as stack:
        hosts = [
            await stack.enter_async_context(FeedHost(address=f"127.0.1.{number + 1}"))
            for number in range(count)
        ]
        while line := await asyncio.to_thread(sys.stdin.readline):
            asked = json.loads(line)
            if asked["do"] == "put":
                told: object = hosts[asked["host"]].put(asked["path"], asked["body"], etag=asked["etag"])
            else:
                told = _requests(hosts)
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


def _requests(hosts: list[FeedHost]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {}
    for host in hosts:
        for seen in host.requests:
            times.setdefault(host.url(seen.path), []).append(seen.at)
    return times


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
