"""A host that sends the raw bytes of a script, whether they are HTTP or not.

async with RawHost() as host:
    host.scripts["/feed.xml"] = lambda: [b"HTTP/1.1 200 OK\\r\\n", b"..."]
    ...  # fetch host.url("/feed.xml")
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Self

Script = Callable[[], Iterable[bytes | float]]


class RawHost:
    """Reads the head of one request a connection, then plays the path's script: bytes to send, seconds to wait.

    `sent` counts bytes by path. The connection ends with the script, or when the client disconnects.
    """

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.base_url = ""
        self.scripts: dict[str, Script] = {}
        self.sent: dict[str, int] = {}
        self.heads: list[bytes] = []
        self._address = address
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, self._address, 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.base_url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def url(self, path: str) -> str:
        """The URL of a path."""
        return self.base_url + path

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            path = head.split(b" ", 2)[1].decode().partition("?")[0]
            for step in self.scripts[path]():
                if isinstance(step, float):
                    await asyncio.sleep(step)
                    continue
                writer.write(step)
                await writer.drain()
                self.sent[path] = self.sent.get(path, 0) + len(step)
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the client has disconnected
        finally:
            writer.close()
