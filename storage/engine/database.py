"""The database: one writer, a pool of readers, migrated when it is opened."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from copy import copy
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.engine import sqlite_space
from storage.engine.sqlite_engines import BUSY_TIMEOUT_S, READERS, sqlite_engines
from storage.engine.sqlite_reader import Rows, SqliteReader
from storage.engine.unavailable import READ_ONLY, why_unavailable
from storage.models.status import DatabaseUnavailableError

APPLICATION_ID = 0x4541524D  # "EARM": how `file` and Earmark itself recognise the database
SMALLEST_SQLITE_FILE = 512  # bytes: one page
# How long a write that a member waits for waits for its turn: Discord wants an answer within 3 s.
HURRY_S = 1.0
# Between two steps that give space back, so that other writers get their turn.
SHRINK_REST_S = 0.02
# The key of an advisory lock: any number that all processes agree on.
MIGRATION_LOCK = 0x4541524D
DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
F = TypeVar("F")
T = TypeVar("T")

MIGRATIONS = Path(__file__).parents[1] / "migrations"


class DatabaseError(Exception):
    """The database can't be used; the message is one sentence for the operator."""


def known_revisions() -> list[str]:
    """The revisions of this Earmark's migrations, oldest first, from the names of their files."""
    return sorted(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


class _Hurry:
    """Lets the writes that somebody waits for go first: SQLite gives its lock to whoever happens to ask in a gap."""

    def __init__(self) -> None:
        self._waiting = 0
        self._over = asyncio.Event()

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """A write that somebody waits for, from its wait for the lock to its end."""
        self._waiting += 1
        self._over.clear()
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._over.set()

    async def let_pass(self) -> None:
        """Wait until there is none, for a while at most: they must not keep the others out for good."""
        if self._waiting:
            with suppress(TimeoutError):
                async with asyncio.timeout(HURRY_S):
                    await self._over.wait()


class Database:
    """The open database. Only `storage` takes connections from it."""

    def __init__(
        self,
        writer: AsyncEngine,
        readers: AsyncEngine,
        quick: SqliteReader | None = None,
        *,
        hurried: AsyncEngine | None = None,
        single_user: bool = False,
    ) -> None:
        self._writer = writer
        # PostgreSQL's pool serves both; there the wait itself is bounded.
        self._hurried_writer = hurried or writer
        self._within_s: float | None = None
        self._hurry, self._hurries = _Hurry(), False
        self._readers = readers
        self._quick = quick
        self._single_user = single_user
        # One thread: a second one answers no more queries a second, and delays the event loop.
        self._search_thread = ThreadPoolExecutor(1, thread_name_prefix="search")

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._writer.dialect.name

    @property
    def hurried(self) -> Database:
        """The same database for somebody who waits: a write that has no turn within seconds is given up."""
        hurried = copy(self)
        hurried._writer = self._hurried_writer  # noqa: SLF001 - its own
        hurried._hurries = True  # noqa: SLF001
        if self.dialect == "postgresql":
            hurried._within_s = HURRY_S  # noqa: SLF001
        return hurried

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that may write; it is rolled back if the block raises.

        Raises DatabaseUnavailableError where it has no turn in time, or no space.
        """
        if not self._hurries:
            await self._hurry.let_pass()
        with _told(), self._hurry.claimed() if self._hurries else nullcontext():
            async with asyncio.timeout(self._within_s), self._writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that only reads; all of it sees the same state. Raises DatabaseUnavailableError."""
        # Writing here is a fault of the program, not of the disk.
        with _told(apart_from=READ_ONLY):
            async with asyncio.timeout(self._within_s), self._readers.begin() as connection:
                yield connection

    async def check_writable(self) -> None:
        """Raises DatabaseUnavailableError where nothing can be written now."""
        async with self.write() as connection:
            if self.dialect == "sqlite":
                # It takes a page, which a full disk has not.
                await connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")

    async def quick_read(self, read: Callable[[Rows], T]) -> T:
        """A small read that a command waits for."""
        return await self.find_and_read(lambda: None, lambda rows, _: read(rows))

    async def find_and_read(self, find: Callable[[], F], read: Callable[[Rows, F], T]) -> T:
        """Run `find` in a thread, then `read` what it found, in one transaction: for what a command waits for."""
        loop = asyncio.get_running_loop()
        if (quick := self._quick) is not None and self._single_user:
            return _find_and_read(quick, find, read)
        if quick is not None:
            return await loop.run_in_executor(self._search_thread, _find_and_read, quick, find, read)
        found = await loop.run_in_executor(self._search_thread, find)
        async with self.read() as connection:
            return await connection.run_sync(
                lambda sync: read(lambda statement, values: sync.execute(statement, values).all(), found)
            )

    async def file_space(self) -> sqlite_space.FileSpace | None:
        """How much of SQLite's file is in use; None on PostgreSQL."""
        return await self._on_file(sqlite_space.file_space)

    async def shrink(self) -> int:
        """Give the space of deleted rows back to the disk, while others write; the bytes that the file shrank by.

        PostgreSQL's autovacuum reuses that space by itself.
        """
        before = await self.file_space()
        if before is None:
            return 0
        # In many short calls, so that nobody who ends the program waits for all of them.
        more: bool | None = True
        while more:
            more = await self._on_file(sqlite_space.shrink_some)
            await asyncio.sleep(SHRINK_REST_S)
        await self._on_file(sqlite_space.cut_journal)
        after = await self.file_space()
        return max(0, before.size - after.size) if after else 0

    async def rewrite(self) -> int:
        """Write SQLite's whole file anew, while others wait; the bytes that it shrank by. Raises RewriteError."""
        return await self._on_file(sqlite_space.rewrite) or 0

    async def _on_file(self, work: Callable[[Path], T]) -> T | None:
        name = self._writer.url.database
        with _told():
            return await asyncio.to_thread(work, Path(name)) if self.dialect == "sqlite" and name else None

    async def close(self) -> None:
        """Close every connection."""
        if self._quick is not None:
            await asyncio.get_running_loop().run_in_executor(self._search_thread, self._quick.close)
        self._search_thread.shutdown(wait=False, cancel_futures=True)
        for engine in (self._readers, self._writer, self._hurried_writer):
            await engine.dispose()


@contextmanager
def _told(apart_from: str = "") -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if (why := why_unavailable(error)) is None or why.code == apart_from:
            raise
        raise DatabaseUnavailableError(why) from error


def _find_and_read(reader: SqliteReader, find: Callable[[], F], read: Callable[[Rows, F], T]) -> T:
    found = find()
    with _told(apart_from=READ_ONLY):
        return reader.read(lambda rows: read(rows, found))


def database_url(text: str) -> str:
    """The address, with the driver that the database is opened with. Raises ValueError if it can't be used."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise ValueError("no database address") from error
    if url.drivername not in DRIVERS or not url.database or url.database == ":memory:":
        raise ValueError("no database that Earmark can use")
    if "sslmode" in url.query:
        # PostgreSQL's own tools, and most hosts, use this name for what the driver calls ssl.
        url = url.set(
            query={"ssl" if name == "sslmode" else name: value for name, value in url.query.items()}
        )
    return url.set(drivername=DRIVERS[url.drivername]).render_as_string(hide_password=False)


def sqlite_url(path: Path) -> str:
    """The address of this file, with its name escaped."""
    return URL.create(DRIVERS["sqlite"], database=str(path)).render_as_string()


async def open_database(address: str, *, single_user: bool = False) -> Database:
    """Open the database at this SQLAlchemy URL, created or migrated as needed. Raises DatabaseError.

    `single_user`: nobody else is served, as on the command line, so quick reads may block the event loop. Switching
    threads takes 0.1 to 0.3 ms, as long as the read itself.
    """
    url = make_url(address)
    try:
        if url.get_backend_name() == "sqlite":
            await asyncio.to_thread(_prepare_sqlite_file, Path(url.database or ""))
            engines = sqlite_engines(url, HURRY_S)
            writer, hurried, readers, quick = engines.writer, engines.hurried, engines.readers, engines.quick
        else:
            writer = create_async_engine(url, pool_size=READERS, pool_pre_ping=True, hide_parameters=True)
            # The same pool, with an isolation level that lets all statements of a transaction see one state.
            readers = writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            hurried = writer
            quick = None
        try:
            # A read first, so that the command line need not wait for its turn to write while a bot is busy.
            async with readers.begin() as connection:
                current = await _revision(connection) == known_revisions()[-1]
            if not current:
                async with writer.begin() as connection:
                    await _migrate(connection)
        except BaseException:
            await writer.dispose()
            await readers.dispose()
            raise
    except (SQLAlchemyError, sqlite3.Error, OSError, TypeError) as error:
        # The driver raises TypeError for an unknown option in the address.
        raise DatabaseError(f"The database can't be opened: {_cause(error)}.") from error
    return Database(writer, readers, quick, hurried=hurried, single_user=single_user)


def _cause(error: BaseException) -> str:
    """The driver's message: SQLAlchemy's own repeats the statement and adds a link."""
    original = getattr(error, "orig", None) or error
    text = str(original).splitlines()[0] if str(original) else type(original).__name__
    return text.rstrip(".")


def _prepare_sqlite_file(path: Path) -> None:
    _check_sqlite_file(path)
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S)
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    try:
        # Before the first table and the journal's mode: later it would take a rewrite of the file.
        sqlite_space.choose_auto_vacuum(connection)
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                # SQLite refuses this switch, without waiting, while another process makes it.
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return
    finally:
        connection.close()


def _check_sqlite_file(path: Path) -> None:
    """Refuse a file of another program or of a newer Earmark, before anything is opened for writing."""
    if not path.parent.is_dir():
        raise DatabaseError(f"The database can't be opened: the folder {path.parent} does not exist.")
    if not path.exists() or path.stat().st_size == 0:
        return
    if path.is_file() and path.stat().st_size < SMALLEST_SQLITE_FILE:
        # SQLite would take it for an empty database and overwrite it.
        raise DatabaseError(f"{path} is no database that Earmark can read; name a file for Earmark alone.")
    # If no other process has it open, it is read as immutable, which leaves no empty journal beside it.
    journal = path.with_name(f"{path.name}-wal")
    alone = not journal.exists() or journal.stat().st_size == 0
    try:
        _refuse_foreign(path, "mode=ro&immutable=1" if alone else "mode=ro")
    except sqlite3.DatabaseError:
        try:
            # Another process may have begun to write in the meantime.
            _refuse_foreign(path, "mode=ro")
        except sqlite3.DatabaseError as error:
            raise DatabaseError(f"{path} is no database that Earmark can read ({error}).") from error


def _refuse_foreign(path: Path, how: str) -> None:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=BUSY_TIMEOUT_S)
    # In a damaged file names may be no text.
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    try:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        revision = None
        if "alembic_version" in tables:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            revision = row[0] if row else None
    finally:
        connection.close()
    if application != APPLICATION_ID and (tables or application):
        raise DatabaseError(f"{path} is a database of another program; name a file for Earmark alone.")
    _refuse_newer(str(path), revision, version)


def _refuse_newer(what: str, revision: str | None, version: int = 0) -> None:
    known = known_revisions()
    newer = revision if revision not in (None, *known) else version if version > int(known[-1]) else None
    if newer is not None:
        raise DatabaseError(
            f"The database {what} was made by a newer Earmark (revision {newer}); "
            f"run that version, or restore a backup made by this one ({known[-1]})."
        )


async def _migrate(connection: AsyncConnection) -> None:
    """Bring the tables up to date in the caller's transaction, which on SQLite keeps other processes out."""
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
    if await _revision(connection) == known_revisions()[-1]:
        return
    await connection.run_sync(_upgrade)
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        await connection.exec_driver_sql(f"PRAGMA user_version = {int(known_revisions()[-1])}")


async def _revision(connection: AsyncConnection) -> str | None:
    """The revision of the tables, None if there are none. Raises DatabaseError if a newer Earmark made them."""
    tables = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
    if "alembic_version" not in tables:
        return None
    revision: str | None = await connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    _refuse_newer(connection.engine.url.database or "", revision)
    return revision


def _upgrade(connection: Connection) -> None:
    # Imported here: it takes 10 MB, which a start without a migration saves.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
