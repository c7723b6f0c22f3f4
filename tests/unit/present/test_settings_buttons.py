"""Buttons that change settings: what their custom_ids say, and those of older versions."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.authority import HASH_LENGTH, Actor, Authority, Change
from bot.present.buttons import MAX_ROW_ID
from bot.present.settings_buttons import (
    BRING_BACK_ID,
    FOLLOW_ID,
    POST_NEWEST_ID,
    REMOVE_FROM_ID,
    REMOVE_ID,
    Signer,
    bring_back_button,
    change_in,
    follow_buttons,
    moment_of,
    post_newest_button,
    remove_buttons,
)

AUTHORITY = Authority(b"k" * 32)
MIRA = Actor(10, 810000000000000001)
SIGNER = Signer(AUTHORITY, MIRA)
# What Discord takes.
LONGEST = 100
ROWS = st.integers(0, MAX_ROW_ID)
SNOWFLAKES = st.integers(1, 2**63 - 1)


def _ids(view: discord.ui.View) -> list[str]:
    return [str(one.custom_id) for one in view.children if isinstance(one, discord.ui.Button)]


@given(ROWS, ROWS, SNOWFLAKES, SNOWFLAKES)
def test_what_is_made_is_read_back_and_fits(one: int, other: int, guild: int, member: int) -> None:
    signer = Signer(AUTHORITY, Actor(guild, member))
    made = [
        (POST_NEWEST_ID, _ids(post_newest_button(signer, one, other)), Change("post", (one, other))),
        (FOLLOW_ID, _ids(follow_buttons(signer, one, guild))[:1], Change("follow", (one, guild, 1))),
        (FOLLOW_ID, _ids(follow_buttons(signer, one, guild))[1:], Change("follow", (one, guild, 0))),
        (REMOVE_ID, _ids(remove_buttons(signer, one))[:1], Change("remove", (one, 1))),
        (REMOVE_ID, _ids(remove_buttons(signer, one))[1:], Change("remove", (one, 0))),
        (REMOVE_FROM_ID, _ids(remove_buttons(signer, one, other))[:1], Change("remove-from", (other, 1))),
        (REMOVE_FROM_ID, _ids(remove_buttons(signer, one, other))[1:], Change("remove-from", (other, 0))),
    ]
    for pattern, [custom_id], asked in made:
        assert len(custom_id) <= LONGEST
        match = re.fullmatch(pattern, custom_id)
        assert match is not None
        change, claim = change_in(match)
        assert change == asked
        assert claim is not None
        assert claim.member_id == member
        assert AUTHORITY.allows(change, signer.actor, claim)


@given(ROWS, st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9999, 12, 31)))  # noqa: DTZ001
def test_the_button_that_brings_back_names_the_moment_of_the_removal(podcast: int, naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC)
    [custom_id] = _ids(bring_back_button(SIGNER, podcast, at))
    assert len(custom_id) <= LONGEST
    match = re.fullmatch(BRING_BACK_ID, custom_id)
    assert match is not None
    change, claim = change_in(match)
    assert change.ids[0] == podcast
    assert moment_of(change.ids[1]) == at
    assert AUTHORITY.allows(change, MIRA, claim)


def test_a_moment_that_no_calendar_has_is_none() -> None:
    assert moment_of(10**18 - 1) is None


@pytest.mark.parametrize(
    ("pattern", "custom_id", "change"),
    [
        (POST_NEWEST_ID, "post:3:7", Change("post", (3, 7))),
        (REMOVE_ID, "remove:3:1", Change("remove", (3, 1))),
        (REMOVE_ID, "remove:3:0", Change("remove", (3, 0))),
        # No row has this id, nor 0.
        (REMOVE_ID, f"remove:{'9' * 18}:1", Change("remove", (0, 1))),
    ],
)
def test_ids_of_older_versions_are_read_and_claim_nothing(
    pattern: str, custom_id: str, change: Change
) -> None:
    match = re.fullmatch(pattern, custom_id)
    assert match is not None
    assert change_in(match) == (change, None)


@pytest.mark.parametrize(
    "custom_id",
    [
        "post:3",
        "post:3:7:",
        f"post:3:7:{MIRA.member_id}",
        f"post:3:7::{'A' * HASH_LENGTH}",
        f"post:3:7:{MIRA.member_id}:{'A' * (HASH_LENGTH - 1)}",
        f"post:3:7:{MIRA.member_id}:{'A' * (HASH_LENGTH + 1)}",
        f"post:3:7:{MIRA.member_id}:{'=' * HASH_LENGTH}",
    ],
)
def test_what_no_version_wrote_is_no_id(custom_id: str) -> None:
    assert re.fullmatch(POST_NEWEST_ID, custom_id) is None
