"""SubStation Alpha (.ass, .ssa): `Dialogue: 0,0:00:00.50,0:00:03.10,Default,Ada,0,0,0,,Hello {\\i1}there`.

Read by hand: pysubs2 1.8.1 takes the fields in a fixed order whatever the file's "Format" line says, so that a name
becomes a time, and one event that it can't read costs the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.transcripts.formats.caption_speakers import read_captions, without_label_of
from bot.transcripts.formats.cue_blocks import Block
from bot.transcripts.formats.highlighted_words import merge_highlighted
from bot.transcripts.formats.registry import Recognition, TranscriptFormat
from bot.transcripts.turns.cues import NO_CUES, Cue, ParsedTranscript, TranscriptError, merge
from storage.models import TranscriptSource

_SECTION = re.compile(r"\s*\[([^\[\]\n]{1,60})\]\s*$")
_TIME = re.compile(r"\s*([0-9]{1,3}):([0-9]{1,2}):([0-9]{1,2})(?:[.:,]([0-9]{1,3}))?\s*")
_DEFAULT_FIELDS = (
    "layer",
    "start",
    "end",
    "style",
    "name",
    "marginl",
    "marginr",
    "marginv",
    "effect",
    "text",
)
_MAX_FIELDS = 30
_OVERRIDE = re.compile(r"\{[^{}\n]{0,2000}\}")
# Between "\p1" and "\p0" stand drawings and no words.
_DRAWING = re.compile(r"\{[^{}]{0,500}\\p[1-9][^{}]{0,500}\}[^{]*")
_BREAK = re.compile(r"\\[Nn]")
_MAX_NAME = 200
_TOP = 20_000
_HEAD = re.compile(r"^\s*\[(?:script info|v4\+? styles|events)\]\s*$", re.IGNORECASE | re.MULTILINE)
# What editors put into the field of the actor where none is told: Aegisub, SSA's "no tone pattern".
_NOBODY = frozenset({"", "default", "ntp", "none", "?"})


@dataclass(frozen=True, slots=True)
class _Event:
    """One line of dialogue with its actor, if it tells one."""

    start_ms: int
    end_ms: int
    actor: str | None
    text: str


def read(text: str, people: Sequence[str] = ()) -> ParsedTranscript:
    """Parse the lines of dialogue and merge them into turns; a line that stands in several layers counts once."""
    events = list(_once(sorted(_events(text), key=lambda one: (one.start_ms, one.end_ms))))
    if not events:
        raise TranscriptError(NO_CUES(format="ASS"))
    # One actor's lines at a time, so that two who say the same are not merged.
    blocks = [
        (actor, block)
        for actor, group in groupby(events, key=lambda one: one.actor)
        for block in merge_highlighted([_block(one) for one in group], _clean)
    ]
    for _, block in blocks:
        block.lines = [_clean(line) for line in block.lines]
    if all(actor is None for actor, _ in blocks):
        return ParsedTranscript(len(events), read_captions([block for _, block in blocks], people))
    cues = [
        Cue(
            actor,
            block.start_ms,
            block.end_ms,
            without_label_of(actor, " ".join(" ".join(block.lines).split())),
        )
        for actor, block in blocks
    ]
    return ParsedTranscript(len(events), merge(cues))


def _events(text: str) -> Iterator[_Event]:
    """The lines of dialogue, their fields in the order that the section's "Format" line gives."""
    fields: Sequence[str] = _DEFAULT_FIELDS
    in_events = True
    for line in text.split("\n"):
        if section := _SECTION.match(line[:100]):
            in_events = section[1].strip().lower() == "events"
            continue
        kind, colon, rest = line.partition(":")
        kind = kind.strip().lower()
        if not colon or not in_events or kind not in ("format", "dialogue"):
            continue
        if kind == "format":
            told = [one.strip().lower() for one in rest.split(",")[:_MAX_FIELDS]]
            # The text comes last, whatever the line says, since it may hold commas.
            fields = told if {"start", "text"} <= set(told) else fields
            continue
        values = dict(zip(fields, rest.lstrip().split(",", len(fields) - 1), strict=False))
        if (event := _event(values)) is not None:
            yield event


def _event(values: Mapping[str, str]) -> _Event | None:
    start_ms, end_ms = _to_ms(values.get("start", "")), _to_ms(values.get("end", ""))
    said = (
        _DRAWING.sub("", values.get("text", ""))
        if "\\p" in values.get("text", "")
        else values.get("text", "")
    )
    if start_ms is None or not _clean(said).strip():
        return None
    actor = " ".join(values.get("name", values.get("actor", "")).split())[:_MAX_NAME]
    return _Event(
        start_ms, start_ms if end_ms is None else end_ms, None if actor.lower() in _NOBODY else actor, said
    )


def _once(events: Iterable[_Event]) -> Iterator[_Event]:
    """The events without copies: shadows and outlines are lines of their own at the same time."""
    times: tuple[int, int] | None = None
    said: set[str] = set()
    for event in events:
        if (event.start_ms, event.end_ms) != times:
            times, said = (event.start_ms, event.end_ms), set()
        if (text := _clean(event.text)) not in said:
            said.add(text)
            yield event


def _block(event: _Event) -> Block:
    return Block(event.start_ms, event.end_ms, proper=True, lines=_BREAK.split(event.text))


def _clean(line: str) -> str:
    return " ".join(
        _OVERRIDE.sub("", line).replace("\\h", " ").replace("\\N", " ").replace("\\n", " ").split()
    )


def _to_ms(written: str) -> int | None:
    found = _TIME.fullmatch(written)
    if found is None:
        return None
    hours, minutes, seconds, fraction = found.groups("0")
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1_000 + int(fraction.ljust(3, "0"))


def _recognise(text: str) -> Recognition:
    head = text[:_TOP]
    if "[" not in head or not _HEAD.search(head):
        return Recognition.NO
    return Recognition.CERTAIN if "ScriptType" in head or "Dialogue:" in text else Recognition.LIKELY


FORMATS = (
    TranscriptFormat(
        source=TranscriptSource("ass"),
        label="ASS",
        trust=38,
        media_types=(
            "text/x-ssa",
            "text/x-ass",
            "application/x-ssa",
            "application/x-ass",
            "text/ass",
            "text/ssa",
        ),
        recognise=_recognise,
        read=read,
        max_pieces=(("\n", 500_000), ("{", 2_000_000)),
    ),
)
