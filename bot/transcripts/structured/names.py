"""Who is named in an entry, and the tables that say which name belongs to which id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from bot.transcripts.structured.keys import Shape, plain, shape_of
from bot.transcripts.structured.leaves import NOBODY, Names

_MAX_NAME = 200
_MAX_ID = 10**12
_MAX_ROWS = 2_000
# These name a document's author as well: they speak where entries of a list have them.
_WEAK = frozenset(
    {"author", "who", "actor", "character", "displayname", "username", "user", "userid", "name"}
)
_UNKNOWN = frozenset(
    {"", "uu", "unknown", "unk", "unknown speaker", "unknown_speaker", "none", "null", "undefined", "nan",
    "n/a", "-", "?"}
)  # fmt: skip
_NAME_KEYS = (
    "name", "displayname", "speakername", "fullname", "speakerdisplayname", "username", "label", "title",
    "text", "value",
)  # fmt: skip
_ID_KEYS = (
    "id", "speakerid", "key", "uuid", "guid", "tag", "speakertag", "label", "index", "number", "speakernumber",
    "speaker",
    "speakerlabel", "slug", "code", "participantid", "userid", "uid",
)  # fmt: skip
CHANNEL = "channel "


def names_of(entry: Mapping[str, Any], shape: Shape, *, listed: bool) -> Names | None:
    """What may be the name of who speaks, the likeliest first; None where the entry doesn't say.

    listed: the entry is one of several.
    """
    if not shape.speakers and not shape.channels:
        return None
    told = False
    found: list[str] = []
    for key in shape.speakers:
        if (not listed and plain(key) in _WEAK) or (key == "name" and "value" in shape.texts):
            # "name" and "value" are a setting.
            continue
        told = True
        value = entry[key]
        if value == 0 and plain(key) == "speakertag":
            # Google's number for nobody.
            continue
        found += (one for one in _spellings(value) if one not in found)
    if not found and listed:
        for key in shape.channels:
            told = True
            number = spelling(entry[key])
            found += [f"{CHANNEL}{number}"] if 0 < len(number) <= 8 else []
    return tuple(found) if found else (NOBODY if told else None)


def _spellings(value: object) -> Iterator[str]:
    """A name or an id as text; of an object its names and ids; of a list its only member."""
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else None
    if isinstance(value, dict):
        by_plain = {plain(key): key for key in value if isinstance(key, str)} if len(value) <= 30 else {}
        for name in (*_NAME_KEYS, *_ID_KEYS):
            if name in by_plain and (text := spelling(value[by_plain[name]])):
                yield text
    elif text := spelling(value):
        yield text


def spelling(value: object) -> str:
    """A name or an id as text; empty where it names nobody."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        return str(value) if abs(value) < _MAX_ID else ""
    return _cleaned(value) if isinstance(value, str) else ""


@lru_cache(4_096)
def _cleaned(value: str) -> str:
    name = " ".join(value[: 2 * _MAX_NAME].split())[:_MAX_NAME].rstrip(": ")
    return "" if name.casefold() in _UNKNOWN else name


class NameTable:
    """The names by id, as far as the document has them."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        # Names in a list without ids: their places are their ids, which begin with 0 or 1.
        self._places: list[str] = []

    def take(self, value: object) -> None:
        """Read what stands under a key that names speakers."""
        if isinstance(value, list):
            self._take_rows(value[:_MAX_ROWS])
        elif isinstance(value, dict) and len(value) <= _MAX_ROWS:
            self._take_object(value)

    def _take_object(self, value: Mapping[str, Any]) -> None:
        if not self._take_row(value):
            self._take_pairs(value)

    def name_of(self, names: Iterable[str], used: frozenset[str]) -> str | None:
        """The name that the table has for one of these; `used` are all ids of the document."""
        for one in names:
            if (known := self._names.get(one) or self._names.get(one.casefold())) is not None:
                return known
        if self._places:
            return next((known for one in names if (known := self._of_place(one, used))), None)
        return None

    def _of_place(self, number: str, used: frozenset[str]) -> str | None:
        if not number.isdecimal() or len(number) > 4:
            return None
        lowest, highest = _ends_of(used)
        # Without a 0, the places count from 1 if the last one is used; else nobody can tell.
        first = 0 if lowest == 0 else 1
        if highest - first >= len(self._places) or (first and highest != len(self._places)):
            return None
        return self._places[int(number) - first]

    def _take_rows(self, rows: Sequence[object]) -> None:
        taken = [row for row in rows if isinstance(row, dict) and self._take_row(row)]
        if not taken and not self._places:
            names = [
                _name_in(row) if isinstance(row, dict) and not _speaks(row) else spelling(row) for row in rows
            ]
            if all(names) and not any(name.isdecimal() for name in names):
                self._places = names

    def _take_row(self, row: Mapping[str, Any]) -> bool:
        """One who has a name and an id."""
        shape = shape_of(tuple(row))
        if any(
            isinstance(row[key], list) and plain(key) not in ("instances", "aliases") for key in shape.nested
        ):
            return False
        name = _name_in(row)
        if not name:
            return False
        taken = False
        for key, value in row.items():
            if plain(key) in _ID_KEYS and (known := spelling(value)) and known != name:
                self._add(known, name)
                taken = True
        return taken

    def _take_pairs(self, table: Mapping[str, Any]) -> None:
        for key, value in table.items():
            name = _name_in(value) if isinstance(value, dict) else spelling(value)
            if name and isinstance(value, dict | str) and not name.isdecimal():
                self._add(key, name)

    def _add(self, known: str, name: str) -> None:
        self._names.setdefault(known, name)
        self._names.setdefault(known.casefold(), name)


@lru_cache(1)
def _ends_of(used: frozenset[str]) -> tuple[int, int]:
    numbers = [int(one) for one in used if one.isdecimal() and len(one) <= 4]
    return min(numbers), max(numbers)


def _speaks(row: Mapping[str, Any]) -> bool:
    """Whether a row holds what somebody says, as a table's doesn't."""
    nested = shape_of(tuple(row)).nested
    return any(isinstance(row[key], list) and plain(key) not in ("instances", "aliases") for key in nested)


def _name_in(row: Mapping[str, Any]) -> str:
    by_plain = {plain(key): value for key, value in row.items()} if len(row) <= 60 else {}
    first, last = (spelling(by_plain.get(key)) for key in ("firstname", "lastname"))
    for key in _NAME_KEYS[:7]:
        if (name := spelling(by_plain.get(key))) and not name.isdecimal():
            return name
    return f"{first} {last}".strip()
