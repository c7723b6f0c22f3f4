"""Buttons that change settings: their custom_ids say for whom they were made, and prove it with a keyed hash.

`purpose:ids` alone, as older versions wrote them, is read as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import discord

from bot.authority import HASH_LENGTH, Actor, Authority, Change, Claim
from bot.present.buttons import buttons_below, row_id

_CLAIM = rf"(?::(?P<member>\d{{1,20}}):(?P<keyed_hash>[\w-]{{{HASH_LENGTH}}}))?"
POST_NEWEST_ID = r"post:(?P<destination>\d{1,18}):(?P<episode>\d{1,18})" + _CLAIM
REMOVE_ID = r"remove:(?P<podcast>\d{1,18}):(?P<sure>[01])" + _CLAIM


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
    change = Change(match[0].partition(":")[0], tuple(map(row_id, parts.values())))
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


def remove_buttons(signer: Signer, podcast_id: int) -> discord.ui.View:
    """Below the question whether to stop following."""
    return buttons_below(
        [
            discord.ui.Button(
                label="Stop following",
                style=discord.ButtonStyle.danger,
                custom_id=signer.custom_id("remove", podcast_id, 1),
            ),
            discord.ui.Button(label="Keep it", custom_id=signer.custom_id("remove", podcast_id, 0)),
        ]
    )
