"""The reading process as it is: warm and reused, within bounds, and ended with what it takes too much of."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.feeds.errors import FeedError
from bot.reading import child_process
from bot.reading.child_process import (
    TAKES_TOO_MUCH_MEMORY,
    TAKES_TOO_MUCH_TIME,
    ChildProcess,
    DocumentTooHeavyError,
    JobBrokenError,
    ReaderDiedError,
    ReaderUnavailableError,
)
from bot.reading.jobs import Job
from bot.reading.limits import MIB, mapped_and_resident
from tests.fakes.watch import TIMEOUT_S
from tests.unit.reading.heavy_jobs import (
    Break,
    Compute,
    CountBytes,
    Die,
    GrowSlowly,
    KeepMemory,
    Refuse,
    TakeMemory,
    Talk,
    TalkAndTakeMemory,
)

BOUND = 120 * MIB
linux = pytest.mark.skipif(sys.platform != "linux", reason="only there can another process's memory be seen")


@pytest.fixture(scope="module")
def child() -> Iterator[ChildProcess]:
    """One process for all that leave it alive; it is started anew after the others."""
    made = ChildProcess()
    yield made
    made.close()
    made.end()


def _pid(child: ChildProcess) -> int:
    _, pid = child.read(CountBytes(), b"", BOUND)
    assert isinstance(pid, int)
    return pid


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _gone(pid: int) -> bool:
    deadline = time.monotonic() + TIMEOUT_S
    while _is_there(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not _is_there(pid)


def test_one_process_reads_one_document_after_the_other(child: ChildProcess) -> None:
    body = bytearray(b"x" * (5 * MIB))
    length, pid = child.read(CountBytes(), body, BOUND)
    assert (length, pid) == (len(body), child.pid)
    assert pid != os.getpid()
    assert child.read(CountBytes(), b"", BOUND) == (0, pid)


def test_a_refused_document_leaves_the_process_as_it_is(child: ChildProcess) -> None:
    pid = _pid(child)
    with pytest.raises(FeedError, match="neither RSS nor Atom"):
        child.read(Refuse(), b"<html>", BOUND)
    with pytest.raises(JobBrokenError, match="ZeroDivisionError"):
        child.read(Break(), b"", BOUND)
    assert _pid(child) == pid


def test_what_it_logs_is_logged_here_and_what_it_prints_breaks_nothing(
    child: ChildProcess, caplog: pytest.LogCaptureFixture
) -> None:
    child.read(Talk(), b"", BOUND)
    [record] = [one for one in caplog.records if one.name == "bot.feeds"]
    assert (record.levelno, record.getMessage()) == (logging.WARNING, "the notes of 'an item' can't be read")


def test_it_gets_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISCORD_TOKEN", "EARMARK_DATABASE_URL", "PGPASSWORD"):
        monkeypatch.setenv(name, "hunter2")
    child = ChildProcess()
    try:
        found = child.read(Talk(), b"", BOUND)
    finally:
        child.end()
    assert "hunter2" not in found.values()
    assert "PATH" in found


@linux
@pytest.mark.parametrize(
    "job", [TakeMemory(300), TakeMemory(2000, at_once=True), TakeMemory(100_000, at_once=True)]
)
def test_a_document_that_takes_too_much_memory_ends_the_process_and_is_named(
    child: ChildProcess, job: Job[int]
) -> None:
    pid = _pid(child)
    with pytest.raises(DocumentTooHeavyError) as raised:
        child.read(job, b"", BOUND)
    assert (raised.value.status, raised.value.item) == (TAKES_TOO_MUCH_MEMORY(mib=120), "first")
    assert str(raised.value) == "Reading it takes more than 120 MiB of memory."
    assert _gone(pid)
    assert _pid(child) != pid


@linux
def test_a_process_that_talks_all_the_time_is_watched_too(child: ChildProcess) -> None:
    with pytest.raises(DocumentTooHeavyError) as raised:
        child.read(TalkAndTakeMemory(), b"", BOUND)
    # None of its items took much.
    assert (raised.value.status, raised.value.item) == (TAKES_TOO_MUCH_MEMORY(mib=120), None)


@linux
@pytest.mark.parametrize("items", [1 << 30, 3])
def test_the_item_that_was_read_last_is_not_blamed_for_what_others_took(
    child: ChildProcess, items: int
) -> None:
    with pytest.raises(DocumentTooHeavyError) as raised:
        child.read(GrowSlowly(items), b"", BOUND)
    assert (raised.value.status, raised.value.item) == (TAKES_TOO_MUCH_MEMORY(mib=120), None)


def test_a_document_that_takes_too_much_time_ends_the_process_and_is_named(child: ChildProcess) -> None:
    with pytest.raises(DocumentTooHeavyError) as raised:
        child.read(Compute(), b"", BOUND, cpu_s=1)
    assert (raised.value.status, raised.value.item) == (TAKES_TOO_MUCH_TIME(seconds=1), "endless")
    # The bound is each document's, not the process's.
    assert child.read(CountBytes(), b"1", BOUND)[0] == 1


@linux
def test_memory_that_a_document_left_behind_is_not_charged_to_the_next(child: ChildProcess) -> None:
    pid = child.read(KeepMemory(70), b"", BOUND)
    assert _gone(pid)
    assert child.pid is not None
    again = _pid(child)
    assert again != pid
    # A little is nothing.
    assert child.read(KeepMemory(5), b"", BOUND) == again
    assert _pid(child) == again


@linux
def test_memory_is_given_back_after_a_document(child: ChildProcess) -> None:
    pid = _pid(child)
    before = mapped_and_resident(pid)
    assert child.read(TakeMemory(60, then_wait=False), b"x" * MIB, BOUND) == 60
    assert _pid(child) == pid
    after = mapped_and_resident(pid)
    assert before is not None
    assert after is not None
    assert after[1] - before[1] < 20 * MIB


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_process_that_ends_by_itself_is_no_proof_against_the_document(
    child: ChildProcess, how: signal.Signals
) -> None:
    with pytest.raises(ReaderDiedError, match=how.name) as raised:
        child.read(Die(how), b"", BOUND)
    assert raised.value.item == "deadly"
    assert child.read(CountBytes(), b"12", BOUND)[0] == 2


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_what_ends_the_whole_group_is_left_to_the_bot(child: ChildProcess, sent: signal.Signals) -> None:
    pid = _pid(child)
    os.kill(pid, sent)
    assert _pid(child) == pid


def test_a_process_killed_between_two_documents_is_started_anew(child: ChildProcess) -> None:
    pid = _pid(child)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(ReaderDiedError) as raised:
        child.read(CountBytes(), b"x" * (8 * MIB), BOUND)
    assert raised.value.item is None
    assert child.read(CountBytes(), b"123", BOUND)[0] == 3


def _begun(file: Path) -> bool:
    deadline = time.monotonic() + TIMEOUT_S
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    return file.exists()


def test_a_frozen_process_is_ended(child: ChildProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    os.kill(_pid(child), signal.SIGSTOP)
    monkeypatch.setattr(child_process, "MAX_WAIT_S", 0.3)
    with pytest.raises(ReaderDiedError, match="by SIGKILL"):
        _pid(child)
    monkeypatch.undo()
    assert _pid(child)


async def test_closing_ends_a_document_in_the_middle(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    child, begun = ChildProcess(), tmp_path / "begun"
    pid = await asyncio.to_thread(_pid, child)
    reading = asyncio.create_task(asyncio.to_thread(child.read, Compute(str(begun)), b"", BOUND))
    assert await asyncio.to_thread(_begun, begun)
    child.close()
    with pytest.raises(ReaderUnavailableError, match="was stopped"):
        await reading
    assert child.pid is None
    assert _gone(pid)
    with pytest.raises(ReaderUnavailableError, match="was stopped"):
        child.read(CountBytes(), b"", BOUND)
    assert caplog.records == []


def test_a_process_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    child = ChildProcess()
    with monkeypatch.context() as patch:
        patch.setattr("bot.reading.child_process.sys.executable", str(tmp_path / "missing"))
        with pytest.raises(ReaderUnavailableError, match="can't be started"):
            child.start()
    with monkeypatch.context() as patch:
        # It finds none of its modules.
        patch.setattr("bot.reading.child_process.sys.path", [str(tmp_path)])
        patch.setattr("bot.reading.child_process.sys.executable", "/bin/false")
        with pytest.raises(ReaderUnavailableError, match="ended with exit code 1 at its start"):
            child.read(CountBytes(), b"", BOUND)
    # As soon as it can be, it is.
    assert child.read(CountBytes(), b"", BOUND)[0] == 0
    child.end()


def test_a_bot_with_a_thousand_open_files_reads_documents() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2048:
        pytest.skip("so many files can't be opened here")
    child = ChildProcess()
    resource.setrlimit(resource.RLIMIT_NOFILE, (2048, hard))
    try:
        with ExitStack() as files:
            while files.enter_context(Path(os.devnull).open("rb")).fileno() < 1024:
                pass
            assert child.read(CountBytes(), b"abc", BOUND)[0] == 3
    finally:
        child.end()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@linux
def test_a_killed_parent_takes_it_along_in_the_middle_of_a_document(tmp_path: Path) -> None:
    told, begun = tmp_path / "pid", tmp_path / "begun"
    program = f"""
import pathlib, threading
from bot.reading.child_process import ChildProcess
from tests.unit.reading.heavy_jobs import Compute
child = ChildProcess()
child.start()
pathlib.Path({str(told)!r}).write_text(str(child.pid))
threading.Thread(target=child.read, args=(Compute({str(begun)!r}), b"", 1 << 30), daemon=True).start()
threading.Event().wait()
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = os.posix_spawn(sys.executable, [sys.executable, "-c", program], environment)
    try:
        assert _begun(begun)
        pid = int(told.read_text())
    finally:
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)
    assert _gone(pid)


def test_the_process_is_started_once_for_many_threads_that_want_it() -> None:
    child = ChildProcess()
    threads = [threading.Thread(target=child.start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pid = child.pid
    assert pid is not None
    child.start()
    assert child.pid == pid
    child.close()
    assert child.end() == -signal.SIGKILL
    assert child.end() == 0
