"""How the program ends: an exit code and one sentence for each error that a person can act on."""

from __future__ import annotations

import pytest

from bot.cli import main as program
from bot.cli.context import Options
from bot.config import ConfigError
from bot.date_ranges import DayError
from bot.feeds.errors import FeedError
from bot.lookup import LookupFailedError
from bot.reading.child_process import ReaderUnavailableError
from bot.transcripts.turns.cues import TranscriptError
from storage.engine.database import DatabaseError
from storage.models import as_text


def _ending_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_options: Options) -> int:
        raise error

    monkeypatch.setattr(program, "_run", run)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("Told."), 78),
        (DatabaseError("Told."), 78),
        (DayError("Told."), 2),
        (FeedError(as_text("Told.")), 1),
        (LookupFailedError("Told."), 1),
        (TranscriptError(as_text("Told.")), 1),
    ],
)
def test_an_error_is_one_sentence(
    error: Exception, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _ending_with(error, monkeypatch)
    assert program.main(["podcasts"]) == code
    assert capsys.readouterr() == ("", "Told.\n")


def test_a_reading_process_that_cannot_be_started_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _ending_with(
        ReaderUnavailableError("the process that reads documents can't be started: told"), monkeypatch
    )
    assert program.main(["poll"]) == 1
    told = "Nothing can be read now: the process that reads documents can't be started: told.\n"
    assert capsys.readouterr() == ("", told)


def test_an_interruption_is_silent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _ending_with(KeyboardInterrupt(), monkeypatch)
    assert program.main(["podcasts"]) == 130
    assert capsys.readouterr() == ("", "")


def test_a_fault_of_the_programs_own_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    _ending_with(ZeroDivisionError(), monkeypatch)
    with pytest.raises(ZeroDivisionError):
        program.main(["podcasts"])


def test_a_wrong_setting_ends_with_78(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EARMARK_POLL_INTERVAL", "often")
    assert program.main(["podcasts"]) == 78
    assert "EARMARK_POLL_INTERVAL can't be 'often'" in capsys.readouterr().err
