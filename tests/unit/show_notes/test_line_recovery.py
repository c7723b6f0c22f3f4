from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.show_notes.line_recovery import is_flattened, unflatten
from bot.text.html_lines import Line


@pytest.mark.parametrize(
    ("texts", "flattened"),
    [
        (["Lamps. 0:00 One 1:00 Two 2:00 Three"], True),
        (["Lamps.", "0:00 One 1:00 Two 2:00 Three", "3:00 Four"], True),
        (["0:00 One", "1:00 Two", "2:00 Three"], False),
        (["0:00 One 1:00 Two"], False),
        ([], False),
    ],
)
def test_most_times_are_in_one_line(texts: list[str], flattened: bool) -> None:
    assert is_flattened([Line(text) for text in texts]) is flattened


@pytest.mark.parametrize(
    "lines",
    [
        ["Lamps.", "Timestamps", "* 00:00 Opening", "* 03:52 Oil", "* 09:00 Wicks"],
        ["Lamps.", "Timestamps", "00:00 Opening", "03:52 Oil", "09:00 Wicks"],
        ["Lamps.", "Chapters", "* Opening [00:00]", "* Oil [03:52]", "* Wicks [09:00]"],
        ["Lamps.", "Timestamps", "* 0:00 Opening", "* 3:52 Oil", "Transcript", "Ada [0:00]: Hey.", "Bob [0:11]: Hi."],
        ["Lamps.", "Transcript", "[0:00] Ada: Hey.", "[0:11] Bob: Hi.", "[0:15] Ada: So.", "[0:17] Bob: Bye."],
        ["Lamps.", "Transcript", "Ada: Hey. [0:11]", "Bob: Hi. [0:15]", "Ada: So.", "Bob: Bye. [0:20]"],
        ["Lamps.", "Timestamps", "* 0:00 Opening", "* 3:52 Oil", "* 9:00 LangChain", "Show Notes", "* LangChain"],
    ],
)  # fmt: skip
def test_lines_are_found_again(lines: list[str]) -> None:
    found = unflatten("".join(lines))
    # Headings may stay at the end of the line before.
    assert [line for line in lines if line[0] in "*[" or ": " in line] == [
        line for line in found if line[0] in "*[" or ": " in line
    ]


PIECES = st.sampled_from(
    ["[0:12]", "0:12", "* ", " ", ":", ".", "Ada", "ada", "Transcript", "Timestamps", "Ada: ", "Oil", "**"]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_nothing_is_lost(text: str) -> None:
    lines = unflatten(text)
    assert "".join(lines).replace("*", "") == text.replace("*", "")
    assert all(lines) or not text
