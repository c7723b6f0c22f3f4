"""The messages of shared quotes: found again, and taken back."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

import discord

from bot.announcing.transport.existing_message import custom_ids
from bot.discord_client.client import bot_of
from bot.discord_client.error_handler import MemberError
from bot.present.buttons import TAKE_BACK_ID, take_back_id
from bot.workers.clock import SYSTEM_CLOCK
from cogs.access import Interaction, defer
from cogs.buttons import StatelessButton
from storage.models import DatabaseUnavailableError, Share
from storage.tables.shares import get_share, take_back_share

# A member waits for it, and Discord for 3 s in all.
LOOK_S = 0.5
# Posting takes no longer; a share without a message is then one whose process was killed.
POSTED_WITHIN = timedelta(minutes=1)
# Our clock and Discord's may differ by so much.
CLOCK_MARGIN = timedelta(seconds=10)
LOOKED_THROUGH = 100

BEING_SHARED = "This quote is being shared here just now."
NOT_TOLD = "Discord does not tell me whether this quote stands here already; try again in a minute."
UNKNOWN = "I do not know this quote any more; somebody with **Manage Messages** can delete the message."
NOT_YOURS = "Only who shared this quote, or somebody with **Manage Messages** here, can take it back."

log = logging.getLogger(__name__)


def stands_as(share: Share, message_id: int | None) -> str:
    """The sentence that a quote stands as this message; without one, that it is about to."""
    if message_id is None:
        return BEING_SHARED
    address = f"https://discord.com/channels/{share.guild_id}/{share.channel_id}/{message_id}"
    return f"This quote stands here already: {address}"


async def message_of(interaction: Interaction, share: Share, now: datetime) -> int | None:
    """The message that a share stands as; None where it was deleted, or was never posted.

    Where Discord does not tell whether a message still stands, it does: a link to nothing harms less than the same
    quote twice. Raises MemberError where the quote is being posted, or nobody can say whether it was.
    """
    if share.message_id is None and now - share.shared_at < POSTED_WITHIN:
        raise MemberError(BEING_SHARED)
    bot = bot_of(interaction)
    channel = bot.get_partial_messageable(share.channel_id)
    try:
        async with asyncio.timeout(LOOK_S):
            if share.message_id is None:
                return await _unconfirmed(channel, bot.user, share)
            return (await channel.fetch_message(share.message_id)).id
    except discord.NotFound:
        return None
    except discord.Forbidden:
        return share.message_id
    except (discord.HTTPException, TimeoutError) as error:
        if share.message_id is None:
            raise MemberError(NOT_TOLD) from error
        return share.message_id


async def _unconfirmed(
    channel: discord.PartialMessageable, me: discord.ClientUser | None, share: Share
) -> int | None:
    """The message of a share whose process was killed, or could not write, before it noted it.

    Without the right to look, Discord shows an empty channel: the member sees whether it stands, and shares it again.
    """
    since = share.shared_at - CLOCK_MARGIN
    async for message in channel.history(limit=LOOKED_THROUGH, after=since, oldest_first=True):
        # Another bot may have a button with the same id.
        if message.author == me and take_back_id(share.id) in custom_ids(message.components):
            return message.id
    return None


class TakeBackButton(StatelessButton, template=TAKE_BACK_ID):
    """`Take back`, below a shared quote: for who shared it, and for moderators of the channel."""

    async def answer(self, interaction: Interaction) -> None:
        """Delete the message, whatever becomes of the note of that: who shares it again looks first."""
        db = bot_of(interaction).db
        share = await get_share(db, self.ids[0])
        if share is None or not _is_on(interaction, share):
            raise MemberError(UNKNOWN)
        allowed = interaction.permissions
        if interaction.user.id != share.member_id and not (allowed.manage_messages or allowed.administrator):
            raise MemberError(NOT_YOURS)
        await defer(interaction, thinking=False)
        try:
            # Of a button's message, which takes no permission in the channel.
            await interaction.delete_original_response()
        except discord.NotFound:
            log.debug("the message of share %d was gone already", share.id)
        try:
            await take_back_share(db.hurried, share.id, SYSTEM_CLOCK.now())
        except DatabaseUnavailableError as error:
            log.warning("that share %d is taken back is not noted: %s", share.id, error)


def _is_on(interaction: Interaction, share: Share) -> bool:
    """Whether the button that was pressed is below this share's message: its id may be forged."""
    message = interaction.message
    if message is None or (interaction.guild_id, interaction.channel_id) != (
        share.guild_id,
        share.channel_id,
    ):
        return False
    if share.message_id is None:
        # A process was killed, or could not write, before it noted it.
        fields = [field.value or "" for embed in message.embeds for field in embed.fields]
        in_time = abs(message.created_at - share.shared_at) < POSTED_WITHIN
        return in_time and any(f"<@{share.member_id}>" in one for one in fields)
    return message.id == share.message_id
