from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from bot.__main__ import main

NOTES = "Lamps.\n\n00:00 Hello\n03:52 Öl\n\nTranscript\n\nAda [00:00:01]: Good evening.\n\nBob [00:00:04]: Evening."


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["notes", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_of_notes_is_read_in_any_encoding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    file = tmp_path / "notes.md"
    file.write_bytes(NOTES.encode(encoding))
    code, out, err = run(capsys, str(file), "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "chapters": [{"start_s": 0, "title": "Hello"}, {"start_s": 232, "title": "Öl"}],
        "turns": [
            {"speaker": "Ada", "start_s": 1, "end_s": 4, "text": "Good evening."},
            {"speaker": "Bob", "start_s": 4, "end_s": None, "text": "Evening."},
        ],
    }


def test_what_is_piped_in_is_printed_for_a_person(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(NOTES.encode())))
    code, out, _ = run(capsys, "-")
    assert code == 0
    assert out.splitlines()[:2] == ["    0:00  Hello", "    3:52  Öl"]
    assert out.splitlines()[-1] == "    0:04  Bob: Evening."


def test_neither_settings_nor_a_database_are_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLL_INTERVAL", "never")
    (tmp_path / "empty.txt").write_bytes(b"")
    code, out, _ = run(capsys, str(tmp_path / "empty.txt"))
    assert (code, out) == (0, "No chapters and no transcript in these notes.\n")


def test_times_behind_the_duration_are_told_to_be_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("0:00 Hello\n40:00 Oil\n50:00 Bye")
    assert json.loads(run(capsys, str(file), "--json", "--duration", "3600")[1])["chapters"]
    assert not json.loads(run(capsys, str(file), "--json", "--duration", "600.5")[1])["chapters"]


@pytest.mark.parametrize("name", ["nothing.txt", ".", "sound.mp3", "a\0b"])
def test_what_is_no_text_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "sound.mp3").write_bytes(b"ID3\x04\0\0\0" * 100)
    code, out, err = run(capsys, f"{tmp_path}/{name}")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert err.endswith(".\n")


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "0", "long"])
def test_a_duration_is_a_number_of_seconds(seconds: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["notes", "x", "--duration", seconds])
    assert ended.value.code == 2
