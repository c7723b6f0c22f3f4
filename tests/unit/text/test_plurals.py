"""English plurals."""

from __future__ import annotations

import pytest

from bot.text.plurals import counted


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 episodes"), (1, "1 episode"), (2, "2 episodes"), (1000, "1000 episodes")]
)
def test_things_are_counted(number: int, words: str) -> None:
    assert counted(number, "episode") == words
