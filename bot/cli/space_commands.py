"""`compact`: the space of what was deleted goes back to the disk at once."""

from __future__ import annotations

from bot.cli import records
from bot.cli.context import EXIT_FAILED, Options, open_db
from bot.cli.output import print_error, print_json, print_text
from bot.config import Settings
from storage.engine.sqlite_space import RewriteError

ON_POSTGRESQL = (
    "This database is on PostgreSQL, whose autovacuum uses the space of deleted rows again; "
    "only its own VACUUM FULL, which locks the tables, makes the files smaller."
)


async def compact(options: Options, settings: Settings) -> int:
    """Rewrite SQLite's file without free space."""
    async with open_db(settings) as db:
        if await db.file_space() is None:
            print_error(ON_POSTGRESQL)
            return EXIT_FAILED
        try:
            won = await db.rewrite()
        except RewriteError as error:
            print_error(str(error))
            return EXIT_FAILED
        after = await db.file_space()
    size = after.size if after else 0
    if options.json:
        print_json({"bytes": size, "freed": won})
    else:
        print_text(f"The database has {records.size_text(size)} now, {records.size_text(won)} less.")
    return 0
