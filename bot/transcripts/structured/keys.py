"""What the keys of a document mean, whoever wrote it: text, times, speakers, what is nested, and what is no speech.

Keys are compared without case, `_` and `-`: `start_time`, `startTime` and `StartTime` are one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

# Shapes of entries that are remembered: a document has few, unless it is made to have many.
_MAX_SHAPES = 4_096

# Where an entry has several, the first is taken: what is written for reading before what was recognised.
_TEXTS = (
    "punctuatedword", "displaytext", "display", "body", "text", "content", "transcript", "caption", "sentence",
    "line",
    "word", "token", "value", "utf8", "utterance", "punctuatedtranscript", "formattedtext", "fulltranscript",
    "fulltext",
    "transcription", "rendered", "rawtext", "maskeditn", "itn", "lexical", "vtt", "webvtt", "srt", "html", "t",
)  # fmt: skip
_SPEAKERS = (
    "speakername", "speakerdisplayname", "speakerfullname", "voice", "speaker", "speakerlabel", "spk", "displayname",
    "participantname", "participant", "participantrole", "author", "who", "actor", "character", "username", "user",
    "name", "speakerid", "speakertag", "speakernumber", "speakernum", "speakeridx", "speakerindex", "participantid",
    "userid", "spkid", "spkr", "speakermodellabel",
)  # fmt: skip
_CHANNELS = ("channel", "channelid", "channelindex", "channellabel", "channeltag")

_STARTS_MS = (
    "startms", "tstartms", "starttimems", "startmillis", "offsetmilliseconds", "startmilliseconds", "beginms",
    "beginoffsetmillis", "startoffsetmillis", "startoffsetms", "offsetms", "timems", "starttimemillis", "startinms",
)  # fmt: skip
_STARTS_S = ("startseconds", "startsec", "starts", "startinseconds", "starttimeseconds", "offsetseconds")
_STARTS = (
    "starttime", "start", "datastart", "begin", "begintime", "starttimecode", "timestart", "starttimestamp",
    "starttimeoffset", "from", "ts", "time", "timestamp", "timecode", "startoffset", "offset", "startat", "st", "tc",
)  # fmt: skip
_ENDS_MS = (
    "endms", "endtimems", "endmillis", "endmilliseconds", "endoffsetmillis", "endoffsetms", "endtimemillis",
    "endinms",
)  # fmt: skip
_ENDS_S = ("endseconds", "endsec", "ends", "endinseconds", "endtimeseconds")
_ENDS = (
    "endtime", "end", "dataend", "endtimecode", "timeend", "endtimestamp", "endtimeoffset", "endts", "endoffset",
    "stop", "stoptime", "to", "until", "finish", "resultendtime", "resultendoffset", "et",
)  # fmt: skip
_DURATIONS_MS = ("ddurationms", "durationms", "durationmilliseconds", "durationmillis", "lengthms")
_DURATIONS_S = ("durationseconds", "durationsec")
_DURATIONS = ("duration", "dur", "length")
# whisper.cpp: {"offsets": {"from": 0, "to": 900}} in milliseconds, beside "timestamps" as clocks.
_PAIRS_MS = ("offsets",)
_PAIRS = (
    "timestamps",
    "time",
    "timestamp",
    "timecode",
    "times",
    "timing",
    "timerange",
    "span",
    "interval",
    "instances",
)
# Dictionaries inside an entry that hold what belongs to it: a node's attributes.
_ATTRIBUTES = (
    "attrs", "data", "attributes", "props", "properties", "meta", "paragraphattributes", "custom", "marks", "info",
)  # fmt: skip
# Each of a list's members says the same.
_ALTERNATIVES = ("alternatives", "nbest", "hypotheses", "candidates", "nbestlist", "variants")
# What is about the speech, and is none.
_NO_SPEECH = re.compile(
    r"chapter|topic|sentiment|summar|keyword|keyphrase|highlight|entit|translat|categor|emotion|intent|question|comment"
    r"|annotation|metadata|confidence|safety|redact|moderation|brand|^named|^ocr|face|keyframe|outline|actionitem"
    r"|wordalternatives|wordcloud|search|bookmark|marker|abstract|gist|headline|warning|^errors?$|spokenform|writtenform"
    r"|audioeffect|statistic|config|setting|request|^query|sponsor|url|image|advert|credit|license|copyright|styles?$"
    r"|vocab|analytics|takeaway|quotes?$|socialpost|blogpost|partial|interim|description|subtitle$"
)
_SPEAKER_TABLE = re.compile(
    r"speaker|contributor|participant|people|persons?$|hosts?$|guests?$|users?$|authors?$|voices?$|cast$|members?$"
    r"|attendee|actors?$|talent"
)
# Lists of bare texts are speech under these keys, or as the whole document.
_LISTS_OF_TEXTS = frozenset(
    {"", "transcript", "transcripts", "lines", "paragraphs", "sentences", "text", "texts", "body", "segments",
    "content",
     "captions", "utterances", "children"}
)  # fmt: skip


class Count(Enum):
    """What a number under a key counts, in milliseconds; zero where only the numbers tell."""

    SECONDS = 1_000
    MILLISECONDS = 1
    TICKS = 1 / 10_000
    UNTOLD = 0


Counted = tuple[tuple[str, Count], ...]


@lru_cache(_MAX_SHAPES)
def plain(key: str) -> str:
    """A key as it is compared."""
    return key.casefold().replace("_", "").replace("-", "").replace(" ", "")


@dataclass(frozen=True, slots=True)
class Shape:
    """What the keys of one kind of entry mean, the most telling first; the keys are spelt as in the document."""

    texts: tuple[str, ...]
    speakers: tuple[str, ...]
    channels: tuple[str, ...]
    starts: Counted
    ends: Counted
    durations: Counted
    pairs: Counted
    attributes: tuple[str, ...]
    # Everything that may hold speech where its value is a list or an object.
    nested: tuple[str, ...]
    kind: str | None
    final: str | None
    attaches: str | None


@lru_cache(_MAX_SHAPES)
def shape_of(keys: tuple[str, ...]) -> Shape:
    """The meaning of an object's keys."""
    by_plain: dict[str, str] = {}
    for key in keys:
        by_plain.setdefault(plain(key), key)

    def present(*names: str) -> tuple[str, ...]:
        return tuple(by_plain[name] for name in names if name in by_plain)

    def counted(
        ms: tuple[str, ...], seconds: tuple[str, ...], ticks: tuple[str, ...], untold: tuple[str, ...]
    ) -> Counted:
        named = (
            (ms, Count.MILLISECONDS),
            (seconds, Count.SECONDS),
            (ticks, Count.TICKS),
            (untold, Count.UNTOLD),
        )
        return tuple((key, count) for names, count in named for key in present(*names))

    # A speaker's own record has a name, and no speech.
    taken = frozenset(_SPEAKERS)
    speech = {key for name, key in by_plain.items() if name not in taken and not _NO_SPEECH.search(name)}
    return Shape(
        texts=present(*_TEXTS),
        speakers=present(*_SPEAKERS),
        channels=present(*_CHANNELS),
        starts=counted(_STARTS_MS, _STARTS_S, ("offsetinticks",), _STARTS),
        ends=counted(_ENDS_MS, _ENDS_S, (), _ENDS),
        durations=counted(_DURATIONS_MS, _DURATIONS_S, ("durationinticks",), _DURATIONS),
        pairs=counted(_PAIRS_MS, (), (), _PAIRS),
        attributes=present(*_ATTRIBUTES),
        nested=tuple(key for key in keys if key in speech),
        kind=by_plain.get("type"),
        final=next((by_plain[one] for one in ("final", "isfinal", "ispartial") if one in by_plain), None),
        attaches=by_plain.get("attachesto"),
    )


NO_SHAPE = shape_of(())


@lru_cache(_MAX_SHAPES)
def are_alternatives(key: str) -> bool:
    """Whether the members of the list under this key are several readings of the same words."""
    return plain(key) in _ALTERNATIVES


@lru_cache(_MAX_SHAPES)
def names_speakers(key: str) -> bool:
    """Whether a table of the speakers' names may stand under this key."""
    return _SPEAKER_TABLE.search(plain(key)) is not None


@lru_cache(_MAX_SHAPES)
def holds_texts(key: str) -> bool:
    """Whether bare texts in the list under this key are speech."""
    return plain(key) in _LISTS_OF_TEXTS
