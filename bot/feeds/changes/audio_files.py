"""Which file an audio address leads to, whoever counts its downloads and however it is signed. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from storage.models import FeedItem, KnownEpisode

# Parameters that say which file is meant, and those that say until when, for whom or whence it may be fetched.
_NAMING = frozenset(
    {
        "id",
        "i",
        "ep",
        "episode",
        "episodeid",
        "episode_id",
        "awepisodeid",
        "file",
        "filename",
        "f",
        "p",
        "post",
    }
    | {"n", "nr", "no", "num", "number", "track", "media", "mediaid", "item", "name", "guid", "uuid", "url"}
    | {"audio", "clip", "sermon", "show", "path", "date", "attachment_id", "download_id", "song"}
)
_PASSING = frozenset(
    {
        "sig",
        "signature",
        "exp",
        "expires",
        "expiry",
        "expire",
        "token",
        "auth",
        "hash",
        "hmac",
        "key",
        "policy",
    }
    | {"key-pair-id", "hdnea", "hdnts", "nonce", "rand", "rnd", "random", "cb", "nocache", "session", "sid"}
    | {"sessionid", "uid", "user", "listener", "source", "src", "ref", "referrer", "from", "via", "updated"}
    | {"timestamp", "ts", "download", "dl", "dest-id", "awcollectionid", "platform", "client", "app", "_"}
)
_PASSING_PREFIXES = ("utm_", "x-amz-", "x-goog-", "aw_", "__")
# A time as seconds, or digits and letters of a hash.
_TOKEN = re.compile(r"\d{9,}|(?=.*\d)(?=.*[A-Za-z])[\w~+/=.-]{16,}", re.ASCII)
_MEDIA = re.compile(r"\.(?:mp3|m4a|m4b|aac|ogg|oga|opus|wav|flac|mp4|m4v|mov|webm)$", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:/{1,2}", re.IGNORECASE)
# What counts downloads stands before the address that it leads to, which keeps its host.
_INNER_HOST = re.compile(
    r"/(?:https?:?/{1,3})?((?:(?:[a-z0-9_-]+\.)+(?!aac/|ogg/|opus/|wav/|flac/|php/|mov/)[a-z]{2,}"
    r"|\d{1,3}(?:\.\d{1,3}){3}|localhost)(?::\d+)?/)",
    re.IGNORECASE,
)
_INNER_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
# Longer ones are no addresses that anybody serves.
_LONGEST = 4000


class _File(NamedTuple):
    """A file by its path with its host, the parameters that name it, and those that may."""

    path: str
    naming: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]


class AudioFiles:
    """Tells the files of one feed apart: what follows the “?” counts where it is what differs between its items."""

    def __init__(self, items: Iterable[FeedItem], known: Iterable[KnownEpisode]) -> None:
        self._shared = _shared_paths(items) | _shared_paths(known)

    def key(self, one: FeedItem | KnownEpisode) -> str | None:
        """What all addresses of its file share, if it has one."""
        if not one.enclosure_url:
            return None
        file = _file(one.enclosure_url)
        query = file.naming
        if file.others and (file.path in self._shared or not _MEDIA.search(file.path)):
            query = tuple(sorted((*query, *file.others)))
        return f"{file.path}?{query}" if query else file.path or None


def _shared_paths(ones: Iterable[FeedItem | KnownEpisode]) -> set[str]:
    """The paths that stand there with several queries."""
    queries: dict[str, set[object]] = defaultdict(set)
    for one in ones:
        if one.enclosure_url and "?" in one.enclosure_url:
            file = _file(one.enclosure_url)
            queries[file.path].add(file.others)
    return {path for path, found in queries.items() if len(found) > 1}


def audio_path(one: FeedItem | KnownEpisode) -> str | None:
    """The host and the path of its file."""
    return (_file(one.enclosure_url).path if one.enclosure_url else None) or None


@lru_cache(maxsize=32768)
def _file(url: str) -> _File:
    path, _, query = url[:_LONGEST].partition("#")[0].partition("?")
    if "%2f" in path.lower():
        path = unquote(path)
    path = _SCHEME.sub("", path)
    *_, inner = [None, *_INNER_HOST.finditer(path)]
    if inner is not None:
        path = path[inner.start(1) :]
    naming, others = [], []
    for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=None)[:50]:
        folded = name.lower()
        if _INNER_ADDRESS.match(value) and _MEDIA.search(value.partition("?")[0]):
            # What counts downloads is given the address that it leads to.
            return _file(value)
        if folded in _NAMING:
            naming.append((folded, value))
        elif not (folded in _PASSING or folded.startswith(_PASSING_PREFIXES) or _TOKEN.fullmatch(value)):
            others.append((folded, value))
    return _File(path, tuple(sorted(naming)), tuple(sorted(others)))
