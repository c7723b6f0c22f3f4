"""State as a code with arguments, and how it is stored."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.models.status import Argument, Status, StatusCode, as_text, from_json, to_json

EVERY = StatusCode("schedule.every", "wait")
PAUSED = StatusCode("paused", "failure", "remarks")

scalars = st.one_of(st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
codes = st.text(min_size=1)


def _statuses(arguments: st.SearchStrategy[Argument]) -> st.SearchStrategy[Status]:
    return st.builds(Status, codes, st.dictionaries(st.text(min_size=1), arguments, max_size=3))


def _nested(inner: st.SearchStrategy[Argument]) -> st.SearchStrategy[Argument]:
    status = _statuses(inner)
    return st.one_of(status, st.lists(st.one_of(st.text(), status), max_size=3).map(tuple))


arguments = st.recursive(scalars, _nested, max_leaves=6)
statuses = _statuses(arguments)


@given(statuses)
def test_what_is_stored_is_read_as_it_was(status: Status) -> None:
    stored = to_json(status)
    assert stored.startswith('{"code":')
    assert from_json(stored) == status


@pytest.mark.parametrize(
    ("status", "stored"),
    [
        (Status("feed.unchanged"), '{"code":"feed.unchanged"}'),
        (EVERY(wait=600), '{"code":"schedule.every","args":{"wait":600}}'),
        (
            PAUSED(failure=as_text("Nö."), remarks=(as_text("one"), "two")),
            (
                '{"code":"paused","args":{"failure":{"code":"text","args":{"text":"Nö."}},'
                '"remarks":[{"code":"text","args":{"text":"one"}},"two"]}}'
            ),
        ),
    ],
)
def test_how_a_status_is_stored(status: Status, stored: str) -> None:
    assert to_json(status) == stored


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "unchanged",
        "2 new episodes; 1 item is too broken to be read.",
        "{",
        "3",
        "null",
        "[]",
        '"code"',
        "{}",
        '{"code":1}',
        '{"code":"x","args":[]}',
    ],
)
def test_what_is_no_status_is_a_sentence(stored: str) -> None:
    # A process of an older version goes on writing sentences while a newer one runs beside it.
    assert from_json(stored) == as_text(stored)


@given(st.text())
def test_any_stored_text_is_read(stored: str) -> None:
    assert isinstance(from_json(stored), Status)


def test_statuses_are_equal_with_the_same_code_and_arguments() -> None:
    assert EVERY(wait=600) == EVERY(wait=600)
    assert EVERY(wait=600) != EVERY(wait=601)
    assert EVERY(wait=600).code == EVERY(wait=601).code == EVERY
    assert len({EVERY(wait=600), EVERY(wait=600), EVERY(wait=601)}) == 2


@pytest.mark.parametrize("args", [{}, {"wait": 1, "more": 2}, {"await": 1}])
def test_a_code_takes_its_own_arguments_and_no_others(args: dict[str, Argument]) -> None:
    with pytest.raises(TypeError, match=r"schedule\.every takes \['wait'\]"):
        EVERY(**args)


def test_a_code_is_stored_as_plain_text() -> None:
    assert json.loads(to_json(EVERY(wait=1)))["code"] == "schedule.every"
    assert type(EVERY(wait=1).code) is str
