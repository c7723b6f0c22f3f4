"""Tables inside text files, with bars or tabs: each row becomes a line with its time and speaker."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.transcripts.turns.table_columns import find_columns, row_line

_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)*\s*:?-{2,}:?\s*\|?\s*")
_MAX_COLUMNS = 12


def read_tables(lines: Sequence[str]) -> list[str]:
    """The lines, with those of tables that hold a transcript rewritten; other tables stay as they are."""
    if not any("|" in line or "\t" in line for line in lines):
        return list(lines)
    return list(_rewritten(lines))


def _rewritten(lines: Sequence[str]) -> Iterator[str]:
    for sign, group in groupby(_joined(lines), key=lambda one: one[0]):
        table = [line for _, line in group]
        if sign is None:
            yield from table
            continue
        rows = [_cells(line, sign) for line in table if line.strip() and not _RULE.fullmatch(line)]
        width = len(rows[0]) if rows else 0
        columns = find_columns(rows) if all(len(row) == width for row in rows) else None
        if columns is None:
            yield from table
            continue
        for row in rows[columns.header :]:
            if (line := row_line(row, columns)) is not None:
                yield (
                    f"**{line.lead}:**".join(line.text.split(f"{line.lead}:", 1)) if line.lead else line.text
                )
                yield ""


def _joined(lines: Sequence[str]) -> Iterator[tuple[str | None, str]]:
    """Each line with what parts its cells; an empty line between the rows of a table is the table's."""
    before: str | None = None
    blank: list[str] = []
    for line in lines:
        if not line.strip():
            blank.append(line)
            continue
        sign = _separator(line)
        yield from ((before if sign == before else None, one) for one in blank)
        blank.clear()
        before = sign
        yield sign, line
    yield from ((None, one) for one in blank)


def _separator(line: str) -> str | None:
    stripped = line.strip()
    if stripped.startswith("|") or len(_BAR.findall(line)) > 1 or (_RULE.fullmatch(line) and "|" in line):
        return "|"
    return "\t" if "\t" in stripped else None


def _cells(line: str, sign: str) -> list[str]:
    if sign == "\t":
        return line.strip("\r\n").split("\t", _MAX_COLUMNS)
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.replace("\\|", "|") for cell in _BAR.split(inner, _MAX_COLUMNS)]
