"""Who is named in an entry, and the tables of names."""

from __future__ import annotations

from typing import Any

import pytest

from bot.transcripts.structured.keys import shape_of
from bot.transcripts.structured.names import NameTable, names_of, spelling


@pytest.mark.parametrize(
    ("entry", "names"),
    [
        ({"speaker": "Ada Moore:"}, ("Ada Moore",)),
        ({"speaker": 1, "speaker_name": "Ada"}, ("Ada", "1")),
        ({"speaker": {"id": 7, "name": "Ada"}}, ("Ada", "7")),
        ({"speaker": ["spk_0"]}, ("spk_0",)),
        ({"speaker": ["Ada", "Bo"]}, ()),
        ({"speakerTag": 0}, ()),
        ({"speakerTag": 2.0}, ("2",)),
        ({"speaker": 0}, ("0",)),
        ({"speaker": None}, ()),
        ({"speaker": "UU"}, ()),
        ({"speaker": True}, ()),
        ({"channel": "ch_0"}, ("channel ch_0",)),
        ({"channel": 1, "speaker": "Ada"}, ("Ada",)),
        ({"text": "Ada"}, None),
    ],
)
def test_names_of_an_entry(entry: dict[str, Any], names: tuple[str, ...] | None) -> None:
    assert names_of(entry, shape_of(tuple(entry)), listed=True) == names


def test_who_wrote_a_document_does_not_speak_in_it() -> None:
    entry = {"author": "Ada", "name": "Episode 12", "channel": "Salt"}
    assert names_of(entry, shape_of(tuple(entry)), listed=False) is None


TABLES: list[tuple[object, dict[str, str | None]]] = [
    ([{"id": 0, "name": "Ada"}, {"id": 1, "name": "Bo"}], {"0": "Ada", "1": "Bo", "2": None}),
    ([{"id": "u0", "speaker": "S1", "name": "Ada"}], {"u0": "Ada", "S1": "Ada", "s1": "Ada"}),
    ([{"label": "A", "display_name": "Ada"}], {"A": "Ada"}),
    ([{"key": 3, "firstName": "Ada", "lastName": "Moore"}], {"3": "Ada Moore"}),
    ({"S1": "Ada", "S2": {"name": "Bo"}}, {"S1": "Ada", "S2": "Bo"}),
    ({"id": "u0", "name": "Ada"}, {"u0": "Ada"}),
    (["Ada", "Bo"], {"0": "Ada", "1": "Bo"}),
    ([{"name": "Ada"}, {"name": "Bo"}], {"0": "Ada", "1": "Bo"}),
    # Entries that speak are no table, and counts are no names.
    ([{"id": 1, "name": "Ada", "words": [{"text": "x"}]}], {"1": None}),
    ({"speakers": 2}, {"speakers": None}),
    (2, {"0": None}),
]


@pytest.mark.parametrize(("value", "known"), TABLES)
def test_tables(value: object, known: dict[str, str | None]) -> None:
    table = NameTable()
    table.take(value)
    assert {one: table.name_of((one,), frozenset(known)) for one in known} == known


@pytest.mark.parametrize(
    ("used", "number", "name"),
    [("01", "1", "Bo"), ("12", "1", "Ada"), ("1", "1", None), ("13", "1", None), ("0", "0", "Ada")],
)
def test_places_count_from_nought_or_one(used: str, number: str, name: str | None) -> None:
    table = NameTable()
    table.take(["Ada", "Bo"])
    assert table.name_of((number,), frozenset(used)) == name


def test_spellings() -> None:
    assert spelling(3.0) == "3"
    assert spelling(10**400) == ""
    assert spelling("x" * 900) == "x" * 200
    assert spelling(" unknown ") == ""
