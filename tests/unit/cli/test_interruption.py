"""Ctrl-C ends work that blocks, whatever asyncio has set up for it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading

import pytest

from bot.cli.interruption import interruptible


def test_ctrl_c_is_heard_inside_the_block_alone() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        with pytest.raises(KeyboardInterrupt), interruptible():
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        assert heard == [signal.SIGINT]
    finally:
        signal.signal(signal.SIGINT, before)


def test_other_threads_are_left_as_they_are() -> None:
    before, inside = signal.getsignal(signal.SIGINT), []

    def work() -> None:
        with interruptible():
            inside.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert inside == [before]


async def test_ctrl_c_that_came_just_before_is_heard_at_the_begin() -> None:
    entered, heard = [], []

    async def work() -> None:
        # As asyncio's handler does while the task runs: it would hear of it at its next await.
        current = asyncio.current_task()
        assert current is not None
        current.cancel()
        try:
            with interruptible():
                entered.append(True)
        except KeyboardInterrupt:
            heard.append(True)

    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.create_task(work())
    assert (entered, heard) == ([], [True])
