from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from bot.__main__ import main

BODY = (
    "WEBVTT\n\n00:00.000 --> 00:01.500\n<v Ada>Lamps.\n\n00:02.000 --> 00:03.000\nOil.\n\n"
    "00:02.500 --> 00:04.000\n<v Ada>Yes."
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lamps.txt"
    path.write_text(BODY)
    return path


def test_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
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


def test_for_a_person(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transcript", "read", str(file)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "vtt: 3 cues, 3 turns",
        "    0:00  Ada: Lamps.",
        "    0:02  Oil.",
        "    0:02  Ada: Yes.",
    ]


def test_from_stdin_with_a_type(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
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
def test_what_cant_be_read(
    file: Path, name: str, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["transcript", "read", f"{file.parent}/{name}", *arguments]) == 1
    captured = capsys.readouterr()
    assert not captured.out
    assert words in captured.err
    assert captured.err.count("\n") == 1


def test_a_type_that_is_none(file: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["transcript", "read", str(file), "--type", "notes"])
    assert caught.value.code == 2
