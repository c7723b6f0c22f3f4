"""Unpacks a body by what it is and by what its headers say, as hosts err in both. No I/O.

Hosts send gzip and don't say so, say so and don't do it, pack a file that is packed already, or say "gzip, gzip" of
one that is packed once. So the first bytes decide for each layer, and the header where a format has no sign of its
own.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from bot.feeds.http.decoders import DECODERS, Decoder
from bot.feeds.http.failures import NOT_UNPACKED, TOO_LARGE, UNASKED_PACKING, RequestError

# Layers of compression inside each other; more are a bomb.
MAX_LAYERS = 4
# So many bytes tell what a body is.
SIGN_BYTES = 512
ENOUGH_BYTES = 64
_NAMES = {"x-gzip": "gzip", "x-compress": "compress"}
_UNREAD = frozenset({"compress", "dcb", "dcz"})
_GZIP = b"\x1f\x8b\x08"
_ZSTD = b"\x28\xb5\x2f\xfd"
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0", b"\0<")
_MARKUP = re.compile(rb"\s*+(?:<[?!A-Za-z]|[{\[])")
# No text has these; of random bytes, each eighth is one.
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


class Unpacker:
    """Unpacks all layers of one body; no layer may make more than `max_bytes`."""

    def __init__(self, encodings: Iterable[str], max_bytes: int) -> None:
        names = [name.strip().lower() for line in encodings for name in line.split(",")]
        # Hosts also write "identity", "utf-8" or nothing, and mean that the body is not compressed. The last was
        # applied last.
        self._declared = [
            one for name in names if (one := _NAMES.get(name, name)) in DECODERS or one in _UNREAD
        ]
        self._max_bytes = max_bytes
        self._layers: list[_Layer] = []
        self._start = bytearray()
        self._plain = False

    @property
    def memory(self) -> int:
        """Bytes that the decoders may take for themselves; known before they are first used."""
        return sum(layer.decoder.memory for layer in self._layers)

    @property
    def complete(self) -> bool:
        """Whether what arrived so far may be all."""
        return all(layer.decoder.complete for layer in self._layers)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Unpack `data` into small pieces; empty ones say that it took some time. Raises RequestError."""
        return self._through(0, data)

    def end(self) -> Iterator[bytes]:
        """What is left after the last byte: a short body that waited for more. Raises RequestError."""
        while self._start:
            yield from self._decide()

    def _through(self, level: int, data: bytes) -> Iterator[bytes]:
        if level < len(self._layers):
            layer = self._layers[level]
            for piece in layer.decoder.feed(data):
                layer.made += len(piece)
                if layer.made > self._max_bytes:
                    raise too_large(self._max_bytes)
                if piece:
                    yield from self._through(level + 1, piece)
                else:
                    yield b""
        elif self._plain:
            yield data
        else:
            self._start += data
            if len(self._start) < ENOUGH_BYTES:
                yield b""
            else:
                yield from self._decide()

    def _decide(self) -> Iterator[bytes]:
        """Decide whether there is one layer more, and unpack what has arrived of it."""
        start = bytes(self._start)
        self._start.clear()
        declared = self._declared.pop() if self._declared else ""
        name = packing(start[:SIGN_BYTES], declared)
        if name == "":
            self._plain = True
        elif len(self._layers) == MAX_LAYERS:
            raise RequestError(NOT_UNPACKED)
        else:
            self._layers.append(_Layer(DECODERS[name]()))
            # Before it is used: whoever reads this makes room.
            yield b""
        yield from self._through(len(self._layers) - (name != ""), start)


class _Layer:
    """A layer of compression, and how many bytes it made so far."""

    def __init__(self, decoder: Decoder) -> None:
        self.decoder = decoder
        self.made = 0


def packing(start: bytes, declared: str) -> str:
    """The name in DECODERS of what these first bytes are packed with, "" for nothing. Raises RequestError."""
    if start.startswith(_GZIP):
        return "gzip"
    if start.startswith(_ZSTD):
        return "zstd"
    if _is_text(start):
        # Formats without a sign of their own can look so for a few bytes.
        may_be = declared in ("br", "deflate") and _MARKUP.match(start) is None
        return declared if may_be and _unpacks(start, declared) else ""
    if declared in _UNREAD:
        raise RequestError(UNASKED_PACKING)
    return declared or ("deflate" if _has_zlib_header(start) and _unpacks(start, "deflate") else "")


def too_large(max_bytes: int) -> RequestError:
    """The error for a body of more than `max_bytes`."""
    return RequestError(TOO_LARGE, mib=max_bytes // 2**20)


def _is_text(start: bytes) -> bool:
    return start.startswith(_MARKS) or _NO_TEXT.search(start) is None


def _has_zlib_header(start: bytes) -> bool:
    return start[:1] == b"x" and int.from_bytes(start[:2], "big") % 31 == 0


def _unpacks(start: bytes, name: str) -> bool:
    """Whether the first bytes can be unpacked, to something."""
    try:
        return any(DECODERS[name]().feed(start))
    except RequestError:
        return False
