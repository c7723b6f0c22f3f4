"""A message that is ready to be sent or edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import discord
from discord.http import handle_message_parameters
from discord.utils import MISSING

from bot.present.text import NO_MENTIONS


@dataclass(frozen=True, slots=True)
class Post:
    """What is given to Discord. `title` names it where it opens a thread or a forum's post, in 1 to 100 characters.

    A message keeps its kind for good: one that `is_card` can be edited by such a post alone.
    """

    view: discord.ui.LayoutView | discord.ui.View
    content: str | None
    suppress_embeds: bool
    silent: bool
    allowed_mentions: discord.AllowedMentions
    title: str

    @property
    def is_card(self) -> bool:
        """Whether it is made of components alone (the second version), without content."""
        return isinstance(self.view, discord.ui.LayoutView)

    def to_send(self) -> dict[str, Any]:
        """What `channel.send` takes."""
        told: dict[str, Any] = {"view": self.view, "allowed_mentions": self.allowed_mentions}
        if self.content is not None:
            told["content"] = self.content
        if self.suppress_embeds:
            told["suppress_embeds"] = True
        if self.silent:
            told["silent"] = True
        return told

    def to_edit(self) -> dict[str, Any]:
        """What `message.edit` takes; its flags stay with the message."""
        told: dict[str, Any] = {"view": self.view, "allowed_mentions": self.allowed_mentions}
        if self.content is not None:
            told["content"] = self.content
        return told

    def body(self) -> dict[str, Any]:
        """The JSON that `channel.send` writes on the wire, without the nonce."""
        flags = discord.MessageFlags()
        flags.suppress_embeds = self.suppress_embeds
        flags.suppress_notifications = self.silent
        with handle_message_parameters(
            content=self.content,
            view=self.view,
            flags=flags if flags.value else MISSING,
            allowed_mentions=self.allowed_mentions,
            # Those of the client, which the library adds.
            previous_allowed_mentions=NO_MENTIONS,
        ) as parameters:
            return dict(parameters.payload or {})
