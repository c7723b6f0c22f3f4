"""What commands share: what a server may see, options that name things, buttons that tell their failures."""

from __future__ import annotations

import abc
import functools
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NoReturn, ParamSpec, Self

import discord
from discord import app_commands

from bot.discord_client.client import Earmark, bot_of
from bot.discord_client.error_handler import MemberError, answer_failure
from bot.lookup import Named, find
from bot.present.buttons import row_id
from bot.present.text import CHOICE_NAME, cut
from storage.models import Episode, Podcast
from storage.tables.destinations import guild_podcast_ids
from storage.tables.episodes import EpisodeTitle, episode_titles, get_episode
from storage.tables.podcasts import list_podcasts
from storage.tables.transcripts import speakers

MAX_CHOICES = 25
MAX_ID_DIGITS = 18
# So many titles that contain what was typed are enough to say that it fits several.
MAX_TITLES = 500
# Longer names than Discord lets a member type are not looked for.
MAX_TYPED = 100
CHOICES_FAILED = "These choices can't be read just now; type a name"

log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]
Choices = list[app_commands.Choice[str]]
P = ParamSpec("P")


def guild_of(interaction: Interaction) -> int:
    """The server that a command was used in."""
    if interaction.guild_id is None:
        raise app_commands.NoPrivateMessage
    return interaction.guild_id


async def followed(interaction: Interaction) -> list[Podcast]:
    """The podcasts that this server follows: all that its members may see."""
    bot = bot_of(interaction)
    ids = await guild_podcast_ids(bot.db, guild_of(interaction))
    return await list_podcasts(bot.db, ids)


async def followed_or_tell(interaction: Interaction) -> list[Podcast]:
    """The same, or a sentence where there are none."""
    return await followed(interaction) or _tell_none_followed()


async def followed_ids_or_tell(interaction: Interaction) -> frozenset[int]:
    """Their ids alone."""
    return await guild_podcast_ids(bot_of(interaction).db, guild_of(interaction)) or _tell_none_followed()


def _tell_none_followed() -> NoReturn:
    raise MemberError(
        "This server follows no podcast yet; somebody with **Manage Server** can add one with `/podcast add`."
    )


def podcast_named(podcasts: Iterable[Podcast], wanted: str) -> Podcast:
    """The one of these that an option names."""
    by_id = {one.id: one for one in podcasts}
    return by_id[find("podcast", wanted, [Named(one.id, one.title) for one in by_id.values()]).id]


async def followed_episode(interaction: Interaction, episode_id: int) -> Episode:
    """An episode of a podcast that this server follows, by an id that came from outside."""
    bot = bot_of(interaction)
    episode = await get_episode(bot.db, episode_id)
    if episode is None or episode.podcast_id not in await guild_podcast_ids(bot.db, guild_of(interaction)):
        raise MemberError("This server does not follow that podcast any more.")
    return episode


async def episode_named(bot: Earmark, podcast_ids: Iterable[int], wanted: str) -> Episode:
    """The episode of these podcasts that an option names."""
    ids = list(podcast_ids)
    text = " ".join(wanted.split())
    if text.isascii() and text.isdecimal() and len(text) <= MAX_ID_DIGITS:
        # What autocomplete offered.
        chosen = await get_episode(bot.db, row_id(text))
        if chosen is not None and chosen.podcast_id in ids:
            return chosen
    titles = await episode_titles(bot.db, ids, containing=text, limit=MAX_TITLES)
    named = find("episode", wanted, [Named(one.id, one.title) for one in titles])
    episode = await get_episode(bot.db, named.id)
    if episode is None:
        raise MemberError("This episode was removed just now.")
    return episode


def manages_server(interaction: Interaction) -> bool:
    """Whether the member may choose what this server follows; Discord tells with every interaction."""
    if not (interaction.permissions.manage_guild or interaction.permissions.administrator):
        raise app_commands.MissingPermissions(["manage_guild"])
    return True


def tells_failure(
    complete: Callable[P, Awaitable[Choices]],
) -> Callable[P, Awaitable[Choices]]:
    """An autocomplete that fails offers one choice that says so: an empty list would say that there is nothing."""

    @functools.wraps(complete)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> Choices:
        try:
            return await complete(*args, **kwargs)
        except Exception:
            log.exception("the choices of %s failed", complete.__qualname__)
            return [app_commands.Choice(name=CHOICES_FAILED, value=CHOICES_FAILED)]

    return guarded


@tells_failure
async def podcast_choices(interaction: Interaction, typed: str) -> Choices:
    """The podcasts of this server whose title contains what was typed."""
    wanted = typed[:MAX_TYPED].casefold()
    return [
        app_commands.Choice(name=cut(one.title, CHOICE_NAME), value=str(one.id))
        for one in await followed(interaction)
        if wanted in one.title.casefold()
    ][:MAX_CHOICES]


@tells_failure
async def episode_choices(interaction: Interaction, typed: str) -> Choices:
    """The episodes whose title contains what was typed, newest first; of the podcast where one is chosen."""
    podcasts = await followed(interaction)
    chosen = await _chosen_podcasts(interaction, podcasts)
    titles = await episode_titles(
        bot_of(interaction).db,
        [one.id for one in chosen],
        containing=typed[:MAX_TYPED].strip(),
        limit=MAX_CHOICES,
    )
    return [
        app_commands.Choice(name=_episode_choice(one, several=len(chosen) > 1), value=str(one.id))
        for one in titles
    ]


@tells_failure
async def speaker_choices(interaction: Interaction, typed: str) -> Choices:
    """Those who speak in what is chosen so far, the most talkative first."""
    chosen = await _chosen_podcasts(interaction, await followed(interaction))
    episode = str(getattr(interaction.namespace, "episode", None) or "")
    names = await speakers(
        bot_of(interaction).db,
        [one.id for one in chosen],
        episode_id=int(episode) if episode.isdecimal() and len(episode) < 10 else None,
        containing=typed[:MAX_TYPED].strip(),
        limit=MAX_CHOICES,
    )
    return [app_commands.Choice(name=name, value=name) for name in names if 0 < len(name) <= CHOICE_NAME]


async def _chosen_podcasts(interaction: Interaction, podcasts: list[Podcast]) -> list[Podcast]:
    wanted = str(getattr(interaction.namespace, "podcast", None) or "")
    return [one for one in podcasts if str(one.id) == wanted or one.title == wanted] or podcasts


def _episode_choice(one: EpisodeTitle, *, several: bool) -> str:
    return cut(f"{one.title} · {one.podcast_title}" if several else one.title, CHOICE_NAME)


class TellingButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"(?!)"):
    """A button of ours: its custom_id is all that is kept of it, and a failure is told like a command's.

    `ids` are those in the custom_id, in order; they come from outside, and all of them are checked.
    """

    def __init__(self, custom_id: str, *ids: int) -> None:
        super().__init__(discord.ui.Button(custom_id=custom_id))
        self.ids = ids

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Made anew at each press: nothing of it is kept in memory."""
        return cls(match[0], *map(row_id, match.groups()))

    @abc.abstractmethod
    async def answer(self, interaction: Interaction) -> None:
        """Do what the button is for."""

    async def callback(self, interaction: Interaction) -> Any:
        """Answer, or tell why not."""
        try:
            await self.answer(interaction)
        except Exception as error:  # noqa: BLE001 - told to the member and the log, in one place
            await answer_failure(interaction, error)
