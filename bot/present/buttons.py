"""Buttons and their custom_ids: with `settings_buttons` the only place that makes one, or the pattern that reads it.

A custom_id holds database ids only. Anybody can forge one, so cogs check what comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import discord

from bot.play_links import play_link
from bot.present.text import BUTTON_LABEL, BUTTON_URL, cut, web_address, without_known_keys
from bot.shown_episodes import links_audio, shown_episode
from bot.text.timecodes import clock
from storage.models import Episode, Quote


class AnnouncementButton(StrEnum):
    """The buttons of an announcement that Earmark answers, each by the first word of its custom_id."""

    CHAPTERS = "chapters"
    SEARCH = "search"
    TRANSCRIPT = "transcript"


# The largest id that an integer column holds on PostgreSQL.
MAX_ROW_ID = 2**31 - 1
# Stands in a preview, which no delivery has sent.
NO_DELIVERY = 0
_OF_DELIVERY = r":(?P<episode>\d{1,18}):(?P<delivery>\d{1,18})"
CHAPTERS_ID = AnnouncementButton.CHAPTERS + _OF_DELIVERY
SEARCH_ID = AnnouncementButton.SEARCH + _OF_DELIVERY
TRANSCRIPT_ID = AnnouncementButton.TRANSCRIPT + _OF_DELIVERY
# The modal that asks what to search an episode for.
SEARCH_MODAL_ID = r"search-words:(?P<episode>\d{1,18})"
SHOW_QUOTE_ID = r"quote:(?P<answer>\d{1,18}):(?P<rank>\d{1,2})"
SHARE_QUOTE_ID = r"share:(?P<answer>\d{1,18}):(?P<rank>\d{1,2})"
TAKE_BACK_ID = r"take-back:(?P<share>\d{1,18})"


def row_id(text: str) -> int:
    """The id in a custom_id. One too large for any row becomes 0, which no row has."""
    number = int(text)
    return number if number <= MAX_ROW_ID else 0


def announcement_button_id(button: AnnouncementButton, episode_id: int, delivery_id: int) -> str:
    """The custom_id of an announcement's button. The one of CHAPTERS identifies a delivery's message."""
    return f"{button}:{episode_id}:{delivery_id}"


def search_modal_id(episode_id: int) -> str:
    """The custom_id of the modal that asks what to search an episode for."""
    return f"search-words:{episode_id}"


def announcement_actions(
    episode: Episode, delivery_id: int, *, links: bool = True
) -> list[discord.ui.Button[Any]]:
    """The buttons of an announcement, at most five. The one for chapters is always there."""
    play = play_button(play_link(episode, None)) or _page_instead(episode) if links else None
    # Without chapters the same button shows the whole notes.
    labels = {AnnouncementButton.CHAPTERS: "Chapters" if episode.chapter_count else "Notes"}
    if episode.turn_count:
        labels[AnnouncementButton.SEARCH] = "Search this episode"
        labels[AnnouncementButton.TRANSCRIPT] = "Transcript"
    buttons: list[discord.ui.Button[Any]] = [
        discord.ui.Button(label=label, custom_id=announcement_button_id(button, episode.id, delivery_id))
        for button, label in labels.items()
    ]
    return [play, *buttons] if play is not None else buttons


def play_button(url: str | None, start_ms: int | None = None) -> discord.ui.Button[discord.ui.View] | None:
    """A link button that plays from a moment; None without an address that is short enough."""
    address = web_address(url, BUTTON_URL)
    if address is None:
        return None
    label = f"Play from {clock(start_ms)}" if start_ms is not None else "Play"
    return discord.ui.Button(style=discord.ButtonStyle.link, label=cut(label, BUTTON_LABEL), url=address)


def _page_instead(episode: Episode) -> discord.ui.Button[Any] | None:
    """Of a keyed feed no audio is linked; one plays it on its page."""
    return None if links_audio(episode) else page_button(shown_episode(episode))


def page_button(episode: Episode) -> discord.ui.Button[discord.ui.View] | None:
    """A link button to the episode's page, if it has one."""
    address = web_address(episode.link, BUTTON_URL)
    if address is None:
        return None
    return discord.ui.Button(style=discord.ButtonStyle.link, label="Episode page", url=address)


def episode_buttons(episode: Episode) -> discord.ui.View:
    """The buttons below an episode that a member asked for."""
    view = _view()
    _add_links(view, shown_episode(episode))
    return view


def quote_buttons(
    answer_id: int | None, quotes: Sequence[Quote | None], shown: int, url: str | None
) -> discord.ui.View:
    """Below a quote: play it, share it, or see the other quotes of the answer, if that is kept under an id.

    None stands for one that is not shown any more.
    """
    quote = quotes[shown]
    view = _view()
    if quote is not None and (play := play_button(url, quote.start_ms)) is not None:
        view.add_item(play)
    if answer_id is None:
        return view
    view.add_item(
        discord.ui.Button(
            label="Share", style=discord.ButtonStyle.primary, custom_id=f"share:{answer_id}:{shown}"
        )
    )
    for rank, other in enumerate(quotes):
        if other is None:
            continue
        at = f" · {clock(other.start_ms)}" if other.start_ms is not None else ""
        who = f" · {other.speaker}" if other.speaker else ""
        view.add_item(
            discord.ui.Button(
                label=cut(without_known_keys(f"{rank + 1}{who}{at}"), BUTTON_LABEL),
                custom_id=f"quote:{answer_id}:{rank}",
                disabled=rank == shown,
                row=1 + rank // 5,
            )
        )
    if sum(one is not None for one in quotes) == 1:
        view.remove_item(view.children[-1])
    return view


def take_back_id(share_id: int) -> str:
    """The custom_id below a shared quote, which identifies the share's message."""
    return f"take-back:{share_id}"


def shared_quote_buttons(share_id: int, quote: Quote, url: str | None) -> discord.ui.View:
    """Below a quote that a member shared: play it, or take it back."""
    play = play_button(url, quote.start_ms)
    take_back = discord.ui.Button[discord.ui.View](label="Take back", custom_id=take_back_id(share_id))
    return _view(*([play] if play is not None else []), take_back)


def _add_links(view: discord.ui.View, episode: Episode) -> None:
    for button in (play_button(play_link(episode, None)), page_button(episode)):
        if button is not None:
            view.add_item(button)


def buttons_below(buttons: Iterable[discord.ui.Button[Any] | discord.ui.Select[Any]]) -> discord.ui.View:
    """A view of buttons and selects that `DynamicItem`s answer, as they carry nothing but their ids."""
    view = discord.ui.View(timeout=None)
    # discord.py keeps a view that is not stopped in memory forever.
    view.stop()
    for button in buttons:
        view.add_item(button)
    return view


def _view(*buttons: discord.ui.Button[discord.ui.View]) -> discord.ui.View:
    return buttons_below(buttons)
