"""Who pressed, and whether they may change settings: what an interaction says, given to `bot.authority`."""

from __future__ import annotations

from dataclasses import replace

from bot.authority import Actor, Change, Claim
from bot.discord_client.client import bot_of
from bot.discord_client.error_handler import MemberError
from bot.present.settings_buttons import Signer
from cogs.access import Interaction, guild_of, may_manage_server

NOT_SHOWN = "This is for the one who asked for it."
NOT_YOURS = "This is for the one who asked for it, and for those with the permission **Manage Server**."


def actor_of(interaction: Interaction) -> Actor:
    """Who acts, in which server. Raises NoPrivateMessage where it is in none."""
    return Actor(guild_of(interaction), interaction.user.id, may_manage_server(interaction))


async def signer_of(interaction: Interaction) -> Signer:
    """Makes the custom_ids of what this member is shown, which Discord let call the command."""
    return Signer(await bot_of(interaction).authority(), actor_of(interaction))


async def require_own_claim(interaction: Interaction, change: Change, claim: Claim | None) -> None:
    """Raise MemberError unless this member was shown it: for ids that managing a server gives no right to."""
    actor = replace(actor_of(interaction), manages=False)
    authority = await bot_of(interaction).authority()
    if not authority.allows(change, actor, claim):
        raise MemberError(NOT_SHOWN)


async def require_authority(interaction: Interaction, change: Change, claim: Claim | None) -> None:
    """Raise MemberError unless the member may make this change."""
    actor = actor_of(interaction)
    authority = await bot_of(interaction).authority()
    if not authority.allows(change, actor, claim):
        raise MemberError(NOT_YOURS)
