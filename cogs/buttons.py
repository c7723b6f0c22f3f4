"""The base of the bot's buttons, which keep nothing in memory and so outlive a restart."""

from __future__ import annotations

import abc
import re
from typing import Any, Self

import discord

from bot.authority import Change, Claim
from bot.discord_client.error_handler import answer_failure
from bot.present.buttons import row_id
from bot.present.settings_buttons import change_in
from cogs.access import Interaction
from cogs.authority import require_authority


class StatelessButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"(?!)"):
    """A button whose whole state is its custom_id. A failure is answered like a command's.

    `ids` are the numbers in the custom_id, in order. Anybody can forge them: subclasses check each one.
    """

    def __init__(self, custom_id: str, *ids: int) -> None:
        super().__init__(discord.ui.Button(custom_id=custom_id))
        self.ids = ids

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild the button from its id at each press."""
        return cls(match[0], *map(row_id, match.groups()))

    @abc.abstractmethod
    async def answer(self, interaction: Interaction) -> None:
        """Do what the button is for. Whatever it raises is told to the member."""

    async def callback(self, interaction: Interaction) -> Any:
        """Answer a press."""
        try:
            await self.answer(interaction)
        except Exception as error:  # noqa: BLE001 - told to the member and the log, in one place
            await answer_failure(interaction, error)


class SettingsButton(StatelessButton, template=r"(?!)"):
    """A button that changes settings, for the one whom its message is for and for those who manage the server."""

    asked: Change
    claim: Claim | None

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild the button from its id at each press."""
        asked, claim = change_in(match)
        button = cls(match[0], *asked.ids)
        button.asked, button.claim = asked, claim
        return button

    async def answer(self, interaction: Interaction) -> None:
        """Make the change, where the one who pressed may."""
        await require_authority(interaction, self.asked, self.claim)
        await self.change(interaction)

    @abc.abstractmethod
    async def change(self, interaction: Interaction) -> None:
        """Make the change that the button is for. Its ids are still anybody's."""
