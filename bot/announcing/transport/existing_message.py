"""Whether an announcement stands already: looked for by the mark in one of its buttons."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import discord

from bot.announcing.retry_policy import AttemptFailedError, AttemptOutcome
from bot.announcing.transport.channels import REQUEST_ERRORS, error_text, retry_after
from bot.present.permissions import Announceable

# How far back, and how many messages, a lost answer is looked for: our clock may be wrong.
LOOK_BACK = timedelta(minutes=2)
LOOK_BACK_MESSAGES = 1_000
FIRST_PAGE = 100
# So many posts of our own in one forum may have been opened since.
LOOK_BACK_POSTS = 200


@dataclass(frozen=True, slots=True)
class ExistingMessage:
    """A message that stands; `thread_id` where it opens a post of a forum."""

    message_id: int
    thread_id: int | None = None
    components_v2: bool = False


async def find_existing_message(
    channel: Announceable, custom_id: str, since: datetime, me: int
) -> ExistingMessage | None:
    """The announcement with this mark, where an attempt begun at `since` did post it. Raises AttemptFailedError.

    Whoever calls has seen that the bot may read the channel's history: without that it is shown empty.
    """
    try:
        if isinstance(channel, discord.ForumChannel):
            return await _in_forum(channel, custom_id, since - LOOK_BACK, me)
        return await _in_channel(channel, custom_id, since - LOOK_BACK, me)
    except discord.Forbidden as error:
        raise AttemptFailedError(AttemptOutcome.NEEDS_MODERATOR, f"Discord refused: {error.text}.") from error
    except REQUEST_ERRORS as error:
        raise AttemptFailedError(
            AttemptOutcome.UNKNOWN,
            f"The channel can't be looked at: {error_text(error)}.",
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
    # The newest page is read whole whatever its dates say.
    async for message in channel.history(limit=FIRST_PAGE):
        if _is_it(message, custom_id, me):
            return ExistingMessage(message.id, None, message.flags.components_v2)
        seen += 1
        oldest = message.created_at
    if seen < FIRST_PAGE or oldest < since:
        return None
    # Much was said since: ours is among the first of it.
    async for message in channel.history(limit=LOOK_BACK_MESSAGES, after=since, oldest_first=True):
        if _is_it(message, custom_id, me):
            return ExistingMessage(message.id, None, message.flags.components_v2)
    return None


async def _in_forum(
    forum: discord.ForumChannel, custom_id: str, since: datetime, me: int
) -> ExistingMessage | None:
    looked_at = 0
    async for thread in _posts(forum, since):
        if thread.owner_id != me or thread.id < discord.utils.time_snowflake(since):
            continue
        looked_at += 1
        if looked_at > LOOK_BACK_POSTS:
            raise AttemptFailedError(
                AttemptOutcome.UNKNOWN, "The forum has too many new posts to be looked through."
            )
        try:
            # The message that opens a post has its id.
            message = await thread.fetch_message(thread.id)
        except discord.NotFound:
            continue
        if _is_it(message, custom_id, me):
            return ExistingMessage(message.id, thread.id, message.flags.components_v2)
    return None


async def _posts(forum: discord.ForumChannel, since: datetime) -> AsyncIterator[discord.Thread]:
    """The posts that are open, then those that sleep and did not before `since`."""
    for thread in await forum.guild.active_threads():
        if thread.parent_id == forum.id:
            yield thread
    async for thread in forum.archived_threads(limit=None):
        if thread.archive_timestamp < since:
            return
        yield thread


def _is_it(message: discord.Message, custom_id: str, me: int) -> bool:
    return message.author.id == me and custom_id in custom_ids(message.components)


def custom_ids(components: Any) -> Iterator[str]:
    """Every custom_id among components, however deep."""
    for part in components:
        if found := getattr(part, "custom_id", None):
            yield found
        yield from custom_ids(getattr(part, "children", ()))
        accessory = getattr(part, "accessory", None)
        if accessory is not None:
            yield from custom_ids((accessory,))
