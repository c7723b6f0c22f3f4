"""The option that names a channel in which a podcast is announced."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import create_autospec

import discord
import pytest

from bot.channel_names import NamedChannel
from bot.discord_client.error_handler import MemberError
from cogs.access import Interaction
from cogs.channel_option import SHOWN, destination_named, named_channels, shown_channels
from storage.models import Destination, DestinationKind

NEWS, GONE, TALK = Destination(1, 5, 10, 11), Destination(2, 5, 10, 12), Destination(3, 5, 10, 13)
CLOSED = Destination(4, 5, 10, 14, DestinationKind.THREAD)
THERE = [NEWS, GONE, TALK, CLOSED]


def _interaction() -> Interaction:
    """In a server that has #news in a category, and a thread of it; the other channels are gone."""
    news: Any = create_autospec(discord.TextChannel, instance=True)
    news.name, news.category = "news", SimpleNamespace(name="Office")
    thread: Any = create_autospec(discord.Thread, instance=True)
    thread.name, thread.parent = "talk_now", news
    channels = {11: news, 13: thread}
    return cast("Interaction", SimpleNamespace(guild=SimpleNamespace(get_channel_or_thread=channels.get)))


def test_channels_are_named_as_discord_has_them() -> None:
    assert named_channels(_interaction(), [*THERE, NEWS]) == [
        NamedChannel(11, "news", "Office"),
        NamedChannel(12),
        NamedChannel(13, "talk_now", "news"),
        NamedChannel(14, is_thread=True),
    ]


def test_a_text_mentions_what_discord_can_show_and_names_the_rest() -> None:
    assert shown_channels(
        _interaction(), THERE
    ) == "<#11>, \\#deleted-channel (12), <#13>, \\#closed-thread (14)".replace("\\#", "#")
    many = [Destination(number, 5, 10, 100 + number) for number in range(SHOWN + 3)]
    assert shown_channels(_interaction(), many).endswith(f"({100 + SHOWN - 1}) and 3 more")


@pytest.mark.parametrize(
    ("typed", "found"),
    [("ch:12", GONE), ("<#11>", NEWS), ("#News", NEWS), ("talk_now", TALK), ("14", CLOSED)],
)
def test_the_destination_is_the_one_in_the_channel_that_is_meant(typed: str, found: Destination) -> None:
    assert destination_named(_interaction(), THERE, typed, "**Show**") == found


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("<@&5> `x`", "**Show** is not announced in “\\<@&5> \\`x\\`”. It is announced in <#11>, "),
        ("ch:99", "**Show** is not announced in “ch:99”. It is announced in <#11>, "),
        ("e", "“e” may be several of the channels in which **Show** is announced: choose one of those"),
    ],
)
def test_what_means_none_or_several_is_told(typed: str, told: str) -> None:
    with pytest.raises(MemberError) as refused:
        destination_named(_interaction(), THERE, typed, "**Show**")
    assert str(refused.value).startswith(told)
