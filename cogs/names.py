"""Which podcast, episode or speaker a member means: only a marked value, which was offered, is a row.

Who is not sure is asked, and who names nothing that is there is told what comes closest.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from bot.discord_client.client import bot_of
from bot.discord_client.error_handler import MemberError
from bot.lookup import LookupFailedError
from bot.lookup.choosing import Choice
from bot.lookup.episode_numbers import asks_for_newest
from bot.lookup.name_words import name_words
from bot.present.buttons import row_id
from bot.present.choice_labels import Choosable, choice_labels, episode_choice, episode_marks, visible
from bot.present.questions import Candidate
from bot.present.text import CHOICE_NAME, cut
from cogs.access import Interaction
from cogs.questions import ask_which
from storage.models import Episode, Podcast
from storage.tables.episodes import get_episode, get_episodes, list_episodes

REMOVED = "This episode was removed just now."
_ROW = re.compile(r"id:(\d{1,18})", re.ASCII)


def row_value(row: int) -> str:
    """The value of a choice that stands for a row: no name is mistaken for one."""
    return f"id:{row}"


def chosen_row(value: str) -> int | None:
    """The row that a value stands for, which anybody can type; None where it is a name."""
    found = _ROW.fullmatch(value.strip())
    return row_id(found[1]) if found else None


async def podcast_meant(interaction: Interaction, podcasts: Sequence[Podcast], typed: str) -> Podcast:
    """The one of these podcasts that is meant. Raises LookupFailedError, or a question to the member."""
    by_id = {one.id: one for one in podcasts}
    row = chosen_row(typed)
    if row is not None:
        if row not in by_id:
            raise _none("podcast", typed)
        return by_id[row]
    choice = await bot_of(interaction).names.podcast(typed, podcasts)
    if choice.found is not None:
        return by_id[choice.found]
    if choice.offered:
        labels = podcast_labels([by_id[one] for one in choice.offered])
        candidates = [
            Candidate(label, row_value(one)) for one, label in zip(choice.offered, labels, strict=True)
        ]
        raise await ask_which(interaction, "podcast", typed, candidates)
    raise _none("podcast", typed, [by_id[one].title for one in choice.closest])


async def episode_meant(interaction: Interaction, podcasts: Sequence[Podcast], typed: str) -> Episode:
    """The episode of these podcasts that is meant. Raises LookupFailedError, MemberError, or a question."""
    db, ids = bot_of(interaction).db, [one.id for one in podcasts]
    row = chosen_row(typed)
    if row is not None:
        chosen = await get_episode(db, row)
        if chosen is None or chosen.podcast_id not in ids:
            raise _none("episode", typed)
        return chosen
    if asks_for_newest(typed):
        newest = await list_episodes(db, ids, limit=1)
        if not newest:
            raise MemberError("No episode is stored yet.")
        return newest[0]
    choice = await bot_of(interaction).names.episode(typed, podcasts)
    episodes = await get_episodes(db, _meant(choice))
    if choice.found is not None:
        if choice.found not in episodes:
            raise MemberError(REMOVED)
        return episodes[choice.found]
    there = [episodes[one] for one in _meant(choice) if one in episodes]
    if choice.offered and there:
        raise await ask_which(interaction, "episode", typed, _episode_candidates(there))
    raise _none("episode", typed, [one.title for one in there])


async def speaker_meant(
    interaction: Interaction, podcasts: Sequence[Podcast], episode_id: int | None, typed: str
) -> str:
    """The name by which the search finds the speaker. Raises LookupFailedError, or a question to the member."""
    names = bot_of(interaction).names
    choice, known = await names.speaker(typed, [one.id for one in podcasts], episode_id)
    words = set(name_words(typed))
    if not known or any(words <= set(name_words(name)) for name in known):
        # The search takes everybody who has all these words in their name.
        return typed
    if choice.found is not None:
        return known[choice.found]
    if choice.offered:
        labels = [known[one] for one in choice.offered if 0 < len(known[one]) <= CHOICE_NAME]
        candidates = [
            Candidate(label, name)
            for name, label in zip(labels, choice_labels([Choosable(one) for one in labels]), strict=True)
        ]
        raise await ask_which(interaction, "speaker", typed, candidates)
    raise _none("speaker", typed, [known[one] for one in choice.closest])


def podcast_labels(podcasts: Sequence[Podcast]) -> list[str]:
    """Their titles; where two have one, with how many episodes each has, and since when it is followed."""
    return choice_labels(
        [
            Choosable(one.title, (f"{one.episode_count:,} episodes", one.added_at.date().isoformat()))
            for one in podcasts
        ]
    )


def episode_labels(episodes: Sequence[Episode]) -> list[str]:
    """Their titles, with the show where there are several, and what tells those apart that look the same."""
    several = len({one.podcast_id for one in episodes}) > 1
    return choice_labels([episode_choice(one, with_show=several) for one in episodes])


def _episode_candidates(episodes: Sequence[Episode]) -> list[Candidate]:
    return [
        Candidate(
            label, row_value(one.id), " · ".join([visible(one.podcast_title)[:50], *episode_marks(one)])
        )
        for one, label in zip(episodes, episode_labels(episodes), strict=True)
    ]


def _meant(choice: Choice) -> Collection[int]:
    return [choice.found] if choice.found is not None else choice.offered or choice.closest


def _none(kind: str, typed: str, closest: Sequence[str] = ()) -> LookupFailedError:
    names = [f"“{cut(visible(one), CHOICE_NAME)}”" for one in dict.fromkeys(closest)]
    nearest = f" The closest: {', '.join(names)}." if names else ""
    return LookupFailedError(f"No {kind} is called “{visible(typed)}”.{nearest}")
