"""The question which of several is meant: a private message with a select.

What else the member gave to the command stands in that message, and is read back from it when they choose: nothing of
it is stored, and a restart loses nothing. Who asked is in the select's custom_id, signed, as the command may be one
that changes settings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import discord

from bot.authority import HASH_LENGTH, Change, Claim
from bot.present.buttons import buttons_below
from bot.present.settings_buttons import Signer
from bot.present.text import CHOICE_NAME, FIELD_VALUE, cut, escaped, on_one_line

_ID = r"which\.(?P<command>[a-z-]+(?: [a-z-]+)?)\.(?P<option>[a-z]+)"
WHICH_ID = _ID + rf":(?P<member>\d{{1,20}}):(?P<keyed_hash>[\w-]{{{HASH_LENGTH}}})"
TYPED = 100
_CODE = re.compile(r"`(?P<text>[^`]*)`")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of those that may be meant: `value` is what the option then has."""

    label: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Which:
    """What is asked: the option of a command, what was typed into it, and what the other options have."""

    command: str
    option: str
    typed: str
    others: Mapping[str, str]


def question(
    which: Which, candidates: Sequence[Candidate], signer: Signer
) -> tuple[str, discord.Embed | None, discord.ui.View]:
    """The sentence, what was given besides, and the select."""
    typed = escaped(on_one_line(which.typed), TYPED)
    told = (
        f"Several {which.option}s fit “{typed}”. Which one do you mean?"
        if len(candidates) > 1
        else f"Nothing is called just “{typed}”. Do you mean this {which.option}?"
    )
    select = discord.ui.Select[discord.ui.View](
        custom_id=signer.custom_id(f"which.{which.command}.{which.option}"),
        placeholder=f"Choose the {which.option}",
        options=[
            discord.SelectOption(
                label=one.label, value=one.value, description=cut(one.description, CHOICE_NAME) or None
            )
            for one in candidates
        ],
    )
    return told, _given(which.others), buttons_below([select])


def change_of(found: re.Match[str]) -> tuple[Change, Claim]:
    """What a custom_id that `WHICH_ID` matches asks for, and whom it says that it was made for."""
    return Change(f"which.{found['command']}.{found['option']}", ()), Claim(
        int(found["member"]), found["keyed_hash"]
    )


def _given(options: Mapping[str, str]) -> discord.Embed | None:
    """The other options as they were given; as code, which is shown as it is written."""
    if not options:
        return None
    embed = discord.Embed()
    for name, value in options.items():
        text = on_one_line(value).replace("`", "'")[: FIELD_VALUE - 2]
        embed.add_field(name=name, value=f"`{text}`")
    return embed


def options_in(embeds: Sequence[discord.Embed]) -> dict[str, str]:
    """The options that stand in a question."""
    return {
        str(field.name): found["text"]
        for embed in embeds[:1]
        for field in embed.fields
        if (found := _CODE.fullmatch(field.value or "")) is not None
    }
