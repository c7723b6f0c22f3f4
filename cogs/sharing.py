"""`Share`: a quote that a member was shown, posted in the channel."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.discord_client.client import bot_of
from bot.discord_client.error_handler import MemberError
from bot.present.buttons import SHARE_QUOTE_ID, shared_quote_buttons
from bot.present.permissions import why_not_send
from bot.present.text import NO_MENTIONS
from cogs.access import Interaction, defer, may_be_shared_here
from cogs.buttons import StatelessButton
from cogs.kept_answers import hit_card, kept_quote
from storage.engine.database import Database
from storage.tables.answers import is_shared, share_quote, unshare_quote

SHARED_ALREADY = "You shared this quote already."
NOT_FOR_ALL = "Not everybody who can view this channel sees this podcast, so it can't be shared here."


def require_may_send(interaction: Interaction) -> None:
    """Raise MemberError unless the member may write in this channel or thread themselves.

    Discord tells their permissions in it with every interaction, also where the bot does not see the channel.
    """
    if (why := why_not_send(interaction.permissions, interaction.channel)) is not None:
        raise MemberError(why)


class ShareQuoteButton(StatelessButton, template=SHARE_QUOTE_ID):
    """`Share`: post a quote in the channel."""

    async def answer(self, interaction: Interaction) -> None:
        """Post it once, naming the member."""
        require_may_send(interaction)
        answer_id, rank = self.ids
        _, hit = await kept_quote(interaction, answer_id, rank)
        if not await may_be_shared_here(interaction, hit.episode.podcast_id):
            raise MemberError(NOT_FOR_ALL)
        db = bot_of(interaction).db.hurried
        if await is_shared(db, answer_id, rank):
            # Said before the channel is promised something.
            raise MemberError(SHARED_ALREADY)
        # An answer to the channel that is filled in later: editing it twice posts nothing twice, unlike a follow-up.
        await defer(interaction, ephemeral=False)
        claimed = False
        try:
            await _claim(db, answer_id, rank)
            claimed = True
            await interaction.edit_original_response(
                embed=hit_card(hit, shared_by=interaction.user.id),
                view=shared_quote_buttons(hit.quote, hit.url),
                allowed_mentions=NO_MENTIONS,
            )
        except Exception:
            # What the member is told would fill this answer in, for the whole channel. And where the quote may stand
            # although Discord said otherwise, it is gone before it can be shared again.
            await interaction.delete_original_response()
            if claimed:
                await unshare_quote(db, answer_id, rank)
            raise


async def _claim(db: Database, answer_id: int, rank: int) -> None:
    """Note that the quote is shared. Raises MemberError where it was already."""
    if not await share_quote(db, answer_id, rank, datetime.now(UTC)):
        raise MemberError(SHARED_ALREADY)
