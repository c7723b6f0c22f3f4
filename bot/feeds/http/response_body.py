"""Reading an answer's body in bounded steps: unpacked, never larger than its limit, never held twice.

aiohttp unpacks in the event loop what came from the network in one go: 64 KiB of gzip may be 64 MiB. So it hands on
what arrived, and it is unpacked here.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Generator, Iterable, Iterator

from aiohttp import StreamReader

from bot.feeds.http.failures import CUT_OFF, NOT_UNPACKED, TOO_LARGE, UNASKED_PACKING, RequestError
from bot.feeds.http.limits import BodySlot

ACCEPT_ENCODING = "gzip, deflate"
# Unpacking one piece takes under a millisecond.
PIECE = 256 * 1024
# What is left of the input is copied for each piece and each member: little at a time keeps that from adding up.
WINDOW = 16 * 1024
# Members are made by parallel packers, of 64 KiB and up; a hostile host sends empty ones of 20 bytes.
MAX_MEMBERS = 2_000
GZIP_BEGINS = 0x1F
COMPRESSIONS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress", "dcb", "dcz"})


async def read_body(
    content: StreamReader, encodings: Iterable[str], max_bytes: int, slot: BodySlot
) -> bytearray:
    """Everything that arrives, unpacked. Raises RequestError."""
    unpack = _unpacker(encodings)
    body = bytearray()
    arrived = 0
    async for chunk in content.iter_any():
        arrived += len(chunk)
        for number, piece in enumerate((chunk,) if unpack is None else unpack.feed(chunk)):
            if max(arrived, len(body) + len(piece)) > max_bytes:
                raise too_large(max_bytes)
            while len(body) + len(piece) > slot.capacity:
                await slot.grow()
            body += piece
            if number:
                await asyncio.sleep(0)
    if unpack is not None and not unpack.complete:
        raise RequestError(CUT_OFF)
    return body


async def read_start(content: StreamReader, max_bytes: int) -> bytes:
    """What arrives, up to so many bytes."""
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk[: max_bytes - len(body)]
        if len(body) == max_bytes:
            break
    return bytes(body)


def too_large(max_bytes: int) -> RequestError:
    """It has more bytes than that."""
    return RequestError(TOO_LARGE, mib=max_bytes // 2**20)


def _unpacker(encodings: Iterable[str]) -> Unpacker | None:
    names = [name.strip().lower() for line in encodings for name in line.split(",")]
    # Hosts also write "identity", "utf-8" or nothing there, and mean that it is plain.
    match [name for name in names if name in COMPRESSIONS]:
        case []:
            return None
        case ["gzip" | "x-gzip"]:
            return Unpacker(gzip=True)
        case ["deflate"]:
            return Unpacker(gzip=False)
    raise RequestError(UNASKED_PACKING)


class Unpacker:
    """Unpacks gzip, of one member or more, or deflate in both of its readings, a piece at a time."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._current = zlib.decompressobj()
        self._members = 0
        self._between = True  # no member has begun that did not end
        self._ended = False  # what follows is nothing to unpack

    @property
    def complete(self) -> bool:
        """Whether what was fed so far is whole."""
        return self._between

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Unpack this in pieces of PIECE bytes at most. Raises RequestError."""
        for start in range(0, len(data), WINDOW):
            rest = data[start : start + WINDOW]
            while rest and not self._ended:
                rest = yield from self._member(rest)

    def _member(self, data: bytes) -> Generator[bytes, None, bytes]:
        """Unpack up to the end of the data or of the member; what is left of the data is returned."""
        if self._between:
            if self._members and data[0] != GZIP_BEGINS:
                # Padding behind the last member: gzip itself overlooks it.
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
            # "deflate" means zlib's format, but many hosts send it without that format's two bytes in front.
            bits = zlib.MAX_WBITS if data[0] & 0x0F == zlib.DEFLATED else -zlib.MAX_WBITS
        self._current = zlib.decompressobj(bits)
        self._between = False
