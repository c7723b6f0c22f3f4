"""A message before it is sent, or edited into one that was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import discord
from discord.http import handle_message_parameters
from discord.utils import MISSING

from bot.present.text import NO_MENTIONS, THREAD_NAME, cut, on_one_line, without_known_keys
from storage.models import Looks

UNTITLED = "A new episode"

_MENTION = re.compile(r"<@&(\d{1,19})>")


@dataclass(frozen=True, slots=True)
class Post:
    """A message before Discord has it. `title` names the thread or forum post that it opens: 1 to 100 characters.

    A `LayoutView` makes a card of components alone, without content. Discord lets no message change between the two.
    """

    view: discord.ui.LayoutView | discord.ui.View
    content: str | None
    suppress_embeds: bool
    silent: bool
    allowed_mentions: discord.AllowedMentions
    title: str

    def to_send(self) -> dict[str, Any]:
        """The arguments of `channel.send`."""
        arguments: dict[str, Any] = {"view": self.view, "allowed_mentions": self.allowed_mentions}
        if self.content is not None:
            arguments["content"] = self.content
        if self.suppress_embeds:
            arguments["suppress_embeds"] = True
        if self.silent:
            arguments["silent"] = True
        return arguments

    def body(self) -> dict[str, Any]:
        """The JSON that `channel.send` makes of it, without the nonce."""
        flags = discord.MessageFlags()
        flags.suppress_embeds = self.suppress_embeds
        flags.suppress_notifications = self.silent
        with handle_message_parameters(
            content=self.content,
            view=self.view,
            flags=flags if flags.value else MISSING,
            allowed_mentions=self.allowed_mentions,
        ) as parameters:
            return dict(parameters.payload or {})


def make_post(
    view: discord.ui.LayoutView | discord.ui.View,
    looks: Looks,
    title: str,
    *,
    text: str | None = None,
    suppress_embeds: bool = False,
    edit: bool = False,
) -> Post:
    """A post that looks and notifies as a moderator chose. An edit notifies nobody, and keeps the message's flags."""
    mentions = NO_MENTIONS
    if looks.role_id is not None and not edit:
        role = discord.Object(looks.role_id)
        mentions = discord.AllowedMentions(everyone=False, users=False, roles=[role], replied_user=False)
    return Post(
        view=view,
        content=text,
        suppress_embeds=suppress_embeds and not edit,
        silent=looks.silent and not edit,
        allowed_mentions=mentions,
        title=thread_name(title),
    )


def thread_name(title: str) -> str:
    """What a thread or forum post about an episode of this title is called: 1 to 100 characters."""
    return cut(on_one_line(without_known_keys(title)) or UNTITLED, THREAD_NAME)


def card_post(
    container: discord.ui.Container[discord.ui.LayoutView], looks: Looks, title: str, *, edit: bool = False
) -> Post:
    """A card, with the mention above it, as a spoiler would hide it."""
    view = discord.ui.LayoutView(timeout=None)
    # discord.py keeps a view that is not stopped in memory forever.
    view.stop()
    if mention := mention_text(looks):
        view.add_item(discord.ui.TextDisplay(mention))
    view.add_item(container)
    return make_post(view, looks, title, edit=edit)


def mention_text(looks: Looks) -> str:
    """The mention of the role that a moderator chose; "" if there is none. An edit keeps it, and pings nobody."""
    return f"<@&{looks.role_id}>" if looks.role_id is not None else ""


def mentioned_role(text: str) -> int | None:
    """The role that the text of an announcement mentions, if it does: it begins with that."""
    found = _MENTION.match(text)
    return int(found[1]) if found else None
