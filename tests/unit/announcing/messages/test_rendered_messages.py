"""A message is rendered once for many channels, and names the delivery of each in its buttons."""

from __future__ import annotations

import copy
import time
from dataclasses import replace
from typing import Any

import pytest

from bot.announcing.messages import rendered_messages
from bot.announcing.messages.content import AnnouncementLoader
from bot.announcing.messages.rendered_messages import (
    DIGEST,
    KEPT_S,
    PLAIN,
    TEMPLATE_DELIVERY,
    MessageRenderer,
    RenderedMessage,
)
from bot.present.text import NO_MENTIONS
from storage.engine.database import Database
from storage.models import Announcement, AnnouncementStyle, Episode, Looks
from tests.fakes.discord_message_rules import Shape, message_violations
from tests.fakes.discord_messages import COMPONENTS_V2, walk
from tests.unit.present.material import EPISODE
from tests.unit.storage.material import ids, item, stored

CARD, COMPACT = AnnouncementStyle
FORMS = (CARD, COMPACT, PLAIN)
ANNOUNCEMENT = Announcement(episode=EPISODE)
LOOKS = Looks()


class OneAnnouncement(AnnouncementLoader):
    """Gives the same announcement for every episode but 999, and counts how often it is asked."""

    def __init__(self, announcement: Announcement = ANNOUNCEMENT) -> None:
        self.announcement = announcement
        self.loaded = 0

    async def load(self, episode_id: int) -> Announcement | None:
        """The announcement."""
        self.loaded += 1
        return self.announcement if episode_id != 999 else None


async def rendered(
    form: str, *, edit: bool = False, looks: Looks = LOOKS, announcement: Announcement = ANNOUNCEMENT
) -> RenderedMessage:
    """A message of this form, for delivery 123."""
    renderer = MessageRenderer(OneAnnouncement(announcement))
    if edit:
        message = await renderer.edit(EPISODE.id, looks, 123, form)
    elif form == PLAIN:
        message = await renderer.plain(EPISODE.id, looks, 123)
    else:
        message = await renderer.first(EPISODE.id, replace(looks, style=AnnouncementStyle(form)), 123)
    assert message is not None
    return message


def custom_ids(payload: dict[str, Any]) -> list[str]:
    return [part["custom_id"] for _, part in walk(payload["components"]) if "custom_id" in part]


async def test_each_delivery_gets_its_own_ids_in_a_message_rendered_once() -> None:
    announcements = OneAnnouncement()
    renderer = MessageRenderer(announcements)
    payloads = []
    for delivery_id in (1, 23, 2**31 - 1):
        message = await renderer.first(EPISODE.id, Looks(), delivery_id)
        assert message is not None
        assert custom_ids(message.payload) == [
            f"{word}:{EPISODE.id}:{delivery_id}" for word in ("chapters", "search", "transcript")
        ]
        assert (message.form, message.title) == (CARD, EPISODE.title)
        payloads.append(copy.deepcopy(message.payload))
    assert announcements.loaded == 1
    # Nothing but the ids is a delivery's own.
    first, second, _ = payloads
    assert str(first).replace(f"{EPISODE.id}:1'", f"{EPISODE.id}:23'") == str(second)
    assert await renderer.first(999, Looks(), 1) is None


async def test_an_id_changes_nowhere_but_in_buttons() -> None:
    telling = replace(EPISODE, title=f"chapters:{EPISODE.id}:{TEMPLATE_DELIVERY}")
    message = await rendered(CARD, announcement=Announcement(episode=telling))
    assert telling.title in str(message.payload)
    assert f"chapters:{EPISODE.id}:123" in custom_ids(message.payload)


async def test_a_message_is_rendered_anew_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    announcements = OneAnnouncement()
    renderer = MessageRenderer(announcements)
    await renderer.first(EPISODE.id, Looks(), 1)
    announcements.announcement = replace(ANNOUNCEMENT, withdrawn=True)
    later = time.monotonic() + KEPT_S + 1
    monkeypatch.setattr("bot.announcing.messages.rendered_messages.time.monotonic", lambda: later)
    message = await renderer.first(EPISODE.id, Looks(), 1)
    assert message is not None
    assert "Withdrawn" in str(message.payload)


async def test_only_so_many_templates_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendered_messages, "KEPT", 2)
    announcements = OneAnnouncement()
    renderer = MessageRenderer(announcements)
    for episode_id in (1, 2, 3, 3, 2, 1):
        await renderer.first(episode_id, Looks(), 1)
    assert announcements.loaded == 4


async def test_an_edit_keeps_the_mention_and_pings_nobody() -> None:
    looks = Looks(role_id=77, silent=True)
    first, edit = await rendered(CARD, looks=looks), await rendered(CARD, edit=True, looks=looks)
    assert "<@&77>" in str(first.payload["components"])
    assert edit.payload["components"] == first.payload["components"]
    assert (first.role_id, edit.role_id) == (77, 77)
    assert first.payload["allowed_mentions"]["roles"] == [77]
    assert first.payload["flags"] == 1 << 12 | COMPONENTS_V2
    assert edit.payload["allowed_mentions"] == NO_MENTIONS.to_dict()


async def test_a_message_posted_just_now_needs_no_edit() -> None:
    looks = Looks(role_id=77)
    shown = {form: (await rendered(form, looks=looks)).shown for form in FORMS}
    assert len(set(shown.values())) == len(FORMS)
    for form in FORMS:
        assert (await rendered(form, edit=True, looks=looks)).shown == shown[form]
        # As older versions stored it, whose edits had no mention.
        assert (await rendered(form, edit=True)).shown == shown[form]
    withdrawn = replace(ANNOUNCEMENT, withdrawn=True)
    assert (await rendered(CARD, edit=True, announcement=withdrawn)).shown != shown[CARD]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("chosen_since", AnnouncementStyle)
async def test_an_edit_keeps_the_form_of_the_message(form: str, chosen_since: AnnouncementStyle) -> None:
    first = await rendered(form)
    edit = await rendered(form, edit=True, looks=Looks(style=chosen_since))
    assert edit.form == form
    # Discord refuses to turn a card into a message with content, or back.
    assert edit.payload.get("flags", 0) & COMPONENTS_V2 == first.payload.get("flags", 0) & COMPONENTS_V2
    assert ("content" in edit.payload) == ("content" in first.payload)
    assert edit.payload["components"] == first.payload["components"]


@pytest.mark.parametrize(("components_v2", "form"), [(True, CARD), (False, PLAIN)])
async def test_an_existing_message_tells_its_form(components_v2: bool, form: str) -> None:
    assert (await rendered(CARD)).form_of_existing(components_v2=components_v2) == form


async def test_a_digest_names_all_episodes_that_fit() -> None:
    episodes: list[Episode] = [replace(EPISODE, id=n, title=f"{n}-{'x' * 150}") for n in range(1, 61)]
    message = MessageRenderer(OneAnnouncement()).digest(episodes, Looks(), 5)
    assert message.plain is not None
    for one in (message, message.plain):
        assert (one.form, one.title) == (DIGEST, "60 new episodes of Tea time")
        assert [violation.sentence() for violation in message_violations(one.payload, Shape.CREATE)] == []
        assert custom_ids(one.payload)[0] == "chapters:1:5"
        assert " more" in str(one.payload)


async def test_what_is_stored_is_rendered(sqlite_db: Database) -> None:
    episode_id = (await ids(sqlite_db, await stored(sqlite_db, item("a"))))["a"]
    message = await MessageRenderer(AnnouncementLoader(sqlite_db)).first(episode_id, Looks(), 1)
    assert message is not None
    assert custom_ids(message.payload) == [f"chapters:{episode_id}:1"]
    assert message.title == "About a"
