"""Reads a response's body: decompressed in small steps, never beyond its limit, and in memory only once.

aiohttp would decompress each chunk at once in the event loop, and 64 KiB of gzip may be 64 MiB. So its own
decompression is off.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Generator, Iterable, Iterator

from aiohttp import StreamReader

from bot.feeds.http import limits
from bot.feeds.http.failures import (
    CUT_OFF,
    NOT_UNPACKED,
    TOO_LARGE,
    TOO_SLOW,
    UNASKED_PACKING,
    RequestError,
)
from bot.feeds.http.limits import BodySlot

ACCEPT_ENCODING = "gzip, deflate"
# Decompressing one piece takes less than a millisecond.
PIECE = 256 * 1024
# zlib copies the rest of its input after each piece and each member: small windows keep that cheap.
WINDOW = 16 * 1024
# Parallel compressors write members of 64 KiB and more; a hostile host sends empty ones of 20 bytes.
MAX_MEMBERS = 2_000
GZIP_BEGINS = 0x1F
COMPRESSIONS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress", "dcb", "dcz"})


async def read_body(
    content: StreamReader, encodings: Iterable[str], max_bytes: int, slot: BodySlot
) -> bytearray:
    """The whole body, decompressed. Raises RequestError."""
    decompressor = _decompressor(encodings)
    body = bytearray()
    arrived = 0
    async for chunk in _steadily(content):
        arrived += len(chunk)
        slot.count(len(chunk))
        for number, piece in enumerate((chunk,) if decompressor is None else decompressor.feed(chunk)):
            if max(arrived, len(body) + len(piece)) > max_bytes:
                raise too_large(max_bytes)
            while len(body) + len(piece) > slot.capacity:
                await slot.grow()
            body += piece
            if number:
                await asyncio.sleep(0)
    if decompressor is not None and not decompressor.complete:
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


def too_large(max_bytes: int) -> RequestError:
    """The error for a body of more than `max_bytes`."""
    return RequestError(TOO_LARGE, mib=max_bytes // 2**20)


def _decompressor(encodings: Iterable[str]) -> Decompressor | None:
    names = [name.strip().lower() for line in encodings for name in line.split(",")]
    # Hosts also write "identity", "utf-8" or nothing, and mean that the body is not compressed.
    match [name for name in names if name in COMPRESSIONS]:
        case []:
            return None
        case ["gzip" | "x-gzip"]:
            return Decompressor(gzip=True)
        case ["deflate"]:
            return Decompressor(gzip=False)
    raise RequestError(UNASKED_PACKING)


class Decompressor:
    """Decompresses gzip of any number of members, or deflate with or without zlib's header, piece by piece."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._current = zlib.decompressobj()
        self._members = 0
        self._between = True  # not inside a member
        self._ended = False  # what follows is padding

    @property
    def complete(self) -> bool:
        """Whether all members so far are complete."""
        return self._between

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decompress `data` into pieces of at most PIECE bytes. Raises RequestError."""
        for start in range(0, len(data), WINDOW):
            rest = data[start : start + WINDOW]
            while rest and not self._ended:
                rest = yield from self._member(rest)

    def _member(self, data: bytes) -> Generator[bytes, None, bytes]:
        """Decompress up to the end of the data or of the member; returns the rest of the data."""
        if self._between:
            if self._members and data[0] != GZIP_BEGINS:
                # Padding after the last member, which gzip ignores as well.
                self._ended = True
                return b""
            self._begin(data)
        while True:
            try:
                piece = self._current.decompress(data, PIECE)
            except zlib.error as error:
                raise RequestError(NOT_UNPACKED) from error
            if piece:
                yield piece
            if self._current.eof:
                self._between = True
                self._ended = not self._gzip
                return self._current.unused_data
            data = self._current.unconsumed_tail
            if not data and len(piece) < PIECE:
                return b""

    def _begin(self, data: bytes) -> None:
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise RequestError(NOT_UNPACKED)
        if self._gzip:
            bits = 16 + zlib.MAX_WBITS
        else:
            # "deflate" is zlib's format, but many hosts send it without zlib's two bytes of header.
            bits = zlib.MAX_WBITS if data[0] & 0x0F == zlib.DEFLATED else -zlib.MAX_WBITS
        self._current = zlib.decompressobj(bits)
        self._between = False
