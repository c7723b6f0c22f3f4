"""Channels by what somebody types: a choice that was offered, a mention, an id or a name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Marks a channel's id as a choice that was offered: nobody's channel is called so.
MARK = "ch:"
_ID = re.compile(rf"(?:{MARK}|<#)?(?P<id>\d{{1,20}})>?", re.ASCII)


@dataclass(frozen=True, slots=True)
class NamedChannel:
    """A channel and its name, None where Discord shows none (any more).

    `within` is what it stands in: a category, or the channel of a thread.
    """

    id: int
    name: str | None = None
    within: str | None = None
    is_thread: bool = False


def value_of(channel: NamedChannel) -> str:
    """The value of the choice that names this channel."""
    return f"{MARK}{channel.id}"


def labels(channels: Iterable[NamedChannel], longest: int) -> dict[int, str]:
    """What to call each of these channels, by id: no two alike, and none longer than so many characters."""
    several = {one.id: one for one in channels}
    called: dict[int, str] = {}
    for more in (_name, _name_and_place, _name_and_id):
        taken = Counter(label.casefold() for label in called.values())
        for one in several.values():
            if one.id not in called or taken[called[one.id].casefold()] > 1:
                called[one.id] = _fitted(*more(one), longest)
    return called


def _name(channel: NamedChannel) -> tuple[str, str]:
    if channel.name is None:
        return _name_and_id(channel)
    return f"#{channel.name}", ""


def _name_and_place(channel: NamedChannel) -> tuple[str, str]:
    name, suffix = _name(channel)
    return (name, suffix or f" · {channel.within}") if channel.within else (name, suffix)


def _name_and_id(channel: NamedChannel) -> tuple[str, str]:
    gone = "closed-thread" if channel.is_thread else "deleted-channel"
    return f"#{channel.name or gone}", f" ({channel.id})"


def _fitted(name: str, suffix: str, longest: int) -> str:
    """The name with all of its suffix, where that is not longer than the half."""
    suffix = suffix[: longest // 2]
    room = longest - len(suffix)
    return (name if len(name) <= room else f"{name[: room - 1]}…") + suffix


def offered(channels: Sequence[NamedChannel], typed: str, longest: int) -> list[tuple[str, str]]:
    """The channels to offer for what was typed so far, by name, each with its value."""
    wanted = _plain(typed)
    called = labels(channels, longest)
    found = [
        (called[one.id], value_of(one)) for one in channels if not wanted or wanted in _plain(called[one.id])
    ]
    return sorted(found, key=lambda one: one[0].casefold())


def channels_named(channels: Sequence[NamedChannel], typed: str, longest: int) -> list[NamedChannel]:
    """The channels that may be meant: the one with this id, else those with this name, else those that hold it."""
    text = typed.strip()
    if (match := _ID.fullmatch(text)) and (by_id := [one for one in channels if one.id == int(match["id"])]):
        return by_id
    wanted = _plain(text)
    if not wanted:
        return []
    called = labels(channels, longest)
    whole = [one for one in channels if wanted in (_plain(one.name or ""), _plain(called[one.id]))]
    return whole or [one for one in channels if wanted in _plain(called[one.id])]


def _plain(text: str) -> str:
    """A name as Discord writes it in a list, so that `# General chat` is `general-chat`."""
    return "-".join(text.casefold().replace("#", " ").split())
