"""Turns every failure of a command into a sentence for the member and a line in the log."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import discord
from discord import app_commands

from bot.date_ranges import DayError
from bot.feeds.errors import FeedError
from bot.log_setup import PRIVATE
from bot.lookup import LookupFailedError
from bot.present.text import NO_MENTIONS, escaped
from bot.status_messages.sentences import sentence
from bot.subscriptions import SubscriptionError
from storage.models import DatabaseUnavailableError

log = logging.getLogger(__name__)

# Discord's error codes for an interaction that takes no answer, and what they mean.
ALREADY_ANSWERED = 40060
UNANSWERABLE = {
    10062: "the interaction expired before the answer came",
    ALREADY_ANSWERED: "it was answered already, and the confirmation was lost",
}
PLAIN_ID = re.compile(r"[a-z-]{1,20}(:\d{1,20}){0,4}(?![^:])")
MAX_SENTENCE = 1_500
UNEXPECTED = "Something went wrong on my side; it is in the log for my operator. Please try again later."
BAD_OPTION = "One of the options is nothing I can use; choose one of those that are offered."
COMMAND_CHANGED = "This command has changed; try again in a minute."


class MemberError(app_commands.AppCommandError):
    """A member's request can't be done; the message is the sentence that they read."""


class QuestionError(MemberError):
    """A member's request can be done when they have answered a question, which has a select below it."""

    def __init__(self, told: str, view: discord.ui.View, embed: discord.Embed | None = None) -> None:
        super().__init__(told)
        self.shown: dict[str, Any] = {"view": view} | ({"embed": embed} if embed else {})


# These repeat what a feed or a member wrote, so their messages are escaped.
QUOTING_ERRORS = (FeedError, LookupFailedError, DayError, SubscriptionError)
FIXED_SENTENCES: dict[type[Exception], str] = {
    app_commands.NoPrivateMessage: "This works in a server only.",
}


def sentence_for(error: BaseException) -> tuple[str, bool]:
    """What the member reads, and whether it is a fault of ours."""
    for cause in _causes(error):
        if (told := _member_sentence(cause)) is not None:
            return told, False
        if isinstance(cause, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            return COMMAND_CHANGED, True
    return UNEXPECTED, True


def _member_sentence(error: BaseException) -> str | None:
    if isinstance(error, MemberError):
        return str(error)
    if isinstance(error, DatabaseUnavailableError):
        return sentence(error.status)
    if isinstance(error, QUOTING_ERRORS):
        return escaped(str(error), MAX_SENTENCE)
    if isinstance(error, app_commands.CommandOnCooldown):
        return f"That was a lot at once; try again in {error.retry_after:.0f} seconds."
    if isinstance(error, app_commands.TransformerError) and error.__cause__ is None:
        # With a cause, that says more.
        return BAD_OPTION
    return next((told for kind, told in FIXED_SENTENCES.items() if isinstance(error, kind)), None)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, outermost first. discord.py keeps a command's own error as `original`."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or getattr(cause, "original", None)


class EarmarkTree(app_commands.CommandTree[Any]):
    """The slash commands; a failed one is answered with a sentence."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Answer a failed command."""
        await answer_failure(interaction, error)


def _discord_code(error: BaseException) -> int:
    return next((one.code for one in _causes(error) if isinstance(one, discord.HTTPException)), 0)


async def answer_failure(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Tell the member in one sentence, and log it with ids."""
    told, ours = sentence_for(error)
    question = next((cause for cause in _causes(error) if isinstance(cause, QuestionError)), None)
    if (code := _discord_code(error)) in UNANSWERABLE:
        log.warning("member %s can't be answered: %s", interaction.user.id, UNANSWERABLE[code])
        return
    if ours and interaction.client.is_closed():
        # Asked in the last moment; the connections that the answer takes are closed with the bot's.
        log.warning(
            "member %s can't be answered, as the bot stops: %s", interaction.user.id, type(error).__name__
        )
        return
    name = interaction.command.qualified_name if interaction.command else _custom_id(interaction)
    log.log(
        _level(error, ours=ours),
        "%s by member %s in channel %s of server %s: %s",
        name,
        interaction.user.id,
        interaction.channel_id,
        interaction.guild_id,
        _logged(error) if not ours else type(error).__name__,
        exc_info=error if ours else None,
        extra=PRIVATE,
    )
    if interaction.type is discord.InteractionType.autocomplete:
        # An autocomplete has no room for a sentence; discord.py shows no choices.
        return
    shown = question.shown if question else {}
    try:
        if interaction.response.is_done():
            await interaction.followup.send(told, ephemeral=True, allowed_mentions=NO_MENTIONS, **shown)
        else:
            await _answer_first(interaction, told, shown)
    except (discord.HTTPException, discord.InteractionResponded) as gone:
        # It has expired; the log line above is all that can be done.
        log.warning("member %s can't be told of the failure: %s", interaction.user.id, type(gone).__name__)


async def _answer_first(interaction: discord.Interaction[Any], told: str, shown: dict[str, Any]) -> None:
    """Send the first answer, or a later one where an answer was promised and the confirmation of that was lost."""
    try:
        await interaction.response.send_message(told, ephemeral=True, allowed_mentions=NO_MENTIONS, **shown)
    except discord.HTTPException as error:
        if error.code != ALREADY_ANSWERED:
            raise
        await interaction.followup.send(told, ephemeral=True, allowed_mentions=NO_MENTIONS, **shown)


def _level(error: BaseException, *, ours: bool) -> int:
    if ours:
        return logging.ERROR
    unavailable = any(isinstance(cause, DatabaseUnavailableError) for cause in _causes(error))
    return logging.WARNING if unavailable else logging.INFO


def _logged(error: BaseException) -> str:
    """What kind of refusal it was: the sentence that the member reads may repeat what they typed."""
    for cause in _causes(error):
        if isinstance(cause, FeedError | DatabaseUnavailableError):
            return f"{type(cause).__name__} {cause.status.code}"
        if _member_sentence(cause) is not None:
            return type(cause).__name__
    return type(error).__name__


def _custom_id(interaction: discord.Interaction[Any]) -> str:
    """What an interaction without a command is about: a custom_id may be forged, so only its first word and ids."""
    data: Any = interaction.data or {}
    found = PLAIN_ID.match(str(data.get("custom_id") or ""))
    return found[0] if found else "an interaction"
