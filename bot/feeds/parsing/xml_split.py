"""Splits a feed into its items and the frame around them, without parsing it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.feeds.errors import FeedError
from storage.models import StatusCode

# The longest podcast seen so far has 1,278 episodes. Each takes about a millisecond to parse and store, so that of
# more items than MAX_ITEMS the newest are read; more than MAX_LISTED are no podcast.
MAX_ITEMS = 10_000
MAX_LISTED = 100_000
# Tags, comments and CDATA sections; each takes about a microsecond to skip.
MAX_STEPS = 1_000_000
MAX_PROLOG = 100_000
MAX_TAG = 64 * 1024
# Searching megabytes in one call would hold the GIL, and so block the event loop. What is searched for is shorter
# than the overlap of two windows.
WINDOW = 128 * 1024
OVERLAP = 128
# The frame, and what can't be split, is parsed as a whole, and feedparser takes ten times its size in memory.
MAX_FRAME_BYTES = 1024 * 1024
MAX_WHOLE_BYTES = 4 * 1024 * 1024

_STEP = re.compile(
    rb"<(?:(?P<open>!--|!\[CDATA\[|\?|!DOCTYPE)"
    rb"|(?P<close>/?)(?P<name>(?:(?P<prefix>[\w.-]{1,40}):)?(?P<local>item|entry|liveItem|channel|rss|feed|rdf))"
    rb"(?=[\s/>]))",
    re.IGNORECASE,
)
_SOMETHING = re.compile(rb"[^\s\0]")
_ENDS = {b"!--": b"-->", b"![CDATA[": b"]]>", b"?": b"?>"}
# Possessive quantifiers, so that a tag that never ends fails at once.
_TAG = re.compile(rb"""<(?P<name>[^\s<>/"']++)(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>""")
_ENDING = re.compile(rb"</[^<>]*+>")
_IN_DOCTYPE = re.compile(rb"""[>\[\]"']|<!--""")


@dataclass(frozen=True, slots=True)
class SplitDocument:
    """A feed in parts: the start tags around the items, each item's start and end in `body`, and the frame.

    The frame is the document without its prolog, its items, and `podcast:liveItem`s, which are no episodes.
    """

    body: bytes | bytearray
    root_tag: bytes
    channel_tag: bytes
    frame: bytes
    items: tuple[tuple[int, int], ...]

    def item(self, place: tuple[int, int]) -> bytes:
        """The bytes of the item at this place."""
        return bytes(self.body[place[0] : place[1]])

    def document(self, items: list[bytes]) -> bytes:
        """A feed of these items alone."""
        opened = [tag for tag in (self.root_tag, self.channel_tag) if tag]
        return b"".join([DECLARATION, *opened, *items, *(_closing(tag) for tag in reversed(opened))])


@dataclass(frozen=True, slots=True)
class WholeDocument:
    """A feed that can only be parsed as a whole, without its prolog and what follows its end."""

    document: bytes


# The bytes are UTF-8, whatever the original document declared.
DECLARATION = b"<?xml version='1.0' encoding='utf-8'?>\n"

EMPTY = StatusCode("document.empty")
NO_FEED = StatusCode("document.no_feed")
CUT_OFF = StatusCode("document.cut_off")
BROKEN = StatusCode("document.broken")
TOO_MANY_PIECES = StatusCode("document.too_many_pieces")
TOO_MANY_ITEMS = StatusCode("document.too_many_items", "most")
FRAME_TOO_LARGE = StatusCode("document.frame_too_large", "mib")


def split(body: bytes | bytearray) -> SplitDocument | WholeDocument:
    """Split a document in UTF-8. Raises FeedError where it is no feed, is cut off, or is too large."""
    if _SOMETHING.search(body, 0, MAX_PROLOG) is None:
        raise FeedError(EMPTY())
    scan = _Scan(body)
    scan.run()
    if scan.root is None:
        raise FeedError(NO_FEED())
    if scan.end < 0:
        # Its older episodes would look withdrawn.
        raise FeedError(CUT_OFF())
    root = _TAG.match(body, scan.root, scan.root + MAX_TAG)
    if root is None or not scan.splits:
        if scan.end - scan.root > MAX_WHOLE_BYTES:
            raise FeedError(BROKEN())
        return WholeDocument(DECLARATION + body[scan.root : scan.end])
    return SplitDocument(body, bytes(root[0]), scan.channel_tag, scan.frame(), tuple(scan.items))


class _Scan:
    """One pass over the tags that matter, skipping what is quoted in CDATA sections and comments."""

    def __init__(self, body: bytes | bytearray) -> None:
        self.body = body
        self.root: int | None = None
        self._root_name = b""
        self.end = -1
        self.channel_tag = b""
        self.items: list[tuple[int, int]] = []
        self.splits = True
        self._in_channel = False
        self._seen = 0
        self._cut: list[tuple[int, int]] = []
        self._item: tuple[int, bytes] | None = None
        self._live: tuple[int, bytes] | None = None
        self._live_depth = 0
        # Constructs that are never closed: each further opening would search the rest of the document again.
        self._endless: set[bytes] = set()

    def run(self) -> None:
        place = 0
        for _ in range(MAX_STEPS):
            found = self._next(place)
            if found is None or (self.root is None and found.start() > MAX_PROLOG):
                break
            place = found.end()
            if (opened := found["open"]) is not None:
                place = self._behind(opened.upper(), place)
                if place < 0:
                    break
            else:
                place = self._tag(found)
        else:
            raise FeedError(TOO_MANY_PIECES())
        if self._item is not None or self._live is not None:
            self.splits = False

    def _next(self, place: int) -> re.Match[bytes] | None:
        end = len(self.body)
        while place < end:
            # A tag at the border of two windows is found in the second.
            if (found := _STEP.search(self.body, place, place + WINDOW)) is not None:
                return found
            place += WINDOW - OVERLAP
        return None

    def _behind(self, opened: bytes, place: int) -> int:
        """Where the opened construct ends; -1 where it never does."""
        if opened == b"!DOCTYPE":
            return self._behind_doctype(place) if self.root is None else place
        ending = _ENDS[opened]
        if opened in self._endless:
            return place
        end = self.body.find(ending, place)
        if end >= 0:
            return end + len(ending)
        if opened == b"?":
            self._endless.add(opened)
            return place
        return -1

    def _behind_doctype(self, place: int) -> int:
        """Where the DOCTYPE ends. Its declarations may quote any tag, and are ignored."""
        within = False
        limit = place + MAX_PROLOG
        while (found := _IN_DOCTYPE.search(self.body, place, limit)) is not None:
            place = found.end()
            if found[0] == b"<!--":
                end = self.body.find(b"-->", place, limit)
                place = end + 3 if end >= 0 else limit
            elif found[0] in b"\"'":
                end = self.body.find(found[0], place, limit)
                place = end + 1 if end >= 0 else limit
            elif found[0] == b">" and not within:
                break
            else:
                within = found[0] == b"[" if found[0] in b"[]" else within
        return place

    def _tag(self, found: re.Match[bytes]) -> int:
        local = found["local"].lower()
        if local in (b"rss", b"feed", b"rdf"):
            return self._root_tag(found)
        if self.root is None:
            return found.end()
        if local in (b"item", b"entry"):
            # No item follows the end of a feed: here a response is glued to a part of another.
            self.end = -1
            self._seen += not found["close"]
            if self._seen > MAX_LISTED:
                raise FeedError(TOO_MANY_ITEMS(most=MAX_LISTED))
        if self._live is not None:
            return self._in_live(found, self._live)
        if local == b"channel":
            return self._channel(found)
        if local == b"liveitem":
            return self._live_tag(found)
        return self._close_item(found) if found["close"] else self._open_item(found)

    def _root_tag(self, found: re.Match[bytes]) -> int:
        if not found["close"]:
            if self.root is None:
                self.root = found.start()
                self._root_name = found["name"]
            elif self._item is None and (found["prefix"] is None or found["name"] == self._root_name):
                self.splits = False
        elif self.root is not None and (ending := _ENDING.match(self.body, found.start())) is not None:
            self.end = ending.end()
            if self._item is not None:
                self.splits = False
            return ending.end()
        return found.end()

    def _channel(self, found: re.Match[bytes]) -> int:
        if found["prefix"] is not None or self._item is not None:
            return found.end()
        if found["close"]:
            self._in_channel = False
            return found.end()
        tag = _TAG.match(self.body, found.start(), found.start() + MAX_TAG)
        if tag is None or self._in_channel or self.items:
            self.splits = False
            return found.end()
        self._in_channel = True
        self.channel_tag = bytes(tag[0])
        return tag.end()

    def _open_item(self, found: re.Match[bytes]) -> int:
        start = found.start()
        if self._item is None and found["prefix"] is not None:
            self.splits = False
        if found["prefix"] is not None:
            return found.end()
        if self._item is not None:
            # The item before was not closed. Split here, the fault stays inside it.
            self.items.append((self._item[0], start))
        elif not self.items and not self._in_channel:
            # In RSS 1.0 the items are beside the channel.
            self.channel_tag = b""
        if bool(self.channel_tag) != self._in_channel:
            self.splits = False
        tag = _TAG.match(self.body, start, start + MAX_TAG)
        if tag is not None and tag[0].endswith(b"/>"):
            self.items.append((start, tag.end()))
            self._item = None
            return tag.end()
        self._item = (start, found["name"])
        return found.end()

    def _close_item(self, found: re.Match[bytes]) -> int:
        ending = _ENDING.match(self.body, found.start())
        end = found.end() if ending is None else ending.end()
        if self._item is not None and self._item[1] == found["name"]:
            self.items.append((self._item[0], end))
            self._item = None
        elif self._item is None and found["prefix"] is None:
            self._cut.append((found.start(), end))
        elif self._item is None:
            self.splits = False
        return end

    def _live_tag(self, found: re.Match[bytes]) -> int:
        if self._item is not None or found["prefix"] is None:
            return found.end()
        tag = _TAG.match(self.body, found.start(), found.start() + MAX_TAG)
        if found["close"] or tag is None:
            self.splits = False
            return found.end()
        if tag[0].endswith(b"/>"):
            self._cut.append(tag.span())
        else:
            self._live, self._live_depth = (found.start(), found["name"]), 1
        return tag.end()

    def _in_live(self, found: re.Match[bytes], live: tuple[int, bytes]) -> int:
        if found["name"] != live[1]:
            return found.end()
        tag = (_ENDING if found["close"] else _TAG).match(self.body, found.start(), found.start() + MAX_TAG)
        end = found.end() if tag is None else tag.end()
        if found["close"]:
            self._live_depth -= 1
        elif tag is None or not tag[0].endswith(b"/>"):
            self._live_depth += 1
        if not self._live_depth:
            self._cut.append((live[0], end))
            self._live = None
        return end

    def frame(self) -> bytes:
        """The document around the items, with a newline for the blank space between them."""
        parts, place = [DECLARATION], self.root or 0
        cut = [span for span in (*self.items, *self._cut) if span[1] <= self.end]
        start = self.root or 0
        if self.end - start - sum(end - start for start, end in cut) > MAX_FRAME_BYTES:
            raise FeedError(FRAME_TOO_LARGE(mib=MAX_FRAME_BYTES // 2**20))
        for start, end in [*sorted(cut), (self.end, self.end)]:
            between = bytes(self.body[place:start])
            parts.append(between if not between.isspace() else b"\n")
            place = end
        return b"".join(parts)


def _closing(tag: bytes) -> bytes:
    found = _TAG.match(tag)
    return b"</" + found["name"] + b">" if found is not None else b""
