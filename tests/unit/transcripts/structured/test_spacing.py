"""Which words of a list are parts of others."""

from __future__ import annotations

import pytest

from bot.transcripts.structured.leaves import Leaf
from bot.transcripts.structured.spacing import glue, is_opening, is_punctuation


@pytest.mark.parametrize(
    ("texts", "joined"),
    [
        (["Hello", ",", "and", "you", "."], "Hello, and you."),
        (["He", "said", "(", "twice", ")", "no"], "He said (twice) no"),
        (["It", "'s", " ", "me", ",", " ", "Bo"], "It's me, Bo"),
        ([" Lamp", "light", " is", " dear"], "Lamplight is dear"),
        (["Lamp", "light ", "is ", "dear "], "Lamplight is dear"),
        (["One two three.", "Four five."], "One two three. Four five."),
    ],
)
def test_words(texts: list[str], joined: str) -> None:
    assert said(texts, inline=False) == joined


def test_runs_of_a_paragraph_may_be_cut_anywhere() -> None:
    assert said(["The ", "lamp", "light is ", "dear."], inline=True) == "The lamplight is dear."
    assert said(["The", "lamp"], inline=True) == "The lamp"


def test_what_is_told_stays() -> None:
    leaves = [Leaf("10"), Leaf("%", glued=True), Leaf("of"), Leaf("it")]
    glue(leaves, inline=False)
    assert [leaf.glued for leaf in leaves] == [False, True, False, False]


def test_signs() -> None:
    assert is_punctuation(" ?! ")
    assert not is_punctuation("¿")
    assert is_opening("(")
    assert not is_opening("(a")


def said(texts: list[str], *, inline: bool) -> str:
    leaves = [Leaf(text) for text in texts]
    glue(leaves, inline=inline)
    pieces = [("" if leaf.glued else " ") + leaf.text for leaf in leaves if leaf.text.strip()]
    return " ".join("".join(pieces).split())
