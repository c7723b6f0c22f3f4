"""Keeps the database in its bounds: what is deleted gives its space back to the disk."""

from __future__ import annotations

import logging

from storage.engine.database import Database
from storage.engine.sqlite_space import SMALL_BYTES, RewriteError

log = logging.getLogger(__name__)


async def let_file_shrink(db: Database, *, small_bytes: int = SMALL_BYTES) -> None:
    """Rewrite a small SQLite file of an older version, which could not give space back; tell of a large one."""
    space = await db.file_space()
    if space is None or space.returns:
        return
    mb = space.size // 2**20 + 1
    if space.size > small_bytes:
        log.warning(
            "the database file (%d MB) keeps the space of what is deleted until it was rewritten once: "
            "`python -m bot compact` does that, needs up to %d MB of free disk space and some %d s",
            mb,
            2 * mb,
            mb // 50 + 1,
        )
        return
    try:
        won = await db.rewrite()
    except RewriteError as error:
        log.warning("%s Until then it keeps the space of what is deleted.", error)
    else:
        log.info("rewrote the database file, so that it gives space back; it is %d MB smaller", won // 2**20)
