"""Renders Discord messages as HTML with look-alike web components, and with own CSS for components V2."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

Json = Mapping[str, Any]

ROW, SECTION, TEXT, THUMBNAIL, SEPARATOR, CONTAINER = 1, 9, 10, 11, 14, 17
STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "destructive"}

# Styles for components V2, which the web components lack.
CSS = """
.container { max-width: 600px; box-sizing: border-box; padding: 16px; border-radius: 8px; margin-top: 4px;
  background: #242429; border: 1px solid #36363d; position: relative; overflow: hidden; line-height: 1.375; }
.container::before { content: ""; position: absolute; inset: 0 auto 0 0; width: 4px; background: var(--accent); }
.container > * + * { margin-top: 8px; }
.section { display: flex; gap: 16px; justify-content: space-between; }
.section img { width: 85px; height: 85px; border-radius: 8px; object-fit: cover; }
.separator { height: 1px; background: #3f3f46; margin: 12px 0 4px; }
h1, h2, h3 { margin: 4px 0; line-height: 1.3; color: #f2f3f5; }
h2 { font-size: 20px; } h3 { font-size: 16px; }
.subtext { font-size: 13px; line-height: 1.4; color: #a5a7ae; }
.quoted { border-left: 4px solid #4e5058; border-radius: 4px; padding-left: 12px; }
.line { min-height: 4px; }
a { color: #5ca9ff; text-decoration: none; }
code { font: 85% "DejaVu Sans Mono", monospace; background: #35353c; border-radius: 4px; padding: 1px 4px; }
.mention { background: #3c3f63; color: #c9cdfb; border-radius: 3px; padding: 0 2px; }
"""

_INLINE = re.compile(
    r"\\(?P<escaped>[^\w\s])|\*\*(?P<bold>(?:\\.|[^\\])+?)\*\*(?!\*)|`(?P<code>[^`]+)`"
    r"|\[(?P<label>(?:\\.|[^\]\\])+)\]\((?P<url>https?://[^)\s]+)\)|<t:(?P<time>\d+):D>|<@&?(?P<mention>\d+)>",
    re.DOTALL,
)
_LINES = (("## ", "h2"), ("### ", "h3"), ("-# ", "div class=subtext"), ("> ", "div class=quoted"))

# From an image's URL to the one to show.
Images = Callable[[str], str]


def markdown(text: str) -> str:
    """HTML of the part of Discord's markdown that this project uses."""
    return "".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    for mark, tag in _LINES:
        if line.startswith(mark):
            return f"<{tag}>{_inline(line.removeprefix(mark))}</{tag.partition(' ')[0]}>"
    return f"<div class=line>{_inline(line)}</div>"


def _inline(text: str) -> str:
    parts, end = [], 0
    for found in _INLINE.finditer(text):
        parts += [escape(text[end : found.start()]), _marked(found)]
        end = found.end()
    return "".join([*parts, escape(text[end:])])


def _marked(found: re.Match[str]) -> str:
    if found["bold"]:
        return f"<b>{_inline(found['bold'])}</b>"
    if found["code"]:
        return f"<code>{escape(found['code'])}</code>"
    if found["label"]:
        return f'<a href="{escape(found["url"])}">{_inline(found["label"])}</a>'
    if found["time"]:
        return f"{datetime.fromtimestamp(int(found['time']), UTC):%B %-d, %Y}"
    return "<span class=mention>@Listeners</span>" if found["mention"] else escape(found["escaped"])


def message_html(body: Json, images: Images) -> str:
    """HTML of a message's content, embeds and components, for inside a `discord-message`."""
    parts = [markdown(body["content"])] if body.get("content") else []
    parts += [_embed(embed) for embed in body.get("embeds") or ()]
    rows = "".join(_component(part, images) for part in body.get("components") or ())
    slot = "components" if all(part["type"] == ROW for part in body.get("components") or ()) else "embeds"
    return "".join(parts) + f'<div slot="{slot}">{rows}</div>'


def _component(part: Json, images: Images) -> str:
    inside = "".join(_component(child, images) for child in part.get("components") or ())
    kind = part["type"]
    if kind == CONTAINER:
        html = f'<div class=container style="--accent: #{part["accent_color"]:06x}">{inside}</div>'
    elif kind == SECTION:
        html = f"<div class=section><div>{inside}</div>{_component(part['accessory'], images)}</div>"
    elif kind == TEXT:
        html = f"<div>{markdown(part['content'])}</div>"
    elif kind == THUMBNAIL:
        html = f'<img src="{escape(images(part["media"]["url"]))}">'
    elif kind == SEPARATOR:
        html = "<div class=separator></div>"
    elif kind == ROW:
        html = f"<discord-action-row>{inside}</discord-action-row>"
    else:
        html = _button(part)
    return html


def _button(part: Json) -> str:
    label = escape(part["label"])
    if part.get("url"):
        return f'<discord-button url="{escape(part["url"])}">{label}</discord-button>'
    disabled = " disabled" if part.get("disabled") else ""
    return f'<discord-button type="{STYLES[part["style"]]}"{disabled}>{label}</discord-button>'


def _embed(embed: Json) -> str:
    fields = "".join(
        f'<discord-embed-field field-title="{escape(one["name"])}">{markdown(one["value"])}</discord-embed-field>'
        for one in embed.get("fields") or ()
    )
    return (
        f'<discord-embed slot="embeds" color="#{embed["color"]:06x}" author-name="{escape(embed["author"]["name"])}" '
        f'embed-title="{escape(embed["title"])}" url="{escape(embed.get("url") or "")}">'
        f'<discord-embed-description slot="description">{markdown(embed["description"])}</discord-embed-description>'
        f'<discord-embed-fields slot="fields">{fields}</discord-embed-fields></discord-embed>'
    )
