"""Work that goes on for ever, and what ends it."""

from __future__ import annotations

import asyncio

import pytest

from bot.workers.outage import DatabaseOutage
from bot.workers.retry_loop import LONGEST_OUTAGE_WAIT_S, for_ever, run_together, wait_or_cancel
from tests.unit.workers.material import unavailable


class _EnoughError(Exception):
    """The end of a test's work."""


async def test_failures_are_waited_out_ever_longer_and_forgotten_after_a_success(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    waits: list[float] = []

    async def pause(seconds: float, _ends: asyncio.Event) -> None:
        waits.append(seconds)

    monkeypatch.setattr("bot.workers.retry_loop.pause", pause)
    steps = iter([OSError("a"), OSError("b"), None, OSError("c"), *[OSError("d")] * 9, _EnoughError()])

    async def step() -> None:
        error = next(steps)
        if error is not None:
            raise error

    with pytest.raises(_EnoughError):
        await for_ever("polling", step, fatal=(_EnoughError,))
    assert waits[:4] == [5.0, 10.0, 5.0, 10.0]
    assert max(waits) == 60.0
    assert caplog.messages[0] == "polling is held up for 5 s: a"


async def test_the_database_is_asked_again_soon_and_told_of_by_the_outage(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    waits: list[float] = []

    async def pause(seconds: float, _ends: asyncio.Event) -> None:
        waits.append(seconds)

    monkeypatch.setattr("bot.workers.retry_loop.pause", pause)
    monkeypatch.setattr("bot.workers.retry_loop.OUTAGE", DatabaseOutage())
    steps = iter([*[unavailable() for _ in range(9)], _EnoughError()])

    async def step() -> None:
        raise next(steps)

    with pytest.raises(_EnoughError):
        await for_ever("polling", step, fatal=(_EnoughError,))
    assert waits == [5.0, 10.0, *[LONGEST_OUTAGE_WAIT_S] * 7]
    assert len(caplog.messages) == 1


async def test_it_ends_after_the_step_that_is_being_taken() -> None:
    ends = asyncio.Event()
    steps: list[str] = []

    async def step() -> None:
        ends.set()
        await asyncio.sleep(0)
        steps.append("whole")

    await for_ever("polling", step, until=ends)
    await for_ever("polling", step, until=ends)
    assert steps == ["whole"]


async def test_tasks_may_end_by_themselves_for_a_while() -> None:
    ended = []

    async def quick() -> None:
        await asyncio.sleep(0.01)
        ended.append("quick")

    async def slow() -> None:
        await asyncio.sleep(60)

    async def broken() -> None:
        raise OSError("on purpose")

    tasks = [asyncio.create_task(work()) for work in (quick, slow, broken)]
    await wait_or_cancel(tasks, 0.1)
    assert ended == ["quick"]
    assert [task.done() for task in tasks] == [True, True, True]
    assert tasks[1].cancelled()
    await wait_or_cancel([], 0.1)


@pytest.mark.parametrize("cancelled", [True, False])
async def test_what_runs_together_ends_together(*, cancelled: bool) -> None:
    begun, ended = asyncio.Event(), []

    async def goes_on() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            ended.append("in order")

    async def fails() -> None:
        await begun.wait()
        if not cancelled:
            raise PermissionError("on purpose")

    running = asyncio.create_task(run_together(goes_on(), fails()))
    await begun.wait()
    if cancelled:
        running.cancel()
    await asyncio.wait({running})
    assert ended == ["in order"]
    assert running.cancelled() == cancelled
    if not cancelled:
        assert isinstance(running.exception(), PermissionError)
