from __future__ import annotations

import pytest

from bot.text.html_lines import Line
from bot.transcripts.turns.label_notations import MarkedLine, rewrite_labels


def rewritten(texts: list[str], bold: str = "") -> list[str]:
    lines = [MarkedLine(Line(text), bold if text.startswith(bold) else "") for text in texts]
    return [line.text for line in rewrite_labels(lines)]


@pytest.mark.parametrize(
    ("first", "second", "as_read"),
    [
        ("Ada: 0:05 One.", "Bo: 0:09 Two.", "[0:00:05.000] Ada: One."),
        ("[Ada] 0:05", "[Bo] 0:09", "[0:00:05.000] Ada:"),
        ("Ada（0:05）：One.", "Bo（0:09）：Two.", "[0:00:05.000] Ada: One."),
        ("【0:05】Ada：One.", "【0:09】Bo：Two.", "[0:00:05.000] Ada：One."),
        ("[0:05.0 --> 0:08.5] One.", "[0:09.0 --> 0:10.0] Two.", "[0:00:05.000 - 0:00:08.500] One."),
        ("0m05s One.", "0m09s Two.", "[0:00:05.000] One."),
        # Where it is written as the scanner reads it, nothing changes.
        ("[0:05] Ada: One.", "[0:09] Bo: Two.", "[0:05] Ada: One."),
        ("Ada: One.", "Bo: Two.", "Ada: One."),
    ],
)
def test_notations(first: str, second: str, as_read: str) -> None:
    later = [text.replace(":0", ":4").replace("m0", "m4") for text in (first, second)]
    assert rewritten([first, second, *later])[0] == as_read


@pytest.mark.parametrize(
    "texts",
    [
        # Once is no notation.
        ["Ada: 10:30 it was.", "It was late.", "We left.", "It rained.", "And so on."],
        # Times that go back are no times of turns.
        ["Ada 9:05 came.", "Bo 8:01 came.", "Ada 7:05 came.", "Bo 6:01 came."],
        # A sound in brackets is nobody.
        ["[Laughter] 0:05", "[Laughter] 0:09", "[Laughter] 0:12", "[Laughter] 0:15"],
        # Nor is a word of the language.
        ["At 10:30 we left.", "Then it rained.", "It was late.", "We slept.", "By 11:30 we woke."],
    ],
)
def test_what_is_said_stays(texts: list[str]) -> None:
    assert rewritten(texts) == texts


def test_bold_names_without_a_colon() -> None:
    assert rewritten(["Ada One.", "Ada Two.", "Ada Three."], bold="Ada") == [
        "Ada: One.",
        "Ada: Two.",
        "Ada: Three.",
    ]
    # Here it is a word that is stressed.
    stressed = ["Ada is here.", "Ada was late.", "Ada went."]
    assert rewritten(stressed, bold="Ada") == stressed
