"""Bytes of a published text file as text, whatever they were written in."""

from __future__ import annotations

import codecs

# So many bytes that are no UTF-8 are a few slips in a file that is; each costs a call.
_MAX_SLIPS = 100_000


def decode(body: bytes) -> str:
    """The text with plain newlines. What is not UTF-8 is taken for what Windows writes in the West."""
    if encoding := _two_bytes(body):
        text = body.decode(encoding, errors="replace")
    else:
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            text = _decode_mixed(body.removeprefix(codecs.BOM_UTF8))
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def _two_bytes(body: bytes) -> str | None:
    """The UTF-16 that the text is in, by its mark, or where every second byte of its head is zero."""
    if body.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if body.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    head = body[:200]
    if len(head) < 8:
        return None
    even, odd = head[::2].count(0) * 2, head[1::2].count(0) * 2
    if odd > 0.6 * len(head) and even < 0.1 * len(head):
        return "utf-16-le"
    if even > 0.6 * len(head) and odd < 0.1 * len(head):
        return "utf-16-be"
    return None


def _decode_mixed(body: bytes) -> str:
    """UTF-8 with a few bytes of something else in it, or something else altogether."""
    replaced = body.decode("utf-8", errors="replace")
    slips = replaced.count("\ufffd")
    sound = len(replaced) - len(replaced.encode("ascii", "ignore")) - slips
    if slips > max(sound, 1) or slips > _MAX_SLIPS:
        return _western(body)
    return body.decode("utf-8", errors=_SLIPS)


def _western(raw: bytes) -> str:
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _mend(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _western(error.object[error.start : error.end]), error.end


_SLIPS = "earmark-western"
codecs.register_error(_SLIPS, _mend)
