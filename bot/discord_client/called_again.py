"""Calls a command once more, for a member who has chosen what an option of it means.

discord.py calls commands for slash commands only; this is what its tree does then, without the parts that it has no
public name for elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands

OptionType = discord.AppCommandOptionType


@dataclass(frozen=True, slots=True)
class _Channel:
    """What discord.py's commands take for a channel: something that resolves to it."""

    channel: Any

    def resolve(self) -> Any:
        return self.channel


def options_given(interaction: discord.Interaction[Any]) -> dict[str, str]:
    """The options of the command as text: numbers, switches and ids as Discord writes them."""
    return {name: _as_text(value) for name, value in interaction.namespace if value is not None}


def _as_text(value: Any) -> str:
    if isinstance(value, _Channel):
        value = value.channel
    return str(getattr(value, "id", value))


async def call_again(interaction: discord.Interaction[Any], name: str, options: Mapping[str, str]) -> None:
    """Call the command of this name, such as "podcast looks", with these options. Raises what it raises.

    Nothing is called, and CommandNotFound raised, where there is no such command.
    """
    command = _command(interaction, name)
    namespace = app_commands.Namespace(interaction, {}, [])
    namespace.__dict__.update(_values(interaction, command, options))
    # What `interaction.namespace` and `interaction.command` give from now on.
    remembered: Any = interaction
    remembered._cs_namespace = namespace  # noqa: SLF001
    remembered._cs_command = command  # noqa: SLF001
    await command._invoke_with_namespace(interaction, namespace)  # noqa: SLF001


def _command(interaction: discord.Interaction[Any], name: str) -> app_commands.Command[Any, ..., Any]:
    first, _, second = name.partition(" ")
    found: Any = interaction.client.tree.get_command(first)
    if second:
        found = found.get_command(second) if isinstance(found, app_commands.Group) else None
    if not isinstance(found, app_commands.Command):
        raise app_commands.CommandNotFound(name, [])
    return found


def _values(
    interaction: discord.Interaction[Any],
    command: app_commands.Command[Any, ..., Any],
    options: Mapping[str, str],
) -> Iterator[tuple[str, Any]]:
    """The options as discord.py hands them to a command's parameters; one that is gone by now is left out."""
    guild = interaction.guild
    for parameter in command.parameters:
        text = options.get(parameter.display_name)
        if text is None:
            continue
        if parameter.type is OptionType.boolean:
            yield parameter.display_name, text == "True"
        elif parameter.type is OptionType.integer:
            yield parameter.display_name, int(text)
        elif parameter.type is OptionType.channel:
            channel = guild.get_channel_or_thread(int(text)) if guild else None
            yield parameter.display_name, _Channel(channel)
        elif parameter.type is OptionType.role:
            role = guild.get_role(int(text)) if guild else None
            if role is not None:
                yield parameter.display_name, role
        else:
            yield parameter.display_name, text
