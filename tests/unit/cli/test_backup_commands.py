"""`backup` and `restore`: what they print, how they end, and that all is there again."""

from __future__ import annotations

import errno
import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.cli.sample import SAMPLE_QUESTIONS
from bot.quotes import QuoteFinder
from storage.engine.database import known_revisions, open_database, sqlite_url
from tests.unit.cli.command_line import CommandLine
from tests.unit.storage.older_databases import rebuild


@pytest.fixture
async def copy(cli: CommandLine, tmp_path: Path) -> Path:
    """A backup of the sample podcast."""
    await cli("add", cli.publish())
    file = tmp_path / "copy.db"
    made = await cli("backup", str(file))
    assert (made.code, made.err) == (0, "")
    return file


def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str = "new") -> Path:
    folder = tmp_path / name
    monkeypatch.setenv("EARMARK_DATA_DIR", str(folder))
    return folder


async def test_all_is_there_again(
    cli: CommandLine, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [("podcasts",), ("episodes",), ("transcript", "show", "thirteen"), ("chapters", "thirteen")]
    before = [(await cli(*command, "--json")).json for command in asked]
    hits = [(await cli("quote", words, "--json")).json["hits"] for words in SAMPLE_QUESTIONS]
    folder = _elsewhere(tmp_path, monkeypatch)
    ended = await cli("restore", str(copy))
    assert ended.code == 0
    first, second = ended.out.splitlines()
    assert first.startswith(f"Restored 1 podcast with 4 episodes and 0 channels from {copy}, as of 20")
    assert second.startswith("0 announcements waited to be sent. These, and what is new in the first week")
    assert ended.err.startswith("Stop the installation that it was made of before you run this one")
    # The first question finds an index that is built.
    assert len(list((folder / "search").glob("*.seg"))) == 1
    assert [(await cli(*command, "--json")).json for command in asked] == before
    assert [(await cli("quote", words, "--json")).json["hits"] for words in SAMPLE_QUESTIONS] == hits
    again = await cli("restore", str(copy), "--json")
    assert (again.code, again.out) == (1, "")
    told = f"There is a database at {folder}/earmark.db already, which is not empty; restore into an empty "
    assert again.err.startswith(told)
    assert len(again.err.splitlines()) == 1


async def test_both_tell_scripts_what_they_did(
    cli: CommandLine, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = (await cli("backup", str(copy), "--force", "--json")).json
    assert set(made) == {"file", "bytes", "made_at"}
    assert (made["file"], made["bytes"]) == (str(copy), copy.stat().st_size)
    _elsewhere(tmp_path, monkeypatch)
    counts = {"podcasts": 1, "episodes": 4, "destinations": 0, "looked_for": 0}
    assert (await cli("restore", str(copy), "--json")).json == {
        "file": str(copy),
        "made_at": made["made_at"],
        **counts,
    }


async def test_what_cannot_be_done_is_one_sentence(
    cli: CommandLine, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for arguments, told in (
        (("backup", str(copy)), f"{copy} exists already; --force replaces it.\n"),
        (("backup", str(tmp_path)), f"{tmp_path} is a folder; name a file in it.\n"),
        (("backup", str(tmp_path / "no" / "a.db")), f"The folder {tmp_path}/no does not exist.\n"),
        (("restore", str(tmp_path / "no.db")), f"There is no file {tmp_path}/no.db to restore.\n"),
    ):
        ended = await cli(*arguments)
        assert (ended.code, ended.out, ended.err) == (1, "", told)
    _elsewhere(tmp_path, monkeypatch)
    (tmp_path / "a.db").write_bytes(b"text " * 1000)
    foreign = await cli("restore", str(tmp_path / "a.db"))
    assert (foreign.code, foreign.err) == (
        1,
        f"The file {tmp_path}/a.db is no sound database (file is not a database).\n",
    )
    nothing = await cli("backup", str(tmp_path / "b.db"))
    assert (nothing.code, nothing.err) == (
        1,
        f"There is no database at {tmp_path}/new/earmark.db to back up.\n",
    )


async def test_a_backup_of_an_older_version_is_brought_up_to_date(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = tmp_path / "older.db"
    db = await open_database(sqlite_url(older))
    async with db.write() as connection:
        # Before there was a place for backups.
        await connection.run_sync(rebuild, "0007")
        await connection.execute(
            sa.text(
                "INSERT INTO podcast (feed_url, title, by_operator, revision, turns_revision, added_at)"
                " VALUES ('https://feeds.example/a.xml', 'Old', 1, 0, 0, '2026-03-01 12:00:00')"
            )
        )
    await db.close()
    folder = _elsewhere(tmp_path, monkeypatch)
    assert (await cli("restore", str(older), "--json")).json["podcasts"] == 1
    with closing(sqlite3.connect(folder / "earmark.db")) as connection:
        [(revision,)] = connection.execute("SELECT version_num FROM alembic_version")
        [(restored,)] = connection.execute("SELECT count(*) FROM backup WHERE restored_at IS NOT NULL")
    assert (revision, restored) == (known_revisions()[-1], 1)


@pytest.mark.parametrize(
    ("command", "tool"), [("backup", "pg_dump --format=custom"), ("restore", "pg_restore --no-owner")]
)
async def test_on_postgresql_its_own_tools_are_named(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, command: str, tool: str
) -> None:
    monkeypatch.setenv("EARMARK_DATABASE_URL", "postgresql://me:secret@db.example/earmark")
    ended = await cli(command, "my copy")
    assert (ended.code, ended.out) == (1, "")
    assert tool in ended.err
    assert "postgresql://me@db.example/earmark" in ended.err
    assert "secret" not in ended.err
    assert ("Then run `restore --settle`" in ended.err) == (command == "restore")


async def test_what_other_tools_restored_is_settled(
    cli: CommandLine, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _elsewhere(tmp_path, monkeypatch)
    folder.mkdir()
    (folder / "earmark.db").write_bytes(copy.read_bytes())
    settled = await cli("restore", "--settle", "--json")
    assert settled.code == 0
    assert (settled.json["file"], settled.json["episodes"]) == (None, 4)
    assert "Stop the installation that it was made of" in settled.err
    assert (await cli("restore", "--settle")).out.startswith(
        "Restored 1 podcast with 4 episodes and 0 channels, as"
    )
    assert ", restored from it 20" in (await cli("doctor", "--json")).json[2]["says"]


@pytest.mark.parametrize("arguments", [(), ("copy.db", "--settle")])
async def test_either_a_file_is_restored_or_what_is_there_is_settled(
    cli: CommandLine, arguments: tuple[str, ...]
) -> None:
    ended = await cli("restore", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Name the file to restore, or say --settle")


async def test_a_disk_without_room_for_the_index_takes_nothing_away(
    cli: CommandLine, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(QuoteFinder, "warm", full)
    _elsewhere(tmp_path, monkeypatch)
    ended = await cli("restore", str(copy))
    assert ended.code == 0
    assert "can't be built now (No space left on device): the bot will build it.\n" in ended.err
    assert len((await cli("episodes", "--json")).json) == 4


async def test_the_doctor_tells_size_and_backup(
    cli: CommandLine, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def told() -> str:
        found: str = (await cli("doctor", "--json")).json[2]["says"]
        return found

    assert re.match(r"sqlite, 1 podcast, 0\.\d MB, last backup 20", await told())
    _elsewhere(tmp_path, monkeypatch, "empty")
    assert (await told()).startswith("sqlite, 0 podcasts, 0.")
    assert (await told()).endswith(" MB, no backup is known of")
    _elsewhere(tmp_path, monkeypatch)
    await cli("restore", str(copy))
    assert ", restored from it 20" in await told()


async def test_progress_is_shown_on_a_terminal_alone(
    cli: CommandLine, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = await cli("backup", str(tmp_path / "quiet.db"))
    assert ended.err == ""
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda _: True)
    shown = await cli("backup", str(tmp_path / "shown.db"), "--json")
    assert shown.err.endswith("\rCopying: 100 %\n")
    assert shown.json["file"] == str(tmp_path / "shown.db")
    _elsewhere(tmp_path, monkeypatch)
    assert "Building the search index …" in (await cli("restore", str(copy))).err
