"""What is a name, what a role, and what nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transcripts.turns.person_names import (
    MAX_NAME,
    is_capitalised,
    is_doubtful_pseudo,
    is_numbered_role,
    is_person,
    is_placeholder,
    is_role,
    may_be_name,
    name_parts,
    names_several,
    pseudo_mark,
    without_role,
)
from storage.models import TurnMark

SPONSOR, BREAK = TurnMark.SPONSOR, TurnMark.BREAK


@pytest.mark.parametrize(
    "label", ["Ada Moore", "Ada", "Dr. Ada Moore, PhD", "Vincent van Gogh", "María", "田中", "Sue"]
)
def test_people(label: str) -> None:
    assert may_be_name(label)
    assert is_capitalised(label)
    assert is_person(label)
    assert not is_placeholder(label)


@pytest.mark.parametrize(
    "label",
    [
        "Note",
        "The thing is",
        "So what happened next to all of us",
        "Why not? Because",
        "Lamps. And oil",
        "Ada, then",
        "Hinweis",
        "Ответ",
        "",
        "Moore,",
    ],
)
def test_words_before_a_colon_that_are_no_name(label: str) -> None:
    assert not may_be_name(label)


@pytest.mark.parametrize(
    ("label", "speaks"), [("Question", True), ("A", True), ("Host", True), ("Note", False)]
)
def test_in_an_interview_questions_are_somebody(label: str, *, speaks: bool) -> None:
    assert not may_be_name(label)
    assert may_be_name(label, interview=True) is speaks


@pytest.mark.parametrize(
    ("label", "role", "placeholder", "numbered"),
    [
        ("Host", True, False, False),
        ("the host", True, False, False),
        ("Guest 2", True, False, True),
        ("CO-HOST", True, False, False),
        ("Speaker 2", True, True, True),
        ("SPEAKER_02", True, True, True),
        ("Speaker A", True, True, False),
        ("spk_1", True, True, True),
        ("S1", True, True, True),
        ("Unknown", True, True, False),
        ("Unidentified male", True, True, False),
        ("Audience #3", True, False, True),
        ("Gast", True, False, False),
        ("Ведущая", True, False, False),
        ("Sprecher 1", True, True, True),
        ("Ada", False, False, False),
        ("Sam", False, False, False),
        ("Guest List", False, False, False),
        ("Man Ray", False, False, False),
        ("", False, False, False),
        ("2", False, False, False),
    ],
)
def test_roles_and_placeholders(label: str, *, role: bool, placeholder: bool, numbered: bool) -> None:
    assert is_role(label) is role
    assert is_placeholder(label) is placeholder
    assert is_numbered_role(label) is numbered


@pytest.mark.parametrize(
    ("label", "mark"),
    [
        ("Break", BREAK),
        ("Outro 2", BREAK),
        ("Theme music", BREAK),
        ("Musik", BREAK),
        ("заставка", BREAK),
        ("Sponsor message", SPONSOR),
        ("Ad break", SPONSOR),
        ("広告", SPONSOR),
        ("Narrator", None),
        ("Message", None),
        ("Ada Break", None),
        ("Break the very long silence now", None),
        ("", None),
        (None, None),
    ],
)
def test_labels_of_nobody(label: str | None, mark: TurnMark | None) -> None:
    assert pseudo_mark(label) is mark


def test_some_of_them_are_names_as_well() -> None:
    assert is_doubtful_pseudo("Song")
    assert not is_doubtful_pseudo("Jingle")


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Ada Moore (host)", "Ada Moore"),
        ("Ada Moore [she/her]", "Ada Moore"),
        ("Ada Moore – Guest", "Ada Moore"),
        ("Host: Ada Moore", "Ada Moore"),
        ("Ada Moore (Gastgeberin)", "Ada Moore"),
        ("**Ada Moore:**", "Ada Moore"),
        ("Host", "Host"),
        ("Host (she/her)", "Host"),
        ("Ada Moore (Acme)", "Ada Moore (Acme)"),
    ],
)
def test_a_role_is_no_part_of_a_name(label: str, name: str) -> None:
    assert without_role(label) == name


def test_small_words_inside_a_name() -> None:
    assert not is_capitalised("Vincent van Gogh", particles=False)
    assert not is_capitalised("Ada moore")
    assert is_capitalised("Ada Moore (host)", particles=False)


def test_parts_of_a_name() -> None:
    assert name_parts("Dr. Ada B. Moore, PhD") == ["ada", "b", "moore"]
    assert names_several(name_parts("Ada und Bo"))
    assert not names_several(name_parts("Ada Moore"))


@given(st.text(max_size=300))
def test_any_label_is_judged(label: str) -> None:
    name = without_role(label)
    assert len(name) <= MAX_NAME
    assert without_role(name) == without_role(without_role(name))
    assert not (is_person(label) and (is_role(label) or pseudo_mark(label)))
    assert may_be_name(label) <= may_be_name(label, interview=True)
    assert isinstance(is_placeholder(label), bool)
