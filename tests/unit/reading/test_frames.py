"""What goes through the pipes arrives as it was sent, however little of it a pipe takes at once."""

from __future__ import annotations

import io
import os
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.frames import (
    AnswerKind,
    Request,
    read_exactly,
    receive_answer,
    receive_request,
    send_answer,
    send_request,
)
from tests.unit.reading.heavy_jobs import CountBytes, TakeMemory


class Trickle(io.RawIOBase):
    """A pipe that takes and gives a few bytes at a time, and ends after what was written."""

    def __init__(self, step: int) -> None:
        self.data = bytearray()
        self._step = step

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = min(self._step, len(self.data), len(buffer))
        buffer[:count] = self.data[:count]
        del self.data[:count]
        return count

    def write(self, data: Any) -> int:
        self.data += data[: self._step]
        return min(self._step, len(data))


@given(st.integers(1, 50), st.binary(max_size=300), st.integers(0, 1 << 40), st.integers(0, 100))
def test_a_request_arrives_with_its_document(step: int, body: bytes, memory: int, cpu: int) -> None:
    pipe = Trickle(step)
    sent = [Request(CountBytes(), memory, cpu), Request(TakeMemory(3), memory, cpu)]
    for request in sent:
        send_request(pipe, request, bytearray(body))
    assert [receive_request(pipe) for _ in sent] == [(request, bytearray(body)) for request in sent]
    assert receive_request(pipe) is None


@given(st.integers(1, 50), st.sampled_from(AnswerKind), st.one_of(st.none(), st.text(), st.binary()))
def test_an_answer_arrives(step: int, kind: AnswerKind, value: object) -> None:
    pipe = Trickle(step)
    send_answer(pipe, kind, value)
    assert receive_answer(pipe.readinto) == (kind, value)
    assert receive_answer(pipe.readinto) is None


@pytest.mark.parametrize("size", [0, 65_536, 5_000_000])
def test_much_goes_through_a_real_pipe(size: int) -> None:
    ends = os.pipe()
    with os.fdopen(ends[0], "rb", buffering=0) as source, os.fdopen(ends[1], "wb", buffering=0) as to:
        value = os.urandom(size)
        sending = threading.Thread(target=send_answer, args=(to, AnswerKind.DONE, value))
        sending.start()
        assert receive_answer(source.readinto) == (AnswerKind.DONE, value)
        sending.join()


@given(st.integers(0, 40), st.integers(0, 40))
def test_what_is_cut_off_is_none(there: int, wanted: int) -> None:
    pipe = Trickle(7)
    pipe.data += bytes(there)
    found = read_exactly(pipe.readinto, wanted)
    assert found == (bytes(wanted) if there >= wanted else None)


@pytest.mark.parametrize("kept", [3, 20, 60])
def test_a_frame_that_is_cut_off_is_none(kept: int) -> None:
    pipe = Trickle(1_000)
    send_answer(pipe, AnswerKind.DONE, "x" * 100)
    del pipe.data[kept:]
    assert receive_answer(pipe.readinto) is None
    pipe = Trickle(1_000)
    send_request(pipe, Request(CountBytes(), 1, 1), b"x" * 100)
    del pipe.data[kept:]
    assert receive_request(pipe) is None
