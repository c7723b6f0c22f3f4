"""What keys mean, however they are spelt."""

from __future__ import annotations

import pytest

from bot.transcripts.structured.keys import (
    Count,
    are_alternatives,
    holds_texts,
    names_speakers,
    plain,
    shape_of,
)


def test_spellings_of_a_key_are_one() -> None:
    assert {plain(key) for key in ("start_time", "startTime", "StartTime", "start-time")} == {"starttime"}


def test_the_most_telling_key_comes_first() -> None:
    shape = shape_of(("lexical", "word", "display", "speaker_id", "speakerName", "end", "startMs", "start"))
    assert shape.texts == ("display", "word", "lexical")
    assert shape.speakers == ("speakerName", "speaker_id")
    assert shape.starts == (("startMs", Count.MILLISECONDS), ("start", Count.UNTOLD))
    assert shape.ends == (("end", Count.UNTOLD),)


@pytest.mark.parametrize(
    "key",
    ["chapters", "topics", "sentiment_analysis_results", "summaries", "keywords", "translations", "auto_highlights",
     "entities", "entityMap", "wordAlternatives", "word_confidence", "metadata", "speaker", "spoken_form"],
)  # fmt: skip
def test_what_is_about_the_speech_is_none(key: str) -> None:
    assert shape_of((key,)).nested == ()


@pytest.mark.parametrize(
    "key",
    ["segments", "speakers", "results", "timestamps", "tokens", "data", "blocks", "elements", "anything"],
)
def test_what_may_hold_speech(key: str) -> None:
    assert shape_of((key,)).nested == (key,)


def test_lists_are_told_by_their_keys() -> None:
    assert are_alternatives("NBest")
    assert not are_alternatives("results")
    assert names_speakers("speaker_map")
    assert not names_speakers("languages")
    assert holds_texts("Paragraphs")
    assert not holds_texts("warnings")
