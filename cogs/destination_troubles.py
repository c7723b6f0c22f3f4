"""What a moderator has to know of the channels that announce: what waits, fails or is not as it was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from bot.discord_client.client import bot_of
from bot.present.permissions import MISSING_PERMISSIONS, NO_THREAD, Announceable, lacking
from cogs.access import Interaction
from storage.models import Destination, FollowUpKind, Status, StatusCode
from storage.tables.deliveries import last_problem
from storage.tables.follow_ups import follow_up_problems

NO_THREAD_OPENED = StatusCode("follow_up.thread", "why")
NOT_PUBLISHED = StatusCode("follow_up.publish", "why")
NOT_EDITED = StatusCode("follow_up.edit", "why")
NOT_DONE = {
    FollowUpKind.THREAD: NO_THREAD_OPENED,
    FollowUpKind.PUBLISH: NOT_PUBLISHED,
    FollowUpKind.EDIT: NOT_EDITED,
    FollowUpKind.TRANSCRIPT: NOT_EDITED,
    FollowUpKind.WITHDRAWN: NOT_EDITED,
}


def lacking_here(interaction: Interaction, one: Destination) -> list[Status]:
    """What the bot lacks in a destination's channel as it is now; nothing of a channel that Discord shows no more."""
    channel = interaction.guild.get_channel_or_thread(one.channel_id) if interaction.guild else None
    if not isinstance(channel, Announceable):
        return []
    # Discord sends the bot's permissions in the channel that the command was used in.
    told = interaction.app_permissions if channel.id == interaction.channel_id else None
    return lacking(channel, one, told)


async def troubles(interaction: Interaction, destinations: Sequence[Destination]) -> dict[int, list[Status]]:
    """By the id of a destination, its troubles, each told once."""
    db = bot_of(interaction).db
    failed = await follow_up_problems(db, [one.id for one in destinations])
    return {
        one.id: told_once(await last_problem(db, one.id), lacking_here(interaction, one), failed.get(one.id))
        for one in destinations
    }


def told_once(
    stored: Status | None, lacks: Sequence[Status], failed: tuple[FollowUpKind, Status] | None
) -> list[Status]:
    """The last problem of a destination, what the bot lacks there now, and the follow-up that failed.

    What failed for a permission that still lacks is told by that.
    """
    codes = {one.code for one in lacks}
    found = list(lacks)
    if stored is not None and not (stored.code == MISSING_PERMISSIONS and stored.code in codes):
        found.insert(0, stored)
    if failed is not None and not (failed[0] is FollowUpKind.THREAD and NO_THREAD in codes):
        kind, why = failed
        found.append(NOT_DONE[kind](why=why))
    return found
