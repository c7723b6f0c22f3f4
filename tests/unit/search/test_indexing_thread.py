"""The thread that writes segments."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from bot.search.indexing_thread import IndexingThread

ENDS = """
import asyncio, threading
from bot.search.indexing_thread import IndexingThread
async def main():
    thread = IndexingThread()
    task = asyncio.ensure_future(thread.run(threading.Event().wait))
    await asyncio.sleep(0.1)
    task.cancel()
    thread.close()
asyncio.run(main())
print("ended")
"""


def _fail() -> None:
    raise OSError(28, "No space left on device")


async def test_work_is_done_in_one_thread_in_order() -> None:
    thread = IndexingThread()
    done: list[int] = []

    def work(number: int) -> Callable[[], int]:
        def do() -> int:
            done.append(number)
            return threading.get_ident()

        return do

    threads = await asyncio.gather(*(thread.run(work(number)) for number in range(20)))
    assert done == list(range(20))
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()
    thread.close()


async def test_what_the_work_raises_is_raised_where_it_is_awaited() -> None:
    thread = IndexingThread()
    with pytest.raises(OSError, match="No space"):
        await thread.run(_fail)
    assert await thread.run(lambda: 1) == 1
    thread.close()


async def test_what_was_cancelled_before_it_began_is_not_done() -> None:
    thread = IndexingThread()
    began, go_on = threading.Event(), threading.Event()
    done: list[str] = []

    def hold() -> None:
        began.set()
        go_on.wait()

    first = asyncio.ensure_future(thread.run(hold))
    second = asyncio.ensure_future(thread.run(lambda: done.append("second")))
    await asyncio.to_thread(began.wait)
    first.cancel()
    second.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    go_on.set()
    await thread.run(lambda: done.append("third"))
    assert done == ["third"]
    thread.close()


def test_work_that_never_ends_does_not_hold_up_the_end_of_the_process() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ENDS], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout == "ended\n"
    assert ended.stderr == ""
