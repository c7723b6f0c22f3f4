"""Leaves become cues and turns."""

from __future__ import annotations

from bot.transcripts.structured.leaves import Leaf
from bot.transcripts.structured.talk import in_milliseconds, to_cues, untimed_turns
from bot.transcripts.turns.cues import Cue
from storage.models import Turn


def test_each_clock_has_its_unit() -> None:
    leaves = [
        Leaf("a b c", None, 0.5, 2.0, "start"),
        Leaf("d e f", None, 3_000.0, 4_000.0, "time"),
        Leaf("g", None, 700.0, None),
        Leaf("h", None, 1e13, None, "time"),
    ]
    in_milliseconds(leaves[:3])
    assert [(leaf.start, leaf.end, leaf.clock) for leaf in leaves[:3]] == [
        (500, 2_000, None),
        (3_000, 4_000, None),
        (700, None, None),
    ]


def test_cues_of_words() -> None:
    leaves = [
        Leaf("One", None, 500.0, 700.0),
        Leaf(",", None, None, None, glued=True),
        Leaf(" "),
        Leaf("two", None, None, 900.0),
        Leaf("three", None, 1_000.0),
    ]
    assert to_cues(leaves, [None, None, None, None, "Ada"]) == [
        Cue(None, 500, 700, "One,"),
        Cue(None, 700, 900, "two"),
        Cue("Ada", 1_000, 1_000, "three"),
    ]


def test_a_repeated_name_is_no_speech() -> None:
    assert to_cues([Leaf("Ada: Hello", None, 0.0)], ["Ada"]) == [Cue("Ada", 0, 0, "Hello")]


def test_turns_without_times() -> None:
    paragraphs = [Leaf("What a long night it was."), Leaf("It was so very long.")]
    assert list(untimed_turns(paragraphs, ["Ada", "Ada"])) == [
        Turn("Ada", None, None, "What a long night it was."),
        Turn("Ada", None, None, "It was so very long."),
    ]
    words = [Leaf("What"), Leaf("night"), Leaf("?", glued=True), Leaf("Long")]
    assert list(untimed_turns(words, ["Ada", "Ada", "Ada", "Bo"])) == [
        Turn("Ada", None, None, "What night?"),
        Turn("Bo", None, None, "Long"),
    ]
