"""Text from feeds and members, made safe and short enough for Discord: the one place that does it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import quote as percent_encoded
from urllib.parse import urlsplit

import discord

EMBED_TITLE = 256
EMBED_DESCRIPTION = 4_096
EMBED_AUTHOR = 256
FIELD_VALUE = 1_024
BUTTON_LABEL = 80
BUTTON_URL = 512
CHOICE_NAME = 100
CONTENT = 2_000
# All texts of a message with components of the second version, and its components, nested ones counted.
DISPLAYED = 4_000
THREAD_NAME = 100

# Set with every message and every edit: without, Discord reads mentions as it likes.
NO_MENTIONS = discord.AllowedMentions.none()

# An address stays whole: a backslash in it would lead elsewhere.
_MARKUP = re.compile(r"(?P<url>https?://[\w.~:/?#@!$&'()+,;=%-]+)|[\\*_`~|\[\]<]", re.ASCII)
# Only at the start of a line do these make headings, lists and quotes.
_LINE_START = re.compile(r"^([^\S\n]*)([#>+-]|\d+(?=[.)]))", re.MULTILINE)
# What turns the direction of writing around, until a mark that a hostile text leaves out.
_TURNS_AROUND = re.compile("[\u202a-\u202e\u2066-\u2069]")
# All that may stand in an address as it is; the rest, blanks above all, Discord refuses.
_IN_ADDRESS = ":/?#[]@!$&'()*+,;=%~"
BLANKS = re.compile(r"\s+")


def escape(text: str) -> str:
    """Text that Discord shows as it is: no markup, no masked links, no mentions, emoji or time codes."""
    text = _TURNS_AROUND.sub("", text)
    # <@1>, <#1>, <:emoji:1>, <t:1>, <id:home>: told to be brackets, like all others.
    text = _MARKUP.sub(lambda found: found[0] if found["url"] else f"\\{found[0]}", text)
    text = _LINE_START.sub(_defused, text)
    return discord.utils.escape_mentions(text)


def _defused(start: re.Match[str]) -> str:
    blank, mark = start.groups()
    # A digit can't be escaped, the dot behind it can.
    return f"{blank}{mark}\\" if mark[0].isdigit() else f"{blank}\\{mark}"


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word where one ends nearby, with an ellipsis where something went."""
    if len(text) <= limit:
        return text
    kept = text[: max(0, limit - 1)]
    space = kept.rfind(" ")
    if space >= limit * 2 // 3:
        kept = kept[:space]
    # Half an escape would escape the ellipsis, or worse, what follows it.
    return kept.rstrip().rstrip("\\") + "…"[:limit]


def escaped(text: str, limit: int) -> str:
    """Escaped text of at most `limit` characters."""
    return cut(escape(cut(text, limit)), limit)


def on_one_line(text: str) -> str:
    """Text without line breaks and what else is blank twice; "" where nothing of it can be seen."""
    line = BLANKS.sub(" ", text).strip()
    # Separators, and what controls and formats: Discord refuses a text of these alone.
    return line if any(unicodedata.category(mark)[0] not in "ZC" for mark in line) else ""


def one_line(text: str, limit: int) -> str:
    """Escaped text on one line, of at most `limit` characters."""
    # What is far beyond the limit is not even looked at: a title may have a megabyte.
    return escaped(on_one_line(text[: 8 * limit]), limit)


def web_address(url: str | None, limit: int) -> str | None:
    """An address as Discord takes it, in at most `limit` characters; None where it takes it in no form.

    One bad address makes Discord refuse the whole message.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
        safe = percent_encoded(parts._replace(netloc=host).geturl(), safe=_IN_ADDRESS, errors="replace")
    except ValueError:
        return None
    return safe if host and parts.scheme in ("http", "https") and len(safe) <= limit else None


def masked_link(label: str, url: str) -> str:
    """A link under words; `label` is escaped already, and `url` a `web_address`."""
    return f"[{label}]({url.replace('(', '%28').replace(')', '%29')})"


def fit_lines(rich: Sequence[str], plain: Sequence[str], limit: int, more: str) -> str:
    """As many lines as fit into `limit` characters, in order.

    `rich` and `plain` are two forms of the same lines, such as with links and without. Every line that can
    be shown is shown, the first ones in their rich form as long as all the others still fit in their plain
    one. `more` says how many were left out, with `{}` for the number.
    """
    reserve = len(more.format(len(plain))) + 1
    total = sum(len(line) + 1 for line in plain)
    shown = len(plain)
    if total - 1 > limit:
        room = limit - reserve
        shown = 0
        for line in plain:
            if room < len(line) + 1:
                break
            room -= len(line) + 1
            shown += 1
        spare = room
    else:
        spare = limit - (total - 1)
    lines = []
    for with_link, without in zip(rich[:shown], plain[:shown], strict=True):
        extra = len(with_link) - len(without)
        if extra <= spare:
            spare -= extra
            lines.append(with_link)
        else:
            # Links end at one place and do not flicker on and off down the list.
            spare = 0
            lines.append(without)
    if shown < len(plain):
        lines.append(more.format(len(plain) - shown))
    return "\n".join(lines)
