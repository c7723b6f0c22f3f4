"""The commands that back up and restore a database on PostgreSQL: its own tools do that best."""

from __future__ import annotations

import shlex
from pathlib import Path

from sqlalchemy.engine import URL, make_url

# What PostgreSQL's own tools take of an address; others are the driver's, or may hold a password.
PASSED_ON = {"ssl": "sslmode", "host": "host", "port": "port"}


def pg_dump_command(address: str, file: Path) -> str:
    """The command that writes the database at this SQLAlchemy URL into a file, without the password."""
    return shlex.join(["pg_dump", "--format=custom", f"--file={file}", _without_password(address)])


def pg_restore_command(address: str, file: Path) -> str:
    """The command that reads such a file into the empty database at this SQLAlchemy URL, without the password."""
    database = f"--dbname={_without_password(address)}"
    return shlex.join(["pg_restore", "--no-owner", "--single-transaction", database, str(file)])


def _without_password(address: str) -> str:
    url = make_url(address)
    query = {PASSED_ON[name]: value for name, value in url.query.items() if name in PASSED_ON}
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    return bare.render_as_string(hide_password=False)
