"""What is shown of an episode whose feed is keyed: no address that may hold the key, and texts without it. Pure.

An episode of a public feed is shown as it is. Whoever shows one calls `shown_episode` or `shown` first: an episode
that went through it already stays the same.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from bot.text.feed_keys import key_sign
from bot.text.known_keys import KnownKeys
from bot.text.web_addresses import is_web_address, key_parts, without_keys, without_secrets
from storage.models import Announcement, Episode, Quote

# Shorter parts of a feed's address are in its pages' addresses by chance.
SHORTEST_PART = 4
# Texts that no other is made of.
_KEPT_FIELDS = frozenset({"feed_url"})

T = TypeVar("T")


def is_keyed(episode: Episode) -> bool:
    """Whether the episode's feed lets single members in."""
    return key_sign(episode.feed_url) is not None


def links_audio(episode: Episode) -> bool:
    """Whether audio and video of the episode may be linked where it is shown now."""
    return episode.audio_linked or not is_keyed(episode)


def shown_episode(episode: Episode) -> Episode:
    """The episode as it may be shown."""
    if not is_keyed(episode):
        return episode
    linked = links_audio(episode)
    bare = shown(episode, replace(episode, link=None, image_url=None, enclosure_url=None, video_url=None))
    return replace(
        bare,
        link=keyless(episode.link, episode.feed_url),
        image_url=keyless(episode.image_url, episode.feed_url),
        enclosure_url=episode.enclosure_url if linked else None,
        video_url=episode.video_url if linked else None,
    )


def shown_announcement(announcement: Announcement, *, audio: bool) -> Announcement:
    """The announcement as it may be shown in a server; `audio`: a moderator lets its audio be linked."""
    episode = replace(announcement.episode, audio_linked=audio)
    if not is_keyed(episode):
        return announcement
    return replace(shown(episode, replace(announcement, episode=episode)), episode=shown_episode(episode))


def shown(episode: Episode, of_it: T) -> T:
    """Anything that was read of the episode, all its texts without the keys of a keyed feed."""
    return _masked(of_it, episode.feed_url) if is_keyed(episode) else of_it


def shown_quote(quote: Quote, episode: Episode) -> Quote:
    """The quote as it may be shown: where its words had to change, none of them is marked any more."""
    masked = shown(episode, quote)
    if masked.text == quote.text:
        return masked
    return replace(masked, match=(0, len(masked.text)), highlights=())


def keyless(address: str | None, feed_url: str) -> str | None:
    """An address that a keyed feed names, such as a page's; None where it may hold a key."""
    if address is None or not is_web_address(address) or urlsplit(address).fragment:
        return None
    if key_parts(address) or without_secrets(address).partition("://")[2] != _as_masked(address):
        return None
    plain = unquote(address).lower()
    ours = (part.lower() for part in key_parts(feed_url) if len(part) >= SHORTEST_PART)
    return None if any(part in plain for part in ours) else address


def _as_masked(address: str) -> str:
    """How `without_secrets` shows an address that has no secrets."""
    parts = urlsplit(address)
    return f"{(parts.hostname or '')}{f':{parts.port}' if parts.port else ''}{parts.path}"


def _masked(value: Any, feed_url: str) -> Any:
    if isinstance(value, str) and not _is_code(value):
        return _keys_of(feed_url).masked(without_keys(value))
    if isinstance(value, tuple | list):
        return type(value)(_masked(one, feed_url) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            one.name: after
            for one in fields(value)
            if one.name not in _KEPT_FIELDS
            for before in [getattr(value, one.name)]
            if (after := _masked(before, feed_url)) != before
        }
        return replace(value, **changed) if changed else value
    return value


def _is_code(text: str) -> bool:
    # An enumeration's value, which is a string, too.
    return type(text) is not str


@lru_cache(maxsize=256)
def _keys_of(feed_url: str) -> KnownKeys:
    known = KnownKeys()
    known.add(feed_url)
    return known
