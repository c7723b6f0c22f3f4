"""Reads a response's body: decompressed in small steps, never beyond its limit, and in memory only once.

aiohttp would decompress each chunk at once in the event loop, and 64 KiB of gzip may be 64 MiB. So its own
decompression is off.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

from aiohttp import StreamReader

from bot.feeds.http import limits
from bot.feeds.http.failures import CUT_OFF, TOO_SLOW, RequestError
from bot.feeds.http.limits import BodySlot
from bot.feeds.http.unpacking import Unpacker, too_large

# Brotli and Zstandard are read, and not asked for: their decoders keep up to 16 MiB, where zlib's keep 32 KiB.
ACCEPT_ENCODING = "gzip, deflate"


async def read_body(
    content: StreamReader, encodings: Iterable[str], max_bytes: int, slot: BodySlot
) -> bytearray:
    """The whole body, decompressed. Raises RequestError."""
    unpacker = Unpacker(encodings, max_bytes)
    body = bytearray()
    arrived = 0

    async def take(pieces: Iterable[bytes]) -> None:
        for number, piece in enumerate(pieces):
            if max(arrived, len(body) + len(piece)) > max_bytes:
                raise too_large(max_bytes)
            while max(len(body) + len(piece), unpacker.memory) > slot.capacity:
                await slot.grow()
            body.extend(piece)
            if number:
                await asyncio.sleep(0)

    async for chunk in _steadily(content):
        arrived += len(chunk)
        slot.count(len(chunk))
        await take(unpacker.feed(chunk))
    await take(unpacker.end())
    if not unpacker.complete:
        raise RequestError(CUT_OFF)
    slot.complete()
    return body


async def _steadily(content: StreamReader) -> AsyncIterator[bytes]:
    """The chunks of a body. Raises RequestError for a host that drips; what is done with a chunk costs it no time."""
    loop = asyncio.get_running_loop()
    left_s, brought = limits.SLOWEST_WITHIN_S, 0
    while True:
        began = loop.time()
        try:
            async with asyncio.timeout(left_s) as window:
                chunk = await content.readany()
        except TimeoutError:
            if window.expired():
                raise RequestError(TOO_SLOW) from None
            raise
        if not chunk:
            return
        left_s, brought = left_s - (loop.time() - began), brought + len(chunk)
        if brought >= limits.SLOWEST_BYTES:
            left_s, brought = limits.SLOWEST_WITHIN_S, 0
        yield chunk


async def read_start(content: StreamReader, max_bytes: int, slot: BodySlot) -> bytearray:
    """The first bytes of a body, at most `max_bytes`. Raises RequestError."""
    body = bytearray()
    async for chunk in _steadily(content):
        slot.count(len(chunk))
        piece = chunk[: max_bytes - len(body)]
        while len(body) + len(piece) > slot.capacity:
            await slot.grow()
        body += piece
        if len(body) == max_bytes:
            break
    slot.complete()
    return body
