"""Quotations: sentences that need nothing else to be understood, or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.summaries.quotations import MOST_QUOTED, claims_in, quotations
from bot.summaries.talk import read_talk
from storage.models import Chapter, SaidLine, Turn

OWLS = "Owls can never hunt voles in heavy rain because wet feathers make their flight loud."
LAMPS = (
    "Nobody can read the chart of a harbour by the light of whale oil lamps without spilling burned blubber."
)
ENGLISH = claims_in("en")
SMALL_TALK = "And then they said so to us. " * 60


def _quoted(*texts: str, language: str | None = "en") -> list[SaidLine]:
    turns = [Turn("Ada", 60_000 * place, 60_000 * (place + 1), text) for place, text in enumerate(texts)]
    return quotations(read_talk(turns, [Chapter(0, "")]), {}, language)


def test_they_are_word_for_word_with_speaker_and_time_in_their_order() -> None:
    assert _quoted(LAMPS, SMALL_TALK, OWLS) == [SaidLine(LAMPS, "Ada", 0), SaidLine(OWLS, "Ada", 120_000)]


def test_no_more_than_two_and_not_about_one_thing() -> None:
    assert len(_quoted(OWLS, LAMPS)) == 1
    assert len(_quoted(OWLS, SMALL_TALK, LAMPS, SMALL_TALK, OWLS.replace("Owls", "Gulls"))) == MOST_QUOTED


def test_a_name_that_nobody_else_says_may_be_misheard() -> None:
    misheard = OWLS.replace("heavy rain", "Ossweil")
    assert _quoted(misheard) == []
    assert len(_quoted(misheard, "We like Ossweil. And Ossweil it is. To Ossweil.")) == 1


def test_a_language_whose_claims_are_not_known_has_none() -> None:
    assert _quoted(OWLS, language="de") == []
    german = "Eulen jagen niemals Mäuse im starken Regen, weil nasse Federn ihren Flug laut machen. " * 30
    assert _quoted(german + OWLS) == []


@pytest.mark.parametrize(
    "text",
    [
        "The problem with whale oil lamps is that every harbour in Nantucket smells of blubber.",
        "If you burn whale oil in a harbour, every sailor in Nantucket must open the windows.",
        "Owls can never hunt voles in heavy rain because wet feathers make flight loud.",
        "Nobody can read a chart of Nantucket by the light of a whale oil lamp.",
    ],
)
def test_a_claim_that_names_its_subject_stands_alone(text: str) -> None:
    assert ENGLISH is not None
    assert ENGLISH.stands_alone(text)


@pytest.mark.parametrize(
    "text",
    [
        "It never hunts voles in heavy rain because wet feathers make the flight loud.",
        "And owls never hunt voles in heavy rain because wet feathers make flight loud.",
        "Those lamps are what every harbour in Nantucket smells of in winter.",
        "The problem was for burning whale oil lamps without spilling blubber.",
        "The challenge is more on the whale side than on the blubber side.",
        "The third lamp is the only one that every sailor in Nantucket must own.",
        "Hunting voles in heavy rain because wet feathers make the flight loud.",
        "The owl which never hunts voles in heavy rain near whale oil lamps.",
        "If you want to burn whale oil lamps in every harbour of Nantucket.",
        "Owls never hunt never hunt voles in heavy rain near whale oil lamps.",
        "Owls are owls and nobody in Nantucket can say more about that.",
    ],
)
def test_what_leans_on_something_else_does_not(text: str) -> None:
    assert ENGLISH is not None
    assert not ENGLISH.stands_alone(text)


@pytest.mark.parametrize(
    "text",
    [
        "Do owls never hunt voles in heavy rain because wet feathers make flight loud?",
        "Owls, you know, never hunt voles in heavy rain because wet feathers make flight loud.",
        "Owls never hunt voles — in heavy rain wet feathers make flight loud in Nantucket.",
        "This podcast is the best one about owls, voles and the whale oil lamps of Nantucket.",
        "I never hunt voles in heavy rain because my wet feathers make our flight loud to us.",
        "Owls never hunt voles.",
    ],
)
def test_what_nobody_wants_to_read_is_none(text: str) -> None:
    assert _quoted(text) == []


@given(st.text(st.sampled_from("aI If,. you’Owl never the is\n?!"), max_size=400))
def test_any_talk_gives_at_most_two_of_its_sentences(text: str) -> None:
    found = _quoted(text)
    assert len(found) <= MOST_QUOTED
    assert all(one.text in " ".join(text.split()) for one in found)
