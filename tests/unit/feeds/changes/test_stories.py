"""Feeds that break the rules, look after look: what is stored, and what is announced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from bot.feeds.errors import FeedError
from storage.engine.database import Database
from storage.models import as_text
from tests.unit.feeds.memory_feed import MemoryFeed
from tests.unit.feeds.stories import OLD, Told, open_story

NEW = Told("n-1", "On harbours", days=0.1)
HOME = "https://show.example/"
NONE: list[str] = []
HARBOURS = ["On harbours"]


@dataclass(frozen=True)
class Look:
    """A document, when it is looked at, and what is announced and stored then."""

    items: Sequence[Told]
    announced: Sequence[str] = ()
    stored: int | None = None
    hours: float = 0.0


def _weekly(guid: str | None, count: int = 3, **said: str) -> list[Told]:
    return [Told(f"e-{n}", f"Ep of {n}", days=9 + 7 * n, guid=guid, **said) for n in range(count)]


def _services(count: int, query: str = "?id={n}", **said: object) -> list[Told]:
    """The newest of weekly services without ids, whose files differ in what follows the “?”."""
    return [
        Told(
            f"s-{n}",
            "Sunday Service",
            days=1 + 7 * (9 - n),
            guid="",
            file="https://church.example/download.php" + query.format(n=n),
        ).but(**said)
        for n in range(9, 9 - count, -1)
    ]


def _moved(items: Sequence[Told], prefix: str = "x", **said: object) -> list[Told]:
    """The same ones under new ids and files."""
    return [
        one.but(guid=f"{prefix}/{n}", file=f"https://other.example/{prefix}/{n * 77}.mp3", **said)
        for n, one in enumerate(items)
    ]


DAILY = [
    Told(f"d-{n}", f"The day of {name}", days=n + 0.5, length=f"{20 + n}:0{n}")
    for n, name in enumerate(("herons", "tides", "gulls", "ebb"))
]
LONG = [
    Told(f"l-{n}", f"Part called {chr(65 + n) * 3}", days=1 + 7 * n, length=str(1000 + 7 * n))
    for n in range(20)
]
LIGHT = Told("l-1", "Lighthouses", days=70 / 24, length="40:00")
LIGHT2 = Told("l-2", "Lighthouses", days=70 / 24, length="40:00")


def _bulletins(hour: int, count: int = 24, **said: object) -> list[Told]:
    """The last hourly bulletins at so many hours after the start, whose titles and files come again every day."""
    return [
        Told(
            f"b-{at}",
            f"News at {at % 24:02}:00",
            days=-at / 24,
            file=f"https://cdn.example/news-{at % 24:02}.mp3",
            length="05:00",
        ).but(**said)
        for at in range(hour, hour - count, -1)
    ]


def _weather(day: int, **said: object) -> Told:
    return Told(
        f"wd-{day}",
        "Daily Weather",
        days=0.2 - day,
        file="https://cdn.example/weather.mp3",
        length="02:00",
    ).but(**said)


PINNED = Told("start", "Start here", date="Thu, 01 Jan 2099 00:00:00 +0000")
SERVICE = Told("s-10", "Sunday Service", days=0.1, guid="", file="https://church.example/download.php?id=10")


def _tracked(prefix: str) -> list[Told]:
    return [one.but(guid="", file=f"https://{prefix}cdn.example/{one.name}.mp3") for one in DAILY]


def _numbered(hour: int) -> list[Told]:
    """The last ten bulletins, all called the same, whose files are numbered."""
    return [
        one.but(title="The news", file=f"https://cdn.example/{76 + hour - n}.mp3")
        for n, one in enumerate(_bulletins(hour, 10))
    ]


def _days(last: int) -> list[Told]:
    return [Told(f"p-{n}", f"Day {n}", days=0.1 - n) for n in range(last, last - 9, -1)]


def _today(last: int) -> list[Told]:
    return [Told(f"o-{n}", "Today", days=-n) for n in range(last, last - 5, -1)]


def _dated_anew() -> list[Told]:
    return [one.but(length=f"3{n}:1{n}", days=0.1 + n / 1000) for n, one in enumerate(_moved(OLD))]


STORIES: dict[str, list[Look]] = {
    "an id that is the show's address": [
        Look(_weekly(HOME), stored=3),
        Look([NEW.but(guid=HOME), *_weekly(HOME)], HARBOURS, 4),
        Look([NEW.but(guid=HOME), *_weekly(HOME)], NONE, 4),
    ],
    "an id that says nothing": [
        Look(_weekly("undefined", 2), stored=2),
        Look([NEW.but(guid="undefined"), *_weekly("undefined", 2)], HARBOURS, 3),
    ],
    "one item whose id says nothing": [
        Look(_weekly("null", 1), stored=1),
        Look([NEW.but(guid="null")], HARBOURS, 2),
    ],
    "one item whose id stays": [
        Look(_weekly("latest-show", 1), stored=1),
        Look([NEW.but(guid="latest-show")], HARBOURS, 2),
        Look([NEW.but(guid="latest-show", title="On some harbours")], NONE, 2),
    ],
    "the id of the newest, which is listed below": [
        Look(OLD, stored=6),
        Look([NEW.but(guid="w-6"), *OLD], HARBOURS, 7),
        Look([NEW.but(guid="w-6", title="On harbors"), *OLD], NONE, 7),
        Look([NEW.but(guid="w-6"), OLD[0].but(title="Crane"), *OLD[1:]], NONE, 7),
    ],
    "the id of one that is not listed any more": [
        Look(OLD, stored=6),
        Look([NEW.but(guid="w-1"), *OLD[:5]], HARBOURS, 7),
    ],
    "files that differ in what follows the “?”": [
        Look(_services(5), stored=5),
        Look([SERVICE, *_services(5)], ["Sunday Service"], 6),
    ],
    "the same of a feed with one item": [
        Look(_services(1), stored=1),
        Look([SERVICE], ["Sunday Service"], 2),
    ],
    "signatures change": [
        Look(_services(5, "/{n}.mp3?sig=a{n}&amp;exp=1"), stored=5),
        Look(_services(5, "/{n}.mp3?sig=b{n}&amp;exp=2"), NONE, 5),
        Look(_services(5, "?id={n}&amp;sig=b{n}&amp;exp=2"), NONE, 5),
        Look(_services(5, "?id={n}&amp;sig=c{n}&amp;exp=3"), NONE, 5),
    ],
    "a mended title, another file, a moved date": [
        Look(OLD, stored=6),
        Look([OLD[0].but(title="Cranes and more"), *OLD[1:]], NONE, 6),
        Look([OLD[0].but(file="https://cdn.example/again.mp3"), *OLD[1:]], NONE, 6),
        Look([OLD[0].but(days=0.5), *OLD[1:]], NONE, 6),
        Look([OLD[0].but(days=0.5, title="Of lifting", file="https://cdn.example/more.mp3"), *OLD[1:]], NONE, 6),
    ],
    "1970": [
        Look([one.but(date="Thu, 01 Jan 1970 00:00:00 +0000") for one in OLD], stored=6),
        Look([one.but(date="Thu, 01 Jan 1970 00:00:00 +0000") for one in (NEW, *OLD)], HARBOURS, 7),
    ],
    "the first year": [
        Look([one.but(date="Mon, 01 Jan 0001 00:00:00 +0000") for one in OLD], stored=6),
        Look([one.but(date="Mon, 01 Jan 0001 00:00:00 +0000") for one in (NEW, *OLD)], HARBOURS, 7),
    ],
    "no dates": [
        Look([one.but(date="") for one in OLD[1:]], stored=5),
        Look([one.but(date="") for one in (NEW, *OLD[1:])], HARBOURS, 6),
        Look([one.but(date="") for one in (NEW, *OLD)], NONE, 7),
    ],
    "the subject's date": [
        Look(OLD, stored=6),
        Look([NEW.but(date="Mon, 02 May 1960 09:05:01 +0100"), *OLD], HARBOURS, 7),
    ],
    "a year that was mistyped": [
        Look(OLD, stored=6),
        Look([NEW.but(days=365.2), *OLD], HARBOURS, 7),
        Look([NEW.but(name="n-2", title="On docks", days=-364.9), NEW.but(days=365.2), *OLD], ["On docks"], 8),
    ],
    "an honest old date between known ones, and below": [
        Look(OLD, stored=6),
        Look([*OLD[:2], NEW.but(days=15), *OLD[2:]], NONE, 7),
        Look([*OLD[:2], NEW.but(days=15), *OLD[2:], NEW.but(name="n-2", days=400)], NONE, 8),
    ],
    "replaced": [
        Look(OLD, stored=6),
        Look([LIGHT, *OLD], ["Lighthouses"], 7),
        Look([LIGHT2, *OLD], NONE, 7),
        Look([LIGHT2.but(guid="l-3", name="l-3", days=70 / 24 - 25 / 24), *OLD], NONE, 7),
    ],
    "a small feed moves": [
        Look(DAILY, stored=4),
        Look(_moved(DAILY), NONE, 4),
        Look([NEW, *_moved(DAILY)], HARBOURS, 5),
    ],
    "a tracker before each file": [
        Look([one.but(guid="") for one in DAILY], stored=4),
        Look(_tracked("dts.example/redirect.mp3/"), NONE, 4),
        Look([NEW.but(guid=""), *_tracked("trk.example/e/https://")], HARBOURS, 5),
    ],
    "the latest eight move": [Look(LONG, stored=20), Look([*_moved(LONG[:8]), *LONG[8:]], NONE, 20)],
    "twice in one document": [
        Look(OLD, stored=6),
        Look([LIGHT, LIGHT2.but(file="https://cdn.example/l-1.mp3"), *OLD], ["Lighthouses"], 7),
        Look([LIGHT2.but(file="https://cdn.example/l-1.mp3"), LIGHT, *OLD], NONE, 7),
    ],
    "three really new ones": [
        Look(OLD[:3], stored=3),
        Look(
            [NEW, NEW.but(name="n-2", title="On docks"), NEW.but(name="n-3", title="On piers")],
            ["On harbours", "On docks", "On piers"],
            6,
        ),
    ],
    "bulletins": [
        Look(_bulletins(0), stored=24),
        *(Look(_bulletins(n), [f"News at {n:02}:00"], 24 + n, hours=n) for n in (1, 2, 3)),
    ],
    "bulletins of another day": [
        Look(_bulletins(0, 10), stored=10),
        Look(_bulletins(24, 10), [one.title for one in _bulletins(24, 10)], 20, hours=24),
    ],
    "numbered bulletins": [
        Look(_numbered(0), stored=10),
        Look(_numbered(24), ["The news"] * 10, 20, hours=24),
    ],
    "the weather": [Look([_weather(n)], ["Daily Weather"] * (n > 0), n + 1, hours=24 * n) for n in range(4)],
    "the weather, always of one odd length": [
        Look([_weather(n, length="1:47")], ["Daily Weather"] * (n > 0), n + 1, hours=24 * n) for n in range(3)
    ],
    "one hourly item": [
        Look([_weather(0, name=f"h-{n}", days=-n / 24)], ["Daily Weather"] * (n > 0), n + 1, hours=n)
        for n in range(4)
    ],
    "pinned in the future": [
        Look([PINNED, *_days(0)], stored=10),
        Look([PINNED, *_days(10)], [f"Day {n}" for n in range(10, 3, -1)], 19, hours=240),
    ],
    "the host changes all": [
        Look(OLD, stored=6),
        Look(_moved(OLD), NONE, 6),
        Look([NEW, *_moved(OLD)], HARBOURS, 7),
    ],
    "the host changes all, also the dates": [
        Look([one.but(length=f"3{n}:1{n}") for n, one in enumerate(OLD)], stored=6),
        Look(_dated_anew(), NONE, 6),
        Look([NEW.but(days=-0.1), *_dated_anew()], HARBOURS, 7, hours=4),
    ],
    "dates that change at each look": [
        Look([one.but(days=n / 1000 - look) for n, one in enumerate(OLD)], NONE, 6, hours=24 * look)
        for look in range(4)
    ],
    "the same without ids": [
        Look([one.but(days=n / 1000 - look, guid="") for n, one in enumerate(OLD)], NONE, 6, hours=24 * look)
        for look in range(4)
    ],
    "old and new copies in turn": [
        Look(OLD, stored=6),
        Look([NEW, *OLD], HARBOURS, 7),
        Look(OLD, NONE, 7),
        Look([NEW, *OLD], NONE, 7),
        Look([NEW.but(name="n-2", title="On docks", days=0), NEW, *OLD], ["On docks"], 8),
        Look([NEW, *OLD], NONE, 8),
    ],
    "a daily show of one title": [
        Look(_today(look), ["Today"] * (look > 0), 5 + look, hours=24 * look + 1) for look in range(4)
    ],
    "ids that count from the top": [
        Look([one.but(guid=str(n)) for n, one in enumerate(OLD)], stored=6),
        Look([one.but(guid=str(n)) for n, one in enumerate((NEW, *OLD[:5]))], HARBOURS, 7),
    ],
}  # fmt: skip


@pytest.mark.parametrize("what", STORIES)
def test_what_is_new_is_announced_and_nothing_else(what: str) -> None:
    feed = MemoryFeed()
    for number, look in enumerate(STORIES[what]):
        announced = feed.look(look.items, look.hours)
        assert sorted(announced) == sorted(look.announced), (what, number, feed.last)
        assert look.stored in (None, len(feed.known)), (what, number, feed.titles)
        assert not feed.held


async def test_an_honest_new_episode_is_announced_once(sqlite_db: Database) -> None:
    async with open_story(sqlite_db) as story:
        assert await story.look(*OLD) == []
        assert await story.look(hours=1) == []
        assert await story.look(NEW, *OLD, hours=2) == ["On harbours"]
        assert await story.look(NEW, *OLD, hours=3) == []
        story.fails(FeedError(as_text("down")))
        assert await story.look(hours=4) == []
        assert await story.titles() == ["On harbours", *(one.title for one in OLD)]


@pytest.mark.parametrize("then", ["unchanged", "failure", "the same", "edited", "brought forward"])
async def test_what_is_dated_ahead_is_announced_once_its_date_has_come(
    sqlite_db: Database, then: str
) -> None:
    ahead = NEW.but(days=-5)
    async with open_story(sqlite_db) as story:
        await story.look(*OLD)
        assert await story.look(ahead, *OLD, hours=1) == []
        assert (await story.titles())[0] == "On harbours"
        assert await story.look(hours=100) == []
        if then == "failure":
            story.fails(FeedError(as_text("down")))
        items = {
            "the same": (ahead, *OLD),
            "edited": (ahead.but(title="On harbors"), *OLD),
            "brought forward": (ahead.but(days=-4), *OLD),
        }.get(then, ())
        assert len(await story.look(*items, hours=100 if then == "brought forward" else 122)) == 1
        assert story.poll is not None
        assert story.poll.announced == (then != "failure")
        assert await story.look(*items, hours=123) == []
