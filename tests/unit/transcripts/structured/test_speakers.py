"""Who says what, where not every entry tells."""

from __future__ import annotations

import pytest

from bot.transcripts.structured.leaves import Leaf
from bot.transcripts.structured.names import NameTable
from bot.transcripts.structured.speakers import carry_on, from_spans, labels
from bot.transcripts.structured.walk import Span


def leaves(*rows: tuple[str | None, str]) -> list[Leaf]:
    """Leaves a second apart; "" names nobody, None says nothing of a speaker."""
    return [
        Leaf(text, None if who is None else ((who,) if who else ()), float(number), number + 0.9, "start")
        for number, (who, text) in enumerate(rows)
    ]


def who(found: list[Leaf]) -> str:
    return "".join(leaf.speaker[0] if leaf.speaker else "-" for leaf in found)


@pytest.mark.parametrize(
    ("rows", "carried"),
    [
        ([("A", "One."), (None, "Two."), ("B", "Three."), (None, "Four.")], "AABB"),
        # Whoever is named twice in a row was somebody else, or nobody, in between.
        ([("A", "One."), (None, "Two."), ("A", "Three."), ("B", "Four.")], "A-AB"),
        ([(None, "One."), ("A", "Two."), (None, "Three."), ("B", "Four.")], "-A-B"),
        # One name may be a credit.
        ([("A", "One."), (None, "Two."), (None, "Three.")], "A--"),
        # Entries that say that they have no speaker.
        ([("A", "One."), ("", "Two."), ("B", "Three.")], "A-B"),
        ([("A", "One"), ("", "two."), ("B", "Three"), ("", "four.")], "AABB"),
        ([("A", "One"), (None, ","), ("A", "two"), ("B", "three")], "AAAB"),
        ([("A", "One."), *[(None, "And so on. ")] * 600, ("B", "No.")], f"A{'-' * 600}B"),
        ([("A", "One."), *[(None, "And so it goes on. " * 50)] * 10, ("B", "No.")], "A----------B"),
    ],
)
def test_named_at_a_change(rows: list[tuple[str | None, str]], carried: str) -> None:
    found = leaves(*rows)
    carry_on(found)
    assert who(found) == carried


def test_a_word_without_a_time_between_two_of_one_speaker() -> None:
    found = leaves(("A", "In"), (None, "1967"), ("A", "we"), (None, "3"), ("B", "sailed"), ("B", "on"))
    found[1].start = found[3].start = None
    carry_on(found)
    assert who(found) == "AAA-BB"


def test_a_table_of_who_spoke_when() -> None:
    found = leaves((None, "a"), (None, "b"), (None, "c"), (None, "d"))
    spans = [Span(("A",), 0.0, 2.0, None), Span(("B",), 2.0, 3.4, None), Span(("A",), 3.4, 9.0, None)]
    from_spans(found, spans)
    # The last one is half of one's and half of the other's.
    assert who(found) == "AAB-"


def test_a_long_text_over_the_words_of_two() -> None:
    spans = [Span(("A" if number < 90 else "B",), number, number + 0.9, None) for number in range(180)]
    found = [Leaf("All of it.", None, 0.0, 180.0), Leaf("Half of it.", None, 0.0, 89.5)]
    from_spans(found, spans)
    assert who(found) == "-A"
    # Of more words than are looked at nobody can tell.
    from_spans(far := [Leaf("Far too much.", None, 0.0, 180.0)], [*spans[:90]] * 3)
    assert who(far) == "-"


def test_most_speakers_are_told_already() -> None:
    found = leaves(("A", "a"), ("B", "b"), (None, "c"))
    from_spans(found, [Span(("C",), 0.0, 9.0, None)])
    assert who(found) == "AB-"


def named(*names: tuple[str, ...] | None, table: object = None) -> list[str | None]:
    known = NameTable()
    known.take(table)
    return labels([Leaf("x", one) for one in names], known)


def test_labels() -> None:
    assert named(("0",), ("1",), None) == ["Speaker 0", "Speaker 1", None]
    assert named(("spk_0",), ("S1",), ()) == ["spk_0", "S1", None]
    assert named(("1", "Ada"), ("2", "Bo")) == ["Ada", "Bo"]
    assert named(("1",), ("2",), table=[{"id": 1, "name": "Ada"}]) == ["Ada", "Speaker 2"]


def test_long_ids_are_numbered() -> None:
    assert named(("83927",), ("12345678-aaaa-bbbb-cccc-1234567890ab",), ("83927",)) == [
        "Speaker 1",
        "Speaker 2",
        "Speaker 1",
    ]


def test_channels_are_speakers_where_there_are_several() -> None:
    assert named(("channel 0",), ("channel 0",)) == [None, None]
    assert named(("channel ch_0",), ("channel ch_1",)) == ["Channel 0", "Channel 1"]


def test_what_hardly_occurs_twice_is_no_speaker() -> None:
    assert named(*[(f"Part {n}",) for n in range(20)]) == [None] * 20
