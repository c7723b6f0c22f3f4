"""The one decoder of bytes from hosts: feeds, transcripts, chapters and pages.

The signs, from the strongest to the weakest: a byte order mark; bytes that are valid UTF-8; the charset of the
Content-Type header; the encoding that the document declares. A charset that servers and templates send by default is
no sign. Without any sign the text is Windows-1252, or UTF-8 with some of that pasted in.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.text.charset_labels import codec_of

# A converted body is in memory twice, and Latin letters grow to two bytes each.
MAX_CONVERTED_BYTES = 16 * 1024 * 1024
# Invalid bytes inside UTF-8 that are read one by one; each calls back into Python.
MAX_INVALID_BYTES = 10_000
CHUNK = 256 * 1024
# Declarations are looked for in so many bytes. Browsers read 1,024, but pages often have scripts before theirs.
DECLARATION_BYTES = 4_096

_CHARSET = re.compile(r"""charset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""", re.IGNORECASE)
_XML_DECLARATION = re.compile(rb"""<\?xml[^>]{0,200}?\bencoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})["']""")
_META = re.compile(rb"""<meta\s[^<>]{0,200}?\bcharset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""", re.IGNORECASE)
_WIDE = frozenset({"utf-16-le", "utf-16-be"})
# Servers and templates send these without knowing the document.
_DEFAULTS = frozenset({"utf-8", "cp1252"}) | _WIDE
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    # XML without a mark, by its first "<".
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_CONTINUATION_BYTES = bytes(range(0x80, 0xC0))


class TextTooLargeError(ValueError):
    """The text is too large to be converted; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class _Decoding:
    """A codec, and how its errors are handled."""

    codec: str
    errors: str = "replace"


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are invalid in UTF-8 as Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", _C1), error.end


def _as_control(error: UnicodeError) -> tuple[str, int]:
    """Read a byte that a Windows code page leaves undefined as a control character, as browsers do."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start]
    return (chr(byte) if byte < 0xA0 else "\ufffd"), error.start + 1


def _as_windows_31j(error: UnicodeError) -> tuple[str, int]:
    """Read a pair of bytes of JIS with the characters that NEC and IBM added, such as ① and 髙.

    Browsers know them in all Japanese encodings, Python's codecs in Windows-31J alone. Each row of 94 characters of
    JIS is half a row there.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    row, cell = ((byte & 0x7F) - 0x21 for byte in (*error.object[error.start : error.start + 2], 0, 0)[:2])
    if not (0 <= row < 94 and 0 <= cell < 94):
        return "\ufffd", error.start + 1
    lead = 0x81 + row // 2 + (0x40 if row >= 62 else 0)
    trail = 0x9F + cell if row % 2 else 0x40 + cell + (cell >= 63)
    return bytes((lead, trail)).decode("cp932", "replace")[:1], error.start + 2


_MIXED = _Decoding("utf-8", "earmark.windows-1252")
_C1 = "earmark.c1"
_NEC = "earmark.windows-31j"
# Where browsers read more than Python's codecs do.
_ERRORS = {"euc_jp": _NEC, "iso2022_jp": _NEC, "cp874": _C1} | {f"cp125{digit}": _C1 for digit in range(9)}
codecs.register_error(_MIXED.errors, _as_windows_1252)
codecs.register_error(_C1, _as_control)
codecs.register_error(_NEC, _as_windows_31j)


def to_text(body: bytes | bytearray, content_type: str | None = None) -> str:
    """The text of a file, with "\\n" between its lines and neither a byte order mark nor NUL characters.

    `content_type` is the header that its host sent.
    """
    decoding = _decoding_of(body, content_type)
    text = "".join(_decoded(body, decoding)) if decoding else body.decode("utf-8")
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def to_utf8(body: bytes | bytearray, content_type: str | None) -> bytes | bytearray:
    """A feed in UTF-8; `body` itself where it is that already. Raises TextTooLargeError.

    `content_type` is the header that its host sent.
    """
    decoding = _decoding_of(body, content_type)
    if decoding is None:
        return body
    if len(body) > MAX_CONVERTED_BYTES:
        raise TextTooLargeError(
            f"The feed is larger than {MAX_CONVERTED_BYTES // 2**20} MiB and not in UTF-8; it is not converted."
        )
    converted = bytearray()
    for text in _decoded(body, decoding):
        # Half of a surrogate pair can't be written in UTF-8.
        converted += text.encode("utf-8", "replace")
    return converted


def _decoding_of(body: bytes | bytearray, content_type: str | None) -> _Decoding | None:
    """How to decode `body`; None where it is valid UTF-8.

    Valid UTF-8 outweighs all that is declared: text in another encoding hardly ever fits its rules by chance.
    """
    if wide := _wide_codec(body) or _told_wide_codec(body, content_type):
        return _Decoding(wide)
    claims = _claims(body, content_type)
    # ISO 2022 is valid UTF-8 as well: it writes everything with the bytes of ASCII.
    escaped = [codec for codec in claims if codec.startswith("iso2022")] if b"\x1b" in body else []
    if not escaped and _fits(body, "utf-8"):
        return None
    codec = _best_claim(body, escaped or claims)
    if codec is None and _is_mostly_utf8(body):
        return _MIXED
    codec = codec or "cp1252"
    return _Decoding(codec, _ERRORS.get(codec, "replace"))


def _wide_codec(body: bytes | bytearray) -> str | None:
    """The UTF-16 or UTF-32 that the text is in, by its mark, or because every second byte of its head is zero."""
    head = bytes(body[:200])
    for mark, codec in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return codec
    if len(head) < 8:
        return None
    even, odd = head[::2].count(0) * 2, head[1::2].count(0) * 2
    if odd > 0.6 * len(head) and even < 0.1 * len(head):
        return "utf-16-le"
    if even > 0.6 * len(head) and odd < 0.1 * len(head):
        return "utf-16-be"
    return None


def _told_wide_codec(body: bytes | bytearray, content_type: str | None) -> str | None:
    """The UTF-16 that the host tells, if the bytes can be that: no other text has zero bytes.

    "utf-16" leaves the order of the bytes open, and hosts mistake it; the zeros of spaces and breaks show it.
    """
    if codec_of(_told_charset(content_type)) not in _WIDE:
        return None
    head = bytes(body[:DECLARATION_BYTES])
    even, odd = head[::2].count(0), head[1::2].count(0)
    if not even and not odd:
        return None
    return "utf-16-le" if odd >= even else "utf-16-be"


def _told_charset(content_type: str | None) -> str:
    charset = _CHARSET.search(content_type or "")
    return charset[1] if charset else ""


def _claims(body: bytes | bytearray, content_type: str | None) -> list[str]:
    """The codecs that the host and then the document name, as far as they are known."""
    labels = [_told_charset(content_type)]
    head = bytes(body[:DECLARATION_BYTES])
    if declared := _XML_DECLARATION.search(head) or _META.search(head):
        labels.append(declared[1].decode("ascii", "replace"))
    return [codec for label in labels if (codec := codec_of(label)) is not None]


def _best_claim(body: bytes | bytearray, claims: list[str]) -> str | None:
    """Of the claims that are no mere defaults, the first that the bytes don't contradict, else the first."""
    meant = [codec for codec in claims if codec not in _DEFAULTS]
    if len(meant) < 2:
        return meant[0] if meant else None
    return next((codec for codec in meant if _fits(body, codec)), meant[0])


def _fits(body: bytes | bytearray, codec: str) -> bool:
    """Whether the bytes follow the codec's rules from the first to the last."""
    if codec == "utf-8" and body.isascii():
        return True
    try:
        for _ in _decoded(body, _Decoding(codec, "strict")):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_utf8(body: bytes | bytearray) -> bool:
    """Whether it is UTF-8 with a few bytes of another text pasted in, rather than another text throughout."""
    characters = invalid = 0
    with memoryview(body) as view:
        for start in range(0, len(view), CHUNK):
            piece = bytes(view[start : start + CHUNK])
            valid = piece.decode("utf-8", "ignore").encode()
            invalid += len(piece) - len(valid)
            characters += len(valid) - len(valid.translate(None, _CONTINUATION_BYTES))
    return invalid < characters and invalid <= MAX_INVALID_BYTES


def _decoded(body: bytes | bytearray, decoding: _Decoding) -> Iterator[str]:
    """The text piece by piece: as one string, 24 MiB could take up to four times as much memory."""
    decoder = codecs.getincrementaldecoder(decoding.codec)(decoding.errors)
    with memoryview(body) as view:
        for start in range(0, len(view), CHUNK):
            yield decoder.decode(bytes(view[start : start + CHUNK]))
    yield decoder.decode(b"", final=True)
