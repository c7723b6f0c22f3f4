"""`transcript read` and `notes`: a file is read as an episode's is."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.fakes.hostile_html import reopened_formatting

BODY = (
    "WEBVTT\n\n00:00.000 --> 00:01.500\n<v Ada>Lamps.\n\n00:02.000 --> 00:03.000\nOil.\n\n"
    "00:02.500 --> 00:04.000\n<v Ada>Yes."
)

NOTES = "Lamps.\n\n00:00 Hello\n03:52 Öl\n\nTranscript\n\nAda [00:00:01]: Good evening.\n\nBob [00:00:04]: Evening."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lamps.txt"
    path.write_text(BODY)
    return path


def test_a_transcript_is_printed_as_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transcript", "read", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "format": "vtt",
        "cues": 3,
        "turns": [
            {"speaker": "Ada", "start_s": 0.0, "end_s": 1.5, "text": "Lamps."},
            {"speaker": None, "start_s": 2.0, "end_s": 3.0, "text": "Oil."},
            {"speaker": "Ada", "start_s": 2.5, "end_s": 4.0, "text": "Yes."},
        ],
    }


def test_a_transcript_is_printed_for_a_person(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transcript", "read", str(file)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "vtt: 3 cues, 3 turns",
        "    0:00  Ada: Lamps.",
        "    0:02  Oil.",
        "    0:02  Ada: Yes.",
    ]


def test_a_transcript_is_read_from_stdin_as_the_type_that_was_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    body = "00:00.000 --> 00:01.000\nLamps.".encode("latin-1")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(body)))
    assert main(["transcript", "read", "-", "--type", "vtt", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["format"] == "vtt"


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("gone.vtt", [], "No such file"),
        ("", [], "directory"),
        ("x\0y", [], "no name of a file"),
        ("lamps.txt", ["--type", "json"], "not valid JSON"),
    ],
)
def test_a_transcript_that_cannot_be_read_is_told_in_one_sentence(
    file: Path, name: str, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["transcript", "read", f"{file.parent}/{name}", *arguments]) == 1
    captured = capsys.readouterr()
    assert not captured.out
    assert words in captured.err
    assert captured.err.count("\n") == 1


def test_a_type_that_no_file_has_is_wrong_usage(file: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["transcript", "read", str(file), "--type", "notes"])
    assert caught.value.code == 2


def _read_notes(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["notes", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_of_notes_is_read_in_any_encoding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    file = tmp_path / "notes.md"
    file.write_bytes(NOTES.encode(encoding))
    code, out, err = _read_notes(capsys, str(file), "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "chapters": [{"start_s": 0, "title": "Hello"}, {"start_s": 232, "title": "Öl"}],
        "turns": [
            {"speaker": "Ada", "start_s": 1, "end_s": 4, "text": "Good evening."},
            {"speaker": "Bob", "start_s": 4, "end_s": None, "text": "Evening."},
        ],
    }


def test_notes_from_stdin_are_printed_for_a_person(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(NOTES.encode())))
    code, out, _ = _read_notes(capsys, "-")
    assert code == 0
    assert out.splitlines()[:2] == ["    0:00  Hello", "    3:52  Öl"]
    assert out.splitlines()[-1] == "    0:04  Bob: Evening."


def test_neither_settings_nor_a_database_are_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARMARK_POLL_INTERVAL", "never")
    (tmp_path / "empty.txt").write_bytes(b"")
    code, out, _ = _read_notes(capsys, str(tmp_path / "empty.txt"))
    assert (code, out) == (0, "No chapters and no transcript in these notes.\n")


def test_times_behind_the_duration_are_no_chapters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("0:00 Hello\n40:00 Oil\n50:00 Bye")
    assert json.loads(_read_notes(capsys, str(file), "--json", "--duration", "3600")[1])["chapters"]
    assert not json.loads(_read_notes(capsys, str(file), "--json", "--duration", "600.5")[1])["chapters"]


@pytest.mark.parametrize("name", ["nothing.txt", ".", "sound.mp3", "a\0b"])
def test_notes_that_are_no_text_are_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "sound.mp3").write_bytes(b"ID3\x04\0\0\0" * 100)
    code, out, err = _read_notes(capsys, f"{tmp_path}/{name}")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert err.endswith(".\n")


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "0", "long"])
def test_a_duration_is_a_number_of_seconds(seconds: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["notes", "x", "--duration", seconds])
    assert ended.value.code == 2


def test_notes_that_cost_too_much_are_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "notes.html"
    path.write_text(reopened_formatting())
    assert main(["notes", str(path)]) == 1
    assert "more memory than its length says" in capsys.readouterr().err
