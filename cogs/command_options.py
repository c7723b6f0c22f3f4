"""Options of commands that name something stored: each completes what is typed and resolves what was chosen.

A command annotates its option with one of the types at the end of this file, and gets a podcast, an episode, a
speaker or a moment. What can't be resolved is a MemberError, LookupFailedError or DayError, which the command tree
answers in one sentence.
"""

from __future__ import annotations

import abc
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from discord import app_commands

from bot.date_ranges import range_end, range_start
from bot.discord_client.client import bot_of
from bot.log_setup import PRIVATE
from bot.present.choice_labels import Choosable, choice_labels
from bot.present.text import CHOICE_NAME, without_known_keys
from cogs.access import (
    Interaction,
    followed_podcasts,
    require_followed_podcasts,
    require_visible_podcasts,
    visible_podcasts,
)
from cogs.names import (
    chosen_row,
    episode_labels,
    episode_meant,
    podcast_labels,
    podcast_meant,
    row_value,
    speaker_meant,
)
from storage.models import Episode, Podcast
from storage.tables.episodes import get_episodes, list_episodes

# Discord's limit.
MAX_CHOICES = 25
# The longest text that Discord lets a member type into a completed option.
MAX_TYPED = 100
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
        labels = choice_labels([Choosable(name) for name, _ in offered])
        return [
            app_commands.Choice(name=label, value=without_known_keys(value))
            for label, (_, value) in zip(labels, offered, strict=True)
        ]


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
        return await podcast_meant(interaction, await self.require_any(interaction), value)

    async def complete(self, interaction: Interaction, typed: str) -> Iterable[tuple[str, str]]:
        """The podcasts that fit what was typed, best first."""
        by_id = {one.id: one for one in await self.among(interaction)}
        fitting = await bot_of(interaction).names.podcasts_like(typed, list(by_id.values()))
        podcasts = [by_id[one] for one in fitting[:MAX_CHOICES]]
        return zip(podcast_labels(podcasts), (row_value(one.id) for one in podcasts), strict=True)


class FollowedPodcastOption(PodcastOption):
    """A podcast that a moderator chooses settings for, also where they can't view its channels."""

    async def among(self, interaction: Interaction) -> list[Podcast]:
        """Those that are offered."""
        return await followed_podcasts(interaction)

    async def require_any(self, interaction: Interaction) -> list[Podcast]:
        """Those that can be named. Raises MemberError where there are none."""
        return await require_followed_podcasts(interaction)


class EpisodeOption(CompletedOption):
    """An episode, by name, number or `latest`, or as it was offered; of the `podcast` option where that is filled."""

    async def transform(self, interaction: Interaction, value: str, /) -> Episode:
        """The episode that is meant."""
        return await episode_meant(interaction, await _named_podcasts(interaction), value)

    async def complete(self, interaction: Interaction, typed: str) -> Iterable[tuple[str, str]]:
        """The episodes that fit what was typed, best first; before that the newest."""
        podcasts = await _podcasts_so_far(interaction)
        bot = bot_of(interaction)
        if typed:
            fitting = (await bot.names.episodes_like(typed, podcasts))[:MAX_CHOICES]
            stored = await get_episodes(bot.db, fitting)
            episodes = [stored[one] for one in fitting if one in stored]
        else:
            episodes = await list_episodes(bot.db, [one.id for one in podcasts], limit=MAX_CHOICES)
        return zip(episode_labels(episodes), (row_value(one.id) for one in episodes), strict=True)


class SpeakerOption(CompletedOption):
    """Somebody who speaks in a transcript, by name; of the `podcast` and `episode` where those are filled in."""

    async def transform(self, interaction: Interaction, value: str, /) -> str:
        """The name by which the search finds who is meant."""
        podcasts = await _named_podcasts(interaction)
        episode = _filled_in(interaction, "episode")
        episode_id = (await episode_meant(interaction, podcasts, episode)).id if episode else None
        return await speaker_meant(interaction, podcasts, episode_id, value)

    async def complete(self, interaction: Interaction, typed: str) -> Iterable[tuple[str, str]]:
        """Those who speak in what is chosen so far and fit what was typed, best first; else the most talkative."""
        podcasts = await _podcasts_so_far(interaction)
        names = await bot_of(interaction).names.speakers_like(
            typed, [one.id for one in podcasts], chosen_row(_filled_in(interaction, "episode"))
        )
        offered = [one for one in names if 0 < len(one) <= CHOICE_NAME][:MAX_CHOICES]
        return zip(offered, offered, strict=True)


class DayOption(app_commands.Transformer[Any]):
    """A day, a month or a year, such as 2026-11-25, 2026-11 or 2026. `moment_of` says which moment it stands for."""

    min_value = 4
    max_value = 10

    def __init__(self, moment_of: Callable[[str], datetime | None]) -> None:
        self._moment_of = moment_of

    async def transform(self, interaction: Interaction, value: str, /) -> datetime | None:  # noqa: ARG002 - the base's
        """The moment that is meant. Raises DayError."""
        return self._moment_of(value)


def _filled_in(interaction: Interaction, option: str) -> str:
    """The raw value of another option of the same command; "" where it is not filled in."""
    return str(getattr(interaction.namespace, option, None) or "")


async def _named_podcasts(interaction: Interaction) -> Sequence[Podcast]:
    """The podcast in the `podcast` option, else all that the member sees. Raises as `podcast_meant`."""
    podcasts = await require_visible_podcasts(interaction)
    named = _filled_in(interaction, "podcast")
    return [await podcast_meant(interaction, podcasts, named)] if named else podcasts


async def _podcasts_so_far(interaction: Interaction) -> list[Podcast]:
    """The podcast in the `podcast` option, or all that may be seen while it names none."""
    return await named_so_far(interaction, await visible_podcasts(interaction))


async def named_so_far(interaction: Interaction, podcasts: list[Podcast]) -> list[Podcast]:
    """The one of these podcasts that is in the `podcast` option, or all of them while it names none."""
    named = _filled_in(interaction, "podcast")
    if not named:
        return podcasts
    row = chosen_row(named)
    if row is None:
        row = (await bot_of(interaction).names.podcast(named, podcasts)).found
    return [one for one in podcasts if one.id == row] or podcasts


ChosenPodcast = app_commands.Transform[Podcast, PodcastOption]
FollowedPodcast = app_commands.Transform[Podcast, FollowedPodcastOption]
ChosenEpisode = app_commands.Transform[Episode, EpisodeOption]
ChosenSpeaker = app_commands.Transform[str, SpeakerOption]
Since = app_commands.Transform[datetime, DayOption(range_start)]
Until = app_commands.Transform[datetime, DayOption(range_end)]
