"""Random histories of feeds against what a listener calls new: python -m tests.bench.feed_histories --count 10000

Each history is one show on one host, looked at again and again. Between looks the host publishes, edits, replaces,
re-dates, reorders, cuts, restores, moves, signs its files anew or changes its ids. The model knows which episode each
item is; what is stored and announced must be exactly these.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from storage.models import FeedItem, UnchangedItem
from tests.unit.feeds.memory_feed import MemoryFeed
from tests.unit.feeds.stories import START

LOOKS = 9
SYLLABLES = (
    "ba",
    "co",
    "du",
    "fel",
    "gri",
    "hon",
    "jas",
    "kel",
    "lom",
    "mir",
    "nav",
    "ost",
    "pra",
    "quo",
    "rin",
    "sut",
)
# What stands for an id where a host has none for its items.
SAYS_NOTHING = ("undefined", "null", "https://show.example/", "0", "")


@dataclass(frozen=True, slots=True)
class Told:
    """An episode as its host tells it now."""

    number: int
    guid: str | None
    file: str
    title: str
    published: datetime
    length: float
    notes: str = ""


@dataclass(slots=True)
class Outcome:
    """How histories ended: `faults` counts each kind of what must not happen."""

    histories: int = 0
    looks: int = 0
    new: int = 0
    failed: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    first_failed: str = ""


class History:
    """One show and its host."""

    def __init__(self, seed: str) -> None:
        self.rng = Random(seed)
        self.seed = seed
        self.now = START
        self.feed = MemoryFeed()
        self.episodes: list[Told] = []
        self.owner: dict[str, int] = {}
        self.served: set[int] = set()
        self.due: set[int] = set()
        self.version = 0
        self.count = 0
        self.steps: list[str] = []
        rng = self.rng
        self.bulletin = rng.random() < 0.25
        self.empty_guid = rng.choice(SAYS_NOTHING) if rng.random() < 0.25 else None
        self.every = timedelta(hours=rng.choice((1, 6, 24, 24, 168)))
        self.lists = rng.choice((3, 6, 10, 24, 40))
        date = START - self.every / 2
        start = [date - self.every * n for n in range(rng.randint(max(1, self.lists // 2), self.lists))]
        for one in reversed(start):
            self.publish(one)

    def publish(self, date: datetime) -> None:
        """The host has another episode."""
        rng, self.count = self.rng, self.count + 1
        number = self.count
        title = "The news" if self.bulletin else " ".join(self.word() for _ in range(rng.randint(2, 4)))
        # Odd lengths: one of full minutes tells nothing in a show of one or two episodes.
        length = 300.0 if self.bulletin else rng.randint(20, 200) * 30.0 + rng.randint(3, 27)
        told = Told(number, self.guid(number), self.file(number), title, date, length)
        self.episodes.insert(0, told)

    def word(self) -> str:
        """A word of the show's own language."""
        return "".join(self.rng.choice(SYLLABLES) for _ in range(self.rng.randint(2, 4)))

    def guid(self, number: int) -> str | None:
        """The id of an episode at this version of the host."""
        if self.empty_guid is not None:
            return self.empty_guid or None
        return f"{self.version}/{number * 7919}"

    def file(self, number: int) -> str:
        """The file of an episode at this version of the host."""
        name = hashlib.sha256(f"{self.seed} {self.version} {number}".encode()).hexdigest()[:12]
        file = f"https://cdn{self.version}.example/{name}.mp3"
        self.owner[name] = number
        return file

    def run(self) -> Counter[str]:
        """Play it; what went wrong."""
        faults: Counter[str] = Counter()
        self.look(self.episodes[: self.lists], faults)
        for _ in range(LOOKS):
            self.now += timedelta(hours=self.rng.choice((0.5, 1, 3, 12, 30)))
            document = self.event()
            self.look(document, faults)
        return faults

    def event(self) -> list[Told]:
        """Something happens; the document that the host serves then."""
        rng = self.rng
        happens: list[Callable[[], list[Told] | None]] = [
            self.news, self.news, self.news, self.edited, self.replaced, self.redated, self.reordered, self.cut,
            self.restored, self.signed,
        ]  # fmt: skip
        if not self.bulletin:
            happens += [self.other_ids, self.moved, self.dated_anew]
        chosen = rng.choice(happens)
        self.steps.append(chosen.__name__)
        document = chosen()
        return self.episodes[: self.lists] if document is None else document

    def news(self) -> None:
        """One new episode, or a few."""
        newest = max(one.published for one in self.episodes)
        span = self.now - max(newest, self.now - timedelta(hours=20))
        if span <= timedelta(minutes=10):
            return
        count = self.rng.choice((1, 1, 1, 2, 3)) if span > timedelta(minutes=40) else 1
        for n in range(count):
            self.publish((self.now - span * (count - n - 0.5) / count).replace(microsecond=0))

    def edited(self) -> None:
        """A title is mended, the notes are written anew, or the file is another one."""
        at = self.rng.randrange(min(len(self.episodes), self.lists))
        old = self.episodes[at]
        what = self.rng.choice(("title", "notes", "file"))
        if what == "title" and not self.bulletin:
            self.episodes[at] = replace(old, title=f"{old.title} {self.word()}")
        elif what == "file":
            self.version += 1
            self.episodes[at] = replace(old, file=self.file(old.number))
        else:
            self.episodes[at] = replace(old, notes=self.word())

    def replaced(self) -> None:
        """An item is taken out and put up again, with another id and another file."""
        at = self.rng.randrange(min(3, len(self.episodes), self.lists))
        self.version += 1
        old = self.episodes[at]
        self.episodes[at] = replace(old, guid=self.guid(old.number), file=self.file(old.number))

    def redated(self) -> None:
        """A date is moved by some hours, as far as its neighbours let it."""
        at = self.rng.randrange(min(len(self.episodes), self.lists))
        by = self.every * self.rng.uniform(-0.3, 0.3)
        old = self.episodes[at]
        date = min(old.published + by, self.now).replace(microsecond=0)
        self.episodes[at] = replace(old, published=date)

    def reordered(self) -> list[Told]:
        """The same in another order."""
        document = self.episodes[: self.lists]
        if self.rng.random() < 0.5:
            document.reverse()
        else:
            self.rng.shuffle(document)
        return document

    def cut(self) -> list[Told]:
        """Fewer items than usual, or an old copy."""
        document = self.episodes[: self.lists]
        kept = self.rng.randint(1, len(document))
        return document[:kept] if self.rng.random() < 0.5 else document[-kept:]

    def restored(self) -> list[Told]:
        """All that there ever was."""
        return list(self.episodes)

    def signed(self) -> None:
        """The files are signed anew."""
        sign = self.rng.randrange(10**9)
        self.episodes = [
            replace(one, file=f"{one.file.partition('?')[0]}?sig={sign}{n}&exp={1_700_000_000 + sign}")
            for n, one in enumerate(self.episodes)
        ]

    def other_ids(self) -> None:
        """All ids are others."""
        self.version += 1
        self.episodes = [replace(one, guid=self.guid(one.number)) for one in self.episodes]

    def moved(self) -> None:
        """The show moves to another host: ids and files are others."""
        self.version += 1
        self.episodes = [
            replace(one, guid=self.guid(one.number), file=self.file(one.number)) for one in self.episodes
        ]

    def dated_anew(self) -> None:
        """The show moves, and the new host dates all by the move."""
        self.moved()
        self.episodes = [
            replace(one, published=(self.now - timedelta(seconds=30 + 20 * n)).replace(microsecond=0))
            for n, one in enumerate(self.episodes)
        ]

    def look(self, document: Sequence[Told], faults: Counter[str]) -> None:
        """The feed is looked at; what is stored and announced is compared with the model."""
        first = not self.feed.known
        known = {one.raw_hash for one in self.feed.known.values()}
        items = [_item(one) for one in document]
        before = len(self.feed.announced)
        stored = dict(self.feed.known)
        self.feed.decide(
            [UnchangedItem(one.raw_hash) if one.raw_hash in known else one for one in items], self.now
        )
        fresh = {one.number for one in document} - self.served
        self.served |= fresh
        if not first:
            # What is older than a week counts as old, wherever it comes from.
            self.due |= fresh
        told = Counter(self._owner(id_) for id_ in self.feed.announced[before:])
        expected = Counter(() if first else fresh)
        faults["announced that is not new"] += sum((told - expected).values())
        faults["new and not announced"] += sum((expected - told).values())
        faults["held"] += len(self.feed.held)
        owners = Counter(self._owner(id_) for id_ in self.feed.known)
        faults["lost or overwritten"] += len(self.served - owners.keys())
        faults["stored twice"] += sum(owners.values()) - len(owners)
        faults["became another episode"] += sum(
            self._owner(id_) != self.owner[_name(old.enclosure_url)] for id_, old in stored.items()
        )

    def _owner(self, id_: int) -> int:
        return self.owner[_name(self.feed.known[id_].enclosure_url)]


def _name(file: str | None) -> str:
    return (file or "").partition("?")[0].rpartition("/")[2].removesuffix(".mp3")


def _item(one: Told) -> FeedItem:
    told = (one.guid, one.file, one.title, one.published, one.length, one.notes)
    raw_hash = hashlib.sha256(repr(told).encode()).hexdigest()[:32]
    content = (one.title, one.file.partition("?")[0], one.notes)
    return FeedItem(
        identity=one.guid or f"{one.file.partition('?')[0]} {one.title}",
        guid=one.guid,
        title=one.title,
        link=None,
        published=one.published,
        duration_s=one.length,
        image_url=None,
        enclosure_url=one.file,
        enclosure_type="audio/mpeg",
        video_url=None,
        notes=one.notes,
        intro="",
        content_hash=hashlib.sha256(repr(content).encode()).hexdigest(),
        raw_hash=raw_hash,
    )


def play(count: int, seed: int) -> Outcome:
    """Play so many histories."""
    outcome = Outcome()
    for number in range(count):
        history = History(f"{seed}/{number}")
        faults = +history.run()
        outcome.histories += 1
        outcome.looks += LOOKS + 1
        outcome.new += len(history.due)
        if faults:
            outcome.failed += 1
            outcome.faults += faults
            outcome.first_failed = outcome.first_failed or f"{history.seed} {dict(faults)} {history.steps}"
    return outcome


def main(arguments: Sequence[str]) -> int:
    """Play histories and print how they ended; 1 if anything was announced, missed or lost that should not be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    began = time.process_time()
    outcome = play(options.count, options.seed)
    spent = time.process_time() - began
    print(f"{outcome.histories:,} histories with {outcome.looks:,} looks and {outcome.new:,} new episodes")
    print(f"{outcome.failed} histories went wrong, {spent:.1f} s of CPU")
    for fault, found in outcome.faults.most_common():
        print(f"  {fault}: {found}")
    if outcome.first_failed:
        print(f"  first: {outcome.first_failed}")
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
