"""`/podcast looks`: what a moderator chooses is kept, shown, and refused where the channel can't do it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from storage.engine.database import Database
from storage.models import AnnouncementStyle, Destination, Looks
from storage.tables.destinations import guild_destinations
from tests.fakes.discord_interactions import Answer
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import MANAGER
from tests.unit.cogs.room import Quiet, connected

TITLE = "Screws Left Over"


@pytest.fixture
async def stage(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[FakeDiscord, Quiet]]:
    async with connected(sqlite_db, tmp_path, monkeypatch) as stage:
        yield stage


async def _choose(stage: tuple[FakeDiscord, Quiet], **options: Any) -> Answer:
    return await stage[0].command(10, 11, MANAGER, "podcast looks", podcast=TITLE, **options)


async def _standing(stage: tuple[FakeDiscord, Quiet]) -> Destination:
    [one] = await guild_destinations(stage[1].db, 10)
    return one


async def test_what_is_chosen_is_kept_and_the_rest_stays(stage: tuple[FakeDiscord, Quiet]) -> None:
    shown = await _choose(stage)
    assert shown.ephemeral
    assert f"**{TITLE}** is announced in <#11> as a card." in shown.text
    assert (await _standing(stage)).looks == Looks()

    told = await _choose(stage, style="compact", silent=True, talk=True)
    assert "as a line and the link, without a notification, with a thread for the talk." in told.text
    await _choose(stage, spoiler=True, silent=False)
    standing = await _standing(stage)
    assert standing.looks == Looks(AnnouncementStyle.COMPACT, spoiler=True)
    assert (standing.open_thread, standing.publish, standing.tag_ids) == (True, False, ())


async def test_a_preview_follows_in_the_style_that_was_chosen(stage: tuple[FakeDiscord, Quiet]) -> None:
    told = await _choose(stage, style="compact")
    await stage[0].wait_for(lambda: told.followups)
    assert "The Clock That Struck Thirteen" in told.followups[-1].content


async def test_a_preview_that_discord_refuses_is_sent_plainer(stage: tuple[FakeDiscord, Quiet]) -> None:
    fake = stage[0]
    # The first followup is the answer itself.
    refused = fake.faults.add(method="POST", path="^/webhooks/", spared=1, status=400)
    told = await _choose(stage)
    await fake.wait_for(lambda: told.followups)
    assert refused.hits == 1
    assert "**The Clock That Struck Thirteen**" in told.followups[-1].content


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"publish": True}, "Only what is posted in an announcement channel can be published."),
        ({"tags": "news"}, "Only the posts of a forum have tags."),
    ],
)
async def test_what_the_channel_cannot_do_is_told(
    stage: tuple[FakeDiscord, Quiet], options: dict[str, Any], sentence: str
) -> None:
    assert sentence in (await _choose(stage, **options)).text
    assert (await _standing(stage)).looks == Looks()
