"""The parser thread: one document at a time, and pauses in which the event loop gets its turn."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from bot.workers.parser_thread import PAUSE_S, WORK_S, GilPause, ParserThread


@pytest.fixture
def thread() -> Iterator[ParserThread]:
    made = ParserThread()
    yield made
    made.close()


async def test_work_runs_one_at_a_time_beside_the_loop(thread: ParserThread) -> None:
    events: list[str] = []

    def work() -> str:
        events.append("begin")
        time.sleep(0.002)
        events.append("end")
        return threading.current_thread().name

    names = await asyncio.gather(*(thread.run(work) for _ in range(5)))
    assert set(names) == {"parser_0"}
    assert events == ["begin", "end"] * 5


async def test_errors_reach_the_caller(thread: ParserThread) -> None:
    with pytest.raises(ZeroDivisionError):
        await thread.run(lambda: 1 // 0)
    assert await thread.run(lambda: "still alive") == "still alive"


async def test_closing_drops_what_has_not_begun(thread: ParserThread) -> None:
    go_on = threading.Event()
    first = asyncio.ensure_future(thread.run(go_on.wait))
    second = asyncio.ensure_future(thread.run(lambda: None))
    await asyncio.sleep(0)
    thread.close()
    go_on.set()
    assert await first is True
    with pytest.raises(asyncio.CancelledError):
        await second


def test_a_pause_comes_only_after_some_work(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    slept: list[float] = []
    monkeypatch.setattr("bot.workers.parser_thread.time.perf_counter", lambda: now)
    monkeypatch.setattr("bot.workers.parser_thread.time.sleep", slept.append)
    pause = GilPause()
    pause()
    assert slept == []
    now += WORK_S * 1.5
    pause()
    pause()
    assert slept == [PAUSE_S]
    now += WORK_S * 1.5
    pause()
    assert slept == [PAUSE_S] * 2
