"""The one place that turns every failure of a command into a sentence for the member and a line in the log."""

from __future__ import annotations

import logging
from typing import Any

import discord
from discord import app_commands

from bot.date_ranges import DayError
from bot.feeds.errors import FeedError
from bot.lookup import LookupFailedError
from bot.present.text import NO_MENTIONS, escaped
from bot.subscriptions import SubscriptionError

log = logging.getLogger(__name__)

# Discord's codes for an interaction that takes no answer, and what that means.
NOTHING_TO_ANSWER = {
    10062: "the interaction expired before the answer came",
    40060: "an answer whose receipt was lost stands already",
}
MAX_SENTENCE = 1_500
UNEXPECTED = "Something went wrong on my side; it is in the log for my operator. Please try again later."


class MemberError(app_commands.AppCommandError):
    """What a member asked for can't be done; the message is the sentence that they read."""


def sentence_for(error: BaseException) -> tuple[str, bool]:
    """What the member reads, and whether it is a fault of ours."""
    cause: BaseException | None = error
    while cause is not None:
        match cause:
            case MemberError():
                return str(cause), False
            case FeedError() | LookupFailedError() | DayError() | SubscriptionError():
                # These repeat what a feed or a member wrote.
                return escaped(str(cause), MAX_SENTENCE), False
            case app_commands.MissingPermissions():
                return "You need the permission **Manage Server** for that.", False
            case app_commands.NoPrivateMessage():
                return "This works in a server only.", False
            case app_commands.CommandOnCooldown():
                return f"That was a lot at once; try again in {cause.retry_after:.0f} seconds.", False
            case app_commands.TransformerError() if cause.__cause__ is None:
                return "One of the options is nothing I can use; choose one of those that are offered.", False
            case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
                return "This command has changed; try again in a minute.", True
        cause = cause.__cause__ or getattr(cause, "original", None)
    return UNEXPECTED, True


class EarmarkTree(app_commands.CommandTree[Any]):
    """The commands, with what happens when one fails."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Answer a failed command."""
        await answer_failure(interaction, error)


def _discord_code(error: BaseException) -> int:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, discord.HTTPException):
            return cause.code
        cause = cause.__cause__ or getattr(cause, "original", None)
    return 0


async def answer_failure(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Tell the member in one sentence, and the log with ids."""
    sentence, ours = sentence_for(error)
    if (code := _discord_code(error)) in NOTHING_TO_ANSWER:
        log.warning("member %s can't be answered: %s", interaction.user.id, NOTHING_TO_ANSWER[code])
        return
    name = interaction.command.qualified_name if interaction.command else _custom_id(interaction)
    log.log(
        logging.ERROR if ours else logging.INFO,
        "%s by member %s in channel %s of server %s: %s",
        name,
        interaction.user.id,
        interaction.channel_id,
        interaction.guild_id,
        sentence if not ours else f"{type(error).__name__}: {error}",
        exc_info=error if ours else None,
    )
    if interaction.type is discord.InteractionType.autocomplete:
        # discord.py answers a failed autocomplete with nothing; one choice says more than an empty list.
        return
    try:
        if interaction.response.is_done():
            await interaction.followup.send(sentence, ephemeral=True, allowed_mentions=NO_MENTIONS)
        else:
            await interaction.response.send_message(sentence, ephemeral=True, allowed_mentions=NO_MENTIONS)
    except (discord.HTTPException, discord.InteractionResponded) as gone:
        # An interaction that expired can't be answered any more: the log line above is all there is.
        log.warning("the answer to member %s can't be given: %s", interaction.user.id, gone)


def _custom_id(interaction: discord.Interaction[Any]) -> str:
    data: Any = interaction.data or {}
    return str(data.get("custom_id") or data.get("name") or "an interaction")[:100]
