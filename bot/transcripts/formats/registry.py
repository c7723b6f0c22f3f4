"""The registry of transcript formats: one row for each, in the file that reads it.

A new format is one new file in this folder that holds a tuple `FORMATS`; it is discovered, and nothing else lists
formats.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from types import MappingProxyType

from bot.transcripts import formats as package
from bot.transcripts.turns.cues import ParsedTranscript
from storage.models import TranscriptSource

# Files of these types are no text, whatever else may be wrong about a type.
_OTHER_KINDS = ("audio/", "font/", "image/", "model/", "video/")
_OTHER_TYPES = re.compile(
    r"application/(?:pdf|zip|gzip|x-gzip|x-zip|x-tar|x-bzip|x-7z|x-rar|vnd\.rar|msword|epub|vnd\.(?:ms-|openxml|oasis)).*"
)
# What stands around the name of a format: `text/x-srt`, `application/srt` and `srt` are the same.
_AROUND_NAME = re.compile(r"^(?:[\w.-]{1,40}/)?(?:x-|vnd\.)?")


class Recognition(IntEnum):
    """How strongly the content of a file speaks for a format.

    POSSIBLE: nothing speaks against it, as with plain text; LIKELY: the content fits this format and perhaps a
    sibling; CERTAIN: it can be nothing else.
    """

    NO = 0
    POSSIBLE = 1
    LIKELY = 2
    CERTAIN = 3


def not_recognised(_text: str) -> Recognition:
    """For a format whose files can't be told by their content."""
    return Recognition.NO


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptFormat:
    """All that is known about one format.

    source: its name in the database, in JSON output and for `--type`.
    label: its name in sentences.
    trust: of transcripts that are equally good, the one with the highest trust is chosen; it is also fetched first.
    read: parses the decoded text; also given the names of people who may speak in it. None where transcripts from
        this source aren't published as files.
    media_types: the types by which feeds and servers announce it, in lower case.
    recognise: judges the content.
    max_pieces: how often a delimiter may occur. Parsed, each piece costs many times its length in memory, so they are
        counted before anything is parsed.
    """

    source: TranscriptSource
    label: str
    trust: int
    read: Callable[[str, Sequence[str]], ParsedTranscript] | None
    media_types: tuple[str, ...] = ()
    recognise: Callable[[str], Recognition] = not_recognised
    max_pieces: tuple[tuple[str, int], ...] = ()

    def has_too_many_pieces(self, text: str) -> bool:
        """Whether the text has more pieces than any speech."""
        return any(text.count(delimiter) > most for delimiter, most in self.max_pieces)


@cache
def all_formats() -> Mapping[TranscriptSource, TranscriptFormat]:
    """Every source of transcripts, the most trusted first, as found in the modules of this package."""
    found: list[TranscriptFormat] = []
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        found += getattr(importlib.import_module(module.name), "FORMATS", ())
    found.sort(key=lambda one: -one.trust)
    _refuse_duplicates([one.source for one in found])
    _refuse_duplicates([media_type for one in found for media_type in one.media_types])
    return MappingProxyType({one.source: one for one in found})


def _refuse_duplicates(names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two transcript formats claim {name!r}")


def published_formats() -> tuple[TranscriptFormat, ...]:
    """The formats of files that are published beside episodes, the most trusted first."""
    return tuple(one for one in all_formats().values() if one.read is not None)


def format_of(source: TranscriptSource) -> TranscriptFormat:
    """The row of a stored source; for one that this version doesn't know, a row that is trusted least."""
    known = all_formats().get(source)
    return known or TranscriptFormat(source=source, label=source, trust=0, read=None)


def label_of(source: TranscriptSource) -> str:
    """The name of a stored source in sentences."""
    return format_of(source).label


def media_type_of(content_type: str | None) -> str:
    """The media type alone: `text/vtt` for `Text/VTT; charset=utf-8`."""
    return (content_type or "").partition(";")[0].strip().lower()


def announced_format(content_type: str | None) -> TranscriptFormat | None:
    """The format that a media type names, or what hosts write instead of one: `srt`, `text/x-vtt`, `.ttml`.

    It is a hint: the content decides.
    """
    media_type = media_type_of(content_type)
    formats = published_formats()
    exact = next((one for one in formats if media_type in one.media_types), None)
    if exact is not None or not media_type:
        return exact
    name = _bare_name(media_type)
    return next((one for one in formats if name == one.source or name in _bare_names(one)), None)


def _bare_name(media_type: str) -> str:
    """`srt` for `application/x-srt` and for `.srt`."""
    return _AROUND_NAME.sub("", media_type.lstrip("."), count=1)


def _bare_names(one: TranscriptFormat) -> frozenset[str]:
    return frozenset(map(_bare_name, one.media_types))


def may_be_readable(content_type: str) -> bool:
    """Whether a file that is announced with this type is worth fetching: unless it is surely no text."""
    media_type = media_type_of(content_type)
    if announced_format(media_type) is not None:
        return True
    return not media_type.startswith(_OTHER_KINDS) and not _OTHER_TYPES.fullmatch(media_type)


def recognise(text: str, content_type: str | None) -> TranscriptFormat:
    """The format of a text: judged by its content first, as servers often announce a wrong type.

    Where the content fits several formats the announced one is taken, else the plainest.
    """
    announced = announced_format(content_type)
    return max(published_formats(), key=lambda one: (one.recognise(text), one is announced, -one.trust))
