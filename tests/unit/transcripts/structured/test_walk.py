"""Documents of many makers, each with the same talk in it, and what is true of any document."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transcripts.reader import read_transcript
from bot.transcripts.turns.cues import TranscriptError
from tests.unit.transcripts.expectations import Expectation, Stretch, problems

ADA, BO = ("Ines Alba",), ("Cyril Doe",)
# Who says what from when; the second turn ends no sentence where it is cut.
TALK = (
    (0, 12.25, "Nobody walked the pier that winter, did they?"),
    (1, 16.5, "Three of us did. We counted 40 boats."),
    (0, 71.0, "Forty? I had heard of twelve."),
)
Word = tuple[str, float, float, int]


def words_of(turn: int) -> list[Word]:
    """Word, start, end and speaker of each word of a turn."""
    who, start, text = TALK[turn]
    return [(word, start + 0.4 * n, start + 0.4 * n + 0.3, who) for n, word in enumerate(text.split())]


WORDS = [word for turn in range(3) for word in words_of(turn)]
WHOLE = " ".join(text for _, _, text in TALK)


def expected(*speakers: tuple[str, ...]) -> Expectation:
    """All is said, by these two; timed."""
    return Expectation(tuple(Stretch(speakers[who], start, text) for who, start, text in TALK))


NAMED, LABELLED, UNNAMED = expected(ADA, BO), expected(("#1",), ("#2",)), expected((), ())
UNTIMED = Expectation(tuple(Stretch((ADA, BO)[who], None, text) for who, _, text in TALK), untimed=True)


def each(make: Callable[[int, float, float, str], Any]) -> list[Any]:
    """A value for each turn, of speaker, start, end and text."""
    return [make(who, start, words_of(n)[-1][2], text) for n, (who, start, text) in enumerate(TALK)]


def bare(word: str) -> str:
    """A word as recognisers list it."""
    return re.sub(r"\W", "", word).lower()


def signs(word: str) -> list[str]:
    """A word, and its punctuation apart."""
    return [one for one in re.split(r"(?=[?,.])", word) if one]


def clock(seconds: float) -> str:
    """00:01:11.000."""
    return f"{int(seconds) // 3600:02}:{int(seconds) // 60 % 60:02}:{seconds % 60:06.3f}"


NAMES = ("Ines Alba", "Cyril Doe")
CASES: list[tuple[str, Any, Expectation]] = [
    (
        "Google, the last result repeats all words with their speakers",
        {"response": {"results": [
            *({"alternatives": [{"transcript": text, "words": [
                {"word": w, "startTime": f"{s}s", "endTime": f"{e}s"} for w, s, e, _ in words_of(n)]},
                {"transcript": "nobody woke the peer"}]} for n, (_, _, text) in enumerate(TALK)),
            {"alternatives": [{"words": [{"word": w, "startTime": f"{s}s", "endTime": f"{e}s", "speakerTag": k + 1}
                                         for w, s, e, k in WORDS]}]},
        ]}, "metadata": {"progressPercent": 100, "words": "x"}},
        LABELLED,
    ),
    (
        "Google in snake case, times as seconds and nanoseconds",
        {"results": [{"alternatives": [{"transcript": text, "words": [
            {"word": w, "speaker_tag": k + 1, "start_time": {"seconds": str(int(s)), "nanos": round(s % 1 * 1e9)}}
            for w, s, _, k in words_of(n)]}]} for n, (_, _, text) in enumerate(TALK)]},
        LABELLED,
    ),
    (
        "Watson, two readings and confidences, speakers apart, one result over two turns",
        {"results": [{"final": True, "alternatives": [
            {"transcript": " ".join(bare(w[0]) for w in WORDS),
             "timestamps": [[bare(w), s, e] for w, s, e, _ in WORDS],
             "word_confidence": [[bare(w), 0.9] for w, *_ in WORDS]},
            {"transcript": "no body walks"}],
            "word_alternatives": [{"start_time": 0.5, "end_time": 1, "alternatives": [{"word": "no"}]}]}],
         "speaker_labels": [{"from": s, "to": e, "speaker": k} for _, s, e, k in WORDS]},
        LABELLED,
    ),
    (
        "Speechmatics with entities and an unknown speaker's punctuation",
        {"metadata": {"transcription_config": {"language": "en"}}, "translations": {"de": [
            {"content": "Niemand ging", "start_time": 12.25, "end_time": 13, "speaker": "S1"}]},
         "summary": {"content": "They talk about a pier in winter, and about boats, and more of that."},
         "results": [{"type": "entity" if w == "40" else ("word" if p.isalnum() else "punctuation"),
                      "start_time": s, "end_time": e, "attaches_to": None if p.isalnum() else "previous",
                      "written_form": [{"alternatives": [{"content": "40"}], "start_time": s}],
                      "spoken_form": [{"alternatives": [{"content": "forty"}], "start_time": s}],
                      "alternatives": [{"content": p, "speaker": f"S{k + 1}"}, {"content": "wrong"}]}
                     for w, s, e, k in WORDS for p in signs(w)]},
        LABELLED,
    ),
    (
        "AWS with channels instead of speakers",
        {"results": {"transcripts": [{"transcript": WHOLE}], "channel_labels": {"channels": [
            {"channel_label": f"ch_{c}", "items": [
                {"start_time": str(s), "end_time": str(e), "type": "pronunciation",
                 "alternatives": [{"content": w}], "channel_label": f"ch_{c}"} for w, s, e, k in WORDS if k == c]}
            for c in (0, 1)]}}},
        LABELLED,
    ),
    (
        "AWS for calls",
        {"Transcript": each(lambda k, s, e, t: {
            "Id": "x", "Content": t, "ParticipantRole": ("AGENT", "CUSTOMER")[k],
            "BeginOffsetMillis": round(s * 1000),
            "EndOffsetMillis": round(e * 1000), "Items": [{"Content": "x", "BeginOffsetMillis": 1}],
            "Sentiment": "NEUTRAL"}), "Categories": {"MatchedCategories": []}},
        LABELLED,
    ),
    (
        "Azure in real time: ticks without a name for them, a line each",
        "\n".join(json.dumps(one) for one in each(lambda k, s, e, t: {
            "RecognitionStatus": "Success", "Offset": round(s * 1e7), "Duration": round((e - s) * 1e7), "SpeakerId":
            f"Guest-{k + 1}", "DisplayText": t, "NBest": [{"Lexical": bare(t), "ITN": bare(t), "Display": t},
                                                        {"Display": "Wrong"}]})),
        LABELLED,
    ),
    (
        "Azure batch with words",
        {"combinedRecognizedPhrases": [{"display": WHOLE}], "recognizedPhrases": [
            {"channel": 0, "speaker": k + 1, "offset": f"PT{s}S", "duration": "PT3S", "nBest": [
                {"display": t, "lexical": t.lower(), "words": [
                    {"word": bare(w), "offset": f"PT{a}S", "duration": "PT0.3S"} for w, a, _, _ in words_of(n)]},
                {"display": "Wrong", "words": [{"word": "wrong", "offset": "PT1S"}]}]}
            for n, (k, s, t) in enumerate(TALK)]},
        LABELLED,
    ),
    (
        "Video Indexer, with what it read on the screen",
        {"videos": [{"insights": {
            "ocr": [{"text": "PIER 4", "instances": [{"start": "0:00:01", "end": "0:01:30"}]}],
            "topics": [{"name": "Harbours", "instances": [{"start": "0:00:01", "end": "0:01:30"}]}],
            "transcript": each(lambda k, s, e, t: {"text": t, "speakerId": k + 4, "instances": [
                {"adjustedStart": "0:00:00", "start": f"0:{clock(s)[3:]}", "end": f"0:{clock(e)[3:]}"}]}),
            "speakers": [{"id": 4, "name": "Ines Alba", "instances": [{"start": "0:00:12"}]},
                         {"id": 5, "name": "Cyril Doe", "instances": [{"start": "0:00:16"}]}]}}]},
        NAMED,
    ),
    (
        "DraftJS, times and speakers in entities only",
        {"blocks": [{"text": t, "entityRanges": [
            {"offset": t.index(w[0]), "length": len(w[0]), "key": 10 * n + m} for m, w in enumerate(words_of(n)[:1])]}
            for n, (_, _, t) in enumerate(TALK)],
         "entityMap": {str(10 * n + m): {"type": "WORD", "data": {"start": w[1], "end": w[2], "speaker": NAMES[w[3]]}}
                       for n in range(3) for m, w in enumerate(words_of(n))}},
        NAMED,
    ),
    (
        "ProseMirror, a heading, marks, words cut by formats, speakers in nodes of their own",
        {"type": "doc", "content": [
            {"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "Pier talk"}]},
            *({"type": "paragraph", "content": [
                {"type": "speaker", "attrs": {"name": NAMES[k]}}, {"type": "timestamp", "attrs": {"time": clock(s)}},
                {"type": "text", "text": t[:9]}, {"type": "text", "text": t[9:], "marks": [{"type": "bold"}]}]}
              for k, s, t in TALK)]},
        NAMED,
    ),
    (
        "Slate, names and times in the element's data, text in runs",
        {"children": each(lambda k, s, e, t: {"type": "p", "data": {"speakerName": NAMES[k], "start": s, "end": e},
                                              "children": [{"text": t[:20]}, {"text": t[20:], "bold": True}]})},
        NAMED,
    ),
    (
        "tokens with spaces, in milliseconds",
        {"text": WHOLE, "tokens": [{"text": p, "start_ms": round(s * 1000), "duration_ms": 300, "speaker": str(k)}
                                   for w, s, _, k in WORDS for p in (f" {w[:2]}", w[2:]) if p]},
        LABELLED,
    ),
    (
        "a table of speakers by label",
        {"info": {"participants": {"A": "Ines Alba", "B": {"name": "Cyril Doe"}}}, "utterances": each(
            lambda k, s, e, t: {"speaker": "AB"[k], "start": round(s * 1000), "end": round(e * 1000), "text": t})},
        NAMED,
    ),
    (
        "a list of names, segments with their places",
        {"speakers": list(NAMES), "segments": each(lambda k, s, e, t: {"spk": k, "from": clock(s), "text": t})},
        NAMED,
    ),
    (
        "sentences and chapters that repeat it",
        {"text": WHOLE, "chapters": each(lambda k, s, e, t: {"start": s, "end": e, "gist": "x", "summary": t}),
         "sentiment_analysis_results": each(lambda k, s, e, t: {"text": t, "start": s, "end": e, "speaker": "Z"}),
         "entities": [{"text": "40", "start": 17, "end": 18, "entity_type": "number"}],
         "words": [{"text": w, "start": s, "end": e, "speaker": "AB"[k]} for w, s, e, k in WORDS],
         "utterances": each(lambda k, s, e, t: {"speaker": "AB"[k], "start": s, "end": e, "text": t})},
        LABELLED,
    ),
    (
        "WhisperX, a segment over two speakers, a word without a time",
        {"segments": [{"start": 12.25, "end": 75, "text": " " + WHOLE, "speaker": "SPEAKER_00", "words": [
            {"word": w, "speaker": f"SPEAKER_0{k}"} | ({} if w == "40" else {"start": s, "end": e})
            for w, s, e, k in WORDS]}],
         "word_segments": [{"word": w, "start": s, "end": e} for w, s, e, _ in WORDS]},
        LABELLED,
    ),
    (
        "whisper.cpp with tokens",
        {"result": {"language": "en"}, "transcription": each(lambda k, s, e, t: {
            "timestamps": {"from": clock(s).replace(".", ","), "to": clock(e).replace(".", ",")},
            "offsets": {"from": round(s * 1000), "to": round(e * 1000)}, "text": f" {t}",
            "tokens": [{"text": "[_BEG_]", "offsets": {"from": 0, "to": 0}}, {"text": " No"}]})},
        UNNAMED,
    ),
    (
        "several lists, and the one with speakers is the least known",
        {"captions": each(lambda k, s, e, t: {"start": s, "end": e, "text": t}),
         "dialogue": {"1": {"parts": each(lambda k, s, e, t: {"start": s, "end": e, "text": t, "who": NAMES[k]})}}},
        NAMED,
    ),
    (
        "rows of start, end and text",
        {"segments": [[n, 0, s, s + 3, t, [1, 2]] for n, (_, s, t) in enumerate(TALK)]},
        UNNAMED,
    ),
    (
        "chunks of a pipeline, and turns of another",
        {"chunks": each(lambda k, s, e, t: {"timestamp": [s, e], "text": f" {t}"}), "text": WHOLE,
         "diarization": each(lambda k, s, e, t: {"segment": {}, "start": s, "end": e, "speaker": f"SPEAKER_0{k}"})},
        LABELLED,
    ),
    (
        "named at changes only, with the name left empty",
        [{"start": s, "end": e, "word": w, "speaker": NAMES[k] if n in (0, 8, 16) else ""}
         for n, (w, s, e, k) in enumerate(WORDS)],
        NAMED,
    ),
    (
        "names before the words, of speakers that are known",
        each(lambda k, s, e, t: {"speaker": NAMES[k], "ts": f"{s:.2f}", "content": f"{NAMES[k].upper()}: {t}"}),
        NAMED,
    ),
    (
        "results that may still change, a line each",
        "\n".join(json.dumps({"is_final": final, "start": s, "duration": 3.5, "channel": {"alternatives": [
            {"transcript": t if final else t[:12]}]}}) for _, s, t in TALK for final in (False, True)),
        UNNAMED,
    ),
    (
        "a table with a header, of numbered speakers whose names stand before the words",
        {"columns": ["begin", "speaker", "text"],
         "rows": each(lambda k, s, e, t: [s, f"SPEAKER_0{k}", f"{NAMES[k]}: {t}"])},
        NAMED,
    ),
    ("an object by times", {clock(s): {"speaker": NAMES[k], "text": t} for k, s, t in TALK}, NAMED),
    (
        "captions in one value",
        {"id": 3, "vtt": "WEBVTT\n\n" + "\n\n".join(
            f"{clock(s)} --> {clock(s + 3)}\n<v {NAMES[k]}>{t}" for k, s, t in TALK)},
        NAMED,
    ),
    (
        "times in marks, two channels with the same on both",
        {"channels": [{"nodes": each(lambda k, s, e, t: {"attrs": {"speaker": NAMES[k]}, "nodes": [
            {"text": t, "marks": [{"type": "time", "data": {"start": s, "end": e}}]}]})}] * 2},
        NAMED,
    ),
    ("no times", {"paragraphs": each(lambda k, s, e, t: {"speaker": {"name": NAMES[k]}, "sentences": [t]})}, UNTIMED),
    (
        "a text of another format in one value",
        {"id": 3, "status": "completed", "transcript": "\n\n".join(f"{NAMES[k]}: {t}" for k, _, t in TALK)},
        UNTIMED,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("data", "said"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_documents(data: Any, said: Expectation) -> None:
    body = data if isinstance(data, str) else json.dumps(data)
    assert problems(said, read_transcript(body.encode(), "application/json").turns) == []


@pytest.mark.parametrize(
    "data",
    [
        {"content": "Page not found"}, {"token": "eyJhbGciOiJIUzI1NiJ9"}, [{"name": "lang", "value": "en"}],
        {"status": "error", "text": "Sorry, it is not available in your region."}, {"version": "1.2", "chapters": [
            {"startTime": 0, "title": "The pier"}]}, {"items": [{"id": "1", "content_text": WHOLE, "title": "Pier"}]},
    ],
)  # fmt: skip
def test_what_is_no_talk(data: object) -> None:
    assert read(data) == []


def test_junk_comes_to_an_end() -> None:
    """Each takes minutes or longer if the cost grows faster than the length."""
    node: Any = {"type": "text", "text": "x" * 100}
    for _ in range(38):
        node = {"type": "speaker", "content": [node]}
    numbered = [{"text": "x", "start": n, "speaker": n} for n in range(3_000)]
    long = [{"text": "x", "start": n, "speaker": 10_000 + n % 5_000} for n in range(3_000)]
    spans = [{"start": 0, "end": 3_000, "speaker": n % 7} for n in range(3_000)]
    for junk in (
        [node], {"speakers": ["Ada", "Bo"], "segments": numbered}, long,
        {"a": spans, "b": [{"text": "x", "start": n} for n in range(3_000)]},
    ):  # fmt: skip
        read(junk)


KEYS = st.sampled_from(
    ["text", "words", "alternatives", "speaker", "speakers", "start", "end", "results", "content", "type", "nBest",
     "id", "segments", "data", "attrs", "entityMap", "entityRanges", "offset", "timestamps", "0", "name", "channel"]
)  # fmt: skip
SCALARS = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=4) | st.just("speaker")
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)


@given(DOCUMENTS)
def test_any_document_is_read_or_refused(data: object) -> None:
    read(data)


# Words that are unlike, so that each can be found again.
UNLIKE = st.lists(
    st.sampled_from(["pier", "boat", "gull", "rope", "tide", "salt"]), min_size=1, max_size=4, unique=True
)


@st.composite
def nested(draw: st.DrawFn) -> tuple[Any, int]:
    """An entry with a text of its own and, by another key, the words of it; and how often it has them."""
    texts = draw(st.lists(UNLIKE, min_size=1, max_size=5))
    views = draw(
        st.sets(st.sampled_from(["text", "words", "alternatives", "children", "tokens"]), min_size=1)
    )
    made = []
    for number, text in enumerate(texts):
        start = 10.0 * number
        timed = [{"word": word, "start": start + n, "end": start + n + 0.5} for n, word in enumerate(text)]
        view = {
            "text": " ".join(text),
            "words": timed,
            "alternatives": [{"transcript": " ".join(text)}, {"transcript": " ".join(reversed(text))}],
            "children": [{"text": " ".join(text)}],
            "tokens": timed,
        }
        made.append({"start": start} | {key: view[key] for key in sorted(views)})
    return {"a": made, "b": {"segments": made}, "c": [[one] for one in made]}, sum(map(len, texts))


@given(nested())
def test_nothing_is_said_twice(document: tuple[Any, int]) -> None:
    data, count = document
    assert sum(len(text.split()) for text in read(data)) == count


def read(data: object) -> list[str]:
    try:
        return [turn.text for turn in read_transcript(json.dumps(data).encode(), "application/json").turns]
    except TranscriptError:
        return []
