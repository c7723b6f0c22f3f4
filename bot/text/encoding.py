"""Bytes as a host sends them → UTF-8, whatever they claim to be."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

# Converted, a body stands in memory twice, and Latin letters grow to two bytes each.
MAX_CONVERTED_BYTES = 16 * 1024 * 1024
# So many faulty bytes are mended one by one; each calls back into Python.
MAX_FAULTY_BYTES = 10_000
CHUNK = 256 * 1024

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?\bencoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""", re.IGNORECASE)
# What servers and templates claim without having looked.
_DEFAULTS = ("utf-8", "ascii", "iso8859-1", "cp1252", "utf-16", "utf-32")
# Python calls these encodings of text; no document is written in them.
_NO_DOCUMENTS = (
    "idna",
    "punycode",
    "raw-unicode-escape",
    "unicode-escape",
    "undefined",
    "utf-7",
    "mbcs",
    "oem",
)
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_MIXED = "earmark.windows-1252"


class TextTooLargeError(ValueError):
    """More than is converted; the message says so in one sentence."""


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are no UTF-8 as what they nearly always are."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_MIXED, _as_windows)


def to_utf8(body: bytes | bytearray, content_type: str | None) -> bytes | bytearray:
    """The same text in UTF-8; the body itself where it is that already. Raises TextTooLargeError.

    What can be read as UTF-8 is UTF-8, whatever is declared: other text fits its rules by chance only when it has
    next to nothing beyond ASCII.
    """
    wide = next((name for mark, name in _MARKS if bytes(body[:4]).startswith(mark)), None)
    if wide is None:
        shifted = _shifted(body, content_type)
        if shifted is None and _is_utf8(body):
            return body
        name, errors = (shifted, "replace") if shifted else _told_or_guessed(body, content_type)
    else:
        name, errors = wide, "replace"
    if len(body) > MAX_CONVERTED_BYTES:
        raise TextTooLargeError(
            f"The feed is not in UTF-8 and larger than {MAX_CONVERTED_BYTES // 2**20} MiB; so much is not converted."
        )
    converted = bytearray()
    for text in _decoded(body, name, errors):
        # Half of a pair of surrogates is no character of UTF-8.
        converted += text.encode("utf-8", "replace")
    return converted


def _decoded(body: bytes | bytearray, name: str, errors: str) -> Iterator[str]:
    """Decode piece by piece: a text of 24 MiB would take up to four times as much in memory."""
    decoder = codecs.getincrementaldecoder(name)(errors)
    with memoryview(body) as view:
        for start in range(0, len(view), CHUNK):
            yield decoder.decode(bytes(view[start : start + CHUNK]))
    yield decoder.decode(b"", final=True)


def _is_utf8(body: bytes | bytearray) -> bool:
    if body.isascii():
        return True
    try:
        for _ in _decoded(body, "utf-8", "strict"):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _claims(body: bytes | bytearray, content_type: str | None) -> list[str]:
    """The names of encodings that the host and the document give, where they are encodings of text."""
    charset = _CHARSET.search(content_type or "")
    declared = _DECLARED.search(body, 0, 1_000)
    named = [charset[1]] if charset else []
    named += [declared[1].decode("ascii", "replace")] if declared else []
    found = []
    for name in named:
        try:
            info = codecs.lookup(name)
        except (LookupError, ValueError):
            continue
        if info._is_text_encoding and info.name not in _NO_DOCUMENTS:  # noqa: SLF001 - there is no other way to ask
            found.append(info.name)
    return found


def _shifted(body: bytes | bytearray, content_type: str | None) -> str | None:
    """The one that is written in ASCII's bytes and is not ASCII: ISO 2022, as in Japanese mail."""
    if b"\x1b" not in body:
        return None
    return next((name for name in _claims(body, content_type) if name.startswith("iso2022")), None)


def _told_or_guessed(body: bytes | bytearray, content_type: str | None) -> tuple[str, str]:
    """How to read what is no UTF-8: an encoding, and what to do with what does not fit it."""
    for name in _claims(body, content_type):
        if not name.startswith(_DEFAULTS):
            return name, "replace"
    good = bad = 0
    with memoryview(body) as view:
        for start in range(0, len(view), CHUNK):
            piece = bytes(view[start : start + CHUNK])
            kept = piece.decode("utf-8", "ignore").encode()
            bad += len(piece) - len(kept)
            good += len(kept) - len(kept.translate(None, _CONTINUATIONS))
    # Mostly UTF-8 with some bytes of another text pasted in, or the other text throughout.
    return ("utf-8", _MIXED) if bad < good and bad <= MAX_FAULTY_BYTES else ("cp1252", "replace")


_CONTINUATIONS = bytes(range(0x80, 0xC0))
