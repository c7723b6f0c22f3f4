"""The checker of the shared faults finds each kind of fault."""

from __future__ import annotations

from typing import Any

import pytest

from storage.models import Turn
from tests.unit.transcripts.expectations import Expectation, problems, refusal_problems

GOOD = [
    Turn("Ada", 500, 2_000, "Lamps burn. Always."),
    Turn("Bo", 3_000, 4_000, "Do"),
    Turn("Bo", 9_000, 9_500, "they?"),
]
SAID: dict[str, Any] = {"said": [["Ada", 0.5, "lamps burn, always"], [["Bo", "Bob"], 3, "Do they?"]]}


@pytest.mark.parametrize(
    ("expected", "turns", "words"),
    [
        (SAID, GOOD, None),
        (SAID, [*GOOD, Turn("Bo", 9_600, None, "Hm.")], "goes on with 'hm'"),
        (SAID | {"tail": True}, [*GOOD, Turn("Bo", 9_600, None, "Hm.")], None),
        (SAID, [Turn(None, 0, None, "Title"), *GOOD], "stands 'title"),
        (SAID | {"head": True}, [Turn(None, 0, None, "Title"), *GOOD], None),
        (SAID | {"ignore": ["[music]"]}, [*GOOD[:2], Turn(None, 5_000, None, "[Music]"), *GOOD[2:]], None),
        (SAID, GOOD[:2], "not 'they'"),
        (SAID, [GOOD[0], Turn("Ada", 3_000, None, "Do they?")], "'Ada' says 'Do they?', not Bo or Bob"),
        (SAID, [GOOD[0], Turn(None, 3_000, None, "Do they?")], "None says"),
        (SAID, [Turn("Ada", 500, None, "Lamps burn. Always. Do they?")], "'Ada' says 'Do they?'"),
        (SAID, [Turn("Ada", 2_000, None, "Lamps burn. Always."), *GOOD[1:]], "starts at 2000 ms"),
        (SAID, [Turn("Ada", None, None, "Lamps burn. Always."), *GOOD[1:]], "starts at None ms"),
        ({"said": [["#1", None, "A"], ["#2", None, "B"], ["#1", None, "C"]]}, "xyx", None),
        ({"said": [["#1", None, "A"], ["#2", None, "B"], ["#1", None, "C"]]}, "xxx", "'x' says 'B'"),
        ({"said": [["#1", None, "A"], ["#2", None, "B"], ["#1", None, "C"]]}, "xyz", "'z' says 'C'"),
        ({"said": [["?", None, "ABC"]]}, "xyz", None),
        ({"said": [[None, None, "ABC"]]}, "x  ", "'x' says 'ABC'"),
        ({"nowhere": ["urn"]}, GOOD, "'urn' stands in 'Ada'"),
        ({"nowhere": ["B"]}, GOOD, "'B' stands in 'Bo'"),
        ({"verbatim": ["burn. A"]}, GOOD, None),
        ({"verbatim": ["burn A"]}, GOOD, "nowhere to the letter"),
        ({"untimed": True}, GOOD, "has a time"),
        ({"refused": True}, GOOD, "should be refused"),
    ],
)
def test_what_is_found(expected: dict[str, Any], turns: list[Turn] | str, words: str | None) -> None:
    if isinstance(turns, str):
        # One turn a letter: who says A, who says B, who says C.
        turns = [Turn(who.strip() or None, None, None, "ABC"[place]) for place, who in enumerate(turns)]
    found = problems(Expectation.of(expected), turns)
    assert (words in "\n".join(found)) if words else found == []


def test_a_refusal_is_wrong_where_something_is_said() -> None:
    assert refusal_problems(Expectation.of({"refused": True}), "It is no transcript.") == []
    assert refusal_problems(Expectation.of({"may_refuse": True}), "It is no transcript.") == []
    assert refusal_problems(Expectation.of({"refused": True}), "no") != []
    assert refusal_problems(Expectation.of(SAID), "It is no transcript.") == ["refused: It is no transcript."]
