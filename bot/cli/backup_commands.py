"""`backup` and `restore`: an installation as one file, and an installation out of such a file."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.cli import records
from bot.cli.context import EXIT_FAILED, EXIT_USAGE, Options, open_db
from bot.cli.interruption import interruptible
from bot.cli.output import print_error, print_json, print_text
from bot.config import Settings, prepare_data_dir
from bot.quotes import SEARCH_FOLDER, QuoteFinder
from storage.engine.backup import Progress, back_up, finish, put_in_place, restored_part, sqlite_path
from storage.engine.database import Database, open_database, sqlite_url
from storage.engine.pg_tools import pg_dump_command, pg_restore_command
from storage.tables.backups import settle_restored
from storage.tables.destinations import all_destinations
from storage.tables.podcasts import list_podcasts

ON_POSTGRESQL = (
    "This database is on PostgreSQL, whose own tool {does} (it asks for the password, or reads it from PGPASSWORD): "
    "{command}"
)
NOT_NOTED = (
    "The backup is complete, but the database could not note when it was made, so `doctor` won't tell."
)
THEN_SETTLE = "Then run `restore --settle`, so that what was announced since is not announced again."
STOP_THE_OTHER = "Stop the installation that it was made of before you run this one: both would announce."


async def backup(options: Options, settings: Settings) -> int:
    """Copy the database into a file, also while the bot runs."""
    file = Path(options.file)
    database = sqlite_path(settings.database_url)
    if database is None:
        command = pg_dump_command(settings.database_url, file)
        print_error(ON_POSTGRESQL.format(does="backs it up", command=command))
        return EXIT_FAILED
    with interruptible():
        made = back_up(database, file, replace=options.force, progress=_progress("Copying"))
    if not made.noted:
        print_error(NOT_NOTED)
    if options.json:
        print_json({"file": str(file), "bytes": made.bytes, "made_at": records.iso(made.at)})
    else:
        print_text(f"Backed up {database} to {file}: {records.size_text(made.bytes)}, checked.")
    return 0


async def restore(options: Options, settings: Settings) -> int:
    """Make a backup the database of an empty installation, or settle one that other tools have put there."""
    if options.settle == (options.file is not None):
        print_error("Name the file to restore, or say --settle after other tools have restored the database.")
        return EXIT_USAGE
    if options.file is None:
        return await _settle(options, settings)
    file = Path(options.file)
    database = sqlite_path(settings.database_url)
    if database is None:
        command = pg_restore_command(settings.database_url, file)
        print_error(f"{ON_POSTGRESQL.format(does='restores a backup', command=command)}\n{THEN_SETTLE}")
        return EXIT_FAILED
    prepare_data_dir(settings)
    with interruptible(), restored_part(file, database, _progress("Copying")) as part:
        db = await open_database(sqlite_url(part))
        try:
            made_at, unsent = await settle_restored(db, datetime.now(UTC))
        finally:
            await db.close()
        finish(part)
        put_in_place(part, database)
    async with open_db(settings) as db:
        await _tell_restored(options, settings, db, made_at, unsent)
    return 0


async def _settle(options: Options, settings: Settings) -> int:
    async with open_db(settings) as db:
        made_at, unsent = await settle_restored(db, datetime.now(UTC))
        await _tell_restored(options, settings, db, made_at, unsent)
    return 0


async def _tell_restored(
    options: Options, settings: Settings, db: Database, made_at: datetime, unsent: int
) -> None:
    """Build the search's files, so that the first question need not wait for them, and tell what is there now."""
    if sys.stderr.isatty():
        print_error("Building the search index …")
    finder = QuoteFinder(db, settings.data_dir / SEARCH_FOLDER)
    try:
        await finder.warm()
        await finder.tidy()
    except OSError as error:
        print_error(f"The search index can't be built now ({error.strerror}): the bot will build it.")
    finally:
        await finder.close()
    podcasts, channels = await list_podcasts(db), await all_destinations(db)
    record = {
        "file": options.file,
        "made_at": records.iso(made_at),
        "podcasts": len(podcasts),
        "episodes": sum(one.episode_count for one in podcasts),
        "destinations": len(channels),
        "looked_for": unsent,
    }
    if options.json:
        print_json(record)
    else:
        print_text("\n".join(records.restored_lines(record)))
    print_error(STOP_THE_OTHER)


def _progress(doing: str) -> Progress:
    """Shows progress on one line of a terminal, and nothing if stderr is no terminal."""

    def show(done: int, of: int) -> None:
        if of and sys.stderr.isatty():
            end = "\n" if done == of else ""
            sys.stderr.write(f"\r{doing}: {done * 100 // of} %{end}")
            sys.stderr.flush()

    return show
