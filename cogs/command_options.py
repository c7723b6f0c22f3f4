"""Options of commands that name something stored: each completes what is typed and resolves what was chosen.

A command annotates its option with one of the types at the end of this file, and gets a podcast, an episode, a
speaker or a moment. What can't be resolved is a MemberError, LookupFailedError or DayError, which the command tree
answers in one sentence.
"""

from __future__ import annotations

import abc
import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any

from discord import app_commands

from bot.date_ranges import range_end, range_start
from bot.discord_client.client import bot_of
from bot.discord_client.error_handler import MemberError
from bot.log_setup import PRIVATE
from bot.lookup import Named, find
from bot.present.buttons import row_id
from bot.present.choices import distinct_choices
from bot.present.text import CHOICE_NAME
from cogs.access import (
    Interaction,
    followed_podcasts,
    require_followed_podcasts,
    require_visible_ids,
    require_visible_podcasts,
    visible_podcasts,
)
from storage.engine.database import Database
from storage.models import Episode, Podcast
from storage.tables.episodes import episode_titles, get_episode
from storage.tables.transcripts import speakers

# Discord's limit.
MAX_CHOICES = 25
# The longest text that Discord lets a member type into a completed option.
MAX_TYPED = 100
MAX_ID_DIGITS = 18
# If more titles than these contain what was typed, it is ambiguous anyway.
MAX_TITLES = 500
CHOICES_FAILED = "These choices can't be read just now; type a name"

log = logging.getLogger(__name__)

Choices = list[app_commands.Choice[int | float | str]]


class CompletedOption(app_commands.Transformer[Any], abc.ABC):
    """An option whose values are offered while a member types."""

    @abc.abstractmethod
    async def complete(self, interaction: Interaction, typed: str) -> Iterable[tuple[str, str]]:
        """The names to offer for what was typed, each with its value."""

    async def autocomplete(self, interaction: Interaction, value: float | str, /) -> Choices:
        """The choices, or one that says that they can't be read: none would mean that nothing fits."""
        try:
            offered = list(await self.complete(interaction, str(value)[:MAX_TYPED].strip()))[:MAX_CHOICES]
        except Exception:
            log.exception("the choices of %s failed", type(self).__name__, extra=PRIVATE)
            offered = [(CHOICES_FAILED, CHOICES_FAILED)]
        return [app_commands.Choice(name=name, value=value) for name, value in distinct_choices(offered)]


class PodcastOption(CompletedOption):
    """A podcast that the member sees, by its title or by the id that was offered."""

    async def among(self, interaction: Interaction) -> list[Podcast]:
        """Those that are offered."""
        return await visible_podcasts(interaction)

    async def require_any(self, interaction: Interaction) -> list[Podcast]:
        """Those that can be named. Raises MemberError where there are none."""
        return await require_visible_podcasts(interaction)

    async def transform(self, interaction: Interaction, value: str, /) -> Podcast:
        """The podcast that is meant."""
        return _podcast_named(await self.require_any(interaction), value)

    async def complete(self, interaction: Interaction, typed: str) -> Iterable[tuple[str, str]]:
        """The podcasts whose title contains what was typed."""
        wanted = typed.casefold()
        podcasts = await self.among(interaction)
        return [(one.title, str(one.id)) for one in podcasts if wanted in one.title.casefold()]


class FollowedPodcastOption(PodcastOption):
    """A podcast that a moderator chooses settings for, also where they can't view its channels."""

    async def among(self, interaction: Interaction) -> list[Podcast]:
        """Those that are offered."""
        return await followed_podcasts(interaction)

    async def require_any(self, interaction: Interaction) -> list[Podcast]:
        """Those that can be named. Raises MemberError where there are none."""
        return await require_followed_podcasts(interaction)


class EpisodeOption(CompletedOption):
    """An episode, by its title or by the id that was offered; of the `podcast` option where that is filled in."""

    async def transform(self, interaction: Interaction, value: str, /) -> Episode:
        """The episode that is meant."""
        if named := _filled_in(interaction, "podcast"):
            ids: Collection[int] = [_podcast_named(await require_visible_podcasts(interaction), named).id]
        else:
            ids = await require_visible_ids(interaction)
        return await _episode_named(bot_of(interaction).db, ids, value)

    async def complete(self, interaction: Interaction, typed: str) -> Iterable[tuple[str, str]]:
        """The episodes whose title contains what was typed, newest first."""
        podcasts = await _podcasts_so_far(interaction)
        ids = [one.id for one in podcasts]
        titles = await episode_titles(bot_of(interaction).db, ids, containing=typed, limit=MAX_CHOICES)
        return [
            (f"{one.title} · {one.podcast_title}" if len(podcasts) > 1 else one.title, str(one.id))
            for one in titles
        ]


class SpeakerOption(CompletedOption):
    """Somebody who speaks in a transcript, by name."""

    async def transform(self, interaction: Interaction, value: str, /) -> str:  # noqa: ARG002 - the base's signature
        """The name as it was typed; the search finds nothing where nobody has it."""
        return value

    async def complete(self, interaction: Interaction, typed: str) -> Iterable[tuple[str, str]]:
        """Those who speak in what is chosen so far, the most talkative first."""
        episode = _filled_in(interaction, "episode")
        names = await speakers(
            bot_of(interaction).db,
            [one.id for one in await _podcasts_so_far(interaction)],
            episode_id=row_id(episode) if _is_id(episode) else None,
            containing=typed,
            limit=MAX_CHOICES,
        )
        return [(name, name) for name in names if 0 < len(name) <= CHOICE_NAME]


class DayOption(app_commands.Transformer[Any]):
    """A day, a month or a year, such as 2026-11-25, 2026-11 or 2026. `moment_of` says which moment it stands for."""

    min_value = 4
    max_value = 10

    def __init__(self, moment_of: Callable[[str], datetime | None]) -> None:
        self._moment_of = moment_of

    async def transform(self, interaction: Interaction, value: str, /) -> datetime | None:  # noqa: ARG002 - the base's
        """The moment that is meant. Raises DayError."""
        return self._moment_of(value)


def _podcast_named(podcasts: Iterable[Podcast], wanted: str) -> Podcast:
    by_id = {one.id: one for one in podcasts}
    return by_id[find("podcast", wanted, [Named(one.id, one.title) for one in by_id.values()]).id]


async def _episode_named(db: Database, podcast_ids: Collection[int], wanted: str) -> Episode:
    text = " ".join(wanted.split())
    if _is_id(text):
        # The id of a choice that was offered: no titles need to be read.
        chosen = await get_episode(db, row_id(text))
        if chosen is not None and chosen.podcast_id in podcast_ids:
            return chosen
    titles = await episode_titles(db, list(podcast_ids), containing=text, limit=MAX_TITLES)
    named = find("episode", wanted, [Named(one.id, one.title) for one in titles])
    episode = await get_episode(db, named.id)
    if episode is None:
        raise MemberError("This episode was removed just now.")
    return episode


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= MAX_ID_DIGITS


def _filled_in(interaction: Interaction, option: str) -> str:
    """The raw value of another option of the same command; "" where it is not filled in."""
    return str(getattr(interaction.namespace, option, None) or "")


async def _podcasts_so_far(interaction: Interaction) -> list[Podcast]:
    """The podcast in the `podcast` option, or all that may be seen while it names none."""
    return named_so_far(interaction, await visible_podcasts(interaction))


def named_so_far(interaction: Interaction, podcasts: list[Podcast]) -> list[Podcast]:
    """The one of these podcasts that is in the `podcast` option, or all while it names none."""
    wanted = _filled_in(interaction, "podcast")
    return [one for one in podcasts if str(one.id) == wanted or one.title == wanted] or podcasts


ChosenPodcast = app_commands.Transform[Podcast, PodcastOption]
FollowedPodcast = app_commands.Transform[Podcast, FollowedPodcastOption]
ChosenEpisode = app_commands.Transform[Episode, EpisodeOption]
ChosenSpeaker = app_commands.Transform[str, SpeakerOption]
Since = app_commands.Transform[datetime, DayOption(range_start)]
Until = app_commands.Transform[datetime, DayOption(range_end)]
