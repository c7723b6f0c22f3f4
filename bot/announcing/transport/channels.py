"""Where a delivery goes: the channel as Discord has it now, and what prevents posting there."""

from __future__ import annotations

import aiohttp
import discord

from bot.announcing.retry_policy import AttemptFailedError, AttemptOutcome
from bot.present.permissions import Announceable, how_to_give, missing_permissions
from storage.models import Destination, DestinationKind

REQUEST_ERRORS = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError)
# Unknown Channel, Missing Access.
GONE_CODES = frozenset({10003, 50001})


async def resolve_channel(client: discord.Client, to: Destination) -> Announceable:
    """The channel, thread or forum of a destination. Raises AttemptFailedError if nothing can be posted there."""
    guild = client.get_guild(to.guild_id)
    if guild is None:
        raise AttemptFailedError(AttemptOutcome.NEEDS_MODERATOR, "I am not in this server any more.")
    if guild.unavailable:
        told = "Discord has an outage that this server is part of."
        raise AttemptFailedError(AttemptOutcome.NOT_SENT, told, outage=True)
    channel: object = guild.get_channel_or_thread(to.channel_id)
    if channel is None:
        # Archived threads are not cached.
        try:
            channel = await guild.fetch_channel(to.channel_id)
        except (discord.NotFound, discord.Forbidden) as error:
            raise AttemptFailedError(
                AttemptOutcome.NEEDS_MODERATOR,
                "The channel is gone, or I may not see it.",
                gone=error.code in GONE_CODES,
            ) from error
        except discord.InvalidData as error:
            raise AttemptFailedError(
                AttemptOutcome.NEEDS_MODERATOR, "This channel is in another server by now."
            ) from error
        except REQUEST_ERRORS as error:
            raise AttemptFailedError(
                AttemptOutcome.NOT_SENT,
                "Discord did not tell about the channel.",
                retry_after_s=retry_after(error),
            ) from error
    if not isinstance(channel, Announceable):
        raise AttemptFailedError(AttemptOutcome.NEEDS_MODERATOR, "This kind of channel takes no messages.")
    if missing := missing_permissions(channel):
        raise AttemptFailedError(AttemptOutcome.NEEDS_MODERATOR, how_to_give(missing, channel.mention))
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
