"""Who may change settings by a button: the one it was made for, and whoever manages the server."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.authority import HASH_LENGTH, Actor, Authority, Change, Claim

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
SERVER, OTHER_SERVER = 10, 20
MIRA, MANU = 811, 812
ASKED = Change("remove", (3, 1))
AUTHORITY = Authority(KEY)


def _claim(
    member: int = MIRA,
    *,
    change: Change = ASKED,
    made_for: int | None = None,
    server: int = SERVER,
    key: bytes = KEY,
) -> Claim:
    """A claim for this member, whose hash was made for another change, member or server, or with another key."""
    made = Actor(server, made_for if made_for is not None else member)
    return Claim(member, Authority(key).hash_for(change, made))


@pytest.mark.parametrize(
    ("actor", "claim", "allowed"),
    [
        pytest.param(Actor(SERVER, MIRA), _claim(), True, id="the one it was made for"),
        pytest.param(Actor(SERVER, MANU), _claim(), False, id="another member replays the id"),
        pytest.param(Actor(SERVER, MANU), _claim(MANU, made_for=MIRA), False, id="with the own id in it"),
        pytest.param(
            Actor(SERVER, MIRA), _claim(MANU), False, id="the id of another, by whom it was not made"
        ),
        pytest.param(Actor(OTHER_SERVER, MIRA), _claim(), False, id="replayed in another server"),
        pytest.param(Actor(SERVER, MIRA), _claim(server=OTHER_SERVER), False, id="made in another server"),
        pytest.param(Actor(SERVER, MIRA), _claim(key=OTHER_KEY), False, id="made by another installation"),
        pytest.param(
            Actor(SERVER, MIRA), _claim(change=Change("remove", (4, 1))), False, id="made for another podcast"
        ),
        pytest.param(
            Actor(SERVER, MIRA),
            _claim(change=Change("remove", (3, 0))),
            False,
            id="made for the other answer",
        ),
        pytest.param(
            Actor(SERVER, MIRA), _claim(change=Change("post", (3, 1))), False, id="made for another button"
        ),
        pytest.param(
            Actor(SERVER, MIRA),
            _claim(change=Change("remove", (31,))),
            False,
            id="made for other ids in a row",
        ),
        pytest.param(Actor(SERVER, MIRA), Claim(MIRA, ""), False, id="an empty hash"),
        pytest.param(Actor(SERVER, MIRA), Claim(MIRA, "A" * HASH_LENGTH), False, id="a guessed hash"),
        pytest.param(Actor(SERVER, MIRA), Claim(MIRA, "é" * HASH_LENGTH), False, id="no base64 at all"),
        pytest.param(Actor(SERVER, MIRA), None, False, id="no claim, as in older versions"),
        pytest.param(Actor(SERVER, MANU, manages=True), None, True, id="no claim, by a manager"),
        pytest.param(Actor(SERVER, MANU, manages=True), _claim(), True, id="another's, by a manager"),
        pytest.param(Actor(SERVER, MANU, manages=True), Claim(MIRA, "x"), True, id="forged, by a manager"),
    ],
)
def test_who_may_make_a_change(actor: Actor, claim: Claim | None, *, allowed: bool) -> None:
    assert AUTHORITY.allows(ASKED, actor, claim) == allowed


IDS = st.integers(0, 2**64)
CHANGES = st.builds(Change, st.text(max_size=8), st.lists(IDS, max_size=3).map(tuple))


@given(CHANGES, CHANGES, IDS, IDS, IDS, IDS)
def test_what_is_not_the_same_has_another_hash(
    one: Change, other: Change, guild: int, other_guild: int, member: int, other_member: int
) -> None:
    made = AUTHORITY.hash_for(one, Actor(guild, member))
    assert re.fullmatch(rf"[\w-]{{{HASH_LENGTH}}}", made, re.ASCII)
    found = AUTHORITY.hash_for(other, Actor(other_guild, other_member))
    assert (made == found) == ((one, guild, member) == (other, other_guild, other_member))


def test_managing_a_server_is_no_part_of_the_hash() -> None:
    assert AUTHORITY.hash_for(ASKED, Actor(SERVER, MIRA)) == AUTHORITY.hash_for(
        ASKED, Actor(SERVER, MIRA, manages=True)
    )
