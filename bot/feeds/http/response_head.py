"""Rewrites the head of a response so that aiohttp's strict parser reads what curl and browsers read. No I/O.

aiohttp refuses a whole answer for one header that nobody needs: a blank before its colon, a bracket in its name, 9 kB
in its value. So the parser gets the headers that are read here, in their plain form, and no others: what is to be
read of a response needs its name in `READ`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# As much as a head may have with all interim ones; curl takes 300 kB.
MAX_HEAD_BYTES = 128 * 1024
MAX_LINES = 2_000
MAX_COOKIES = 20
MAX_COOKIE_BYTES = 4 * 1024
READ = frozenset(
    {b"age", b"cache-control", b"connection", b"content-encoding", b"content-length", b"content-range"}
    | {b"content-type", b"date", b"etag", b"expires", b"last-modified", b"location", b"retry-after"}
    | {b"set-cookie", b"transfer-encoding", b"upgrade"}
)
# How a host frames the body is settled for all such headers together.
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})
_STATUS = re.compile(rb"HTTP/(\d{1,2}(?:\.\d{1,2})?)[ \t]++(\d{3})(?![^ \t])[ \t]*+(.*)", re.IGNORECASE)
_BEGINS = b"HTTP/"
_END = re.compile(rb"\n\r{0,2}\n")
_END_LENGTH = 4
_NO_TEXT = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]+")
_SWITCHING = b"101"


class HeadTooLargeError(Exception):
    """A head has more than MAX_HEAD_BYTES or MAX_LINES."""


class ResponseHead:
    """Takes a response's bytes until its head is whole, and leaves out interim ones (100, 103)."""

    def __init__(self) -> None:
        self._arrived = bytearray()
        self._searched = 0
        self._taken = 0

    def feed(self, data: bytes) -> bytes | None:
        """What the parser gets: the plain head and what follows it; None while the head is not whole.

        What is no HTTP is handed on as it is. Raises HeadTooLargeError.
        """
        self._arrived += data
        while True:
            if not self._searched:
                # Some hosts send an empty line after the body before.
                blank = len(self._arrived) - len(self._arrived.lstrip(b"\r\n"))
                self._cut(blank)
            if self._arrived[: len(_BEGINS)].upper() != _BEGINS[: len(self._arrived)]:
                return bytes(self._arrived)
            found = _END.search(self._arrived, max(0, self._searched - _END_LENGTH))
            if self._taken + (len(self._arrived) if found is None else found.end()) > MAX_HEAD_BYTES:
                raise HeadTooLargeError
            if found is None:
                self._searched = len(self._arrived)
                return None
            head = bytes(self._arrived[: found.end()])
            if head.count(b"\n") > MAX_LINES:
                raise HeadTooLargeError
            self._cut(found.end())
            self._searched = 0
            if not _is_interim(head):
                return plain_head(head) + self._arrived

    def _cut(self, size: int) -> None:
        self._taken += size
        del self._arrived[:size]


def plain_head(head: bytes) -> bytes:
    """The head with the headers that are read; as it is where its first line is none of HTTP."""
    first, *lines = [line.rstrip(b"\r") for line in head.split(b"\n")]
    status = _STATUS.fullmatch(first)
    if status is None:
        return head
    version = b"1.0" if status[1] in (b"1.0", b"0.9") else b"1.1"
    fields = list(_fields(lines))
    shown = [b"%b: %b" % field for field in [*_without_framing(fields), *_framing(fields)]]
    reason = _NO_TEXT.sub(b"", status[3])
    return b"\r\n".join([b"HTTP/%b %b %b" % (version, status[2], reason), *shown, b"", b""])


def _is_interim(head: bytes) -> bool:
    status = _STATUS.fullmatch(head.partition(b"\n")[0].rstrip(b"\r"))
    return status is not None and status[2].startswith(b"1") and status[2] != _SWITCHING


def _fields(lines: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The headers that are read, with names in lower case; a value that was folded is one line."""
    unfolded: list[list[bytes]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if unfolded:
                unfolded[-1].append(line.strip())
        else:
            unfolded.append([line])
    for parts in unfolded:
        name, colon, value = b" ".join(parts).partition(b":")
        name = name.strip().lower()
        if colon and name in READ:
            yield name, _NO_TEXT.sub(b"", value).strip()


def _without_framing(fields: list[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    cookies = 0
    for name, value in fields:
        if name == b"set-cookie":
            cookies += 1
            if cookies > MAX_COOKIES or len(value) > MAX_COOKIE_BYTES:
                continue
        if name not in _FRAMING:
            yield name, value


def _framing(fields: list[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """How the body is framed: chunks count more than a length; what is said twice alike is said once.

    What disagrees is handed on as it is, and refused: nobody can tell where such a body ends.
    """
    codings = [one for one in _listed(fields, b"transfer-encoding") if one != b"identity"]
    if codings:
        yield b"transfer-encoding", b", ".join(codings[:1] if set(codings) == {b"chunked"} else codings)
    else:
        for length in dict.fromkeys(_listed(fields, b"content-length")):
            yield b"content-length", length


def _listed(fields: list[tuple[bytes, bytes]], wanted: bytes) -> list[bytes]:
    values = [value for name, value in fields if name == wanted]
    return [part for value in values for one in value.split(b",") if (part := one.strip().lower())]
