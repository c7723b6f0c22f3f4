"""What a stretch of speech is judged by."""

from __future__ import annotations

from bot.transcripts.structured.leaves import Leaf, Leaves

ONE = Leaf("One two", ("Ada",), 1.0, 2.0, "start")
TWO = Leaf("three", None, 5.0, None, "start")


def test_what_is_counted() -> None:
    speech = Leaves.of([ONE, TWO, Leaf("!")])
    assert (speech.entries, speech.letters, speech.timed, speech.spoken) == (3, 12, 11, 6)
    assert speech.worth == 12 + 11 + 3
    assert Leaves.one(ONE) == Leaves.of([ONE])


def test_parts_are_added() -> None:
    speech = Leaves.one(ONE)
    speech.add(Leaves.of([TWO], entries=4))
    assert speech == Leaves.of([ONE, TWO], entries=5)


def test_the_range_of_what_is_timed_by_one_clock() -> None:
    assert Leaves.of([TWO, ONE]).range == (1.0, 5.0)
    assert Leaves.of([ONE, Leaf("x")]).range is None
    assert Leaves.of([ONE, Leaf("x", None, 3.0)]).range is None
    assert Leaves().range is None
