"""Titles and names as people mean them: whatever was escaped twice or tagged on the way is undone. Pure.

What only looks like markup is text: "Vector<int>", "Q&A;", "the <b> tag".
"""

from __future__ import annotations

import html
import re
from html.entities import html5

# Titles are cut to 500 characters; of tags and references, more are read.
MAX_READ = 4_000
# Some hosts escape what others have escaped already.
MOST_ESCAPES = 3

_REFERENCE = re.compile(r"&(?:#(?:[0-9]{1,7}|[xX][0-9A-Fa-f]{1,6})|(?P<name>[A-Za-z][A-Za-z0-9]{1,31}));")
# HTML reads these without their semicolon, too; others look like parts of names ("R&D", "AT&T").
_BARE = re.compile(r"&(amp|lt|gt|quot|nbsp)(?![\w;=])")
_SURROGATES = re.compile(
    r"&#(?:(?P<high>5[56]\d{3})|[xX](?P<hexhigh>[dD][89abAB][0-9A-Fa-f]{2}));"
    r"&#(?:(?P<low>5[67]\d{3})|[xX](?P<hexlow>[dD][c-fC-F][0-9A-Fa-f]{2}));"
)
# Escaped once more by a host, it is no markup to the parser of the document.
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_FORMATTING = (
    r"(?:abbr|acronym|a|bdi|bdo|big|blockquote|b|center|cite|code|del|div|em|font|h[1-6]|ins|i|kbd|label|li|mark|ol|p"
    r"|pre|q|samp|section|small|span|strike|strong|sub|sup|s|tt|ul|u|var)"
)
_TAG = rf"<({_FORMATTING})(?:\s[^<>]{{0,500}})?>"
# The innermost pairs: inside may stand what is no tag of these.
_PAIR = re.compile(rf"{_TAG}((?:[^<]|<(?!/?{_FORMATTING}\b))*)</\1\s*>", re.IGNORECASE)
_BLOCKS = re.compile(r"(?:blockquote|div|h[1-6]|li|ol|p|section|ul)\Z", re.IGNORECASE)
_ALONE = re.compile(
    rf"<(?:br|hr|wbr)\s*/?>|<{_FORMATTING}\s*/>|<!--.*?-->|<img\s[^<>]{{1,500}}>", re.IGNORECASE | re.DOTALL
)
# A tag with attributes is no text, even if its end was cut off.
_ATTRIBUTED = re.compile(rf"<{_FORMATTING}\s+[\w-]{{1,40}}\s?=\s?[\"'][^<>]{{0,500}}>", re.IGNORECASE)
_ESCAPED_TAG = re.compile(rf"&lt;/?(?:br|hr|img|{_FORMATTING})(?:\s[^<>]{{0,300}}?)?/?&gt;", re.IGNORECASE)
# How deep pairs stand in pairs.
DEEPEST = 8


def line(text: object) -> str:
    """A title or name in one line: without references, without tags that format, without doubled blanks."""
    said = str(text or "")[:MAX_READ]
    if "&" in said:
        said = _unescaped(said)
    if "<" in said:
        said = _untagged(_CDATA.sub(r"\1", said))
    return " ".join(said.split())


def markup(notes: str) -> str:
    """Notes in HTML; where all of their tags were escaped once too often, without that."""
    if "<" not in notes and len(_ESCAPED_TAG.findall(notes)) > 1:
        return html.unescape(notes)
    return notes


def _unescaped(text: str) -> str:
    for _ in range(MOST_ESCAPES):
        read = _BARE.sub(r"&\1;", _SURROGATES.sub(_joined, text))
        read = _REFERENCE.sub(_meant, read)
        if read == text:
            break
        text = read
    return text


def _joined(found: re.Match[str]) -> str:
    high = int(found["high"] or 0) or int(found["hexhigh"] or "0", 16)
    low = int(found["low"] or 0) or int(found["hexlow"] or "0", 16)
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return found[0]
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def _meant(found: re.Match[str]) -> str:
    name = found["name"]
    if name is None:
        return html.unescape(found[0])
    return html5.get(f"{name};", found[0])


def _untagged(text: str) -> str:
    text = _ALONE.sub(" ", text)
    for _ in range(DEEPEST):
        read = _PAIR.sub(_inside, text)
        if read == text:
            break
        text = read
    return _ATTRIBUTED.sub(" ", text)


def _inside(found: re.Match[str]) -> str:
    return f" {found[2]} " if _BLOCKS.match(found[1]) else found[2]
