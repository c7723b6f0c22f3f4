"""Of several views of the same speech one is taken."""

from __future__ import annotations

import pytest

from bot.transcripts.structured.leaves import Leaf, Leaves
from bot.transcripts.structured.views import chosen, phrase_or_words, without_repeats

ADA, BO = ("Ada",), ("Bo",)


def words(text: str, *, start: float | None = 0.0, names: tuple[str, ...] | None = None) -> Leaves:
    """A leaf for each word, a second apart."""
    return Leaves.of(
        Leaf(word, names, None if start is None else start + number, None, "start")
        for number, word in enumerate(text.split())
    )


def texts(speech: Leaves) -> list[str]:
    return [leaf.text for leaf in speech.leaves]


WHOLE = "The lamp burns all night. Who keeps it?"


@pytest.mark.parametrize(
    ("views", "best"),
    [
        # With times rather than without, with speakers rather than without.
        ([words(WHOLE, start=None), words(WHOLE)], 1),
        ([words(WHOLE), words(WHOLE, names=ADA)], 1),
        # Speakers don't make up for most of the speech.
        ([words(WHOLE), words("The lamp", names=ADA)], 0),
        # Punctuation rather than none; among equals the first.
        ([words(WHOLE.lower().replace(".", "").replace("?", "")), words(WHOLE)], 1),
        ([words(WHOLE), words(WHOLE)], 0),
        ([Leaves(), words(WHOLE)], 1),
    ],
)
def test_the_best_view(views: list[Leaves], best: int) -> None:
    assert chosen(views) is views[best]


def test_a_view_of_paragraphs_is_too_coarse() -> None:
    long = " ".join([WHOLE] * 20)
    paragraph = Leaves.of([Leaf(long, ADA, 0.0, 200.0, "start")])
    fine = words(long, names=ADA)
    assert chosen([paragraph, fine]) is fine


def test_parts_that_follow_each_other_are_joined() -> None:
    late, early = words("Who keeps it?", start=60.0), words("The lamp burns.")
    assert texts(chosen([late, early])) == ["The", "lamp", "burns.", "Who", "keeps", "it?"]


def test_a_phrase_is_kept_where_its_words_tell_no_more() -> None:
    phrase = Leaf(WHOLE, ADA, 0.0, 8.0, "start")
    assert phrase_or_words(phrase, words(WHOLE.lower())) == Leaves.one(phrase)
    assert phrase_or_words(phrase, Leaves()) == Leaves.one(phrase)
    assert phrase_or_words(phrase, words("The")).leaves == [phrase]


def test_words_are_spelt_like_their_phrase() -> None:
    found = phrase_or_words(Leaf(WHOLE), words(WHOLE.lower().replace(".", "").replace("?", "")))
    assert texts(found) == WHOLE.split()
    assert found.leaves[3].start == 3.0


def test_words_tell_when_the_speaker_changes() -> None:
    two = words("The lamp burns all night.", names=ADA)
    two.add(words("Who keeps it?", start=5.0, names=BO))
    found = phrase_or_words(Leaf(WHOLE, ADA, 0.0, 8.0, "start"), two)
    assert [leaf.speaker for leaf in found.leaves] == [ADA] * 5 + [BO] * 3


def test_a_phrase_takes_time_and_speaker_from_its_words() -> None:
    found = phrase_or_words(
        Leaf(WHOLE, None, 8_000.0, 9_000.0, "startoffset"), words(WHOLE, start=0.5, names=BO)
    )
    assert found.leaves == [Leaf(WHOLE, BO, 0.5, None, "start")]


def test_a_result_that_repeats_all_others_is_left_out() -> None:
    parts = [words("The lamp burns."), words("Who keeps it?", start=3.0)]
    repeat = words("The lamp burns. Who keeps it?", names=ADA)
    assert without_repeats([*parts, repeat]) == [repeat]
    assert without_repeats(parts) == parts
    # "Yes." may be said twice, but not at the same time.
    twice = [words("Yes."), words("Yes.", start=9.0)]
    assert without_repeats(twice) == twice
    assert without_repeats([words("Yes. Now."), words("Yes. Now.")]) == [words("Yes. Now.")]
