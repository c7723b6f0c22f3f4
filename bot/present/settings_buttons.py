"""Buttons that change settings: their custom_ids say for whom they were made, and prove it with a keyed hash.

`purpose:ids` alone, as older versions wrote them, is read as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import discord

from bot.authority import HASH_LENGTH, Actor, Authority, Change, Claim
from bot.present.buttons import buttons_below, row_id

_CLAIM = rf"(?::(?P<member>\d{{1,20}}):(?P<keyed_hash>[\w-]{{{HASH_LENGTH}}}))?"
POST_NEWEST_ID = r"post:(?P<destination>\d{1,18}):(?P<episode>\d{1,18})" + _CLAIM
FOLLOW_ID = r"follow:(?P<podcast>\d{1,18}):(?P<channel>\d{1,20}):(?P<sure>[01])" + _CLAIM
REMOVE_ID = r"remove:(?P<podcast>\d{1,18}):(?P<sure>[01])" + _CLAIM
REMOVE_FROM_ID = r"remove-from:(?P<destination>\d{1,18}):(?P<sure>[01])" + _CLAIM
# The moment of the removal, which only what was removed then has.
BRING_BACK_ID = r"bring-back:(?P<podcast>\d{1,18}):(?P<moment>\d{1,18})" + _CLAIM
# What is no row, by its name in the patterns.
UNBOUNDED = ("moment", "channel")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes custom_ids for what one member was shown."""

    authority: Authority
    actor: Actor

    def custom_id(self, purpose: str, *ids: int) -> str:
        """The custom_id by which this member may make this change."""
        keyed_hash = self.authority.hash_for(Change(purpose, ids), self.actor)
        return ":".join(map(str, (purpose, *ids, self.actor.member_id, keyed_hash)))


def change_in(match: re.Match[str]) -> tuple[Change, Claim | None]:
    """What a custom_id that one of the patterns matches asks for, and whom it says that it was made for."""
    parts = match.groupdict()
    member, keyed_hash = parts.pop("member"), parts.pop("keyed_hash")
    ids = (int(text) if name in UNBOUNDED else row_id(text) for name, text in parts.items())
    change = Change(match[0].partition(":")[0], tuple(ids))
    return change, Claim(int(member), keyed_hash) if member and keyed_hash else None


def post_newest_button(signer: Signer, destination_id: int, episode_id: int) -> discord.ui.View:
    """Below the preview of an announcement: post the newest episode now."""
    return buttons_below(
        [
            discord.ui.Button(
                label="Post the newest episode now",
                style=discord.ButtonStyle.primary,
                custom_id=signer.custom_id("post", destination_id, episode_id),
            )
        ]
    )


def follow_buttons(signer: Signer, podcast_id: int, channel_id: int) -> discord.ui.View:
    """Below the question whether a channel is to follow a second podcast with the same episodes."""
    return buttons_below(
        [
            discord.ui.Button(
                label="Add anyway",
                style=discord.ButtonStyle.primary,
                custom_id=signer.custom_id("follow", podcast_id, channel_id, 1),
            ),
            discord.ui.Button(
                label="Cancel", custom_id=signer.custom_id("follow", podcast_id, channel_id, 0)
            ),
        ]
    )


def remove_buttons(signer: Signer, podcast_id: int, destination_id: int | None = None) -> discord.ui.View:
    """Below the question whether to stop following, in one channel or in all of the server."""
    purpose, what = ("remove", podcast_id) if destination_id is None else ("remove-from", destination_id)
    return buttons_below(
        [
            discord.ui.Button(
                label="Stop following",
                style=discord.ButtonStyle.danger,
                custom_id=signer.custom_id(purpose, what, 1),
            ),
            discord.ui.Button(label="Keep it", custom_id=signer.custom_id(purpose, what, 0)),
        ]
    )


def bring_back_button(signer: Signer, podcast_id: int, removed_at: datetime) -> discord.ui.View:
    """Below what was removed: bring that back."""
    moment = (removed_at - _EPOCH) // _TICK
    return buttons_below(
        [discord.ui.Button(label="Bring back", custom_id=signer.custom_id("bring-back", podcast_id, moment))]
    )


def moment_of(ticks: int) -> datetime | None:
    """The moment in the id of the button that brings back; None for one that no calendar has."""
    try:
        return _EPOCH + ticks * _TICK
    except OverflowError:
        return None
