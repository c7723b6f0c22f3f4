"""A transcript as a file."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.present.transcript import CUT, MAX_FILE, transcript_file, transcript_name
from storage.models import Episode, SpokenTurn
from tests.unit.present.material import EPISODE, EPISODES, TEXTS

ADA = SpokenTurn(7, 0, "Ada", 65_000, 70_000, "Never knead a scone.")


def test_who_said_what_and_when() -> None:
    turns = [
        ADA,
        replace(ADA, speaker=None, start_ms=3_700_000, text="[music]\n"),
        replace(ADA, start_ms=None),
    ]
    assert transcript_file(EPISODE, turns).decode() == (
        "Scones\nTea time\n2026-03-01\n"
        "\n[1:05] Ada: Never knead a scone.\n"
        "\n[1:01:40] [music]\n"
        "\nAda: Never knead a scone.\n"
    )


def test_a_file_is_bounded_and_says_that_it_is() -> None:
    turns = [replace(ADA, text="ä" * 10_000)] * 200
    text = transcript_file(EPISODE, turns)
    assert MAX_FILE - 30_000 < len(text) <= MAX_FILE
    assert text.decode().endswith(CUT)


@given(EPISODES, st.lists(st.builds(lambda text: replace(ADA, text=text, speaker=text), TEXTS), max_size=5))
def test_whatever_is_said_becomes_text(episode: Episode, turns: list[SpokenTurn]) -> None:
    text = transcript_file(episode, turns).decode()
    assert text.count("\n[1:05] ") >= len(turns)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("The Clock That Struck Thirteen", "the-clock-that-struck-thirteen.txt"),
        ("../../etc/passwd", "etc-passwd.txt"),
        ("العربية", "episode-7.txt"),
        ("x" * 500, f"{'x' * 60}.txt"),
    ],
)
def test_names_of_files_are_plain(title: str, name: str) -> None:
    assert transcript_name(replace(EPISODE, title=title)) == name
