"""Decompresses gzip, deflate, Brotli and Zstandard piece by piece. No I/O.

Each is given bytes as they arrive, and gives pieces of about PIECE bytes, however much a bomb would make of them.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import Protocol

import brotli

from bot.feeds.http.failures import NOT_UNPACKED, RequestError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Decompressing one piece takes less than a millisecond.
PIECE = 256 * 1024
# zlib copies the rest of its input after each piece and each member: small windows keep that cheap.
WINDOW = 16 * 1024
# Parallel compressors write members of 64 KiB and more; a hostile host sends empty ones of 20 bytes.
MAX_MEMBERS = 2_000
GZIP_BEGINS = 0x1F
# What a stream of the two younger formats may have its decoder keep. Browsers refuse Zstandard beyond this, too.
BROTLI_BYTES = 16 * 1024 * 1024
ZSTD_WINDOW_LOG = 23


class Decoder(Protocol):
    """Decompresses one layer of a body. `memory`: bytes that it may take for itself."""

    memory: int

    @property
    def complete(self) -> bool:
        """Whether what arrived so far may be all."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decompress `data` into pieces. Raises RequestError."""


class ZlibDecoder:
    """gzip of any number of members, or deflate with or without zlib's header."""

    memory = 0

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


class BrotliDecoder:
    """Brotli, whose streams have one member."""

    memory = BROTLI_BYTES

    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()

    @property
    def complete(self) -> bool:
        """Whether the stream has ended."""
        return bool(self._decompressor.is_finished())

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decompress `data` into pieces of at most twice PIECE. Raises RequestError."""
        while not self.complete:
            try:
                piece = self._decompressor.process(data, output_buffer_limit=PIECE)
            except brotli.error as error:
                raise RequestError(NOT_UNPACKED) from error
            yield piece
            # It says that it takes more as soon as it has all input, with output still to come.
            if self._decompressor.can_accept_more_data() and len(piece) < PIECE:
                return
            data = b""


class ZstdDecoder:
    """Zstandard of any number of frames."""

    memory = 1 << ZSTD_WINDOW_LOG

    def __init__(self) -> None:
        self._members = 0
        self._current = self._begin()

    @property
    def complete(self) -> bool:
        """Whether all frames so far are complete."""
        return self._current.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decompress `data` into pieces of at most PIECE bytes. Raises RequestError."""
        for start in range(0, len(data), WINDOW):
            rest = data[start : start + WINDOW]
            while rest:
                if self._current.eof:
                    self._current = self._begin()
                rest = yield from self._frame(rest)

    def _frame(self, data: bytes) -> Generator[bytes, None, bytes]:
        while True:
            try:
                piece = self._current.decompress(data, PIECE)
            except zstd.ZstdError as error:
                raise RequestError(NOT_UNPACKED) from error
            yield piece
            if self._current.eof:
                return self._current.unused_data
            if self._current.needs_input:
                return b""
            data = b""

    def _begin(self) -> zstd.ZstdDecompressor:
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise RequestError(NOT_UNPACKED)
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG})


DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: ZlibDecoder(gzip=True),
    "deflate": lambda: ZlibDecoder(gzip=False),
    "br": BrotliDecoder,
    "zstd": ZstdDecoder,
}
