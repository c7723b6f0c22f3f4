"""The walk through a document: every object and list is seen once, and what it says is handed up.

The members of a list follow each other; the values of an object are views of the same speech, of which `views` takes
one. An entry's speaker and time hold for what is nested in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.transcripts.structured.draftjs import ranges_of
from bot.transcripts.structured.keys import (
    NO_SHAPE,
    Shape,
    are_alternatives,
    holds_texts,
    names_speakers,
    plain,
    shape_of,
)
from bot.transcripts.structured.leaves import Leaf, Leaves, Names
from bot.transcripts.structured.names import NameTable, names_of, spelling
from bot.transcripts.structured.rows import row_of, rows_under_header, rows_with_names
from bot.transcripts.structured.spacing import glue, is_opening
from bot.transcripts.structured.times import NO_TIMES, Moment, Times, moment, times_of
from bot.transcripts.structured.views import chosen, phrase_or_words, without_repeats

_MAX_DEPTH = 40
_MAX_TABLE_DEPTH = 4
_MAX_MARKS = 8
_MAX_LABEL = 80
# What editors call the nodes that are no speech.
_SILENT = frozenset(
    {"heading", "title", "header", "h1", "h2", "h3", "h4", "h5", "h6", "headingone", "headingtwo", "headingthree",
     "headerone", "headertwo", "headerthree", "image", "figure", "chapter", "summary", "comment", "metadata",
     "speakerchange"}
)  # fmt: skip
_LABELS = frozenset({"speaker", "speakername", "speakerlabel", "voice", "author"})
_STAMPS = frozenset({"timestamp", "timecode", "time"})
_LABELS_AND_STAMPS = _LABELS | _STAMPS
_PUNCTUATION = frozenset({"punct", "punctuation", "punctuationmark"})
_NESTING = frozenset({dict, list})
_INLINE = frozenset({"content", "children", "nodes", "leaves", "runs", "spans", "inlines", "delta", "ops"})


@dataclass(frozen=True, slots=True)
class Span:
    """Somebody speaks in this time, as a table says that has no words."""

    names: Names
    start: float
    end: float
    clock: str | None


@dataclass(slots=True)
class _Pending:
    """A label or a time that stands in a node of its own, before what it belongs to."""

    names: Names | None = None
    times: Times = NO_TIMES

    @property
    def told(self) -> bool:
        """Whether there is anything."""
        return self.names is not None or self.times.start is not None


class Walk:
    """What a walk through one document finds beside the speech.

    labels: nodes may be labels of what follows them. What stands inside of one is walked through without.
    """

    def __init__(self, *, labels: bool = True) -> None:
        self._labels = labels
        self.table = NameTable()
        self.spans: list[Span] = []
        self.podlove = False
        self._entities: Mapping[str, Any] = {}

    def speech(self, data: object) -> Leaves:
        """What the document says."""
        return self._of(data, "", 0, listed=False)

    def _of(self, value: object, key: str, depth: int, *, listed: bool) -> Leaves:
        if depth > _MAX_DEPTH:
            return Leaves()
        if isinstance(value, dict):
            return self._of_object(value, depth, listed=listed)
        if isinstance(value, list):
            return self._of_list(value, key, depth)
        return Leaves()

    def _of_object(self, entry: dict[str, Any], depth: int, *, listed: bool) -> Leaves:
        shape = shape_of(tuple(entry))
        if shape.kind is not None and _kind(entry, shape) in _SILENT:
            return Leaves()
        names = names_of(entry, shape, listed=listed)
        times = times_of(entry, shape)
        text = next((value for key in shape.texts if isinstance(value := entry[key], str) and value), "")
        words = Leaves()
        spans = len(self.spans)
        if not _NESTING.isdisjoint(map(type, entry.values())):
            for inner in _attributes(entry, shape):
                inner_shape = shape_of(tuple(inner))
                names = names or names_of(inner, inner_shape, listed=listed)
                times = times if times.start is not None else times_of(inner, inner_shape)
            self._note(entry)
            words = _inheriting(self._nested(entry, shape, depth), names, times)
        elif "start_ms" in entry:
            self._note(entry)
        if text:
            leaf = _leaf(entry, shape, text, names, times)
            return phrase_or_words(leaf, words) if words.letters else Leaves.one(leaf)
        if not words.leaves and names and times.start is not None and len(self.spans) == spans:
            end = times.start if times.end is None else times.end
            self.spans.append(Span(names, times.start, end, times.clock))
        return words

    def _note(self, entry: dict[str, Any]) -> None:
        """What an object tells of the whole document."""
        if "entityMap" in entry and isinstance(entry["entityMap"], dict | list):
            entities = entry["entityMap"]
            self._entities = (
                entities if isinstance(entities, dict) else {str(n): one for n, one in enumerate(entities)}
            )
        self.podlove = self.podlove or ("start_ms" in entry and _is_podlove(entry))

    def _nested(self, entry: dict[str, Any], shape: Shape, depth: int) -> Leaves:
        views: list[Leaves] = []
        parts: list[tuple[float, Leaves]] = []
        for key, value in entry.items():
            if not isinstance(value, dict | list):
                continue
            if names_speakers(key):
                self.table.take(value)
            if key not in shape.nested:
                self._look_for_tables(value, 0)
                continue
            found = self._of(value, key, depth + 1, listed=False)
            if (place := _place(key)) is None:
                views.append(found)
                continue
            if not place.bare:
                found = _inheriting(found, None, Times(place.number))
            parts.append((place.number, found))
        if "entityRanges" in entry and self._entities:
            views.append(self._of_list(ranges_of(entry, self._entities), "words", depth + 1))
        if (rows := rows_under_header(entry)) is not None:
            views.append(self._of_list(rows, "", depth + 1))
        if parts:
            # An object whose keys count, or are times, is a list.
            views.append(_joined([part for _, part in sorted(parts, key=lambda one: one[0])]))
        return chosen(views)

    def _look_for_tables(self, value: object, depth: int) -> None:
        if isinstance(value, dict) and depth < _MAX_TABLE_DEPTH:
            for key, inner in value.items():
                if names_speakers(key):
                    self.table.take(inner)
                self._look_for_tables(inner, depth + 1)

    def _of_list(self, members: Sequence[Any], key: str, depth: int) -> Leaves:
        if are_alternatives(key):
            found = (self._member(one, "texts", depth, listed=False) for one in members)
            return next((one for one in found if one.letters), Leaves())
        members = rows_with_names(members) or members
        listed = sum(isinstance(one, dict) for one in members[:3]) > 1
        parts: list[Leaves] = []
        unsettled: list[bool] = []
        pending = _Pending()
        opens = False
        for member in members:
            shape = shape_of(tuple(member)) if isinstance(member, dict) else NO_SHAPE
            if self._labels and shape.kind is not None and self._is_label(member, shape, pending):
                continue
            part = self._member(member, key, depth, listed=listed)
            if not part.leaves:
                continue
            if pending.told:
                _settle(part, pending)
            if opens:
                part.leaves[0].glued = True
            opens = shape.attaches is not None and member[shape.attaches] in ("next", "both")
            parts.append(part)
            unsettled.append(shape.final is not None and _is_unsettled(member[shape.final], shape.final))
        if any(unsettled) and not all(unsettled):
            parts = [part for part, doubtful in zip(parts, unsettled, strict=True) if not doubtful]
        return _joined(without_repeats(parts), inline=plain(key) in _INLINE)

    def _member(self, member: object, key: str, depth: int, *, listed: bool) -> Leaves:
        if isinstance(member, str):
            return Leaves.of([Leaf(member)]) if member and (holds_texts(key)) else Leaves()
        if isinstance(member, list) and (row := row_of(member)) is not None:
            return Leaves.of([row])
        return self._of(member, key, depth + 1, listed=listed)

    def _is_label(self, member: dict[str, Any], shape: Shape, pending: _Pending) -> bool:
        """Whether a node is a name or a time for what follows it, which is kept then."""
        if (kind := _kind(member, shape)) not in _LABELS_AND_STAMPS:
            return False
        said = " ".join(
            leaf.text for leaf in Walk(labels=False).speech([member | {"type": ""}]).leaves
        ).strip()
        if len(said) > _MAX_LABEL:
            return False
        inner = [member, *_attributes(member, shape)]
        if kind in _STAMPS:
            when = moment(said)
            told = Times(when.number, None, kind if when.bare else None) if when is not None else NO_TIMES
            for one in inner:
                told = told if told.start is not None else times_of(one, shape_of(tuple(one)))
            pending.times = told if told.start is not None else pending.times
            return told.start is not None
        names: Names | None = (name,) if (name := spelling(said)) else None
        for one in inner:
            names = names_of(one, shape_of(tuple(one)), listed=True) or names
        pending.names = names
        return names is not None


def _place(key: str) -> Moment | None:
    """The number or the time that a key is."""
    return moment(key) if key[:1].isdecimal() and len(key) < 16 else None


def _kind(entry: Mapping[str, Any], shape: Shape) -> str:
    kind = entry[shape.kind] if shape.kind is not None else None
    return plain(kind) if isinstance(kind, str) and len(kind) < 30 else ""


def _attributes(entry: Mapping[str, Any], shape: Shape) -> Iterator[dict[str, Any]]:
    for key in shape.attributes:
        value = entry[key]
        for one in value[:_MAX_MARKS] if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield one
                yield from (inner for name in ("attrs", "data") if isinstance(inner := one.get(name), dict))


def _leaf(entry: Mapping[str, Any], shape: Shape, text: str, names: Names | None, times: Times) -> Leaf:
    glued = shape.attaches is not None and entry[shape.attaches] in ("previous", "both")
    if shape.kind is not None and _kind(entry, shape) in _PUNCTUATION and not text.isspace():
        glued = glued or not is_opening(text)
    return Leaf(text, names, times.start, times.end, times.clock, glued)


def _is_unsettled(value: object, key: str) -> bool:
    """Whether a recogniser may still change its mind about this result."""
    return value is True if "partial" in plain(key) else value is False


def _is_podlove(entry: Mapping[str, Any]) -> bool:
    return "voice" in entry or ("start" in entry and "speaker" in entry)


def _settle(part: Leaves, pending: _Pending) -> None:
    """Give a part the label and the time that stand before it; a label goes on until the next one."""
    if pending.names is not None:
        part.leaves = [leaf if leaf.speaker else replace(leaf, speaker=pending.names) for leaf in part.leaves]
    if pending.times.start is not None and part.leaves[0].start is None:
        start, end, clock = pending.times
        part.leaves[0] = replace(part.leaves[0], start=start, end=end, clock=clock)
        pending.times = NO_TIMES
    part.measure()


def _inheriting(words: Leaves, names: Names | None, times: Times) -> Leaves:
    """The words with the speaker and the time of the entry that holds them, where they have none."""
    if not words.leaves or (not names and times.start is None):
        return words
    untimed = times.start is not None and not words.timed
    for leaf in words.leaves:
        if names and not leaf.speaker:
            leaf.speaker = names
        if untimed:
            leaf.start, leaf.end, leaf.clock = times
    words.measure()
    return words


def _joined(parts: Sequence[Leaves], *, inline: bool = False) -> Leaves:
    """The members of a list, one after the other; where each is one leaf, they may be parts of words."""
    joined = Leaves()
    for part in parts:
        joined.add(part)
    if len(joined.leaves) == len(parts):
        glue(joined.leaves, inline=inline and not joined.timed)
    return joined
