"""SECURITY.md and docs/privacy.md say what is so: tests that exist, columns that exist, and times that hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.upkeep import KEPT
from storage.engine.database import Database
from storage.models import Quote
from storage.tables.answers import KEPT_ANSWERS, keep_answer
from storage.tables.schema import metadata
from tests.paths import ROOT
from tests.unit.storage.material import NOW, followed, ids, item, stored

SECURITY = ROOT / "SECURITY.md"
PRIVACY = ROOT / "docs" / "privacy.md"
# Names of columns with the id of a member's account.
OF_MEMBERS = re.compile(r"member|user|author|added_by|asked_by|shared_by")
# Whom a feed names as its author, as everybody who opens the feed can read.
OF_FEEDS = {("podcast", "author")}


def _links(document: Path) -> list[str]:
    return re.findall(r"\]\(([^)#]+)\)", document.read_text())


def _of_members() -> set[tuple[str, ...]]:
    return {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if OF_MEMBERS.search(column.name) and (table.name, column.name) not in OF_FEEDS
    }


@pytest.mark.parametrize("document", [SECURITY, PRIVACY], ids=lambda one: one.name)
def test_what_is_linked_exists(document: Path) -> None:
    for link in _links(document):
        assert link.startswith("http") or (document.parent / link).exists(), link


def test_every_threat_names_a_test_that_has_tests() -> None:
    rows = [line for line in SECURITY.read_text().splitlines() if line.startswith("| ") and "---" not in line]
    assert len(rows) > 12
    for row in rows[1:]:
        named = re.findall(r"\((tests/[^)]+)\)", row)
        assert named, row
        for path in named:
            assert re.search(r"^(async )?def test_", (ROOT / path).read_text(), re.MULTILINE), path


def test_every_column_with_a_member_is_told() -> None:
    text = PRIVACY.read_text()
    told = {tuple(name.split(".")) for name in re.findall(r"`(\w+\.\w+)`", text)}
    assert ("answer", "member_id") in _of_members()
    assert _of_members() == {one for one in told if one[0] in metadata.tables}


def test_the_times_are_those_of_the_code() -> None:
    text = PRIVACY.read_text()
    days = set(re.findall(r"(\d+) days", text))
    assert days == {str(KEPT.days)}
    assert f"newest {KEPT_ANSWERS:,} answers" in text


async def test_the_requests_that_are_given_work_and_leave_nothing_of_the_member(sqlite_db: Database) -> None:
    [given] = re.findall(r"```sql\n(.*?)```", PRIVACY.read_text(), re.DOTALL)
    statements = [line.rstrip(";") for line in given.strip().splitlines()]
    assert statements
    podcast_id = await stored(sqlite_db, item("a"))
    await followed(sqlite_db, podcast_id, 10)
    episode_id = (await ids(sqlite_db, podcast_id))["a"]
    quote = Quote(episode_id, 0, "Ada", 0, None, "word", (0, 4), 0.9)
    for member_id in (5, 6):
        await keep_answer(sqlite_db, 1, member_id, [quote], NOW)
    async with sqlite_db.write() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement.replace("…", "5"))
        for table, column in _of_members():
            left = await connection.execute(sa.select(metadata.tables[table].c[column]))
            assert 5 not in set(left.scalars()), table
        kept = await connection.scalar(sa.select(metadata.tables["answer"].c.member_id))
    assert kept == 6
