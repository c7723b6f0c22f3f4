"""Makes text from feeds and members safe and short enough for Discord."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import quote as percent_encoded
from urllib.parse import urlsplit

import discord

from bot.text.known_keys import KNOWN_KEYS

EMBED_TITLE = 256
EMBED_DESCRIPTION = 4_096
EMBED_AUTHOR = 256
FIELD_VALUE = 1_024
BUTTON_LABEL = 80
BUTTON_URL = 512
CHOICE_NAME = 100
CONTENT = 2_000
# All text of a message of components (the second version of them).
DISPLAYED = 4_000
THREAD_NAME = 100

# Set with every message and every edit: otherwise Discord notifies everybody that the text mentions.
NO_MENTIONS = discord.AllowedMentions.none()

# An address is matched whole, to be left alone: a backslash would change where it leads.
_MARKUP = re.compile(r"(?P<url>https?://[\w.~:/?#@!$&'()+,;=%-]+)|[\\*_`~|\[\]<]", re.ASCII)
# These make headings, lists and quotes only at the start of a line.
_LINE_START = re.compile(r"^([^\S\n]*)([#>+-]|\d+(?=[.)]))", re.MULTILINE)
# Controls of the writing direction, in force until a closing one that a hostile text leaves out.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# What may stand unencoded in an address. Discord rejects the rest, above all spaces.
_IN_ADDRESS = ":/?#[]@!$&'()*+,;=%~"
BLANKS = re.compile(r"\s+")


def escape(text: str) -> str:
    """Text that Discord shows unchanged: no markup, masked links, mentions, emoji or timestamps take effect.

    Only keys of feeds in it are masked, whatever the text is of.
    """
    text = without_known_keys(_BIDI_CONTROLS.sub("", text))
    # This includes the "<" of <@1>, <#1>, <:emoji:1>, <t:1> and <id:home>.
    text = _MARKUP.sub(lambda found: found[0] if found["url"] else f"\\{found[0]}", text)
    text = _LINE_START.sub(_escaped_start, text)
    return discord.utils.escape_mentions(text)


def without_known_keys(text: str) -> str:
    """Any text without the keys of feeds that are known, which a title may repeat."""
    return KNOWN_KEYS.masked(text, random_only=True)


def _escaped_start(start: re.Match[str]) -> str:
    blank, sign = start.groups()
    # A digit can't be escaped, but the dot after it can.
    return f"{blank}{sign}\\" if sign[0].isdigit() else f"{blank}\\{sign}"


def cut(text: str, limit: int) -> str:
    """At most `limit` characters. What is longer ends with an ellipsis, after a whole word if one ends nearby."""
    if len(text) <= limit:
        return text
    kept = text[: max(0, limit - 1)]
    space = kept.rfind(" ")
    if space >= limit * 2 // 3:
        kept = kept[:space]
    # A backslash at the end would escape the ellipsis, or what follows it.
    return kept.rstrip().rstrip("\\") + "…"[:limit]


def escaped(text: str, limit: int) -> str:
    """Escaped text of at most `limit` characters."""
    return cut(escape(cut(text, limit)), limit)


def on_one_line(text: str) -> str:
    """Text on one line, with single spaces; "" if nothing of it is visible."""
    line = BLANKS.sub(" ", text).strip()
    # Discord rejects a text of separators, control and format characters alone.
    return line if any(unicodedata.category(char)[0] not in "ZC" for char in line) else ""


def one_line(text: str, limit: int) -> str:
    """Escaped text on one line, of at most `limit` characters."""
    # A title may have a megabyte: what is far beyond the limit is not even looked at.
    return escaped(on_one_line(text[: 8 * limit]), limit)


def web_address(url: str | None, limit: int) -> str | None:
    """An address in a form that Discord accepts, at most `limit` characters long; None if there is no such form.

    One bad address makes Discord reject the whole message.
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
    """A link behind a label, which is escaped already; `url` is a `web_address`."""
    return f"[{label}]({url.replace('(', '%28').replace(')', '%29')})"


def linked_title(title: str, url: str | None) -> str:
    """A title as a link, if there is an address. If the title contains one, Discord would show the link's markup."""
    return title if url is None or "://" in title else masked_link(title, url)


def fit_lines(rich: Sequence[str], plain: Sequence[str], limit: int, more: str) -> str:
    """As many lines as fit into `limit` characters, in order.

    `rich` and `plain` are two forms of the same lines, such as with links and without. As many lines as possible are
    shown, the first of them in their rich form if that leaves room for the others in their plain one. `more` says how
    many were left out, with `{}` for the number.
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
            # From here on no line has a link: links that come and go down the list look broken.
            spare = 0
            lines.append(without)
    if shown < len(plain):
        lines.append(more.format(len(plain) - shown))
    return "\n".join(lines)
