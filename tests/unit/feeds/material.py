"""Small feeds to parse and serve."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from html import escape

from bot.feeds.parsing.feed_parser import ParsedFeed
from storage.models import FeedItem

RSS = (
    '<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/">'
)


def item_xml(
    name: str,
    *inside: str,
    guid: bool = True,
    published: datetime | None = None,
    enclosure: str | None = None,
    enclosure_type: str = "audio/mp4",
    title: str | None = None,
    notes: str = "",
) -> str:
    """One item; `inside` are elements more."""
    parts = [f"<title>{escape(title or f'About {name}')}</title>"]
    if guid:
        parts.append(f'<guid isPermaLink="false">{name}</guid>')
    if published is not None:
        parts.append(f"<pubDate>{format_datetime(published)}</pubDate>")
    address = enclosure if enclosure is not None else f"https://cdn.example/{name}.mp3"
    if address:
        # No MP3: those would be asked for the chapters in their tags.
        parts.append(f'<enclosure url="{escape(address)}" type="{enclosure_type}" length="1"/>')
    if notes:
        parts.append(f"<description><![CDATA[{notes}]]></description>")
    return f"<item>{''.join([*parts, *inside])}</item>"


def feed_xml(items: Iterable[str] = (), *inside: str, title: str = "Small Show") -> bytes:
    """A feed with these items; `inside` are elements of the channel more."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{RSS}<channel><title>{title}</title>'
        f"<link>https://show.example/</link><language>en</language>{''.join(inside)}{''.join(items)}"
        "</channel></rss>\n"
    ).encode()


def read(feed: ParsedFeed) -> list[FeedItem]:
    """The items of a feed that were parsed."""
    return [entry for entry in feed.entries if isinstance(entry, FeedItem)]
