"""Where a delivery goes: the channel as Discord has it now, and what prevents posting there."""

from __future__ import annotations

import aiohttp
import discord

from bot.announcing.retry_policy import AttemptFailedError, AttemptOutcome
from bot.present.permissions import Announceable, how_to_grant, missing_permissions
from storage.models import Destination, DestinationKind, StatusCode

REQUEST_ERRORS = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError)
# Unknown Channel, Missing Access.
GONE_CODES = frozenset({10003, 50001})

NOT_IN_SERVER = StatusCode("delivery.not_in_server")
OUTAGE = StatusCode("delivery.outage")
CHANNEL_GONE = StatusCode("delivery.channel_gone")
IN_OTHER_SERVER = StatusCode("delivery.in_other_server")
CHANNEL_NOT_TOLD = StatusCode("delivery.channel_not_told")
TAKES_NO_MESSAGES = StatusCode("delivery.takes_no_messages")
# Discord's answer to a request, in its own words, or why there was none.
REFUSED = StatusCode("delivery.refused", "answer")
ANSWERED = StatusCode("delivery.answered", "status", "answer")
ANSWER_LOST = StatusCode("delivery.answer_lost", "error")


async def resolve_channel(client: discord.Client, to: Destination) -> Announceable:
    """The channel, thread or forum of a destination. Raises AttemptFailedError if nothing can be posted there."""
    guild = client.get_guild(to.guild_id)
    if guild is None:
        raise AttemptFailedError(AttemptOutcome.NEEDS_MODERATOR, NOT_IN_SERVER())
    if guild.unavailable:
        raise AttemptFailedError(AttemptOutcome.NOT_SENT, OUTAGE(), outage=True)
    channel: object = guild.get_channel_or_thread(to.channel_id)
    if channel is None:
        # Archived threads are not cached.
        try:
            channel = await guild.fetch_channel(to.channel_id)
        except (discord.NotFound, discord.Forbidden) as error:
            raise AttemptFailedError(
                AttemptOutcome.NEEDS_MODERATOR,
                CHANNEL_GONE(),
                gone=error.code in GONE_CODES,
            ) from error
        except discord.InvalidData as error:
            raise AttemptFailedError(AttemptOutcome.NEEDS_MODERATOR, IN_OTHER_SERVER()) from error
        except REQUEST_ERRORS as error:
            raise AttemptFailedError(
                AttemptOutcome.NOT_SENT,
                CHANNEL_NOT_TOLD(),
                retry_after_s=retry_after(error),
            ) from error
    if not isinstance(channel, Announceable):
        raise AttemptFailedError(AttemptOutcome.NEEDS_MODERATOR, TAKES_NO_MESSAGES())
    if missing := missing_permissions(channel):
        raise AttemptFailedError(AttemptOutcome.NEEDS_MODERATOR, how_to_grant(missing, channel.mention))
    return channel


def destination_kind(channel: Announceable) -> DestinationKind:
    """The kind of destination that a channel makes."""
    if isinstance(channel, discord.ForumChannel):
        return DestinationKind.FORUM
    if isinstance(channel, discord.Thread):
        return DestinationKind.THREAD
    if isinstance(channel, discord.TextChannel) and channel.is_news():
        return DestinationKind.ANNOUNCEMENT
    return DestinationKind.TEXT


def retry_after(error: BaseException) -> float:
    """How many seconds Discord asks to wait; 0 if it does not."""
    if isinstance(error, discord.RateLimited):
        return error.retry_after
    if isinstance(error, discord.HTTPException):
        header = error.response.headers.get("Retry-After", "")
        try:
            return max(0.0, float(header))
        except ValueError:
            return 0.0
    return 0.0


def error_text(error: BaseException) -> str:
    """The error's message, or its type if it has none."""
    return str(error) or type(error).__name__
