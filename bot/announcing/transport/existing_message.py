"""Searches a channel for the message of an attempt whose answer was lost, by the custom_id of a button."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import discord

from bot.announcing.retry_policy import AttemptFailedError, AttemptOutcome
from bot.announcing.transport.channels import REFUSED, REQUEST_ERRORS, error_text, retry_after
from bot.present.permissions import Announceable
from storage.models import StatusCode

# The search begins this long before the attempt, as our clock may be wrong.
CLOCK_MARGIN = timedelta(minutes=2)
FIRST_PAGE = 100
MAX_MESSAGES = 1_000
# Of our own, opened in one forum since the attempt began.
MAX_FORUM_POSTS = 200

SEARCH_FAILED = StatusCode("delivery.search_failed", "error")
TOO_MANY_POSTS = StatusCode("delivery.too_many_posts")


@dataclass(frozen=True, slots=True)
class ExistingMessage:
    """A message in a channel. `thread_id` is the forum post that it opened, if it did."""

    message_id: int
    thread_id: int | None = None
    components_v2: bool = False


async def find_existing_message(
    channel: Announceable, custom_id: str, since: datetime, me: int
) -> ExistingMessage | None:
    """The message with this custom_id that user `me` posted after `since`. Raises AttemptFailedError.

    The caller has checked that the bot may read the channel's history: otherwise Discord shows an empty channel.
    """
    since -= CLOCK_MARGIN
    try:
        if isinstance(channel, discord.ForumChannel):
            return await _in_forum(channel, custom_id, since, me)
        return await _in_channel(channel, custom_id, since, me)
    except discord.Forbidden as error:
        raise AttemptFailedError(AttemptOutcome.NEEDS_MODERATOR, REFUSED(answer=error.text)) from error
    except REQUEST_ERRORS as error:
        raise AttemptFailedError(
            AttemptOutcome.UNKNOWN,
            SEARCH_FAILED(error=error_text(error)),
            retry_after_s=retry_after(error),
        ) from error


async def _in_channel(
    channel: discord.TextChannel | discord.Thread | discord.VoiceChannel,
    custom_id: str,
    since: datetime,
    me: int,
) -> ExistingMessage | None:
    seen = 0
    oldest = since
    # The newest page is read whole, whatever its dates: it costs one request either way.
    async for message in channel.history(limit=FIRST_PAGE):
        if _matches(message, custom_id, me):
            return ExistingMessage(message.id, None, message.flags.components_v2)
        seen += 1
        oldest = message.created_at
    if seen < FIRST_PAGE or oldest < since:
        return None
    # In a busy channel, ours is among the first messages after `since`.
    async for message in channel.history(limit=MAX_MESSAGES, after=since, oldest_first=True):
        if _matches(message, custom_id, me):
            return ExistingMessage(message.id, None, message.flags.components_v2)
    return None


async def _in_forum(
    forum: discord.ForumChannel, custom_id: str, since: datetime, me: int
) -> ExistingMessage | None:
    checked = 0
    async for thread in _posts(forum, since):
        if thread.owner_id != me or thread.id < discord.utils.time_snowflake(since):
            continue
        checked += 1
        if checked > MAX_FORUM_POSTS:
            raise AttemptFailedError(AttemptOutcome.UNKNOWN, TOO_MANY_POSTS())
        message = await _first_message(thread)
        if message is not None and _matches(message, custom_id, me):
            return ExistingMessage(message.id, thread.id, message.flags.components_v2)
    return None


async def _first_message(post: discord.Thread) -> discord.Message | None:
    """The message that opens a forum post, which has the post's id; None where it was deleted."""
    try:
        return await post.fetch_message(post.id)
    except discord.NotFound:
        return None


async def _posts(forum: discord.ForumChannel, since: datetime) -> AsyncIterator[discord.Thread]:
    """The active posts, then those archived after `since`."""
    for thread in await forum.guild.active_threads():
        if thread.parent_id == forum.id:
            yield thread
    async for thread in forum.archived_threads(limit=None):
        if thread.archive_timestamp < since:
            return
        yield thread


def _matches(message: discord.Message, custom_id: str, me: int) -> bool:
    return message.author.id == me and custom_id in custom_ids(message.components)


def custom_ids(components: Any) -> Iterator[str]:
    """Every custom_id among components, however deeply nested."""
    for part in components:
        if found := getattr(part, "custom_id", None):
            yield found
        yield from custom_ids(getattr(part, "children", ()))
        accessory = getattr(part, "accessory", None)
        if accessory is not None:
            yield from custom_ids((accessory,))
