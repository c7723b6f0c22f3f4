"""A feed whose episodes are kept in memory: reading and deciding alone, for stories of many looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.feeds.changes.decide import Decision, decide
from bot.feeds.parsing.feed_parser import parse_feed
from storage.models import EpisodeChange, FeedItem, HeldState, KnownEpisode, UnchangedItem
from tests.unit.feeds.material import feed_xml
from tests.unit.feeds.stories import START, Told


@dataclass(slots=True)
class MemoryFeed:
    """Stores what is decided as the tables do; `announced` has the titles in the order of their announcements."""

    known: dict[int, KnownEpisode] = field(default_factory=dict)
    waiting: dict[int, datetime] = field(default_factory=dict)
    held: dict[str, HeldState] = field(default_factory=dict)
    withdrawn: set[int] = field(default_factory=set)
    announced: list[int] = field(default_factory=list)
    looked_at: datetime | None = None
    last: Decision = field(default_factory=Decision)

    def look(self, items: Iterable[Told], hours: float = 0.0) -> list[str]:
        """Read a document so many hours after the start; the titles that are announced by it."""
        body = feed_xml([one.xml() for one in items])
        parsed = parse_feed(body, None, frozenset(one.raw_hash for one in self.known.values()))
        return self.decide(parsed.entries, START + timedelta(hours=hours), parsed.info.link)

    def decide(
        self, entries: Sequence[FeedItem | UnchangedItem], now: datetime, page: str | None = None
    ) -> list[str]:
        """Decide about what arrived, and store it; the titles that are announced."""
        self.last = decide(
            list(self.known.values()),
            entries,
            baseline=not self.known,
            now=now,
            held=self.held,
            page=page,
            looked_at=self.looked_at,
        )
        self.looked_at = now
        told = [id_ for change in self.last.changes if (id_ := self._store(change))]
        for id_, one in self.last.refreshed.items():
            self.known[id_] = replace(
                self.known[id_],
                raw_hash=one.raw_hash,
                enclosure_url=one.enclosure_url,
                duration_s=one.duration_s,
                published=one.published or self.known[id_].published,
            )
        self.withdrawn = (self.withdrawn | self.last.left_out) - self.last.listed_again
        self.held = {one.identity: HeldState.WAITING for one in self.last.held}
        come = [id_ for id_, at in self.waiting.items() if at <= now and id_ not in self.withdrawn]
        for id_ in come:
            del self.waiting[id_]
        self.announced += told + come
        names = [one.identity for one in self.known.values()]
        assert len(names) == len(set(names))
        return [self.known[id_].title for id_ in (*told, *come)]

    def _store(self, change: EpisodeChange) -> int | None:
        """Store a change; the id of an episode that is announced."""
        item = change.item
        id_ = change.episode_id or len(self.known) + 1
        if change.episode_id is not None:
            assert item.identity == self.known[id_].identity
            if id_ in self.waiting and item.published is not None:
                self.waiting[id_] = item.published
        elif change.announce_at is not None:
            self.waiting[id_] = change.announce_at
        self.known[id_] = KnownEpisode(
            id_,
            item.identity,
            item.content_hash,
            item.raw_hash,
            item.title,
            item.enclosure_url,
            item.duration_s,
            item.published,
            guid=item.guid,
        )
        return id_ if change.announce else None

    @property
    def titles(self) -> list[str]:
        """The titles of what is stored, in the order in which it was."""
        return [one.title for one in self.known.values()]
