"""The part of a page that may be a transcript: without menus, footers, comments, related posts and cookie notes.

Readers of articles (trafilatura, readability) give text alone, and lose the tags that say who speaks when.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.text.html_lines import walk

_WORDS = Path(__file__).with_name("page_furniture.toml")
_NEVER_SAID_TAGS = "dialog head iframe menu nav noscript script select style svg template textarea title"
_NEVER_SAID = frozenset(_NEVER_SAID_TAGS.split())
_TAGS = frozenset({"aside", "footer", "form", "header"})
_ROLES = frozenset(
    {
        "alert",
        "alertdialog",
        "banner",
        "complementary",
        "contentinfo",
        "dialog",
        "menu",
        "menubar",
        "navigation",
    }
    | {"search", "toolbar"}
)
_MAIN = "main, article, [role=main], [itemprop=articleBody], [class*=content], [class*=transcript], [id*=transcript]"
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_WORD = re.compile(r"\w+")
# What holds more of a page's words is not beside them.
_BESIDE, _SURELY_BESIDE = 0.4, 0.8
# The main part holds so many of the words that are left, and what calls itself a transcript fewer.
_MOST = 0.6
_SHARE_OF_TRANSCRIPT = 0.25
_MIN_WORDS = 8
_MAX_CANDIDATES = 400
# The blocks without blocks, of which so many may end a page, with so many of its words.
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCK_TAGS = "article blockquote button dd div dl dt figure li main ol p pre section table td tr ul"
_BLOCKS = _HEADINGS | frozenset(_BLOCK_TAGS.split())
_MAX_TAIL = 60
_TAIL = 0.4
_MAX_NOTE = 40
_LINKED = 0.6
# A link to a moment of the recording, or into the page.
_SEEKS = re.compile(r"^#|[?&#]t=")
_LABEL = re.compile(r"\s*[^\W\d_][^:：\n.]{0,40}[:：]")


def main_content(page: LexborHTMLParser) -> LexborNode | None:
    """The node below which a transcript is looked for; what stands beside the text is taken out of the page."""
    body = page.body
    if body is None:
        return None
    _take_out(body, {})
    _take_out(body, _word_counts(body))
    root = _main_part(body)
    _take_off_tail(root)
    return root


def _take_out(body: LexborNode, counts: Mapping[int, int]) -> None:
    """Take out of `body` what stands beside its text; without counts of words, only what is never said."""
    total = counts.get(body.mem_id, 0)
    doomed: list[LexborNode] = []
    inside: LexborNode | None = None
    for node, opens in walk(body, ()):
        if inside is not None:
            inside = None if not opens and node.mem_id == inside.mem_id else inside
        elif opens and (node.tag in _NEVER_SAID or (counts and _is_beside(node, counts, total))):
            # Only the outermost: what is inside is taken out with it.
            doomed.append(node)
            total -= counts.get(node.mem_id, 0)
            inside = node
    for node in doomed:
        node.decompose()


def _word_counts(body: LexborNode) -> dict[int, int]:
    """How many words each element holds, by its `mem_id`."""
    counts: dict[int, int] = {}
    begun: list[int] = []
    seen = 0
    for node, opens in walk(body, ()):
        if node.tag == "-text":
            seen += len(_WORD.findall(node.text_content or "")) if opens else 0
        elif opens:
            begun.append(seen)
        else:
            counts[node.mem_id] = seen - begun.pop()
    counts[body.mem_id] = seen
    return counts


def _is_beside(node: LexborNode, counts: Mapping[int, int], total: int) -> bool:
    """Whether a node stands beside a page's text, by what it calls itself and by how much it holds."""
    if node.tag == "-text":
        return False
    tokens = _tokens(node)
    if not _words("transcript").isdisjoint(tokens):
        return False
    held = counts.get(node.mem_id, 0)
    if node.tag == "footer" or not _words("surely").isdisjoint(tokens):
        return held <= _SURELY_BESIDE * total and total - held >= _MIN_WORDS
    role = (node.attributes.get("role") or "").lower()
    told = node.tag in _TAGS or role in _ROLES or not _words("beside").isdisjoint(tokens)
    return told and held < _BESIDE * total


def _tokens(node: LexborNode) -> set[str]:
    """The words of a node's class and id: `entry-Footer post_comments` has four."""
    attributes = node.attributes
    told = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:300]
    return {token.lower() for token in _TOKEN.findall(told)}


def _main_part(body: LexborNode) -> LexborNode:
    """The smallest part of `body` that holds most of its words, or calls itself a transcript and holds many."""
    counts = _word_counts(body)
    total = counts[body.mem_id]
    best = body
    for node in body.css(_MAIN)[:_MAX_CANDIDATES]:
        words = counts.get(node.mem_id, 0)
        named = not _words("transcript").isdisjoint(_tokens(node))
        share = _SHARE_OF_TRANSCRIPT if named and words >= _MIN_WORDS else _MOST
        if words >= share * total and words <= counts[best.mem_id]:
            best = node
    return best


def _take_off_tail(root: LexborNode) -> None:
    """Take out what ends the page below the talk: links alone, a copyright, a note about cookies."""
    blocks = _leaves(root)
    total = len(_WORD.findall(root.text()))
    taken = 0
    doomed: list[LexborNode] = []
    for node in reversed(blocks[-_MAX_TAIL:]):
        words = len(_WORD.findall(node.text()))
        taken += words
        if taken > _TAIL * total or not (words == 0 or _ends_page(node, words, tail=bool(doomed))):
            break
        doomed.append(node)
    if total - taken >= _MIN_WORDS:
        for node in doomed:
            node.decompose()


def _leaves(root: LexborNode) -> list[LexborNode]:
    """The blocks below `root` that hold no other block, in their order."""
    leaves: list[LexborNode] = []
    innermost: LexborNode | None = None
    for node, opens in walk(root, ()):
        if not opens and node.mem_id == root.mem_id:
            break
        if node.tag in _BLOCKS:
            if opens:
                innermost = node
            elif innermost is not None and innermost.mem_id == node.mem_id:
                leaves.append(node)
                innermost = None
    return leaves


def _ends_page(node: LexborNode, words: int, *, tail: bool) -> bool:
    """Whether a block is a part of a page's end; `tail`: what stands below it is."""
    if node.tag in _HEADINGS:
        return tail
    if words > _MAX_NOTE or node.css_first("b, strong, cite, time") is not None or _LABEL.match(node.text()):
        return False
    if node.css_first("a") is not None:
        links = (one for one in node.css("a[href]") if not _SEEKS.search(one.attributes["href"] or "#"))
        linked = sum(len(_WORD.findall(one.text())) for one in links)
        if linked >= _LINKED * words:
            return True
    return any(sign in node.text().lower() for sign in _words("tail"))


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(tomllib.loads(_WORDS.read_text(encoding="utf-8"))[key].split())
