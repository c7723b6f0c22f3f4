"""In English, what was found where a feed was expected: bot.feeds.discovery and bot.polling.feed_finder."""

from __future__ import annotations

from collections.abc import Mapping

from bot.status_messages.language import Plural

FOUND_INSTEAD: Mapping[str, str | Plural] = {
    "document.page": "This is no podcast feed but a web page, “{title}”, which names no feed.",
    "document.untitled_page": "This is no podcast feed but a web page, which names no feed.",
    "document.sign_in": (
        "This is no podcast feed but a page to sign in at; a feed for members has an address with a key of its own."
    ),
    "document.image": "This is no podcast feed but an image.",
    "document.media": "This is no podcast feed but an audio or video file; the feed is what lists it.",
    "document.pdf": "This is no podcast feed but a PDF document.",
    "document.archive": "This is no podcast feed but an archive of files, such as ZIP.",
    "document.playlist": "This is no podcast feed but a playlist.",
    "document.outline": "This is no podcast feed but an OPML file, a list of feeds, which names none.",
    "document.other_xml": "This is no podcast feed but XML of another kind: it begins with <{root}>.",
    "document.plain_text": "This is no podcast feed but plain text.",
    "find.app_page": (
        "This is a page of {app}, which is no feed: paste the address of the podcast's RSS feed, "
        "which its own website or its host names."
    ),
    "find.several": {
        "one": "{address} names {count} feed: add the one that you mean.",
        "other": "{address} names {count} feeds: add the one that you mean.",
    },
    "find.named_fails": "{address} names the feed {named}, which can't be followed: {failure}",
}
