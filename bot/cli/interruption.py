"""Ctrl-C during work that blocks: asyncio's own handler would wait until the work is done."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C raise KeyboardInterrupt at once inside the block, and at its begin if it came just before."""
    if threading.current_thread() is not threading.main_thread():
        # Only the main thread hears of signals.
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if _cancelled():
            raise KeyboardInterrupt
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _cancelled() -> bool:
    """Whether asyncio's handler has heard of Ctrl-C: it cancels the task, which would hear of it after the block."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no event loop runs
        return False
    return task is not None and task.cancelling() > 0
