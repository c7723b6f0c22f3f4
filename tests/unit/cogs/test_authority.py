"""Who acts, as an interaction says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import discord
import pytest
from discord import app_commands

from bot.authority import Actor, Authority, Change, Claim
from bot.discord_client.client import Earmark
from bot.discord_client.error_handler import MemberError
from cogs import authority
from cogs.access import Interaction
from cogs.authority import (
    NOT_SHOWN,
    NOT_YOURS,
    actor_of,
    require_authority,
    require_own_claim,
    signer_of,
)

CHANGE = Change("post", (3, 7))


def _interaction(guild_id: int | None = 10, member: int = 5, **may: bool) -> Interaction:
    said = SimpleNamespace(
        guild_id=guild_id, user=SimpleNamespace(id=member), permissions=discord.Permissions(**may)
    )
    return cast("Interaction", said)


@pytest.fixture
def bot(monkeypatch: pytest.MonkeyPatch) -> Earmark:
    async def made() -> Authority:
        return Authority(b"k")

    one = cast("Earmark", SimpleNamespace(authority=made))
    monkeypatch.setattr(authority, "bot_of", lambda _: one)
    return one


@pytest.mark.parametrize(
    ("may", "manages"),
    [
        ({}, False),
        ({"manage_channels": True, "manage_messages": True, "manage_roles": True}, False),
        ({"manage_guild": True}, True),
        # An administrator's permissions are not always listed one by one.
        ({"administrator": True}, True),
    ],
)
def test_who_manages_the_server_is_what_discord_says(may: dict[str, bool], *, manages: bool) -> None:
    assert actor_of(_interaction(**may)) == Actor(10, 5, manages=manages)


def test_in_a_direct_message_nobody_changes_a_server() -> None:
    with pytest.raises(app_commands.NoPrivateMessage):
        actor_of(_interaction(None, manage_guild=True))


async def test_what_a_member_was_shown_works_for_that_member(bot: Earmark) -> None:
    signer = await signer_of(_interaction())
    shown = signer.custom_id(CHANGE.purpose, *CHANGE.ids)
    claim = Claim(5, shown.rpartition(":")[2])
    assert (await bot.authority()).allows(CHANGE, Actor(10, 5), claim)
    await require_authority(_interaction(), CHANGE, claim)
    await require_authority(_interaction(member=6, manage_guild=True), CHANGE, claim)
    await require_own_claim(_interaction(), CHANGE, claim)
    for foreign, shown_to in ((_interaction(member=6, manage_guild=True), claim), (_interaction(), None)):
        with pytest.raises(MemberError, match=NOT_SHOWN):
            await require_own_claim(foreign, CHANGE, shown_to)
    for other in (_interaction(member=6), _interaction(guild_id=20)):
        with pytest.raises(MemberError, match="permission \\*\\*Manage Server") as refused:
            await require_authority(other, CHANGE, claim)
        assert str(refused.value) == NOT_YOURS
