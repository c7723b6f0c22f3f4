"""XML of captions, read with expat as it comes: nothing is kept of it but what a format's reader takes.

Entities and document types are never followed, and the depth is bounded. Prefixes are dropped, since files name them
as they like and forget to declare them. What XML forbids but hosts write, a bare "&" or "&nbsp;", is mended before.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Protocol
from xml.parsers import expat

from bot.transcripts.turns.cues import TranscriptError
from storage.models import StatusCode

INVALID_XML = StatusCode("transcript.invalid_xml")

_MAX_DEPTH = 64
_MAX_ATTRIBUTES = 64
# What may stand before the root: declarations, comments and a document type.
_PROLOG = re.compile(
    r"\s*(?:(?:<\?[^<>]{0,500}\?>|<!--[^<>]{0,2000}-->|<!DOCTYPE[^<>\[\]]{0,500}>)\s*){0,10}"
)
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?P<name>[A-Za-z][\w.-]{0,60})(?=[\s/>])")
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[\]]{0,500}>", re.IGNORECASE)
_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)([A-Za-z][A-Za-z0-9]{1,30};)?"
)
# Characters that XML has no place for, written out or as a number.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]|&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));"
)
_OPEN_BREAK = re.compile(r"<((?:[\w.-]{1,40}:)?br)\s*>(?!\s*</)", re.IGNORECASE)


class XmlReader(Protocol):
    """What is called for each tag and text; names are in small letters and without their prefixes."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, said: str) -> None:
        """Text inside of an element; one text may come in several pieces."""


def root_name(text: str) -> str | None:
    """The name of the root in small letters and without its prefix; None where the text doesn't begin as XML does."""
    prolog = _PROLOG.match(text)
    root = _ROOT.match(text, prolog.end() if prolog else 0)
    return root["name"].lower() if root else None


def read_xml(text: str, reader: XmlReader) -> None:
    """Give the reader all tags and texts. Raises TranscriptError where the document is broken or hostile."""
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    guard = _Guard(reader)
    parser.StartElementHandler = guard.start
    parser.EndElementHandler = guard.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(_mended(text).encode("utf-8", "replace"), True)
    except (expat.ExpatError, ValueError):
        raise TranscriptError(INVALID_XML()) from None


class _Guard:
    """Passes tags on, unless they are nested too deep or have too many attributes."""

    def __init__(self, reader: XmlReader) -> None:
        self._reader = reader
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH or len(attributes) > _MAX_ATTRIBUTES:
            raise TranscriptError(INVALID_XML())
        self._reader.start(_local(name), {_local(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self._depth -= 1
        self._reader.end(_local(name))


def _refuse(*_declared: object) -> None:
    """No captions need entities of their own, and XML bombs are made of them."""
    raise TranscriptError(INVALID_XML())


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _mended(text: str) -> str:
    """The text without what expat refuses and readers of captions do not need."""
    text = text.lstrip()
    prolog = _PROLOG.match(text)
    end = prolog.end() if prolog else 0
    text = _DOCTYPE.sub("", text[:end]) + text[end:]
    text = _AMPERSAND.sub(_without_entity, _FORBIDDEN.sub(" ", text))
    return _OPEN_BREAK.sub(r"<\1/>", text) if "</br" not in text and ":br>" not in text else text


def _without_entity(found: re.Match[str]) -> str:
    named = html.unescape(found[0]) if found[1] else found[0]
    if named == found[0]:
        return "&amp;" + (found[1] or "")
    return named.replace("&", "&amp;").replace("<", "&lt;")
