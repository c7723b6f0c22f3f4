"""What the sender is given: the form that a message keeps, known by the delivery that it was sent for."""

from __future__ import annotations

import discord
import pytest

from bot.announcing.messages.cards import Cards
from bot.announcing.messages.content import AnnouncementLoader
from bot.present.buttons import chapters_button_id
from storage.engine.database import Database
from storage.models import Announcement, AnnouncementStyle, Looks
from tests.unit.present.material import EPISODE

WHAT = Announcement(episode=EPISODE)
MARK = chapters_button_id(EPISODE.id, 123)


@pytest.fixture
def cards(sqlite_db: Database) -> Cards:
    return Cards(AnnouncementLoader(sqlite_db))


def _ids(view: discord.ui.LayoutView | discord.ui.View) -> set[str]:
    return {
        one.custom_id for one in view.walk_children() if isinstance(one, discord.ui.Button) and one.custom_id
    }


@pytest.mark.parametrize("form", [*AnnouncementStyle, "plain"])
async def test_an_edit_keeps_the_kind_of_the_message(cards: Cards, form: str) -> None:
    looks = Looks(style=AnnouncementStyle.CARD if form == "plain" else AnnouncementStyle(form), role_id=5)
    first = (cards.plain if form == "plain" else cards.first)(WHAT, looks, MARK)
    # What the moderator chose since then is no matter to a message that stands.
    for style in AnnouncementStyle:
        edit = cards.edit(WHAT, Looks(style=style, role_id=5), MARK, form)
        assert type(edit["view"]) is type(first["view"])
        assert ("content" in edit) == ("content" in first)
        assert "<@&5>" not in str(edit.get("content"))
        assert not edit["allowed_mentions"].roles
        assert MARK in _ids(edit["view"])
    assert MARK in _ids(first["view"])


async def test_a_digest_is_known_by_the_first_of_its_episodes(cards: Cards) -> None:
    assert MARK in _ids(cards.digest([EPISODE, EPISODE], Looks(), MARK)["view"])


async def test_what_is_not_stored_has_no_contents(cards: Cards) -> None:
    assert await cards.contents(4711) is None
