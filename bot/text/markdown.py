"""Takes Markdown off titles and lines."""

from __future__ import annotations

import re

# All repetitions are bounded, so that an unclosed bracket costs little.
_IMAGE = re.compile(r"!\[([^\[\]\n]{0,200})\]\([^()\s]{1,500}\)")
_LINK = re.compile(
    r"\[((?:\\.|[^\[\]\\\n]|\[[^\[\]\n]{0,100}\]){0,300})\]"
    r"\(\s?<?(?:[^()\s]|\([^()\s]{0,200}\)){0,1000}>?(?:\s+(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'))?\s?\)"
)
_REFERENCE = re.compile(r"\[([^\[\]\n]{1,200})\]\[[^\[\]\n]{0,60}\]")
_WIKI = re.compile(r"\[\[(?:[^\[\]|\n]{1,150}\|)?([^\[\]|\n]{1,150})\]\]")
_AUTOLINK = re.compile(r"<(https?://[^<>\s]{1,1000})>")
# Not "__init__", which is a name.
_STRONG = re.compile(r"(\*\*|__(?!\w+__))(?=\S)([^\n]{1,300}?)(?<=\S)(?:\*\*|__)")
_EMPHASIS = re.compile(r"(?<![\w*])([*])(?=[^\s*])([^*\n]{1,300})(?<=[^\s*])\1(?![\w*])")
_UNDERSCORES = re.compile(r"(?<![\w_])_(?=[^\s_])([^_\n]{1,300})(?<=[^\s_])_(?![\w_])")
_STRUCK = re.compile(r"~~(?=\S)([^~\n]{1,300})(?<=\S)~~")
_CODE = re.compile(r"(`{1,2})(?=[^`])([^`\n]{1,300})\1(?!`)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
# Escaped signs are no markup: while that is taken off, each is one of Unicode's noncharacters, which no text has.
_HIDDEN = {sign: chr(0xFDD0 + number) for number, sign in enumerate(r"\`*_{}[]()#+-.!|<>~")}
_SHOWN = str.maketrans({hidden: sign for sign, hidden in _HIDDEN.items()})
# Liquid tags, which a site generator would have replaced.
_LIQUID = re.compile(r"\{%[^{}%\n]{0,100}%\}")
_TRAILING = re.compile(r"(?:\s*(?:[-–—―|│¦•·~→]|\\))+$")
_LEADING = re.compile(r"^\s*[-–—―|│*]+\s+(?=\S)")
_BOLD_LEFT = re.compile(r"^\*\*\s?|\s?\*\*$")


def without_links(text: str) -> str:
    """`text` with the words of its Markdown links instead of the links."""
    if "](" in text:
        text = _IMAGE.sub(r"\1", text)
        # Twice, as an image or a time in brackets may be inside a link.
        text = _LINK.sub(r"\1", _LINK.sub(r"\1", text))
    if "][" in text:
        text = _REFERENCE.sub(r"\1", text)
    if "[[" in text:
        text = _WIKI.sub(r"\1", text)
    return text


def without_markup(text: str) -> str:
    """`text` without Markdown's links, bold, italic and struck text, code and escapes."""
    escaped = "\\" in text
    if escaped:
        text = _ESCAPE.sub(lambda found: _HIDDEN[found[1]], text)
    text = without_links(text)
    if "`" in text:
        text = _CODE.sub(r"\2", text)
    if "*" in text or "__" in text:
        text = _BOLD_LEFT.sub("", _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", text)))
    if "_" in text:
        text = _UNDERSCORES.sub(r"\1", text)
    if "~~" in text:
        text = _STRUCK.sub(r"\1", text)
    if "<http" in text:
        text = _AUTOLINK.sub(r"\1", text)
    if "{%" in text:
        text = _LIQUID.sub("", text)
    return text.translate(_SHOWN) if escaped else text


def without_common_end(titles: list[str]) -> list[str]:
    """`titles` without the sign that separates them: `Hello,` `Lamps,` `Oil`."""
    for sign in (",", ";", " /"):
        if len(titles) > 2 and all(title.endswith(sign) for title in titles[:-1]):
            return [title.removesuffix(sign).rstrip() or title for title in titles]
    return titles


def trimmed(text: str) -> str:
    """`text` with spaces collapsed and without the signs that separate it from a time."""
    return " ".join(_LEADING.sub("", _TRAILING.sub("", text)).split())
