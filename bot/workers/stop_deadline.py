"""The last word of a stop: a process that was told to end does so in time, whatever it still waits for."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable

# Containers and service managers kill after ten seconds, operators lose patience after three.
STOP_WITHIN_S = 2.7
TOLD_WITHIN_S = 0.2

log = logging.getLogger(__name__)


class StopDeadline:
    """Ends the process some time after `begin`, unless it has ended by itself.

    What may hold it up is in no one's hands: a look-up of a name, a disk, or a database in some thread that the
    interpreter waits for. Nothing is lost: all work is such that a killed process's is taken up by the next.
    """

    def __init__(self, seconds: float = STOP_WITHIN_S, end: Callable[[int], object] = os._exit) -> None:
        self._seconds = seconds
        self._end = end
        self._timer: threading.Timer | None = None

    def begin(self) -> None:
        """Start the clock; it runs once."""
        if self._timer is None:
            self._timer = threading.Timer(self._seconds, self._end_now)
            self._timer.daemon = True
            self._timer.start()

    def _end_now(self) -> None:
        # stderr may be a pipe that nobody reads.
        telling = threading.Thread(target=_tell, args=(self._seconds,), daemon=True)
        telling.start()
        telling.join(TOLD_WITHIN_S)
        self._end(0)


def _tell(seconds: float) -> None:
    threads = [one.name for one in threading.enumerate() if not one.daemon]
    log.warning(
        "stopping took longer than %.1f s and was cut short; what was under way is taken up at the next start "
        "(still there: %s)",
        seconds,
        ", ".join(threads),
    )
