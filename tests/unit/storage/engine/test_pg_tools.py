"""What is named for PostgreSQL: its own tools, with this address and without the password."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from storage.engine.database import database_url
from storage.engine.pg_tools import pg_dump_command, pg_restore_command


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://me:se%40cret@db.example:5433/earmark", "postgresql://me@db.example:5433/earmark"),
        ("postgres://db/earmark", "postgresql://db/earmark"),
        ("postgresql+asyncpg://me:secret@db/e?ssl=require", "postgresql://me@db/e?sslmode=require"),
        ("postgresql://me@db/e?sslmode=require&password=secret", "postgresql://me@db/e?sslmode=require"),
        ("postgresql://me:secret@/e?host=/var/run/pg", "postgresql://me@/e?host=%2Fvar%2Frun%2Fpg"),
        ("postgresql://me:secret@db/e?passfile=secret", "postgresql://me@db/e"),
    ],
)
def test_the_commands_hold_the_address_without_its_password(address: str, shown: str) -> None:
    file = Path("/back ups/it's.dump")
    dump = shlex.split(pg_dump_command(database_url(address), file))
    assert dump == ["pg_dump", "--format=custom", f"--file={file}", shown]
    restore = shlex.split(pg_restore_command(database_url(address), file))
    assert restore == ["pg_restore", "--no-owner", "--single-transaction", f"--dbname={shown}", str(file)]
    assert "secret" not in " ".join([*dump, *restore])
