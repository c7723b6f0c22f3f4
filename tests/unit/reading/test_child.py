"""What the reading process does with requests; the process as it is stands in test_child_process.py."""

from __future__ import annotations

import logging
import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from bot.feeds.errors import FeedError
from bot.reading import child
from bot.reading.frames import AnswerKind, Request, receive_answer, send_answer, send_request
from bot.reading.jobs import Job
from tests.unit.reading.heavy_jobs import NO_FEED, Break, CountBytes, Refuse, TakeMemory

PLENTY = 1 << 40


class OutOfMemory:
    """A job that finds no memory."""

    def read(self, _body: bytes | bytearray, _about: Any) -> None:
        raise MemoryError


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The limits that would be set: this process keeps its own."""
    limits: list[tuple[int, int]] = []
    monkeypatch.setattr(child, "_bound", lambda kind, value: limits.append((kind, value)))
    return limits


def _served(*jobs: Job[Any], body: bytes = b"12345", libc: Any = None) -> list[tuple[AnswerKind, Any]]:
    """All answers to requests with these jobs."""
    there, back = os.pipe(), os.pipe()
    files: list[Any] = [
        os.fdopen(end, mode, buffering=0) for end, mode in zip((*there, *back), ("rb", "wb") * 2, strict=True)
    ]
    requests, to_child, answers, from_child = files
    with requests, answers:
        with to_child, from_child:
            for job in jobs:
                send_request(to_child, Request(job, PLENTY, 60), body)
            to_child.close()
            serving = threading.Thread(target=child.serve, args=(requests, from_child, libc))
            serving.start()
            serving.join()
        return list(_answers(answers))


def _answers(source: Any) -> Iterator[tuple[AnswerKind, Any]]:
    while (answer := receive_answer(source.readinto)) is not None:
        yield answer


def test_requests_are_answered_in_turn() -> None:
    told = _served(CountBytes(), TakeMemory(1, then_wait=False), Refuse(), CountBytes())
    assert [kind for kind, _ in told] == [
        AnswerKind.READY,
        AnswerKind.DONE,
        AnswerKind.ABOUT,
        AnswerKind.DONE,
        AnswerKind.REFUSED,
        AnswerKind.DONE,
    ]
    assert told[1][1] == told[5][1] == (5, os.getpid())
    assert (told[2][1].item, told[2][1].cpu_s < 60) == ("first", True)
    assert sys.platform != "linux" or told[2][1].resident_bytes > 1_000_000
    refused = told[4][1]
    assert isinstance(refused, FeedError)
    assert (refused.status, refused.gone) == (NO_FEED(), False)


def test_a_bug_is_told_with_its_traceback() -> None:
    _, (kind, told) = _served(Break())
    assert kind is AnswerKind.BROKEN
    assert told.startswith("Traceback")
    assert "1 // 0" in told


def test_where_memory_ran_out_nothing_more_is_read() -> None:
    assert _served(OutOfMemory(), CountBytes())[1:] == [(AnswerKind.TOO_LARGE, None)]


def test_each_request_sets_its_bounds(unlimited: list[tuple[int, int]]) -> None:
    _served(CountBytes(), CountBytes())
    kinds = [resource.RLIMIT_AS, resource.RLIMIT_CPU]
    assert [kind for kind, _ in unlimited] == kinds * 2
    assert all(value > (PLENTY if kind == resource.RLIMIT_AS else 60) for kind, value in unlimited)


def test_memory_is_given_back_after_each_document() -> None:
    class Libc:
        trimmed = 0

        def malloc_trim(self, pad: int) -> None:
            assert pad == 0
            self.trimmed += 1

    libc = Libc()
    _served(CountBytes(), CountBytes(), libc=libc)
    assert libc.trimmed == 2


def test_a_bound_stays_within_the_hard_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    set_to: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (50, 100))
    monkeypatch.setattr(resource, "setrlimit", lambda kind, both: set_to.append((kind, both)))
    child._bound(resource.RLIMIT_CPU, 70)
    child._bound(resource.RLIMIT_CPU, 700)
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (50, resource.RLIM_INFINITY))
    child._bound(resource.RLIMIT_CPU, 700)
    assert set_to == [
        (resource.RLIMIT_CPU, (70, 100)),
        (resource.RLIMIT_CPU, (100, 100)),
        (resource.RLIMIT_CPU, (700, resource.RLIM_INFINITY)),
    ]


def test_a_system_that_takes_no_such_limit_is_put_up_with(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuses(_kind: int, _both: tuple[int, int]) -> None:
        raise ValueError("current limit exceeds maximum limit")

    monkeypatch.undo()
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(resource, "setrlimit", refuses)
    child._bound(resource.RLIMIT_AS, 700)
    assert "exceeds maximum limit" in caplog.text


def test_it_ends_at_once_where_its_parent_is_gone_already(monkeypatch: pytest.MonkeyPatch) -> None:
    class Libc:
        asked: tuple[int, int] | None = None

        def prctl(self, option: int, value: int) -> None:
            self.asked = (option, value)

    libc = Libc()
    child._end_with(os.getppid(), libc)
    expected = (child.PR_SET_PDEATHSIG, int(signal.SIGKILL)) if sys.platform == "linux" else None
    assert libc.asked == expected
    with pytest.raises(SystemExit) as ended:
        child._end_with(os.getpid(), libc)
    assert ended.value.code == 0


def test_what_is_logged_is_sent_as_one_bounded_text() -> None:
    ends = os.pipe()
    with os.fdopen(ends[0], "rb", buffering=0) as source, os.fdopen(ends[1], "wb", buffering=0) as to:
        handler = child.AnswerHandler(to)
        logger = logging.getLogger("tests.answers")
        logger.propagate = False
        logger.addHandler(handler)
        logger.warning("%s %s", "a" * 20_000, "b")
        try:
            _ = 1 // 0
        except ZeroDivisionError:
            logger.exception("with its traceback")
        logger.removeHandler(handler)
        send_answer(to, AnswerKind.DONE)
        to.close()
        (_, long), (kind, traced), _ = _answers(source)
    assert long == ("tests.answers", logging.WARNING, "a" * child.MAX_LOGGED)
    assert (kind, traced[:2]) == (AnswerKind.LOG, ("tests.answers", logging.ERROR))
    assert traced[2].startswith("with its traceback\nTraceback")
    assert "ZeroDivisionError" in traced[2]
