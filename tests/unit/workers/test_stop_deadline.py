"""A process that was told to end does so, whatever its threads are at."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading

import pytest

from bot.workers.stop_deadline import StopDeadline
from tests.fakes.watch import TIMEOUT_S
from tests.paths import ROOT

# A thread that the interpreter would wait for, and a loop that waits for another.
STUCK = """
import asyncio, logging, sys, threading, time
from bot.workers.stop_deadline import StopDeadline

logging.basicConfig()
deadline = StopDeadline(float(sys.argv[1]))
threading.Thread(target=time.sleep, args=(600,), name="stuck").start()

async def main():
    asyncio.ensure_future(asyncio.to_thread(time.sleep, 600))
    await asyncio.sleep(0)
    deadline.begin()
    deadline.begin()

asyncio.run(main())
"""
DONE = """
import sys
from bot.workers.stop_deadline import StopDeadline

StopDeadline(float(sys.argv[1])).begin()
sys.exit(3)
"""


def _run(program: str, seconds: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, str(seconds)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def test_threads_that_would_be_waited_for_are_left_behind() -> None:
    done = _run(STUCK, 0.1)
    assert done.returncode == 0
    [line] = done.stderr.splitlines()
    assert "stopping took longer than 0.1 s and was cut short" in line
    assert "stuck" in line


def test_a_process_that_ends_by_itself_is_not_held_up() -> None:
    done = _run(DONE, 600)
    assert (done.returncode, done.stderr) == (3, "")


def test_it_ends_although_nobody_reads_what_it_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    read = threading.Event()

    class Blocked(logging.Handler):
        def emit(self, _record: logging.LogRecord) -> None:
            read.wait(TIMEOUT_S)

    handler = Blocked()
    logging.getLogger("bot.workers.stop_deadline").addHandler(handler)
    try:
        monkeypatch.setattr("bot.workers.stop_deadline.TOLD_WITHIN_S", 0.01)
        StopDeadline(0.01, lambda _code: ended.set()).begin()
        assert ended.wait(TIMEOUT_S)
    finally:
        read.set()
        logging.getLogger("bot.workers.stop_deadline").removeHandler(handler)
