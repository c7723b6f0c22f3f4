"""Decompression in bounded steps."""

from __future__ import annotations

import contextlib
import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.http.decoders import (
    DECODERS,
    MAX_MEMBERS,
    PIECE,
    BrotliDecoder,
    Decoder,
    ZlibDecoder,
    ZstdDecoder,
)
from bot.feeds.http.failures import RequestError
from tests.unit.feeds.hostile_bodies import zstd


def decompressed(decompressor: Decoder, data: bytes, step: int) -> bytes:
    """All of it, fed in steps; no piece is larger than it may be."""
    pieces = [piece for at in range(0, len(data), step) for piece in decompressor.feed(data[at : at + step])]
    assert all(len(piece) <= 2 * PIECE for piece in pieces)
    return b"".join(pieces)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=5), st.integers(1, 100), st.binary(max_size=8))
def test_gzip_members_are_decompressed_in_steps_of_any_size(
    texts: list[bytes], step: int, padding: bytes
) -> None:
    decompressor = ZlibDecoder(gzip=True)
    packed = b"".join(gzip.compress(text, mtime=0) for text in texts)
    assert decompressed(decompressor, packed + b"\0" + padding, step) == b"".join(texts)
    assert decompressor.complete


@given(st.binary(max_size=3_000), st.integers(1, 100), st.booleans())
def test_deflate_is_read_with_and_without_zlibs_header(text: bytes, step: int, bare: bool) -> None:
    packed = zlib.compress(text)
    decompressor = ZlibDecoder(gzip=False)
    assert decompressed(decompressor, packed[2:-4] if bare else packed, step) == text
    assert decompressor.complete


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=5), st.integers(1, 100))
def test_zstandard_frames_are_decompressed_in_steps_of_any_size(texts: list[bytes], step: int) -> None:
    decoder = ZstdDecoder()
    assert decompressed(decoder, b"".join(map(zstd.compress, texts)), step) == b"".join(texts)
    assert decoder.complete


@given(st.binary(max_size=3_000), st.integers(1, 100), st.binary(max_size=8))
def test_brotli_is_decompressed_in_steps_of_any_size(text: bytes, step: int, padding: bytes) -> None:
    decoder = BrotliDecoder()
    assert decompressed(decoder, brotli.compress(text), step) == text
    assert decoder.complete
    assert list(decoder.feed(padding)) == []


@given(st.binary(max_size=3_000), st.sampled_from(sorted(DECODERS)), st.integers(1, 100))
def test_any_bytes_are_decompressed_or_refused(data: bytes, name: str, step: int) -> None:
    with contextlib.suppress(RequestError):
        decompressed(DECODERS[name](), data, step)


@pytest.mark.parametrize("name", ["br", "zstd"])
def test_bombs_of_the_younger_formats_are_decompressed_in_pieces(name: str) -> None:
    text = bytes(20 * PIECE + 1)
    packed = brotli.compress(text) if name == "br" else zstd.compress(text)
    assert decompressed(DECODERS[name](), packed, len(packed)) == text


def test_zstandard_that_wants_a_large_window_is_refused() -> None:
    options: dict[int, int] = {zstd.CompressionParameter.window_log: 27}
    packer = zstd.ZstdCompressor(options=options)
    packed = packer.compress(bytes(PIECE)) + packer.flush()
    with pytest.raises(RequestError):
        decompressed(ZstdDecoder(), packed, 100)


def test_a_bomb_is_decompressed_in_pieces() -> None:
    packed = gzip.compress(bytes(20 * PIECE + 1), mtime=0)
    assert decompressed(ZlibDecoder(gzip=True), packed, len(packed)) == bytes(20 * PIECE + 1)


def test_a_truncated_member_is_not_complete() -> None:
    packed = gzip.compress(b"<rss/>", mtime=0)
    decompressor = ZlibDecoder(gzip=True)
    assert decompressor.complete
    assert list(decompressor.feed(packed[:-1])) == [b"<rss/>"]
    assert not decompressor.complete


def test_a_damaged_member_is_refused_even_after_a_good_one() -> None:
    packed = gzip.compress(b"<rss>", mtime=0) + gzip.compress(bytes(range(256)) * 9, mtime=0)[:-8] + bytes(8)
    with pytest.raises(RequestError):
        decompressed(ZlibDecoder(gzip=True), packed, 1_000)


def test_members_are_limited() -> None:
    empty = gzip.compress(b"", mtime=0)
    assert decompressed(ZlibDecoder(gzip=True), empty * MAX_MEMBERS, 1_000) == b""
    with pytest.raises(RequestError):
        decompressed(ZlibDecoder(gzip=True), empty * (MAX_MEMBERS + 1), 1_000)
