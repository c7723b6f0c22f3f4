"""When a stored time has come. One that a wrong clock stored, years ahead, must not keep its row for years.

A machine that boots in 2099 and is corrected then leaves such times behind: the next poll, the next attempt, the end
of a lease. None of them ever lies further ahead than the longest wait of its kind, so one that does is past.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

# Clocks of processes that share a database may differ by this.
CLOCKS_DIFFER = timedelta(minutes=10)
# Leases last for seconds. A process whose clock is an hour ahead still holds what it holds: two that announce the
# same episode are worse than an hour's delay.
LONGEST_LEASE = timedelta(hours=1)
# A file that fails is tried again after 10 min × 4⁵ at most.
LONGEST_FILE_WAIT = timedelta(days=8)
# Deliveries and follow-ups are given up after days; Discord asks for no longer wait, nor does a paused destination.
LONGEST_ANNOUNCING_WAIT = timedelta(days=3)

# What an operator may choose for EARMARK_WAIT_FOR_FILES.
LONGEST_WAIT_FOR_FILES = timedelta(minutes=5)

Condition = sa.ColumnElement[bool]


def has_come(time: sa.ColumnElement[Any], now: datetime, longest: timedelta) -> Condition:
    """The time is past, or further ahead than anything of its kind waits. False where there is none."""
    return sa.or_(time <= now, time > now + longest + CLOCKS_DIFFER)


def is_ahead(time: sa.ColumnElement[Any], now: datetime, longest: timedelta) -> Condition:
    """The time is still to come, and no further ahead than anything of its kind waits. False where there is none."""
    return sa.and_(time > now, time <= now + longest + CLOCKS_DIFFER)
