"""How values are stored: times in UTC, text that every database takes, states as codes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from storage.models.status import StatusCode, as_text
from storage.tables.column_types import CleanText, StatusJson, UtcDateTime, clean

DIALECTS: tuple[Dialect, ...] = (sqlite.dialect(), postgresql.dialect())  # type: ignore[no-untyped-call]
SLEEPS = StatusCode("test.sleeps", "hours")


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.name)
def test_a_time_is_the_same_moment_whatever_zone_it_came_in(dialect: Dialect) -> None:
    kind = UtcDateTime()
    local = datetime(2026, 11, 30, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    stored = kind.process_bind_param(local, dialect)
    assert stored is not None
    assert (stored.tzinfo is None) == (dialect.name == "sqlite")
    assert kind.process_result_value(stored, dialect) == datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    assert kind.process_bind_param(None, dialect) is None
    assert kind.process_result_value(None, dialect) is None


@given(st.text(alphabet=st.characters(codec=None)))
def test_stored_text_can_be_encoded_and_holds_no_nul(text: str) -> None:
    stored = clean(text)
    assert "\0" not in stored
    assert stored.encode().decode() == stored
    assert clean(stored) == stored


def test_only_what_cannot_be_stored_is_left_out() -> None:
    assert CleanText().process_bind_param("Füße\0 \ud83d und 油", DIALECTS[0]) == "Füße  und 油"
    assert CleanText().process_bind_param(None, DIALECTS[0]) is None


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.name)
def test_a_state_comes_back_as_it_was_stored(dialect: Dialect) -> None:
    kind = StatusJson()
    stored = kind.process_bind_param(SLEEPS(hours=3), dialect)
    assert kind.process_result_value(stored, dialect) == SLEEPS(hours=3)
    assert kind.process_result_value("A sentence of an older version.", dialect) == as_text(
        "A sentence of an older version."
    )
    assert kind.process_bind_param(None, dialect) is None
    assert kind.process_result_value(None, dialect) is None
