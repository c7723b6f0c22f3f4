"""What hostile hosts send, made up as it goes out."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator

import brotli

from bot.feeds.http.decoders import ZSTD_WINDOW_LOG

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["zstd"]
OK = b"HTTP/1.1 200 OK\r\n"
BLOCK = bytes(2**20)


def endless_body() -> Iterator[bytes]:
    """A body that never ends."""
    yield OK + b"\r\n"
    while True:
        yield BLOCK


def half_a_gigabyte() -> Iterator[bytes]:
    """500 MB in chunks: no header says so beforehand."""
    yield OK + b"Transfer-Encoding: chunked\r\n\r\n"
    for _ in range(500):
        yield b"%x\r\n%b\r\n" % (len(BLOCK), BLOCK)
    yield b"0\r\n\r\n"


def declared_half_a_gigabyte() -> Iterator[bytes]:
    """500 MB, and the header says so."""
    yield OK + b"Content-Length: 524288000\r\n\r\n"
    for _ in range(500):
        yield BLOCK


def zeros() -> Iterator[bytes]:
    """10 GB of zeros in 10 MB of gzip."""
    yield OK + b"Content-Encoding: gzip\r\n\r\n"
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    for _ in range(10 * 1024):
        if packed := packer.compress(BLOCK):
            yield packed
    yield packer.flush()


def zeros_in_members() -> Iterator[bytes]:
    """The same, each megabyte a member of its own."""
    member = gzip.compress(BLOCK, 9, mtime=0)
    yield OK + b"Content-Encoding: gzip\r\n\r\n"
    for _ in range(10 * 1024):
        yield member


def zeros_in_zeros() -> Iterator[bytes]:
    """A gigabyte of zeros, packed twice: 5 kB."""
    members = gzip.compress(BLOCK, 9, mtime=0) * 1024
    yield OK + b"Content-Encoding: gzip, gzip\r\n\r\n" + gzip.compress(members, 9, mtime=0)


def zeros_in_brotli() -> Iterator[bytes]:
    """Without end, with the largest window that there is."""
    yield OK + b"Content-Encoding: br\r\n\r\n"
    packer = brotli.Compressor(quality=1, lgwin=24)
    while True:
        yield packer.process(BLOCK) + packer.flush()


def zeros_in_zstandard() -> Iterator[bytes]:
    """Without end, with the largest window that is read."""
    yield OK + b"Content-Encoding: zstd\r\n\r\n"
    packer = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: ZSTD_WINDOW_LOG})
    while True:
        yield packer.compress(BLOCK, packer.FLUSH_BLOCK)


def empty_members() -> Iterator[bytes]:
    """Members of gzip that hold nothing."""
    yield OK + b"Content-Encoding: gzip\r\n\r\n"
    members = gzip.compress(b"", mtime=0) * 3_000
    while True:
        yield members


def drip() -> Iterator[bytes | float]:
    """A byte now and then."""
    yield OK + b"\r\n"
    while True:
        yield b"x"
        yield 0.02


def dripping_headers() -> Iterator[bytes | float]:
    """A header that comes a byte now and then."""
    yield OK + b"X-Slow: "
    while True:
        yield b"x"
        yield 0.02


def endless_headers() -> Iterator[bytes]:
    """Headers that never end."""
    yield OK
    while True:
        yield b"X-More: and more\r\n" * 1_000


def many_headers() -> Iterator[bytes]:
    """10,000 headers."""
    yield OK + b"".join(b"X-%d: 1\r\n" % number for number in range(10_000)) + b"\r\n"


def a_long_header() -> Iterator[bytes]:
    """A header of 1 MB."""
    yield OK + b"X-Long: " + b"x" * 2**20 + b"\r\n\r\n"


def a_long_status_line() -> Iterator[bytes]:
    """A reason of 1 MB."""
    yield b"HTTP/1.1 200 " + b"x" * 2**20 + b"\r\n\r\n"


def interim_answers() -> Iterator[bytes | float]:
    """100 Continue, for ever."""
    while True:
        yield b"HTTP/1.1 100 Continue\r\n\r\n" * 200
        yield 0.002


def tiny_chunks() -> Iterator[bytes | float]:
    """Chunks of one byte, for ever."""
    yield OK + b"Transfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"1\r\nx\r\n" * 200
        yield 0.002
