"""Messages are made once for many channels, and each carries its own mark."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.announcing.messages.cards import Cards
from bot.announcing.messages.content import AnnouncementLoader
from bot.announcing.messages.rendered_messages import (
    ANY_DELIVERY,
    DIGEST,
    PLAIN,
    Kwargs,
    MessageRenderer,
    as_payload,
)
from bot.announcing.transport.existing_message import custom_ids
from bot.present.text import NO_MENTIONS
from storage.engine.database import Database
from storage.models import Announcement, AnnouncementStyle, Episode, Looks
from tests.fakes.discord_message_rules import Shape, message_breaches
from tests.fakes.discord_messages import COMPONENTS_V2, walk
from tests.unit.storage.material import ids, item, stored

CARD = AnnouncementStyle.CARD


class Counted(Cards):
    """Counts how often it is asked."""

    def __init__(self, db: Database) -> None:
        super().__init__(AnnouncementLoader(db))
        self.made = 0

    def first(self, what: Announcement, looks: Looks, mark: str) -> Kwargs:
        """The card with its buttons."""
        self.made += 1
        return super().first(what, looks, mark)


@pytest.fixture
async def episode_id(sqlite_db: Database) -> int:
    podcast_id = await stored(sqlite_db, item("a"))
    return (await ids(sqlite_db, podcast_id))["a"]


def _ids(payload: dict[str, Any]) -> list[str]:
    return [part["custom_id"] for _, part in walk(payload["components"]) if "custom_id" in part]


async def test_each_has_its_own_mark_and_is_made_once_for_all(sqlite_db: Database, episode_id: int) -> None:
    dress = Counted(sqlite_db)
    renderer = MessageRenderer(dress)
    for delivery_id in (1, 23, 2**31 - 1):
        made = await renderer.first(episode_id, Looks(), delivery_id)
        assert made is not None
        assert _ids(made.payload) == [f"chapters:{episode_id}:{delivery_id}"]
        assert str(ANY_DELIVERY) not in json.dumps(made.payload)
        assert (made.form, made.title) == (CARD, "About a")
    assert dress.made == 1
    renderer.forget(episode_id)
    await renderer.first(episode_id, Looks(), 1)
    assert dress.made == 2
    assert await renderer.first(999, Looks(), 1) is None


async def test_the_role_is_called_by_the_first_post_alone(sqlite_db: Database, episode_id: int) -> None:
    renderer = MessageRenderer(Cards(AnnouncementLoader(sqlite_db)))
    looks = Looks(role_id=77, silent=True)
    first = await renderer.first(episode_id, looks, 1)
    edit = await renderer.edit(episode_id, looks, 1, CARD)
    assert first is not None
    assert edit is not None
    assert "<@&77>" in str(first.payload["components"])
    assert "<@&77>" not in str(edit.payload["components"])
    assert first.payload["allowed_mentions"]["roles"] == [77]
    assert first.payload["flags"] == 1 << 12 | COMPONENTS_V2
    assert edit.payload["allowed_mentions"] == NO_MENTIONS.to_dict()
    # What the post shows is what an edit would: so nothing is edited for nothing.
    assert first.shown == edit.shown
    plain = await renderer.plain(episode_id, looks, 1)
    assert plain is not None
    assert (plain.form, plain.shown == first.shown) == (PLAIN, False)


async def test_a_digest_names_all_that_fit(sqlite_db: Database) -> None:
    podcast_id = await stored(sqlite_db, *(item(f"{n}-{'x' * 150}") for n in range(60)))
    known = await ids(sqlite_db, podcast_id)
    episodes: Sequence[Episode] = [
        one.episode
        for episode_id in known.values()
        if (one := await Cards(AnnouncementLoader(sqlite_db)).contents(episode_id)) is not None
    ]
    made = MessageRenderer(Cards(AnnouncementLoader(sqlite_db))).digest(episodes, Looks(), 5)
    assert (made.form, made.title) == (DIGEST, "60 new episodes of First Show")
    for payload in (made.payload, made.plain.payload if made.plain else {}):
        assert [one.sentence() for one in message_breaches(payload, Shape.CREATE)] == []
        assert f"chapters:{episodes[0].id}:5" in _ids(payload)
        assert " more" in str(payload)


@pytest.mark.parametrize(("standing_v2", "form"), [(True, CARD), (False, PLAIN)])
async def test_a_message_keeps_its_kind(
    sqlite_db: Database, episode_id: int, standing_v2: bool, form: str
) -> None:
    made = await MessageRenderer(Cards(AnnouncementLoader(sqlite_db))).first(episode_id, Looks(), 1)
    assert made is not None
    assert made.form_of(standing_v2) == form


def test_marks_are_found_however_deep() -> None:
    class Part:
        def __init__(self, custom_id: str | None = None, children: Sequence[Any] = (), accessory: Any = None):
            self.custom_id, self.children, self.accessory = custom_id, children, accessory

    deep = Part(children=[Part(accessory=Part("one")), Part(children=[Part(), Part("two")])])
    assert list(custom_ids([deep, Part("three")])) == ["one", "two", "three"]


async def test_an_edit_keeps_the_style_of_the_post(sqlite_db: Database, episode_id: int) -> None:
    seen: list[tuple[AnnouncementStyle, str, bool]] = []

    class Told(Cards):
        def edit(self, what: Announcement, looks: Looks, mark: str, form: str) -> Kwargs:
            seen.append((looks.style, form, what.withdrawn))
            return super().edit(what, looks, mark, form)

    renderer = MessageRenderer(Told(AnnouncementLoader(sqlite_db)))
    chosen_since = Looks(AnnouncementStyle.COMPACT)
    for form in (CARD, AnnouncementStyle.COMPACT, PLAIN):
        made = await renderer.edit(episode_id, chosen_since, 1, form)
        assert made is not None
        assert made.form == form
    compact = AnnouncementStyle.COMPACT
    assert seen == [(CARD, CARD, False), (compact, compact, False), (compact, PLAIN, False)]


async def test_a_withdrawn_episode_says_so(sqlite_db: Database, episode_id: int) -> None:
    cards = Cards(AnnouncementLoader(sqlite_db))
    what = await cards.contents(episode_id)
    assert what is not None
    for withdrawn in (True, False):
        edited = as_payload(cards.edit(replace(what, withdrawn=withdrawn), Looks(), "chapters:1:1", CARD))
        assert ("Withdrawn" in str(edited)) == withdrawn
