"""Reads on a plain SQLite connection: the values that SQLAlchemy would give, all of one state."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.engine.sqlite_reader import Rows, SqliteReader, numbered_parameters, numbered_values
from storage.tables.column_types import UtcDateTime

metadata = sa.MetaData()
lamp = sa.Table(
    "lamp",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text),
    sa.Column("lit_at", UtcDateTime),
    sa.Column("on", sa.Boolean),
)
EVENING = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with three lamps, in WAL mode as the bot's is."""
    file = tmp_path / "lamps.db"
    engine = sa.create_engine(f"sqlite:///{file}")
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("PRAGMA journal_mode=WAL"))
        rows = [{"id": n, "name": f"lamp {n}", "lit_at": EVENING, "on": n == 2} for n in (1, 2, 3)]
        connection.execute(lamp.insert(), rows)
    engine.dispose()
    return file


@pytest.fixture
def reader(path: Path) -> Iterator[SqliteReader]:
    reader = SqliteReader(lambda: sqlite3.connect(path, isolation_level=None))
    yield reader
    reader.close()


def test_values_have_the_types_of_their_columns(reader: SqliteReader) -> None:
    statement = sa.select(lamp).where(lamp.c.id == sa.bindparam("wanted"))
    rows = reader.read(lambda select: select(statement, {"wanted": 2}))
    assert [tuple(row) for row in rows] == [(2, "lamp 2", EVENING, True)]


def test_constants_of_a_statement_keep_their_values(reader: SqliteReader) -> None:
    statement = sa.select(lamp.c.name).where(lamp.c.id > 1, lamp.c.id < sa.bindparam("below"))
    assert [tuple(row) for row in reader.read(lambda select: select(statement, {"below": 3}))] == [
        ("lamp 2",)
    ]


def test_a_list_is_as_many_parameters(reader: SqliteReader) -> None:
    statement = sa.select(lamp.c.id).where(lamp.c.id.in_(numbered_parameters("id", 2))).order_by(lamp.c.id)
    rows = reader.read(lambda select: select(statement, numbered_values("id", [3, 1])))
    assert [tuple(row) for row in rows] == [(1,), (3,)]


def test_one_read_sees_one_state(reader: SqliteReader, path: Path) -> None:
    count = sa.select(sa.func.count()).select_from(lamp)

    def work(select: Rows) -> tuple[int, int]:
        before = select(count, {})[0][0]
        with sqlite3.connect(path) as another:
            another.execute("DELETE FROM lamp WHERE id = 1")
        return before, select(count, {})[0][0]

    assert reader.read(work) == (3, 3)
    assert reader.read(lambda select: select(count, {})[0][0]) == 2


def test_a_read_that_fails_leaves_the_connection_usable(reader: SqliteReader) -> None:
    def fails(_select: Rows) -> None:
        raise ValueError("the caller's own fault")

    with pytest.raises(ValueError, match="own fault"):
        reader.read(fails)
    assert reader.read(lambda select: len(select(sa.select(lamp.c.id), {}))) == 3


def test_rows_can_not_be_read_later(reader: SqliteReader) -> None:
    kept = reader.read(lambda select: select)
    reader.close()
    with pytest.raises(RuntimeError, match="inside of `read` only"):
        kept(sa.select(lamp.c.id), {})
