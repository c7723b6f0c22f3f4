"""Whether a document is of the stored show, or another one in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds.changes.same_show import Kinship, as_known, kinship
from storage.models import FeedInfo, FeedItem, UnchangedItem
from tests.unit.storage.material import item

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SHOW = FeedInfo(
    "Copper Kettle",
    "https://kettle.example/",
    "https://kettle.example/art.png",
    "en-GB",
    author="Ada Moore",
    guid="917393e3",
)
OTHER = FeedInfo(
    "Wide Rivers",
    "https://rivers.example/",
    "https://rivers.example/art.png",
    "en",
    author="Bo Lund",
    guid="5a3b0f1c",
)
BARE = FeedInfo("Copper Kettle", None, None, None)


def _items(
    prefix: str, count: int, *, newest: float = 6, apart: float = 7, titles: str = ""
) -> list[FeedItem]:
    """Items of one show, newest first; their titles, ids and files begin alike."""
    return [
        replace(
            item(f"{prefix}-{number}"),
            title=f"{titles or prefix} {number}",
            enclosure_url=f"https://{prefix}.example/{prefix}-{number}.mp3",
            published=NOW - timedelta(days=newest + apart * (count - number)),
            duration_s=1000.0 + 37 * number,
        )
        for number in range(count, 0, -1)
    ]


KETTLE = _items("kettle", 8)
KNOWN = [replace(as_known(one), id=at) for at, one in enumerate(KETTLE, 1)]
NETWORK = sorted(
    [*KETTLE, *_items("rivers", 8), *_items("stones", 8), *_items("ropes", 8)],
    key=lambda one: str(one.published),
    reverse=True,
)
MOVED_HOSTS = [
    replace(one, identity=f"urn:{at}", guid=f"urn:{at}", enclosure_url=f"https://new.example/{at}.mp3")
    for at, one in enumerate(KETTLE)
]
REPLACED = _items("soup", 3, newest=0)
A_TEMPLATE = replace(SHOW, title="Wide Rivers", guid=None)
# It lends an episode of the other show.
LENT = [*_items("rivers", 5), KETTLE[0]]


@pytest.mark.parametrize(
    ("info", "items", "expected"),
    [
        pytest.param(SHOW, KETTLE, Kinship.EPISODES, id="the same"),
        pytest.param(SHOW, KETTLE[:2], Kinship.EPISODES, id="a truncated copy"),
        pytest.param(SHOW, [KETTLE[-1]], Kinship.EPISODES, id="its first episode alone"),
        pytest.param(OTHER, KETTLE, Kinship.EPISODES, id="renamed, with all signs new"),
        pytest.param(OTHER, [*REPLACED, *KETTLE[:3]], Kinship.EPISODES, id="renamed, with new ones"),
        pytest.param(SHOW, MOVED_HOSTS, Kinship.EPISODES, id="new ids and files"),
        pytest.param(OTHER, MOVED_HOSTS, Kinship.EPISODES, id="renamed, with new ids and files"),
        pytest.param(replace(SHOW, title=""), KETTLE, Kinship.EPISODES, id="no title once"),
        pytest.param(SHOW, REPLACED, Kinship.SIGNS, id="all replaced"),
        pytest.param(BARE, REPLACED, Kinship.SIGNS, id="all replaced, and it says little of itself"),
        pytest.param(replace(SHOW, title="COPPER  KETTLE!"), REPLACED, Kinship.SIGNS, id="as it is spelt"),
        pytest.param(
            replace(SHOW, link="http://www.kettle.example", author=None, image_url=None),
            REPLACED,
            Kinship.SIGNS,
            id="its page is spelt otherwise",
        ),
        pytest.param(
            replace(OTHER, guid=SHOW.guid, link=SHOW.link),
            REPLACED,
            Kinship.SIGNS,
            id="renamed and replaced, under its podcast:guid",
        ),
        pytest.param(OTHER, _items("rivers", 5), Kinship.NONE, id="another show"),
        pytest.param(A_TEMPLATE, _items("rivers", 5), Kinship.NONE, id="a template"),
        pytest.param(
            replace(SHOW, title="Copper Kettle (public)", guid=None),
            _items("rivers", 3),
            Kinship.NONE,
            id="a sister feed",
        ),
        pytest.param(OTHER, LENT, Kinship.NONE, id="another show that plays an episode of this one"),
        pytest.param(OTHER, NETWORK, Kinship.NONE, id="all shows of a network in one feed"),
        pytest.param(replace(OTHER, title=SHOW.title), _items("rivers", 5), Kinship.NONE, id="a namesake"),
        pytest.param(
            replace(BARE, language="de", link="https://kessel.example"),
            _items("rivers", 5),
            Kinship.NONE,
            id="a namesake in another language",
        ),
        pytest.param(
            replace(OTHER, guid=SHOW.guid),
            _items("rivers", 5),
            Kinship.NONE,
            id="a podcast:guid that was copied",
        ),
        pytest.param(
            replace(OTHER, title=""), _items("rivers", 5), Kinship.NONE, id="another show without a title"
        ),
    ],
)
def test_signs_are_weighed_together(info: FeedInfo, items: Sequence[FeedItem], expected: Kinship) -> None:
    assert kinship(SHOW, KNOWN, info, items) is expected


def test_two_weekly_shows_of_one_day_length_and_numbering_are_two() -> None:
    first = [replace(one, identity=str(at), guid=str(at)) for at, one in enumerate(KETTLE)]
    known = [as_known(one) for one in first]
    theirs = [
        replace(one, title=f"On rivers {one.guid}", enclosure_url=f"https://r.example/{one.guid}.mp3")
        for one in first
    ]
    assert kinship(SHOW, known, OTHER, theirs) is Kinship.NONE


def test_what_was_not_parsed_again_is_known() -> None:
    known = [replace(one, raw_hash=f"h{one.id}") for one in KNOWN]
    unchanged = [UnchangedItem(one.raw_hash) for one in known]
    assert kinship(SHOW, known, OTHER, unchanged[:5]) is Kinship.EPISODES
    # Fewer than half: each is compared.
    assert kinship(SHOW, known, SHOW, [*REPLACED, *unchanged[:2]]) is Kinship.EPISODES


def test_a_bulletin_that_replaces_its_only_item_is_the_same_show() -> None:
    weather = replace(item("1"), title="Daily Weather", published=NOW, duration_s=120.0)
    tomorrow = replace(weather, identity="2", guid="2", published=NOW + timedelta(days=1))
    info = FeedInfo("Daily Weather", None, None, None)
    assert kinship(info, [as_known(weather)], info, [tomorrow]) is not Kinship.NONE
