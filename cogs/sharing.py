"""`Share`: a quote that a member was shown, posted in the channel."""

from __future__ import annotations

import logging
from functools import partial

import discord

from bot.discord_client.client import bot_of
from bot.discord_client.error_handler import ALREADY_ANSWERED, MemberError
from bot.present.buttons import SHARE_QUOTE_ID, shared_quote_buttons
from bot.present.permissions import why_not_send
from bot.present.text import NO_MENTIONS
from bot.quotes import Hit
from bot.sharing import ReachedLimit, asked_since, objection, standing
from bot.workers.clock import SYSTEM_CLOCK
from cogs.access import Interaction, guild_of, may_be_shared_here
from cogs.buttons import StatelessButton
from cogs.kept_answers import hit_card, kept_quote
from cogs.shared_messages import message_of, stands_as
from storage.models import DatabaseUnavailableError, Share, WantedShare
from storage.tables.shares import claim_share, forget_share, recent_shares, record_posted

CLOCK = SYSTEM_CLOCK
NOT_FOR_ALL = "Not everybody who can view this channel sees this podcast, so it can't be shared here."

log = logging.getLogger(__name__)


class ShareQuoteButton(StatelessButton, template=SHARE_QUOTE_ID):
    """`Share`: post a quote in the channel."""

    async def answer(self, interaction: Interaction) -> None:
        """Post it, naming the member, unless it may not stand there, does so already, or is one of too many."""
        require_may_send(interaction)
        answer_id, rank = self.ids
        _, hit = await kept_quote(interaction, answer_id, rank)
        if not await may_be_shared_here(interaction, hit.episode.podcast_id):
            raise MemberError(NOT_FOR_ALL)
        wanted = WantedShare(
            guild_id=guild_of(interaction),
            channel_id=interaction.channel_id or 0,
            member_id=interaction.user.id,
            answer_id=answer_id,
            rank=rank,
            quote=hit.quote,
        )
        # Claimed before anything is said, so that a refusal is for the member alone: what is promised to a channel
        # can't be told to one member. The claim is given up within two seconds of Discord's three.
        share_id = await _claim(interaction, wanted)
        await _post(interaction, share_id, hit)


def require_may_send(interaction: Interaction) -> None:
    """Raise MemberError unless the member may write in this channel or thread themselves.

    Discord tells their permissions in it with every interaction, also where the bot does not see the channel.
    """
    if (why := why_not_send(interaction.permissions, interaction.channel)) is not None:
        raise MemberError(why)


async def _claim(interaction: Interaction, wanted: WantedShare) -> int:
    """Note that the quote is shared; the share's id. Raises MemberError, with a link where the quote stands."""
    db, now = bot_of(interaction).db.hurried, CLOCK.now()
    gone = set()
    for share in standing(wanted, await recent_shares(db, wanted, asked_since(now)), now):
        if (message_id := await message_of(interaction, share, now)) is not None:
            raise MemberError(stands_as(share, message_id))
        gone.add(share.id)
    claimed: int | Share | ReachedLimit = await claim_share(
        db, wanted, now, partial(objection, wanted, now=now), since=asked_since(now), gone=gone
    )
    if isinstance(claimed, ReachedLimit):
        raise MemberError(str(claimed))
    if not isinstance(claimed, int):
        # By another press, since this one looked.
        raise MemberError(stands_as(claimed, claimed.message_id))
    return claimed


async def _post(interaction: Interaction, share_id: int, hit: Hit) -> None:
    db = bot_of(interaction).db.hurried
    try:
        message_id = await _posted(interaction, share_id, hit)
    except Exception:
        # Where the quote may stand although Discord said otherwise, it is gone before it can be shared again.
        try:
            await interaction.delete_original_response()
        except discord.NotFound:
            log.debug("share %d was not posted", share_id)
        await forget_share(db, share_id)
        raise
    try:
        await record_posted(db, share_id, message_id)
    except DatabaseUnavailableError as error:
        # It is found again by its button.
        log.warning("that share %d is message %d is not noted: %s", share_id, message_id, error)


async def _posted(interaction: Interaction, share_id: int, hit: Hit) -> int:
    """Post the quote as the answer to the press, of which there is one only; the message's id."""
    try:
        answer = await interaction.response.send_message(
            embed=hit_card(hit, shared_by=interaction.user.id),
            view=shared_quote_buttons(share_id, hit.quote, hit.url),
            allowed_mentions=NO_MENTIONS,
        )
        if answer.message_id is not None:
            return answer.message_id
    except discord.HTTPException as error:
        if error.code != ALREADY_ANSWERED:
            raise
        # It stands: the confirmation of that was lost, and discord.py tried again.
    return (await interaction.original_response()).id
