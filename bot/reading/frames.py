"""How bot and reading process talk over two pipes.

A request is a pickle (its job and bounds) and the document's bytes as they are; an answer is a kind and a pickle.
Both ends are this program, so that pickles are safe. Lengths come first.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from io import RawIOBase
from typing import Any

from bot.reading.jobs import Body, Job

_REQUEST = struct.Struct(">QQ")
ANSWER = struct.Struct(">BQ")
# A pipe takes so much at once.
_PIECE = 1024 * 1024


class AnswerKind(IntEnum):
    """What an answer tells.

    READY: the process has started. ABOUT: the item whose notes are read next, as an ItemBegun. LOG: a line for the
    log. DONE: the result. REFUSED: the StatusError that was raised. BROKEN: another exception's traceback.
    TOO_LARGE: no more memory may be taken. After one of the last four the process waits for the next request; after
    TOO_LARGE it ends.
    """

    READY = 1
    ABOUT = 2
    LOG = 3
    DONE = 4
    REFUSED = 5
    BROKEN = 6
    TOO_LARGE = 7


@dataclass(frozen=True, slots=True)
class ItemBegun:
    """An item whose notes are read next (its content hash), and what its document has taken so far."""

    item: str
    resident_bytes: int
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Request:
    """A job with its bounds: bytes of resident memory, and seconds of CPU time."""

    job: Job[Any]
    memory_bytes: int
    cpu_s: int


def send_request(to: RawIOBase, request: Request, body: Body) -> None:
    """Send a request with its document. Raises OSError."""
    packed = pickle.dumps(request, pickle.HIGHEST_PROTOCOL)
    _write(to, _REQUEST.pack(len(packed), len(body)))
    _write(to, packed)
    _write(to, body)


def receive_request(source: RawIOBase) -> tuple[Request, bytearray] | None:
    """The next request with its document; None where the other end is closed."""
    lengths = read_exactly(source.readinto, _REQUEST.size)
    if lengths is None:
        return None
    packed_length, body_length = _REQUEST.unpack(lengths)
    packed = read_exactly(source.readinto, packed_length)
    body = read_exactly(source.readinto, body_length)
    if packed is None or body is None:
        return None
    return pickle.loads(packed), body  # noqa: S301 - from this program's own process


def send_answer(to: RawIOBase, kind: AnswerKind, value: object = None) -> None:
    """Send an answer. Raises OSError."""
    packed = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    _write(to, ANSWER.pack(kind, len(packed)) + (packed if len(packed) <= _PIECE else b""))
    if len(packed) > _PIECE:
        _write(to, packed)


def receive_answer(read_into: Callable[[memoryview], int | None]) -> tuple[AnswerKind, Any] | None:
    """The next answer; None where the other end is closed."""
    head = read_exactly(read_into, ANSWER.size)
    if head is None:
        return None
    kind, length = ANSWER.unpack(head)
    packed = read_exactly(read_into, length)
    if packed is None:
        return None
    return AnswerKind(kind), pickle.loads(packed)  # noqa: S301 - from this program's own process


def read_exactly(read_into: Callable[[memoryview], int | None], length: int) -> bytearray | None:
    """So many bytes; None where the other end is closed before."""
    data = bytearray(length)
    with memoryview(data) as view:
        done = 0
        while done < length:
            count = read_into(view[done : done + _PIECE])
            if not count:
                return None
            done += count
    return data


def _write(to: RawIOBase, data: Body) -> None:
    """Write all of it: a pipe without a buffer may take less at once."""
    with memoryview(data) as view:
        done = 0
        while done < len(view):
            done += to.write(view[done : done + _PIECE]) or 0
