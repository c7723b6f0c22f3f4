"""Buttons and their ids. An id holds ids alone and is untrusted when it comes back; cogs answer them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import discord

from bot.play_links import clock, play_link
from bot.present.cards import page_button, play_button
from bot.present.text import BUTTON_LABEL, cut
from storage.models import Episode, Quote

# What an id's column holds on PostgreSQL.
MAX_ROW_ID = 2**31 - 1
# Where a delivery's id stands in what was delivered: below a preview that of none.
NO_DELIVERY = "0"
CHAPTERS_ID = r"chapters:(?P<episode>\d{1,18}):(?P<delivery>\d{1,18})"
SEARCH_ID = r"search:(?P<episode>\d{1,18}):(?P<delivery>\d{1,18})"
TRANSCRIPT_ID = r"transcript:(?P<episode>\d{1,18}):(?P<delivery>\d{1,18})"
# Not a button's: the window with the search's words, as it comes back.
SEARCH_WINDOW_ID = r"search-words:(?P<episode>\d{1,18})"
SHOW_QUOTE_ID = r"quote:(?P<answer>\d{1,18}):(?P<rank>\d{1,2})"
SHARE_QUOTE_ID = r"share:(?P<answer>\d{1,18}):(?P<rank>\d{1,2})"
POST_NEWEST_ID = r"post:(?P<destination>\d{1,18}):(?P<episode>\d{1,18})"
REMOVE_ID = r"remove:(?P<podcast>\d{1,18}):(?P<sure>[01])"


def row_id(text: str) -> int:
    """An id out of a custom_id, which anybody can forge; one that no row can have becomes 0, which none has."""
    number = int(text)
    return number if number <= MAX_ROW_ID else 0


def chapters_button_id(episode_id: int, delivery_id: int | str) -> str:
    """The id on an announcement's own button: what the announcement is recognised by, too."""
    return f"chapters:{episode_id}:{delivery_id}"


def search_window_id(episode_id: int) -> str:
    """The id of the window that asks for an episode's words."""
    return f"search-words:{episode_id}"


def announcement_actions(episode: Episode, mark: str, *, links: bool = True) -> list[discord.ui.Button[Any]]:
    """What an announcement offers, at most five. The first that is not a link names the delivery, always."""
    play = play_button(play_link(episode, None)) if links else None
    # Without chapters the same button shows the notes whole.
    label = "Chapters" if episode.chapter_count else "Notes"
    buttons: list[discord.ui.Button[Any]] = [
        discord.ui.Button(label=label, custom_id=chapters_button_id(episode.id, mark))
    ]
    if episode.turn_count:
        buttons += [
            discord.ui.Button(label="Search this episode", custom_id=f"search:{episode.id}:{mark}"),
            discord.ui.Button(label="Transcript", custom_id=f"transcript:{episode.id}:{mark}"),
        ]
    return [play, *buttons] if play is not None else buttons


def episode_buttons(episode: Episode) -> discord.ui.View:
    """The buttons below an episode that a member asked for."""
    view = _view()
    _add_links(view, episode)
    return view


def quote_buttons(answer_id: int, quotes: Sequence[Quote], shown: int, url: str | None) -> discord.ui.View:
    """Below a quote: play it, share it, see the others of the answer."""
    quote = quotes[shown]
    view = _view()
    if (play := play_button(url, quote.start_ms)) is not None:
        view.add_item(play)
    view.add_item(
        discord.ui.Button(
            label="Share", style=discord.ButtonStyle.primary, custom_id=f"share:{answer_id}:{shown}"
        )
    )
    for rank, other in enumerate(quotes):
        at = f" · {clock(other.start_ms)}" if other.start_ms is not None else ""
        who = f" · {other.speaker}" if other.speaker else ""
        view.add_item(
            discord.ui.Button(
                label=cut(f"{rank + 1}{who}{at}", BUTTON_LABEL),
                custom_id=f"quote:{answer_id}:{rank}",
                disabled=rank == shown,
                row=1 + rank // 5,
            )
        )
    if len(quotes) == 1:
        view.remove_item(view.children[-1])
    return view


def shared_quote_buttons(quote: Quote, url: str | None) -> discord.ui.View:
    """Below a quote that a member shared."""
    view = _view()
    if (play := play_button(url, quote.start_ms)) is not None:
        view.add_item(play)
    return view


def post_newest_button(destination_id: int, episode_id: int) -> discord.ui.View:
    """Below the preview of an announcement."""
    return _view(
        discord.ui.Button(
            label="Post the newest episode now",
            style=discord.ButtonStyle.primary,
            custom_id=f"post:{destination_id}:{episode_id}",
        )
    )


def remove_buttons(podcast_id: int) -> discord.ui.View:
    """Below the question whether to stop following."""
    return _view(
        discord.ui.Button(
            label="Stop following", style=discord.ButtonStyle.danger, custom_id=f"remove:{podcast_id}:1"
        ),
        discord.ui.Button(label="Keep it", custom_id=f"remove:{podcast_id}:0"),
    )


def _add_links(view: discord.ui.View, episode: Episode) -> None:
    for button in (play_button(play_link(episode, None)), page_button(episode)):
        if button is not None:
            view.add_item(button)


def buttons_below(buttons: Iterable[discord.ui.Button[Any]]) -> discord.ui.View:
    """Buttons below a message; of ids alone, answered by DynamicItems."""
    view = discord.ui.View(timeout=None)
    # A view that still listens is kept in memory for ever.
    view.stop()
    for button in buttons:
        view.add_item(button)
    return view


def _view(*buttons: discord.ui.Button[discord.ui.View]) -> discord.ui.View:
    return buttons_below(buttons)
