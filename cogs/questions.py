"""Asks a member which of several podcasts, episodes or speakers they mean, and goes on when they have chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import discord

from bot.authority import Claim
from bot.discord_client.called_again import call_again, options_given
from bot.discord_client.client import Earmark
from bot.discord_client.error_handler import MemberError, QuestionError, answer_failure
from bot.present.questions import WHICH_ID, Candidate, Which, change_of, options_in, question
from cogs.access import Interaction
from cogs.authority import require_authority, signer_of

NOT_FOR_YOU = "Only the one who asked can choose here."


async def ask_which(
    interaction: Interaction, option: str, typed: str, candidates: Sequence[Candidate]
) -> QuestionError:
    """What is raised to ask the member for this option of their command."""
    command = interaction.command.qualified_name if interaction.command else ""
    others = {name: value for name, value in options_given(interaction).items() if name != option}
    told, embed, view = question(
        Which(command, option, typed, others), candidates, await signer_of(interaction)
    )
    return QuestionError(told, view, embed)


class WhichSelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template=WHICH_ID):
    """The select below the question; it keeps nothing in memory and outlives a restart."""

    def __init__(self, found: re.Match[str]) -> None:
        super().__init__(discord.ui.Select(custom_id=found[0]))
        self._found = found

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild the select from its id at each choice."""
        return cls(match)

    async def callback(self, interaction: Interaction) -> Any:
        """Do what the command would have done, had the chosen one been named."""
        try:
            change, claim = change_of(self._found)
            _require_asker(interaction, claim)
            await require_authority(interaction, change, claim)
            message, values = interaction.message, self.item.values
            given = options_in(message.embeds) if message else {}
            chosen = {**given, self._found["option"]: values[0] if values else ""}
            await call_again(interaction, self._found["command"], chosen)
        except Exception as error:  # noqa: BLE001 - told to the member and the log, in one place
            await answer_failure(interaction, error)


def _require_asker(interaction: Interaction, claim: Claim) -> None:
    """Raise MemberError for anybody else, also who manages the server: what they see may differ."""
    if claim.member_id != interaction.user.id:
        raise MemberError(NOT_FOR_YOU)


async def setup(bot: Earmark) -> None:
    """Load the select of this file."""
    bot.add_dynamic_items(WhichSelect)
