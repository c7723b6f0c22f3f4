"""Words that a page mistook for a formula."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.formula_repair import repair_formulas

# How a page shows the words between two dollar signs: in mathematical italics, whose h stands elsewhere.
_ITALIC = {chr(97 + n): "\u210e" if n == 7 else chr(0x1D44E + n) for n in range(26)}
KNOWN = "every barrel of lamp oil and then the keepers spent a year of it on wicks at the mill"


def _mangled(text: str) -> str:
    return "".join(_ITALIC.get(letter, letter) for letter in text if letter != " ")


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        # The passage again in plain letters beside it: said once, with the signs that made it.
        (
            f"It cost 4{_mangled('billion a year')},4 billion a year, 3 billion of it",
            "It cost $4 billion a year, $3 billion of it",
        ),
        # No plain copy: the spaces are found by the words of the rest.
        (f"the keepers spent {_mangled('a year of it')} there", "the keepers spent a year of it there"),
        # Letters that are merely dressed up.
        ("\U0001d401\U0001d428\U0001d425\U0001d41d words stay", "Bold words stay"),
        ("plain words, $4 and $5", "plain words, $4 and $5"),
    ],
)
def test_a_mangled_passage_is_restored_once(shown: str, meant: str) -> None:
    assert repair_formulas([shown, KNOWN])[0] == meant


@given(st.lists(st.sampled_from([*"ab 12.,$", *_ITALIC.values(), "\U0001d401", "word ", "é"]), max_size=60))
def test_no_mathematical_letter_is_left(pieces: list[str]) -> None:
    [mended, _] = repair_formulas(["".join(pieces), KNOWN])
    assert not any("\U0001d400" <= letter <= "\U0001d7ff" or letter == "\u210e" for letter in mended)


@given(st.lists(st.text(max_size=60), max_size=6))
def test_other_texts_stay_as_they_are(texts: list[str]) -> None:
    plain = [
        text for text in texts if not any("\U0001d400" <= c <= "\U0001d7ff" or c == "\u210e" for c in text)
    ]
    assert repair_formulas(plain) == plain
