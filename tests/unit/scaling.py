"""Whether work grows no faster than its input, whatever else the machine does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
ATTEMPTS = 3


def assert_linear(work: Callable[[T], object], quarter: T, whole: T) -> None:
    """Fail if four times as much input takes more than eight times as long: quadratic work takes sixteen times.

    A tenth of a second is allowed for what does not depend on the size. CPU time is compared, and only the best of
    a few attempts counts, because processes that share a core slow each other down.
    """
    quarters, wholes = [], []
    for _ in range(ATTEMPTS):
        quarters.append(_cpu_s(work, quarter))
        wholes.append(_cpu_s(work, whole))
        if wholes[-1] < 8 * quarters[-1] + 0.1:
            return
    assert min(wholes) < 8 * min(quarters) + 0.1


def _cpu_s(work: Callable[[T], object], given: T) -> float:
    began = time.process_time()
    work(given)
    return time.process_time() - began
