"""What a body is packed with, by its first bytes and by its headers."""

from __future__ import annotations

import contextlib
import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.http.decoders import DECODERS
from bot.feeds.http.failures import NOT_UNPACKED, TOO_LARGE, RequestError
from bot.feeds.http.unpacking import MAX_LAYERS, Unpacker, packing
from tests.unit.feeds.hostile_bodies import zstd

MOST = 2**20
PACK = {
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "deflate": lambda body: zlib.compress(body)[2:-4],
    "zlib": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}
XML = st.sampled_from(
    ["<rss>", "<?xml version='1.0'?>\n", "WEBVTT\n\n", "00:01", "ë", "漢", "x^", "x", " ", "\n", "{", "<r/>"]
)
TEXTS = st.lists(XML, min_size=1, max_size=60).map("".join)


def unpacked(unpacker: Unpacker, data: bytes, step: int) -> bytes:
    """All of it, fed in steps."""
    pieces = [piece for at in range(0, len(data), step) for piece in unpacker.feed(data[at : at + step])]
    return b"".join([*pieces, *unpacker.end()])


@given(TEXTS, st.lists(st.sampled_from(sorted(PACK)), max_size=3), st.integers(1, 100))
def test_what_the_header_says_is_unpacked(text: str, names: list[str], step: int) -> None:
    body = text.encode()
    for name in names:
        body = PACK[name](body)
    unpacker = Unpacker([", ".join(names).replace("zlib", "deflate")], MOST)
    assert unpacked(unpacker, body, step) == text.encode()
    assert unpacker.complete


@given(
    TEXTS,
    st.sampled_from(["", "gzip", "deflate", "br", "zstd", "compress", "gzip, gzip", "x"]),
    st.integers(1, 100),
)
def test_a_plain_document_is_read_whatever_the_header_says(text: str, header: str, step: int) -> None:
    document = f"<rss>{text}".encode()
    assert unpacked(Unpacker([header], MOST), document, step) == document


@given(TEXTS, st.sampled_from(["gzip", "zstd"]), st.sampled_from(["", "br", "deflate", "gzip", "zstd"]))
def test_a_format_with_a_sign_is_read_whatever_the_header_says(text: str, name: str, header: str) -> None:
    assert unpacked(Unpacker([header], MOST), PACK[name](text.encode()), 999) == text.encode()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "shift_jis"])
def test_text_in_any_encoding_is_text(encoding: str) -> None:
    body = "<?xml version='1.0'?><rss>漁港の朝</rss>".encode(encoding)
    assert packing(body, "gzip") == ""
    assert packing(body, "br") == ""


@given(
    st.binary(max_size=2_000),
    st.sampled_from([*DECODERS, "", "gzip, gzip", "br, deflate"]),
    st.integers(1, 500),
)
def test_any_bytes_are_unpacked_or_refused(data: bytes, header: str, step: int) -> None:
    with contextlib.suppress(RequestError):
        unpacked(Unpacker([header], MOST), data, step)


def _refused(body: bytes) -> str:
    with pytest.raises(RequestError) as caught:
        unpacked(Unpacker(["gzip"], MOST), body, 4_096)
    return caught.value.code


def test_layers_are_bounded_each_by_itself() -> None:
    body = b"<rss/>"
    for _ in range(MAX_LAYERS):
        body = PACK["gzip"](body)
    assert unpacked(Unpacker([], MOST), body, 7) == b"<rss/>"
    assert _refused(PACK["gzip"](body)) == NOT_UNPACKED
    # 16 MB of members that hold nothing, packed to little.
    assert _refused(PACK["gzip"](PACK["gzip"](b"") * 800_000)) in (NOT_UNPACKED, TOO_LARGE)
    assert _refused(PACK["gzip"](PACK["gzip"](bytes(MOST + 1)))) == TOO_LARGE


def test_room_is_told_of_before_it_is_taken() -> None:
    unpacker = Unpacker(["br"], MOST)
    assert unpacker.memory == 0
    next(unpacker.feed(brotli.compress(bytes(range(256)) * 9)))
    assert unpacker.memory == DECODERS["br"]().memory
