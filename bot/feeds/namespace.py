"""What feedparser loses of the podcast namespace, found by a small pass of its own over the XML.

feedparser 6.0.14 keeps only the last of repeated `podcast:*` elements and lets the title of a
`podcast:liveItem` overwrite the channel's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.entities import name2codepoint
from xml.parsers import expat

from storage.models import FileLink

# Both addresses are in use: the namespace's own, and that of its repository's page.
NAMESPACES = (
    "https://podcastindex.org/namespace/1.0",
    "http://podcastindex.org/namespace/1.0",
    "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
)
MAX_DEPTH = 64
MAX_LINKS = 16
SEPARATOR = "\x1f"


@dataclass(slots=True)
class ItemExtras:
    """What one item says in the podcast namespace."""

    transcripts: list[FileLink] = field(default_factory=list)
    alternates: list[str] = field(default_factory=list)


@dataclass(slots=True)
class FeedExtras:
    """What a whole feed says in the podcast namespace; items in the order of the document."""

    channel_title: str | None = None
    items: list[ItemExtras] = field(default_factory=list)


class _StopReadingError(Exception):
    """The document is hostile or malformed: what was found so far counts."""


def read_extras(body: bytes) -> FeedExtras:
    """Read what feedparser loses. A document that is not well-formed gives what stands before the fault."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=SEPARATOR)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    # Entities of the document's own are where XML bombs are made; no feed needs them.
    parser.EntityDeclHandler = reader.refuse
    parser.SkippedEntityHandler = reader.skipped
    # `&nbsp;` and its like are of HTML, unknown to XML: with a DTD that might declare them they are skipped, and
    # that DTD is empty. Without, one of them in the notes would end the document.
    parser.UseForeignDTD(True)
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)

    def read_nothing(context: str | None, *_: object) -> int:
        parser.ExternalEntityParserCreate(context).Parse(b"", True)
        return 1

    parser.ExternalEntityRefHandler = read_nothing
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, _StopReadingError, ValueError, LookupError):
        return reader.found
    return reader.found


class _Reader:
    def __init__(self) -> None:
        self.found = FeedExtras()
        self._path: list[str] = []
        self._item: ItemExtras | None = None
        self._title: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(SEPARATOR)
        if space.lower().rstrip("/") in NAMESPACES:
            local = f"podcast:{local}"
        elif space and not space.endswith("Atom"):
            local = f"other:{local}"
        self._path.append(local)
        if len(self._path) > MAX_DEPTH:
            raise _StopReadingError
        if local in ("item", "entry") and "podcast:liveItem" not in self._path:
            self._item = ItemExtras()
            self.found.items.append(self._item)
        elif self._item is not None:
            self._read_extra(self._item, local, attributes)

    def _read_extra(self, item: ItemExtras, local: str, attributes: dict[str, str]) -> None:
        if local == "podcast:transcript" and attributes.get("url") and len(item.transcripts) < MAX_LINKS:
            item.transcripts.append(FileLink(attributes["url"].strip(), attributes.get("type", "").strip()))
        elif (
            local == "podcast:source"
            and self._path[-2:-1] == ["podcast:alternateEnclosure"]
            and attributes.get("uri")
            and len(item.alternates) < MAX_LINKS
        ):
            item.alternates.append(attributes["uri"].strip())

    def end(self, _name: str) -> None:
        if self._path[-1:] == ["title"] and self._path[:-1] in (["rss", "channel"], ["feed"]):
            self.found.channel_title = " ".join("".join(self._title).split()) or None
        if self._path.pop() in ("item", "entry"):
            self._item = None

    def text(self, data: str) -> None:
        if self._path[-1:] == ["title"] and self._path[:-1] in (["rss", "channel"], ["feed"]):
            self._title.append(data)

    def skipped(self, name: str, is_parameter: bool) -> None:  # noqa: FBT001 - expat calls it so
        if not is_parameter and name in name2codepoint:
            self.text(chr(name2codepoint[name]))

    def refuse(self, *_: object) -> None:
        raise _StopReadingError
