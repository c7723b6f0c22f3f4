"""Lines that carry chapters: word for word, inside the chapter, and fit to be read alone."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.summaries.sentence_quality import NEVER, faults
from bot.summaries.summarizer import Summary, summarise
from storage.models import Chapter, SaidLine, Turn, TurnMark
from tests.unit.summaries.material import two_hours

OWLS = "The barn owl hunts voles over open meadows at night and swallows each vole whole."
OWLS_TOO = "Owls hear voles under snow because their ears stand at different heights."
LAMPS = "Whale oil lamps burned brighter than candles and cost a sailor half his wages."
LAMPS_TOO = "Kerosene replaced whale oil in every lamp within twenty years of its discovery."
CHAPTERS = (Chapter(0, "Owls and voles"), Chapter(60_000, "Lamps and whale oil"))


def said(*texts: str, speaker: str | None = "Ada", start_ms: int = 0) -> list[Turn]:
    """Turns of ten seconds each."""
    return [
        Turn(speaker, start_ms + 10_000 * number, start_ms + 10_000 * (number + 1), text)
        for number, text in enumerate(texts)
    ]


def only(summary: Summary) -> list[str | None]:
    return [line.text if line else None for line in summary.lines]


def test_each_chapter_gets_its_own_line_with_speaker_and_time() -> None:
    turns = [*said("Welcome to the show.", OWLS), *said(LAMPS, speaker="Ben", start_ms=60_000)]
    summary = summarise("Birds and light", CHAPTERS, turns)
    assert summary.lines == (SaidLine(OWLS, "Ada", 10_000), SaidLine(LAMPS, "Ben", 60_000))
    assert {line.text for line in summary.overall} == {OWLS, LAMPS}


@pytest.mark.parametrize(
    "text",
    [
        "Welcome to the Lamp and Owl Podcast, where we discuss barn owls and whale oil lamps every week.",
        "Thanks so much for joining us to talk about barn owls and the oil lamps of Nantucket.",
        "Hey everyone, barn owls and whale oil lamps are what we cover in Nantucket every single week.",
        "How are you doing with all these barn owls and whale oil lamps of Nantucket?",
        "What do barn owls and whale oil lamps in Nantucket have in common with each other?",
        "I'm curious how barn owls and whale oil lamps in Nantucket came to be so famous.",
        "Can you walk us through how barn owls hunted voles near the whale oil lamps.",
        "This episode is brought to you by Lantern, the whale oil lamp for owls and sailors.",
        "Use code OWL20 to get a whale oil lamp for your barn owl at lantern dot com.",
        "Ada is the one for barn owls and oil lamps out of the news. news of Nantucket.",
        "and barn owls hunted voles near the whale oil lamps of Nantucket in those winters.",
        "Barn owls hunted voles near the whale oil lamps of Nantucket and...",
        "Barn owls hunted voles near the whale oil lamps of Nantucket, which was the.",
        "Barn owls near the whale oil lamps [inaudible] hunted voles in Nantucket.",
        "Please subscribe to hear more about barn owls and whale oil lamps in Nantucket.",
        "Ada, you studied barn owls and whale oil lamps in Nantucket for many winters.",
        "That's it for barn owls and whale oil lamps, see you next week in Nantucket.",
    ],
)
def test_what_nobody_wants_to_read_is_no_line(text: str) -> None:
    assert faults(text, cased=True, english=True).alone >= NEVER or text.endswith("...")
    chapter = Chapter(0, "Barn owls and whale oil lamps")
    turns = [*said(text), *said("Owls! Lamps! Boats!", speaker="Ben")]
    assert only(summarise("", (chapter,), turns)) == [None]


@pytest.mark.parametrize("mark", list(TurnMark))
def test_what_is_marked_is_passed_over(mark: TurnMark) -> None:
    turns = [Turn("Ada", 0, 10_000, OWLS, mark), *said(OWLS_TOO, start_ms=10_000)]
    assert only(summarise("", CHAPTERS[:1], turns)) == [OWLS_TOO]


def test_an_advertisement_is_passed_over_with_what_is_beside_it() -> None:
    offer = [
        "This part of the talk is brought to you by Lantern.",
        "Whale oil lamps from Lantern light the harbour of Nantucket all night.",
        "Every sailor whom we know has three whale oil lamps from Lantern at home.",
        "Visit lantern.com/owl to get started with whale oil lamps.",
    ]
    talk = "Nobody knew. Few asked. None saw."
    line = only(summarise("", (Chapter(0, "Whale oil lamps from Lantern"),), said(*offer, talk, OWLS)))
    assert line == [OWLS]


def test_a_sentence_over_several_cues_is_one() -> None:
    words = OWLS.split()
    cues = [Turn("Ada", n * 1_000, n * 1_000 + 900, " ".join(words[n * 5 : n * 5 + 5])) for n in range(3)]
    assert only(summarise("", CHAPTERS, cues)) == [OWLS, None]


def test_a_broken_off_sentence_is_none() -> None:
    turns = [
        *said("The barn owl hunts voles over open meadows", speaker="Ada"),
        *said("Really.", speaker="Ben", start_ms=10_000),
    ]
    assert only(summarise("", CHAPTERS[:1], turns)) == [None]


def test_a_long_turn_is_parted_by_its_words() -> None:
    turn = Turn("Ada", 0, 120_000, f"{OWLS} {OWLS_TOO} {LAMPS} {LAMPS_TOO}")
    first, second = only(summarise("", CHAPTERS, [turn]))
    assert first in {OWLS, OWLS_TOO, f"{OWLS} {OWLS_TOO}"}
    assert second in {LAMPS, LAMPS_TOO, f"{LAMPS} {LAMPS_TOO}"}


def test_what_crosses_the_border_of_a_chapter_is_in_neither() -> None:
    turn = Turn("Ada", 50_000, 70_000, OWLS)
    assert only(summarise("", CHAPTERS, [turn])) == [None, None]


def test_a_long_sentence_is_cut_at_a_clause() -> None:
    head = "Whale oil lamps burned brighter than tallow candles in every harbour of Nantucket"
    text = f"{head}, but {'the price of oil rose and rose in every harbour, ' * 4}and so it ended."
    assert only(summarise("", (Chapter(0, "Whale oil lamps"),), said(text))) == [head]


def test_half_a_condition_is_no_clause() -> None:
    rose = "and the price of oil rose, " * 9
    text = f"If whale oil lamps burned brighter than tallow candles in Nantucket, {rose}it ended."
    assert only(summarise("", (Chapter(0, "Whale oil lamps"),), said(text))) == [None]


def test_two_sentences_where_they_are_short() -> None:
    text = "Barn owls eat voles at night. Voles are eaten whole by barn owls."
    assert only(summarise("", (Chapter(0, "Barn owls and voles"),), said(text))) == [text]


def test_no_two_chapters_have_the_same_line() -> None:
    turns = [*said(OWLS), *said(OWLS, OWLS_TOO, start_ms=60_000)]
    assert only(summarise("", CHAPTERS, turns)) == [OWLS, OWLS_TOO]
    assert only(summarise("", CHAPTERS, [*said(OWLS), *said(OWLS, start_ms=60_000)])) == [OWLS, None]


def test_without_times_the_whole_is_summarised_alone() -> None:
    turns = [Turn("Ada", None, None, text) for text in (OWLS, LAMPS, OWLS_TOO, LAMPS_TOO)]
    summary = summarise("Owls and lamps", CHAPTERS, turns)
    assert summary.lines == (None, None)
    assert len(summary.overall) == 3
    assert {line.start_ms for line in summary.overall} == {None}


def test_captions_without_stops_have_no_line() -> None:
    turns = said(*(["the barn owl hunts voles over open meadows and swallows each vole whole"] * 20))
    assert summarise("", CHAPTERS, turns) == Summary((None, None), ())


def test_what_the_show_always_says_counts_less() -> None:
    owls = [
        "Barn owls swallow voles whole in the harbour of Nantucket each winter.",
        "Barn owls and voles are old enemies in the harbour of Nantucket.",
    ]
    lamps = [
        "Whale lamps burn oil slowly in the harbour of Nantucket each winter.",
        "Whale lamps and oil were sold everywhere in the harbour of Nantucket.",
    ]
    turns = said(*owls, *lamps)
    of_owls = dict.fromkeys(["barn", "owls", "voles"], 900)
    of_lamps = dict.fromkeys(["whale", "lamps", "oil"], 900)
    [line] = only(summarise("", (Chapter(0, ""),), turns, of_lamps | {"barn": 0}))
    assert line in owls
    [line] = only(summarise("", (Chapter(0, ""),), turns, of_owls | {"oil": 0}))
    assert line in lamps


@pytest.mark.parametrize("chapters", [(), CHAPTERS])
def test_nothing_said(chapters: tuple[Chapter, ...]) -> None:
    nothing = Summary((None,) * len(chapters), ())
    assert summarise("", chapters, []) == nothing
    assert summarise("", chapters, said("", " ", "Hm.")) == nothing


def test_other_languages_and_scripts() -> None:
    german = "Die Schleiereule jagt nachts Wühlmäuse über offenen Wiesen und verschluckt jede Maus ganz."
    japanese = "メンフクロウは夜の草原でハタネズミを狩り、獲物を丸ごと飲み込みます。"
    for text in (german, japanese):
        assert only(summarise("", CHAPTERS[:1], said(text))) == [text]


TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from([OWLS, OWLS_TOO, LAMPS, LAMPS_TOO, "Yeah.", "And", "so, um,", "Why?", "e.g."]),
        max_size=6,
    ).map(" ".join),
    st.just("owl " * 3_000),
    st.just("Owls eat. " * 500),
)
TIMES = st.one_of(st.none(), st.integers(-(10**6), 10**8))
TURNS = st.lists(
    st.builds(
        Turn,
        st.sampled_from([None, "Ada", "Ben"]),
        TIMES,
        TIMES,
        TEXTS,
        st.sampled_from([None, None, None, *TurnMark]),
    ),
    max_size=12,
)
MARKS = st.lists(st.builds(Chapter, st.integers(-5, 10**6), st.text(max_size=40)), max_size=8)


def joined(turns: Sequence[Turn]) -> str:
    return " ".join(" ".join(turn.text for turn in turns).split())


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=80),
    MARKS,
    TURNS,
    st.dictionaries(st.sampled_from(["owl", "vole", "oil"]), st.integers(-3, 99)),
)
def test_every_line_is_said_is_short_and_stands_once(
    title: str, chapters: list[Chapter], turns: list[Turn], background: dict[str, int]
) -> None:
    summary = summarise(title, chapters, turns, background)
    assert summary == summarise(title, chapters, turns, background)
    assert len(summary.lines) == len(chapters)
    assert len(summary.overall) <= 3
    lines = [line for line in summary.lines if line]
    for texts in ([line.text for line in lines], [line.text for line in summary.overall]):
        assert len(set(texts)) == len(texts)
    for line in (*lines, *summary.overall):
        assert 0 < len(line.text) <= 180
        assert line.text in joined([turn for turn in turns if turn.speaker == line.speaker])
    starts = sorted(chapter.start_ms for chapter in chapters)
    for chapter, carrying in zip(chapters, summary.lines, strict=True):
        if carrying:
            assert carrying.start_ms is not None
            assert chapter.start_ms <= carrying.start_ms
            assert not any(chapter.start_ms < start <= carrying.start_ms for start in starts)


def test_a_hundred_chapters_at_one_second() -> None:
    summary = summarise("", [Chapter(0, f"Owl {number}") for number in range(100)], said(OWLS))
    assert [number for number, line in enumerate(summary.lines) if line] == [99]


def test_two_hours_take_no_second() -> None:
    # A tenth of a second on an idle machine; a busy one may take several times as long.
    told = two_hours()
    begun = time.process_time()
    summary = summarise(told.title, told.chapters, told.turns)
    assert time.process_time() - begun < 1
    assert sum(line is not None for line in summary.lines) > 30


def test_a_huge_turn_takes_no_second() -> None:
    begun = time.process_time()
    summarise("Owls", CHAPTERS, [Turn("Ada", 0, 9, "owl, " * 500_000), Turn("Ada", 9, 10, "A. b" * 200_000)])
    assert time.process_time() - begun < 3
