"""Channels by what somebody types, and the names by which they are told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel_names import NamedChannel, channels_named, labels, offered, value_of

LONGEST = 100
GENERAL = NamedChannel(11, "general")
NEWS, OTHER_NEWS = NamedChannel(12, "news", "Office"), NamedChannel(13, "news", "Lounge")
BARE, OTHER_BARE = NamedChannel(14, "talk"), NamedChannel(15, "talk")
GONE, CLOSED = NamedChannel(16), NamedChannel(17, is_thread=True)
YEAR = NamedChannel(18, "2024")
POST = NamedChannel(19, "Our Talk, live", "forum", is_thread=True)
ALL = [GENERAL, NEWS, OTHER_NEWS, BARE, OTHER_BARE, GONE, CLOSED, YEAR, POST]


def test_channels_are_called_so_that_one_can_tell_them_apart() -> None:
    assert labels(ALL, LONGEST) == {
        11: "#general",
        12: "#news · Office",
        13: "#news · Lounge",
        14: "#talk (14)",
        15: "#talk (15)",
        16: "#deleted-channel (16)",
        17: "#closed-thread (17)",
        18: "#2024",
        19: "#Our Talk, live",
    }


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ch:16", [GONE]),
        ("<#11>", [GENERAL]),
        ("12", [NEWS]),
        (" 16 ", [GONE]),
        # No id of these: a name.
        ("2024", [YEAR]),
        ("general", [GENERAL]),
        ("#general", [GENERAL]),
        ("# General", [GENERAL]),
        ("#news", [NEWS, OTHER_NEWS]),
        ("#news · Office", [NEWS]),
        ("#deleted-channel (16)", [GONE]),
        ("deleted", [GONE]),
        ("our talk, LIVE", [POST]),
        ("gene", [GENERAL]),
        ("talk", [BARE, OTHER_BARE]),
        ("ch:99", []),
        ("<#99>", []),
        ("lamps", []),
        ("", []),
        ("#", []),
        ("9" * 40, []),
    ],
)
def test_which_channels_are_meant(typed: str, found: list[NamedChannel]) -> None:
    assert channels_named(ALL, typed, LONGEST) == found


def test_choices_are_offered_by_name() -> None:
    assert offered(ALL, "#NEW", LONGEST) == [("#news · Lounge", "ch:13"), ("#news · Office", "ch:12")]
    assert [value for _, value in offered(ALL, "", LONGEST)] == [
        "ch:18", "ch:17", "ch:16", "ch:11", "ch:13", "ch:12", "ch:19", "ch:14", "ch:15",
    ]  # fmt: skip


CHANNELS = st.lists(
    st.builds(
        NamedChannel,
        st.integers(1, 2**63),
        st.none() | st.text(min_size=1, max_size=120) | st.just("x" * 100),
        st.none() | st.sampled_from(["One", "x" * 100]),
    ),
    unique_by=lambda one: one.id,
    max_size=6,
)


@given(CHANNELS)
def test_no_two_choices_look_the_same_and_each_means_its_channel(channels: list[NamedChannel]) -> None:
    choices = offered(channels, "", LONGEST)
    assert len({name.casefold() for name, _ in choices}) == len(channels)
    assert all(len(name) <= LONGEST for name, _ in choices)
    for one in channels:
        assert channels_named(channels, value_of(one), LONGEST) == [one]


@given(CHANNELS, st.text(max_size=100))
def test_whatever_is_typed_means_some_of_the_channels(channels: list[NamedChannel], typed: str) -> None:
    assert all(one in channels for one in channels_named(channels, typed, LONGEST))
