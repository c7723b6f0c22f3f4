"""Whether a document is of the show that is stored, or of another one that its host, a move or a portal puts there.

A show may rename itself, or replace all of its few episodes; hardly both at once. So what is known of it is weighed:
its episodes first, then what it says of itself. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import Enum
from urllib.parse import urlsplit

from bot.feeds.changes.episode_matching import audio_file
from bot.feeds.changes.same_episodes import CERTAIN, COMPARED, DAY, same_episodes, shared_episodes
from storage.models import FeedInfo, FeedItem, KnownEpisode, UnchangedItem
from storage.models.feed_identity import feed_identity

# What a show's own signs weigh where they agree, and where they speak against it. Artwork and files move often, and
# whole hosts share them; most shows of a language share that.
GUID, OTHER_GUID = 5, -4
TITLE, OTHER_TITLE = 3, -3
LINK, OTHER_LINK = 2, -1
AUTHOR, OTHER_AUTHOR = 1, -1
OTHER_LANGUAGE = -2
IMAGE = 1
FILES_HOST = 1
# At least one of its episodes, though not half of them: shows play an episode of another one now and then.
AN_EPISODE = 2
ENOUGH = 3

FIRST_DAY = datetime.min.replace(tzinfo=UTC)


class Kinship(Enum):
    """Why a document is taken for one of the stored show."""

    EPISODES = "it has its episodes"
    SIGNS = "it calls itself so"
    NONE = "it is another show"


def kinship(
    show: FeedInfo,
    known: Sequence[KnownEpisode],
    info: FeedInfo,
    entries: Sequence[FeedItem | UnchangedItem],
) -> Kinship:
    """Whether a document, of which this was read, is one of the `show` whose episodes are `known`."""
    if 2 * sum(isinstance(entry, UnchangedItem) for entry in entries) > len(entries):
        return Kinship.EPISODES
    by_hash = {one.raw_hash: one for one in known if one.raw_hash}
    listed = [
        one for entry in entries if (one := _as_known(entry) or by_hash.get(entry.raw_hash)) is not None
    ]
    ours, theirs = _compared(known, listed), _newest(listed)
    titles = _agree(_folded(show.title), _folded(info.title))
    if same_episodes(ours, theirs) and (titles or not _mostly_foreign(ours, theirs)):
        return Kinship.EPISODES
    an_episode = any(weight >= CERTAIN for weight in shared_episodes(theirs, ours))
    if titles and an_episode:
        return Kinship.EPISODES
    sum_of_signs = _weight_of_signs(show, info) + FILES_HOST * bool(_hosts(ours) & _hosts(theirs))
    sum_of_signs += AN_EPISODE * an_episode
    return Kinship.SIGNS if sum_of_signs >= ENOUGH else Kinship.NONE


def has_title_of(show: FeedInfo | None, info: FeedInfo) -> bool:
    """Whether a document names the show as it is named; True where there is no show yet."""
    return show is None or bool(_agree(_folded(show.title), _folded(info.title)))


def _weight_of_signs(show: FeedInfo, info: FeedInfo) -> int:
    signs = (
        (GUID, OTHER_GUID, _folded(show.guid), _folded(info.guid)),
        (TITLE, OTHER_TITLE, _folded(show.title), _folded(info.title)),
        (LINK, OTHER_LINK, _essence(show.link), _essence(info.link)),
        (AUTHOR, OTHER_AUTHOR, _folded(show.author), _folded(info.author)),
        (0, OTHER_LANGUAGE, _language(show.language), _language(info.language)),
        (IMAGE, 0, show.image_url, info.image_url),
    )
    agreement = ((same, other, _agree(one, its)) for same, other, one, its in signs)
    return sum(0 if agree is None else same if agree else other for same, other, agree in agreement)


def _agree(one: str | None, other: str | None) -> bool | None:
    """Whether two values of a sign are the same; None where one of them has none."""
    return one == other if one and other else None


def _mostly_foreign(ours: Sequence[KnownEpisode], theirs: Sequence[KnownEpisode]) -> bool:
    """Whether most items of the time that our episodes cover are none of them: a network's feed of all its shows."""
    dates = [one.published for one in ours if one.published]
    if not dates:
        return False
    first, last = min(dates) - DAY, max(dates) + DAY
    within = [one for one in theirs if one.published and first <= one.published <= last]
    return 2 * len(shared_episodes(within, ours)) < len(within)


def _compared(known: Sequence[KnownEpisode], listed: Iterable[KnownEpisode]) -> list[KnownEpisode]:
    """The newest episodes, and those that the document lists by their ids: it may be an old copy."""
    names = {one.identity for one in listed}
    newest = _newest(known)
    there = {one.id for one in newest}
    return newest + _newest([one for one in known if one.identity in names and one.id not in there])


def _newest(ones: Sequence[KnownEpisode]) -> list[KnownEpisode]:
    return sorted(ones, key=lambda one: one.published or FIRST_DAY, reverse=True)[:COMPARED]


def _as_known(entry: FeedItem | UnchangedItem) -> KnownEpisode | None:
    return as_known(entry) if isinstance(entry, FeedItem) else None


def as_known(item: FeedItem) -> KnownEpisode:
    """An item as it can be compared with stored episodes. Its id is none."""
    return KnownEpisode(
        0,
        item.identity,
        item.content_hash,
        item.raw_hash,
        item.title,
        item.enclosure_url,
        item.duration_s,
        item.published,
    )


def _hosts(ones: Iterable[KnownEpisode]) -> set[str]:
    return {host for one in ones if (host := (audio_file(one) or "").partition("/")[0])}


def _folded(text: str | None) -> str:
    """A text by its letters and digits, as hosts write it with other spaces, dashes and quotation marks."""
    return "".join(char for char in (text or "").casefold() if char.isalnum())


def _essence(link: str | None) -> str:
    if not link:
        return ""
    parts = urlsplit(feed_identity(link))
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"


def _language(tag: str | None) -> str:
    return (tag or "").replace("_", "-").partition("-")[0].strip().casefold()
