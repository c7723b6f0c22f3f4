"""Searches a channel for the message of an attempt whose answer was lost, by the custom_id of a button.

What the database that this one was restored from may have announced is recognised by what it shows as well.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import discord

from bot.announcing.retry_policy import AttemptFailedError, AttemptOutcome
from bot.announcing.transport.channels import REFUSED, REQUEST_ERRORS, error_text, retry_after
from bot.present.buttons import CHAPTERS_ID
from bot.present.permissions import Announceable
from bot.present.post import mentioned_role
from bot.present.recognition import Recognised, ShownMessage, recognise
from storage.models import Episode, StatusCode

# The search begins this long before the attempt, as our clock may be wrong.
CLOCK_MARGIN = timedelta(minutes=2)
FIRST_PAGE = 100
MAX_MESSAGES = 1_000
# Where it is not known when it was sent: fifty requests.
MOST_MESSAGES = 5_000
# Of our own, opened in one forum since the attempt began.
MAX_FORUM_POSTS = 200

SEARCH_FAILED = StatusCode("delivery.search_failed", "error")
TOO_MANY_POSTS = StatusCode("delivery.too_many_posts")
TOO_BUSY = StatusCode("delivery.too_busy")


@dataclass(frozen=True, slots=True)
class SoughtMessage:
    """What to look for: a message of user `me` that has a button with this custom_id.

    With `episode` any announcement that shows it counts, and the custom_id only if `ids_agree`: where it is from
    another database, the same ids may be another episode's.
    """

    me: int
    custom_id: str
    episode: Episode | None = None
    ids_agree: bool = True

    def match(self, message: discord.Message) -> ExistingMessage | None:
        """The message, if it is the one."""
        if message.author.id != self.me:
            return None
        ids = set(custom_ids(message.components))
        by_id = self.ids_agree and self.custom_id in ids
        found = None
        if self.episode is not None and any(re.fullmatch(CHAPTERS_ID, one) for one in ids):
            found = recognise(shown_message(message), self.episode)
        if not by_id and found is None:
            return None
        return ExistingMessage(
            message.id,
            components_v2=message.flags.components_v2,
            in_digest=found is Recognised.IN_DIGEST,
            role_id=mentioned_role(shown_message(message).text),
            has_our_ids=self.custom_id in ids,
        )


@dataclass(frozen=True, slots=True)
class ExistingMessage:
    """A message in a channel. `thread_id` is the forum post that it opened, if it did.

    `in_digest`: it announces the episode among others. `has_our_ids`: its buttons name this delivery. `role_id` is
    what a message mentions that was found.
    """

    message_id: int
    thread_id: int | None = None
    components_v2: bool = False
    in_digest: bool = False
    has_our_ids: bool = True
    role_id: int | None = None


async def find_existing_message(
    channel: Announceable, sought: SoughtMessage, since: datetime
) -> ExistingMessage | None:
    """The message that was posted after `since`. Raises AttemptFailedError.

    The caller has checked that the bot may read the channel's history: otherwise Discord shows an empty channel.
    """
    since -= CLOCK_MARGIN
    try:
        if isinstance(channel, discord.ForumChannel):
            return await _in_forum(channel, sought, since)
        return await _in_channel(channel, sought, since)
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
    sought: SoughtMessage,
    since: datetime,
) -> ExistingMessage | None:
    seen = 0
    oldest = since
    # The newest page is read whole, whatever its dates: it costs one request either way.
    async for message in channel.history(limit=FIRST_PAGE):
        if found := sought.match(message):
            return found
        seen += 1
        oldest = message.created_at
    if seen < FIRST_PAGE or oldest < since:
        return None
    # In a busy channel, ours is among the first messages after `since`; that of another database may be anywhere.
    limit = MAX_MESSAGES if sought.episode is None else MOST_MESSAGES
    seen = 0
    async for message in channel.history(limit=limit, after=since, oldest_first=True):
        if found := sought.match(message):
            return found
        seen += 1
    if sought.episode is not None and seen == limit:
        raise AttemptFailedError(AttemptOutcome.REJECTED, TOO_BUSY())
    return None


async def _in_forum(
    forum: discord.ForumChannel, sought: SoughtMessage, since: datetime
) -> ExistingMessage | None:
    checked = 0
    async for thread in _posts(forum, since):
        if thread.owner_id != sought.me or thread.id < discord.utils.time_snowflake(since):
            continue
        checked += 1
        if checked > MAX_FORUM_POSTS:
            raise AttemptFailedError(AttemptOutcome.UNKNOWN, TOO_MANY_POSTS())
        message = await _first_message(thread)
        if message is not None and (found := sought.match(message)):
            return replace(found, thread_id=thread.id)
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


def shown_message(message: discord.Message) -> ShownMessage:
    """What a message shows."""
    parts = list(_parts(message.components))
    texts = [message.content, *(part.content for part in parts if isinstance(part, discord.TextDisplay))]
    urls = tuple(part.url for part in parts if isinstance(part, discord.Button) and part.url)
    return ShownMessage("\n".join(text for text in texts if text), urls)


def custom_ids(components: Any) -> Iterator[str]:
    """Every custom_id among components, however deeply nested."""
    for part in _parts(components):
        if found := getattr(part, "custom_id", None):
            yield found


def _parts(components: Any) -> Iterator[Any]:
    """Components and all that is in them, in order."""
    for part in components:
        yield part
        yield from _parts(getattr(part, "children", ()))
        accessory = getattr(part, "accessory", None)
        if accessory is not None:
            yield from _parts((accessory,))
