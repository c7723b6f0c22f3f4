"""An outage of the database, as the background work of this process meets it: told once, and when it is over."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from storage.models import DatabaseUnavailableError

# What fails so soon after the last failure belongs to the same outage: no loop waits longer before it tries again.
SAME_OUTAGE_S = 90.0
TOLD_AGAIN_S = 600.0

log = logging.getLogger(__name__)


class DatabaseOutage:
    """Whether the database can't be written to, as far as was noticed.

    Some ten loops and dozens of pieces of work fail together, again and again: each alone would fill the log.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._ongoing = False
        self._last = self._told = float("-inf")

    def note(self, what: str, error: BaseException) -> bool:
        """Tell that this is held up, unless the outage was told; False if the error is about something else."""
        found = _outage_in(error)
        if found is None:
            return False
        now = self._monotonic()
        self._ongoing = True
        if now - self._last > SAME_OUTAGE_S or now - self._told > TOLD_AGAIN_S:
            self._told = now
            log.error(
                "the database can't be used (%s): %s is held up, as is all that has to be stored; "
                "it is tried again until it works, and nothing is lost",
                _cause(found),
                what,
            )
        self._last = now
        return True

    def over(self) -> None:
        """Something was stored."""
        if self._ongoing:
            log.info("the database can be used again; what waited for it goes on")
            self._ongoing = False


# There is one database in a process, as there is one log.
OUTAGE = DatabaseOutage()


def _outage_in(error: BaseException) -> DatabaseUnavailableError | None:
    """What says that the database can't be used, where all that failed failed for that."""
    if isinstance(error, BaseExceptionGroup):
        found = [_outage_in(one) for one in error.exceptions]
        return found[0] if all(found) else None
    return error if isinstance(error, DatabaseUnavailableError) else None


def _cause(error: DatabaseUnavailableError) -> str:
    """The driver's own words in one line, else the status's code."""
    cause = error.__cause__
    words = str(getattr(cause, "orig", None) or (cause if isinstance(cause, OSError) else ""))
    return words.splitlines()[0] if words else error.status.code
