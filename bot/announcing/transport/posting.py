"""Sends a message once: to a channel or thread with a nonce, or as the first message of a forum post."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Sequence
from typing import Any

import aiohttp
import discord
from discord.http import MultipartParameters

from bot.announcing.messages.rendered_messages import RenderedMessage
from bot.announcing.retry_policy import AttemptFailedError, AttemptOutcome
from bot.announcing.transport.channels import (
    ANSWER_LOST,
    ANSWERED,
    GONE_CODES,
    REFUSED,
    error_text,
    retry_after,
)
from bot.announcing.transport.existing_message import ExistingMessage
from bot.announcing.transport.transport import ResendBlockedError, SendAttempt, send_once
from bot.present.permissions import Announceable, usable_tags
from storage.models import Delivery, StatusCode

# After this the answer counts as lost.
SEND_TIMEOUT_S = 40.0
ARCHIVED_THREAD = 50083
MAX_TAGS = 5
# Archived after a week without messages.
AUTO_ARCHIVE_MIN = 10_080

ASKED_TO_WAIT = StatusCode("delivery.asked_to_wait")
DISCORD_ERROR = StatusCode("delivery.discord_error")
NO_USABLE_TAG = StatusCode("delivery.no_usable_tag", "forum")


def delivery_nonce(delivery: Delivery) -> str:
    """A nonce that all attempts at a delivery share, and no other delivery does, even of another database.

    Discord keeps nonces per author, not per channel: the same one in two channels silently loses the second message.
    It takes at most 25 characters.
    """
    identity = (
        delivery.destination_id,
        delivery.channel_id,
        delivery.episode_id,
        delivery.kind.value,
        delivery.resend,
        int(delivery.planned_at.timestamp()),
    )
    return hashlib.blake2s(repr(identity).encode(), digest_size=12).hexdigest()


async def post(
    client: discord.Client,
    channel: Announceable,
    message: RenderedMessage,
    nonce: str,
    tag_ids: Sequence[int],
) -> ExistingMessage:
    """Send the message once. Raises AttemptFailedError, discord.LoginFailure."""
    with send_once() as attempt:
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                return await _post(client, channel, message, nonce, tag_ids)
        except discord.HTTPException as error:
            raise _refusal(error, attempt) from error
        except discord.RateLimited as error:
            raise AttemptFailedError(
                AttemptOutcome.NOT_SENT, ASKED_TO_WAIT(), retry_after_s=error.retry_after
            ) from error
        except ResendBlockedError as error:
            raise AttemptFailedError(AttemptOutcome.UNKNOWN, DISCORD_ERROR()) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            # If no request went out, the connection failed, or the rate limiter never let it pass.
            outcome = AttemptOutcome.UNKNOWN if attempt.may_have_arrived else AttemptOutcome.NOT_SENT
            raise AttemptFailedError(outcome, ANSWER_LOST(error=error_text(error))) from error


async def _post(
    client: discord.Client,
    channel: Announceable,
    message: RenderedMessage,
    nonce: str,
    tag_ids: Sequence[int],
) -> ExistingMessage:
    if not isinstance(channel, discord.ForumChannel):
        payload: dict[str, Any] = {**message.payload, "nonce": nonce, "enforce_nonce": True}
        sent = await client.http.send_message(channel.id, params=MultipartParameters(payload, None, None))
        return ExistingMessage(int(sent["id"]))
    payload = {
        "name": message.title,
        "auto_archive_duration": AUTO_ARCHIVE_MIN,
        "message": message.payload,
    }
    if tags := forum_tags(channel, tag_ids):
        payload["applied_tags"] = [str(tag) for tag in tags]
    opened = await client.http.start_thread_in_forum(
        channel.id, params=MultipartParameters(payload, None, None)
    )
    return ExistingMessage(int(opened["id"]), int(opened["id"]))


def forum_tags(forum: discord.ForumChannel, chosen: Collection[int]) -> list[int]:
    """The tags for a post: the chosen ones that the bot may set, or any one if the forum requires a tag.

    Raises AttemptFailedError if it requires one and has none.
    """
    usable = [tag.id for tag in usable_tags(forum)]
    existing = [one for one in usable if one in chosen][:MAX_TAGS]
    if existing or not forum.flags.require_tag:
        return existing
    if not usable:
        raise AttemptFailedError(
            AttemptOutcome.NEEDS_MODERATOR,
            NO_USABLE_TAG(forum=forum.mention),
        )
    return usable[:1]


def _refusal(error: discord.HTTPException, attempt: SendAttempt) -> Exception:
    wait = retry_after(error)
    if error.status == 401:
        return discord.LoginFailure("the token was refused while announcing")
    if isinstance(error, discord.Forbidden | discord.NotFound) or error.code == ARCHIVED_THREAD:
        return AttemptFailedError(
            AttemptOutcome.NEEDS_MODERATOR, REFUSED(answer=error.text), gone=error.code in GONE_CODES
        )
    refused = AttemptOutcome.NOT_SENT if error.status == 429 else AttemptOutcome.REJECTED
    outcome = AttemptOutcome.UNKNOWN if attempt.may_have_arrived else refused
    return AttemptFailedError(outcome, ANSWERED(status=error.status, answer=error.text), retry_after_s=wait)
