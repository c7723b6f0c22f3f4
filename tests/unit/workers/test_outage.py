"""An outage of the database is told once, whatever it holds up, and so is its end."""

from __future__ import annotations

import logging
import socket

import pytest

from bot.workers.outage import SAME_OUTAGE_S, TOLD_AGAIN_S, DatabaseOutage
from storage.engine.unavailable import AWAY
from storage.models import DatabaseUnavailableError
from tests.unit.workers.material import unavailable


class Stopwatch:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def outage(clock: Stopwatch, caplog: pytest.LogCaptureFixture) -> DatabaseOutage:
    caplog.set_level(logging.INFO)
    return DatabaseOutage(clock)


def test_what_fails_together_is_told_once(
    outage: DatabaseOutage, clock: Stopwatch, caplog: pytest.LogCaptureFixture
) -> None:
    for what in ("polling", "announcing", "indexing"):
        assert outage.note(what, unavailable())
        clock.now += SAME_OUTAGE_S / 2
    [told] = caplog.messages
    assert told == (
        "the database can't be used (database is locked): polling is held up, as is all that has to be stored; "
        "it is tried again until it works, and nothing is lost"
    )
    outage.over()
    outage.over()
    assert caplog.messages[1:] == ["the database can be used again; what waited for it goes on"]


def test_one_that_lasts_is_told_again_now_and_then(
    outage: DatabaseOutage, clock: Stopwatch, caplog: pytest.LogCaptureFixture
) -> None:
    while clock.now < 2.5 * TOLD_AGAIN_S:
        outage.note("polling", unavailable())
        clock.now += 15
    assert len(caplog.messages) == 3


def test_the_next_one_is_told(
    outage: DatabaseOutage, clock: Stopwatch, caplog: pytest.LogCaptureFixture
) -> None:
    outage.note("polling", unavailable())
    outage.over()
    clock.now += SAME_OUTAGE_S + 1
    outage.note("polling", unavailable("database or disk is full"))
    assert "(database or disk is full)" in caplog.messages[-1]


def test_one_that_comes_and_goes_is_not_told_each_time(
    outage: DatabaseOutage, clock: Stopwatch, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(9):
        outage.note("polling", unavailable())
        clock.now += 5
    assert len(caplog.messages) == 1


@pytest.mark.parametrize(
    ("error", "about"),
    [
        (OSError("no route"), False),
        (ExceptionGroup("files", [unavailable(), ExceptionGroup("more", [unavailable()])]), True),
        (ExceptionGroup("files", [unavailable(), ValueError("a bug")]), False),
    ],
)
def test_only_the_database_is_meant(
    outage: DatabaseOutage, caplog: pytest.LogCaptureFixture, error: Exception, *, about: bool
) -> None:
    assert outage.note("reading files", error) is about
    assert len(caplog.messages) == about
    outage.over()
    assert len(caplog.messages) == 2 * about


def test_without_words_of_a_driver_the_code_is_told(
    outage: DatabaseOutage, caplog: pytest.LogCaptureFixture
) -> None:
    outage.note("polling", unavailable(None))
    assert "(database.busy)" in caplog.text


def test_a_server_whose_name_is_unknown_is_told_in_the_words_of_the_system(
    outage: DatabaseOutage, caplog: pytest.LogCaptureFixture
) -> None:
    error = DatabaseUnavailableError(AWAY())
    error.__cause__ = socket.gaierror(-2, "Name or service not known")
    assert outage.note("polling", error)
    assert "Name or service not known" in caplog.text
