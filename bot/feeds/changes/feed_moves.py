"""Whether a feed's stored URL changes: neither redirects nor the feed's own word can always be trusted."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import parse_qsl, urlsplit

from bot.feeds.http.redirects import MAX_URL_BYTES
from bot.text.feed_keys import KeySign, key_sign
from bot.text.web_addresses import is_web_address
from storage.models import FeedMove, StatusCode
from storage.models.feed_identity import feed_identity

REDIRECT = StatusCode("move.redirect")
SPELT = StatusCode("move.spelt")
NEW_FEED_URL = StatusCode("move.new_feed_url")

# Object stores sign URLs for a few minutes, and some hosts redirect to them with 301.
_SIGNED = frozenset({"expires", "signature", "x-amz-signature", "x-goog-signature", "sig", "hdnea", "policy"})


def permanent_move(feed_url: str, moved_to: str | None) -> FeedMove | None:
    """The move that a 301 or 308 asks for; None where there is none, or it would not last.

    Another spelling of the same address is none, such as one that counts clicks; apart from the way to https.
    """
    if moved_to is None or moved_to == feed_url or not _lasts(moved_to):
        return None
    if feed_identity(moved_to) == feed_identity(feed_url) and _scheme(moved_to) == _scheme(feed_url):
        return None
    return FeedMove(moved_to, REDIRECT())


def spelt_move(feed_url: str, given: str) -> FeedMove | None:
    """The move to another spelling of the same address, where this one fails; None where it is none, or loses TLS."""
    if given == feed_url or feed_identity(given) != feed_identity(feed_url):
        return None
    return None if (_scheme(feed_url), _scheme(given)) == ("https", "http") else FeedMove(given, SPELT())


def announced_move(new_feed_url: str | None, known: Collection[str]) -> FeedMove | None:
    """The move that `itunes:new-feed-url` asks for; None to one of the `known` URLs, present or former.

    Hosts leave the element in for ever, each with its own URL, so the podcast would move back and forth.
    """
    if new_feed_url is None or not _lasts(new_feed_url):
        return None
    if _essence(new_feed_url) in {_essence(one) for one in known}:
        return None
    return FeedMove(new_feed_url, NEW_FEED_URL())


def loses_key(feed_url: str, new: str, *, same_title: bool) -> bool:
    """Whether a move leads from an address with a key to one without: from a members' feed to the public one.

    A path that looks random may be a host's number of the feed: where the title stays, a show is leaving that host.
    """
    sign = key_sign(feed_url)
    if sign is None or key_sign(new) is not None:
        return False
    return sign is not KeySign.PATH or not same_title


def _lasts(url: str) -> bool:
    if not is_web_address(url) or len(url.encode("utf-8", "replace")) > MAX_URL_BYTES:
        return False
    return _SIGNED.isdisjoint(name.lower() for name, _ in parse_qsl(urlsplit(url).query))


def _essence(url: str) -> str:
    """What tells one feed's URL from another's, where hosts name their own: not `www.` or a trailing slash either."""
    parts = urlsplit(feed_identity(url))
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"


def _scheme(url: str) -> str:
    return urlsplit(url).scheme
