"""What is told of a channel's troubles: each once, by what mends it."""

from __future__ import annotations

import pytest

from bot.present.permissions import MISSING_PERMISSIONS, NO_THREAD, how_to_grant
from bot.status_messages.sentences import sentence
from cogs.destination_troubles import NO_THREAD_OPENED, NOT_EDITED, NOT_PUBLISHED, told_once
from storage.models import FollowUpKind, Status, as_text
from storage.tables.destinations import guild_destinations
from tests.fakes.discord_state import MANAGER, PLAIN, Permission
from tests.unit.cogs.connected_bot import FakeAndBot

EMBEDS = how_to_grant(["Embed Links"], "<#1>")
BOTH = MISSING_PERMISSIONS(missing=("Embed Links", "Send Messages"), channel="<#1>")
THREADS = NO_THREAD(how=how_to_grant(["Create Public Threads"], "<#1>"))
OUTAGE, REFUSED = as_text("Discord had an error."), as_text("Discord answered 403.")
THREAD, PUBLISH, EDIT, TRANSCRIPT, WITHDRAWN = (
    FollowUpKind.THREAD,
    FollowUpKind.PUBLISH,
    FollowUpKind.EDIT,
    FollowUpKind.TRANSCRIPT,
    FollowUpKind.WITHDRAWN,
)


@pytest.mark.parametrize(
    ("stored", "lacks", "failed", "told"),
    [
        (None, [], None, []),
        (OUTAGE, [], None, [OUTAGE]),
        (None, [EMBEDS, THREADS], None, [EMBEDS, THREADS]),
        # What is lacking now is told, not what was lacking at the last attempt.
        (BOTH, [EMBEDS], None, [EMBEDS]),
        (BOTH, [], None, [BOTH]),
        (OUTAGE, [THREADS], None, [OUTAGE, THREADS]),
        (None, [THREADS], (THREAD, REFUSED), [THREADS]),
        (None, [], (THREAD, REFUSED), [NO_THREAD_OPENED(why=REFUSED)]),
        (None, [THREADS], (PUBLISH, REFUSED), [THREADS, NOT_PUBLISHED(why=REFUSED)]),
        (None, [], (EDIT, REFUSED), [NOT_EDITED(why=REFUSED)]),
        (None, [], (TRANSCRIPT, REFUSED), [NOT_EDITED(why=REFUSED)]),
        (None, [], (WITHDRAWN, REFUSED), [NOT_EDITED(why=REFUSED)]),
    ],
)
def test_each_trouble_is_told_once(
    stored: Status | None, lacks: list[Status], failed: tuple[FollowUpKind, Status] | None, told: list[Status]
) -> None:
    assert told_once(stored, lacks, failed) == told


def test_what_was_not_done_is_told_with_its_cause() -> None:
    assert sentence(NOT_PUBLISHED(why=REFUSED)) == "An announcement was not published: Discord answered 403."


async def test_what_a_setting_lacks_is_told_when_it_is_set_and_on_the_list(stage: FakeAndBot) -> None:
    fake, bot = stage
    role = fake.world.add_role(10, "Listeners")
    await fake.set_permissions(11, PLAIN & ~Permission.CREATE_PUBLIC_THREADS)
    told = await fake.command(10, 11, MANAGER, "podcast looks", podcast="screws", talk=True, role=role)
    missing = "⚠️ No thread is opened under announcements: I lack **Create Public Threads** in <#11>"
    assert missing in told.text
    listed = await fake.command(10, 11, MANAGER, "podcast list")
    assert "No thread is opened under announcements: I lack **Create Public Threads**" in listed.text
    [kept] = await guild_destinations(bot.db, 10)
    assert (kept.open_thread, kept.looks.role_id) == (True, role.id)
    await fake.set_permissions(11, PLAIN)
    told = await fake.command(10, 11, MANAGER, "podcast looks", podcast="screws")
    assert "No thread is opened" not in told.text
    listed = await fake.command(10, 11, MANAGER, "podcast list")
    assert "No thread is opened" not in listed.text
