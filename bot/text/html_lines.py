"""Show notes as lines of plain text: HTML, Markdown or plain text without its markup."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.text.html_bounds import check_memory, takes_too_long
from bot.text.markdown import without_links
from bot.text.timecodes import STAMP

# Notes with a whole transcript have a few hundred kilobytes; far longer texts are not show notes.
MAX_CHARACTERS = 2_000_000
MAX_LINES = 40_000

_BLOCK_TAGS = """
    address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_CELLS = frozenset({"td", "th"})
_SKIPPED = frozenset(
    {"head", "iframe", "noscript", "script", "style", "svg", "template", "textarea", "title"}
)
_STRONG = frozenset({"b", "strong"})
_EMPHASIS = frozenset({"em", "i"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

# lexbor (selectolax 1.0.2) writes past its memory when it decodes many of these two: alone of all entities they are
# shorter than what they stand for.
_OVERFLOWING = re.compile("&n([GL])t;")
_DECODED = {"G": "\u226b\u20d2", "L": "\u226a\u20d2"}
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]{0,20}[^<>]*>")

_KNOWN_TAGS = """
    a abbr acronym audio b big br center cite code del dfn em embed font i iframe img ins kbd mark object q s samp
    small source span strike strong sub sup td th time tt u var video wbr
"""
# Without tags that would swallow what follows them: Markdown that has "<style>" is about the tag.
_KNOWN = _BLOCKS | frozenset(_KNOWN_TAGS.split())
_BLOCK_TAG = re.compile(r"<(?:p|br|li|div|h[1-6]|td)\b", re.IGNORECASE)
# HTML has a tag for every few lines of its source.
_LINES_TO_A_TAG = 8
_MARKDOWN_TAG = re.compile(
    r"```.*?```|`[^`\n]{1,300}`|</?(?P<tag>[a-zA-Z][a-zA-Z0-9:_-]*)[^<>\n]*>", re.DOTALL
)

_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]+")
# Pages that mistook the text between two dollar signs for a formula show it in mathematical letters. The italic h is
# the one letter outside their Unicode block.
_MATHEMATICAL = re.compile("[\U0001d400-\U0001d7ff\u210e]+")
# Bold text, but not "s**t" nor "2**10".
_MARKDOWN_BOLD = re.compile(
    r"\*\*([^\s*][^*\n]{0,80}:)\*\*|\*\*([^\s*][^*\n]{0,80})\*\*(?=:|\s?\[)"
    r"|(?<![\w*])\*\*(?=[^\s*])([^*\n]{1,300})(?<=\S)\*\*(?![\w*])"
)
_BULLET = re.compile(r"[*•·‣▪●○■□◦▸▹►▶➤–-]\ufe0f?\s+(?=\S)|[*•]$")
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+")
_BEFORE_LEAD = re.compile(rf"\s*\*?\s*(?:{STAMP})?\s*")
# Substack's footer below every episode.
_TRAILER = re.compile(
    r"\s*(?:This is a (?:public|free preview of a paid) episode\b.{0,300}"
    r"|Get full access to [^\n]{1,200} at \S+)\s*$",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line or paragraph. `lead` is the bold text at its beginning, `emphasised` whether all of it is emphasised.

    `links` are its links to videos, each as its words and its address. `foreign`: its time belongs to another
    recording.
    """

    text: str
    bullet: bool = False
    heading: bool = False
    emphasised: bool = False
    lead: str = ""
    links: tuple[tuple[str, str], ...] = ()
    foreign: bool = False


def plain(text: str) -> str:
    """`text` with plain letters for mathematical ones, without invisible characters, and with spaces collapsed."""
    return " ".join(_INVISIBLE.sub("", fold(text)).split())


def fold(text: str) -> str:
    """`text` with plain letters for mathematical ones."""
    return _MATHEMATICAL.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)


def without_bold(text: str) -> str:
    """`text` without Markdown's asterisks for bold text."""
    if "**" not in text:
        return text
    return _MARKDOWN_BOLD.sub(lambda found: found[1] or found[2] or found[3], text)


def without_trailer(text: str) -> str:
    """`text` without the call to subscribe at its end."""
    # Only the end is searched, so that the cost does not grow with the text.
    start = max(0, len(text) - 800)
    tail = text[start:]
    for _ in range(2):
        tail = _TRAILER.sub("", tail)
    return text[:start] + tail


class _LineBuilder:
    """Collects text from the nodes of a page, and ends lines where blocks begin and end."""

    def __init__(self, *, newlines: bool) -> None:
        self.lines: list[Line] = []
        self._newlines = newlines
        self._bullet = False
        # How many elements of bold and of emphasised text are open.
        self._strong = 0
        self._emphasis = 0
        self._clear()

    def _clear(self) -> None:
        self._parts: list[str] = []
        self._lead: list[str] = []
        self._leading = True
        self._emphasised = True
        self._links: list[tuple[str, str]] = []

    def open(self, node: LexborNode) -> None:
        """A node begins."""
        tag = node.tag
        if tag == "-text":
            self._add(node.text_content or "")
            return
        if tag == "br":
            self.close()
        elif tag == "a":
            self._link(node.text()[:300], node.attributes.get("href") or "")
        elif tag in _CELLS:
            # The cells of a row are one line: a time and its title.
            self._add("\t")
        self._strong += tag in _STRONG
        self._emphasis += tag in _EMPHASIS
        if tag in _BLOCKS:
            self.close()
            self._bullet |= tag == "li"

    def leave(self, node: LexborNode) -> None:
        """A node ends."""
        tag = node.tag
        if tag in _BLOCKS:
            self.close(heading=tag in _HEADINGS)
        self._strong -= tag in _STRONG
        self._emphasis -= tag in _EMPHASIS

    def _link(self, words: str, address: str) -> None:
        if "youtu" in address:
            self._links.append((words, address))

    def _add(self, text: str) -> None:
        pieces = text.split("\n") if self._newlines else [text]
        for number, piece in enumerate(pieces):
            if self.full():
                break
            if number:
                self.close()
            self._parts.append(piece)
            if piece.strip():
                self._emphasised &= self._emphasis > 0
                if self._strong and self._leading:
                    self._lead.append(piece)
                else:
                    # "* " of a list written in paragraphs, or a time, may precede the bold text.
                    self._leading &= _BEFORE_LEAD.fullmatch(piece) is not None

    def full(self) -> bool:
        """Whether there are as many lines as are read."""
        return len(self.lines) >= MAX_LINES

    def close(self, *, heading: bool = False) -> None:
        """End the line; an empty one is dropped."""
        text = "".join(self._parts)
        if text.strip():
            lead = "" if self._emphasised and not self._lead else plain("".join(self._lead))
            links = tuple(self._links)
            self.lines.append(Line(text, self._bullet, heading, self._emphasised, lead, links))
            self._bullet = False
        self._clear()


def parse_html(html: str) -> LexborHTMLParser:
    """The tree of `html`, or of its text alone where parsing all would take too long. Raises MarkupError."""
    html = html[:MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n")
    if takes_too_long(html):
        html = _TAG.sub("\n", html)
    check_memory(html)
    return LexborHTMLParser(_OVERFLOWING.sub(lambda found: _DECODED[found[1]], html))


def walk(body: LexborNode, closed: Container[str | None]) -> Iterator[tuple[LexborNode, bool]]:
    """Each node below `body` when it opens (True) and when it ends (False), but nothing inside of tags in `closed`.

    There is no recursion, because pages may be nested deeper than Python's stack.
    """
    node = body.child
    while node is not None:
        yield node, True
        if node.child is not None and node.tag not in closed:
            node = node.child
            continue
        yield node, False
        while node.next is None:
            node = node.parent
            if node is None or node.tag == "body":
                return
            yield node, False
        node = node.next


def _is_html(text: str) -> bool:
    """Whether tags make the lines of `text`; Markdown may have a few tags too."""
    tags = sum(1 for _ in _BLOCK_TAG.finditer(text, 0, MAX_CHARACTERS))
    return tags > 0 and tags * _LINES_TO_A_TAG > text.count("\n", 0, MAX_CHARACTERS)


def _escaped(found: re.Match[str]) -> str:
    """Escape what looks like a tag but is code, or none of HTML's tags: `Vec<T>`."""
    if found["tag"] and found["tag"].lower() in _KNOWN:
        return found.group()
    return found.group().replace("<", "&lt;")


def read_lines(html: str) -> list[Line]:
    """The lines of notes in HTML or plain text, with their spaces as they are. Raises MarkupError.

    A "<" that opens no tag is text.
    """
    newlines = not _is_html(html)
    body = parse_html(_MARKDOWN_TAG.sub(_escaped, html) if newlines else html).body
    if body is None:
        return []
    builder = _LineBuilder(newlines=newlines)
    for node, opens in walk(body, _SKIPPED):
        if builder.full():
            break
        if opens:
            builder.open(node)
        else:
            builder.leave(node)
    builder.close()
    return builder.lines


def tidy(line: Line) -> Line:
    """`line` without Markdown, bullet and superfluous spaces."""
    text = plain(line.text)
    text = without_bold(without_links(text))
    bullet, heading = line.bullet, line.heading
    if found := _BULLET.match(text):
        text, bullet = text[found.end() :], True
    elif found := _MARKDOWN_HEADING.match(text):
        text, heading = text[found.end() :], True
    return replace(line, text=text, bullet=bullet, heading=heading)
