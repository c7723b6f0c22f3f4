"""JSON transcripts: Podcasting 2.0's segments, Podlove's lines, and what speech recognisers write.

They are parsed with the standard library's `json`: it is fast enough for files of this size, and accepts NaN.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.text.timecodes import Unit
from bot.transcripts.formats.caption_speakers import name_speakers
from bot.transcripts.formats.cue_blocks import Block
from bot.transcripts.formats.json_times import duration_of, end_of, has_time, seconds_or_ms, start_of
from bot.transcripts.formats.registry import Recognition, TranscriptFormat
from bot.transcripts.formats.srt import clean
from bot.transcripts.turns.cues import Cue, ParsedTranscript, TranscriptError, merge
from storage.models import StatusCode, TranscriptSource, Turn

INVALID_JSON = StatusCode("transcript.invalid_json")
NO_SEGMENTS = StatusCode("transcript.no_segments")

# Keys that hold the list of segments, the most telling first.
_LISTS = (
    "segments", "transcripts", "transcript", "cues", "captions", "subtitles", "utterances", "paragraphs",
    "monologues", "transcription", "results", "events", "lines", "items", "sentences", "words", "data", "body",
)  # fmt: skip
# Keys of a segment that hold its words or sentences.
_PARTS = ("items", "elements", "segs", "words", "lines", "sentences")
_TEXTS = (
    "body", "text", "content", "transcript", "punctuated_word", "caption", "sentence", "line", "word", "value",
    "utf8", "display",
)  # fmt: skip
_SPEAKERS = (
    "speaker",
    "speakerName",
    "speaker_name",
    "speakerLabel",
    "speaker_label",
    "voice",
    "name",
    "author",
)
_MAX_DEPTH = 8
_MAX_NAME = 200
# Punctuation as an entry of its own, which belongs to the word before it; an opening bracket belongs to the next.
_PUNCTUATION = re.compile(r"[^\w\s(\[{“«„¿¡]{1,3}")
_JSON = TranscriptSource("json")
_PODLOVE = TranscriptSource("podlove")
_BEGINNING = re.compile(r'\{\s*["}]|\[\s*[\[{\]]|\{\s*$')


@dataclass(frozen=True, slots=True)
class _Segment:
    """One entry of the list. Its text keeps the spaces around it, which tell where words end."""

    speaker: str | None
    start_ms: int | None
    end_ms: int | None
    text: str


def read(text: str, people: Sequence[str] = ()) -> ParsedTranscript:
    """Parse the list of segments, wherever in the file it is, and merge them into turns.

    Segments with text are counted. `source` tells Podlove's JSON from the rest.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise TranscriptError(INVALID_JSON()) from None
    entries = list(_flat(_find_list(data) or []))
    unit = seconds_or_ms(entries, sum(len(_text(one).split()) for one in entries))
    voices = _contributors(data)
    podlove = any(_is_podlove(one, in_player="transcripts" in data) for one in entries)
    segments = [_segment(one, unit, voices, podlove=podlove) for one in entries if _text(one)]
    if not any(one.text.strip() for one in segments):
        raise TranscriptError(NO_SEGMENTS())
    source = _PODLOVE if podlove else _JSON
    if all(one.start_ms is None for one in segments):
        return ParsedTranscript(len(segments), tuple(_untimed(segments)), source)
    cues = _cues(segments)
    if all(cue.speaker is None for cue in cues):
        cues = name_speakers([Block(cue.start_ms, cue.end_ms, True, [cue.text]) for cue in cues], people)
    return ParsedTranscript(len(segments), merge(cues), source)


def _is_podlove(entry: dict[str, Any], *, in_player: bool) -> bool:
    """Whether this is one of Podlove's lines; in its player's configuration they may lack the milliseconds."""
    if "start_ms" in entry:
        return "voice" in entry or ("start" in entry and "speaker" in entry)
    return in_player and isinstance(entry.get("start"), str)


def _find_list(data: Any, depth: int = 0) -> list[dict[str, Any]] | None:
    """The list of objects with text, searched by the order of `_LISTS`, then elsewhere, to a limited depth."""
    if depth > _MAX_DEPTH:
        return None
    if isinstance(data, list):
        entries = [one for one in data if isinstance(one, dict)]
        if any(_text(part) for one in entries for part in _parts(one)):
            if len(entries) == 1 and _text(entries[0]) and not has_time(entries[0]):
                # It is the whole text in one piece; timed segments may stand beside it.
                return _find_list(entries[0], depth + 1) or entries
            return entries
        # Some recognisers wrap everything in a list with one result for each channel.
        return next((found for one in data[:8] if (found := _find_list(one, depth + 1))), None)
    if isinstance(data, dict):
        named = [data[key] for key in _LISTS if key in data]
        others = [
            value for key, value in data.items() if key not in _LISTS and isinstance(value, dict | list)
        ]
        return next((found for one in (*named, *others[:8]) if (found := _find_list(one, depth + 1))), None)
    return None


def _parts(entry: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The entry itself where it has text, else the entries nested in it (one speaker's words)."""
    if _text(entry):
        return (entry,)
    for key in _PARTS:
        inner = entry.get(key)
        if isinstance(inner, list):
            found = [one for one in inner if isinstance(one, dict) and _text(one)]
            if found:
                return found
    return ()


def _flat(entries: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        for part in _parts(entry):
            if part is entry:
                yield entry
                continue
            outer_speaker = {key: entry[key] for key in _SPEAKERS if key in entry}
            if not has_time(part):
                # Words without times are said when their outer entry is.
                yield {**entry, **part}
            else:
                yield {**outer_speaker, **part}


def _text(entry: dict[str, Any]) -> str:
    for key in _TEXTS:
        value = entry.get(key)
        if isinstance(value, str) and value:
            return value
    return ""


def _segment(entry: dict[str, Any], unit: Unit, voices: dict[str, str], *, podlove: bool) -> _Segment:
    start_ms = start_of(entry, unit)
    end_ms = end_of(entry, unit)
    if end_ms is None and start_ms is not None and (duration_ms := duration_of(entry, unit)) is not None:
        end_ms = start_ms + duration_ms
    speaker = None
    # In Podlove's JSON "speaker" is a contributor's number and "voice" a name.
    for key in ("voice", *_SPEAKERS) if podlove else _SPEAKERS:
        if (speaker := _speaker(entry.get(key), voices)) is not None:
            break
    text = clean(_text(entry).replace("\n", " "))
    return _Segment(speaker, start_ms, end_ms, text)


def _speaker(name: object, voices: dict[str, str]) -> str | None:
    if isinstance(name, dict):
        name = next((name[key] for key in ("name", "label", "id") if name.get(key) is not None), None)
    if isinstance(name, bool):
        return None
    if isinstance(name, int):
        known = voices.get(str(name)) if abs(name) < 10**9 else None
        return known or (f"Speaker {name}" if 0 <= name < 1_000 else None)
    if isinstance(name, str):
        name = " ".join(name.split())[:_MAX_NAME].rstrip(": ")
        if name.isdecimal():
            return voices.get(name) or f"Speaker {name[:3]}"
        return voices.get(name) or name or None
    return None


def _contributors(data: object) -> dict[str, str]:
    """Names by contributor id, where the file is a player's configuration that lists them."""
    listed = data.get("contributors") if isinstance(data, dict) else None
    voices: dict[str, str] = {}
    for one in listed if isinstance(listed, list) else []:
        if not isinstance(one, dict) or not isinstance(one.get("name"), str):
            continue
        key = one.get("id")
        if isinstance(key, str) or (isinstance(key, int) and abs(key) < 10**9):
            voices[str(key)] = " ".join(one["name"].split())[:_MAX_NAME]
    return voices


def _untimed(segments: Iterable[_Segment]) -> Iterator[Turn]:
    for one in segments:
        if text := " ".join(one.text.split()):
            yield Turn(one.speaker, None, None, text)


def _cues(segments: Sequence[_Segment]) -> list[Cue]:
    """Cues out of segments: words and punctuation are joined; an untimed segment starts where the last one ends."""
    spaced = _carry_spaces(segments)
    cues: list[Cue] = []
    # Texts are joined once at the end: appending thousands to one string would cost quadratic time.
    texts: list[list[str]] = []
    new_word = True
    now_ms = next((one.start_ms for one in segments if one.start_ms is not None), 0)
    for one in segments:
        text = " ".join(one.text.split())
        if not text:
            new_word = True
            continue
        start_ms = now_ms if one.start_ms is None else one.start_ms
        now_ms = max(start_ms, start_ms if one.end_ms is None else one.end_ms)
        glued = (not new_word and not one.text[0].isspace()) if spaced else bool(_PUNCTUATION.fullmatch(text))
        last = cues[-1] if cues else None
        if glued and last and last.speaker == one.speaker and last.start_ms <= start_ms:
            cues[-1] = replace(last, end_ms=max(last.end_ms, now_ms))
            texts[-1].append(text)
        else:
            cues.append(Cue(one.speaker, start_ms, now_ms, ""))
            texts.append([text])
        new_word = one.text[-1].isspace()
    return [replace(cue, text="".join(parts)) for cue, parts in zip(cues, texts, strict=True)]


def _carry_spaces(segments: Sequence[_Segment]) -> bool:
    """Whether the segments are words that carry their own spaces, so that those without one belong together."""
    if any(one.text.isspace() for one in segments):
        return True
    words = [one.text for one in segments if one.text and " " not in one.text.strip()]
    spaced = sum(text[0].isspace() for text in words)
    return 2 * len(words) > len(segments) and 2 * spaced > len(words)


def _recognise(text: str) -> Recognition:
    start = len(text) - len(text.lstrip())
    # "[00:12] Hello" and "[music]" are speech.
    begins = _BEGINNING.match(text[start : start + 2_000]) is not None
    return Recognition.CERTAIN if begins else Recognition.NO


_MAX_PIECES = (("{", 100_000), (",", 1_500_000), ("[", 100_000))

FORMATS = (
    TranscriptFormat(
        source=_JSON,
        label="JSON",
        trust=60,
        media_types=("application/json", "text/json"),
        recognise=_recognise,
        read=read,
        max_pieces=_MAX_PIECES,
    ),
    # Announced as JSON too; only its entries tell.
    TranscriptFormat(source=_PODLOVE, label="Podlove", trust=50, read=read, max_pieces=_MAX_PIECES),
)
