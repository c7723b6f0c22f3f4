"""One message for all the episodes that came out while nothing could be posted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.present.buttons import AnnouncementButton, announcement_button_id, buttons_below
from bot.present.cards import COLOUR, date_and_duration
from bot.present.post import UNTITLED, Post, card_post, make_post, mention_text
from bot.present.text import CONTENT, DISPLAYED, fit_lines, linked_title, one_line, web_address
from bot.shown_episodes import shown_episode
from bot.text.plurals import counted
from storage.models import Episode, Looks

SHOW = 100
TITLE = 150
ADDRESS = 500
MORE = "-# + {} more"
# Four rows of five: with everything around them that stays below the 40 components of a message.
BUTTONS, IN_ROW = 20, 5


def digest_post(episodes: Sequence[Episode], looks: Looks, *, delivery_id: int) -> Post:
    """A numbered line for each episode of one podcast, and a button for each of the first. At least one episode."""
    episodes = [shown_episode(one) for one in episodes]
    show, count = one_line(episodes[0].podcast_title, SHOW), counted(len(episodes), "new episode")
    head = f"-# {show}\n## {count}" if show else f"## {count}"
    linked, plain = zip(*(_lines(number, one) for number, one in enumerate(episodes, 1)), strict=True)
    room = DISPLAYED - len(mention_text(looks)) - len(head)
    container = discord.ui.Container[discord.ui.LayoutView](
        discord.ui.TextDisplay(head),
        discord.ui.TextDisplay(fit_lines(linked, plain, room, MORE)),
        accent_colour=COLOUR,
        spoiler=looks.spoiler,
    )
    buttons = [
        _chapters_button(str(number), one, delivery_id) for number, one in enumerate(episodes[:BUTTONS], 1)
    ]
    for first in range(0, len(buttons), IN_ROW):
        container.add_item(discord.ui.ActionRow(*buttons[first : first + IN_ROW]))
    return card_post(container, looks, _title(episodes))


def plain_digest_post(episodes: Sequence[Episode], looks: Looks, *, delivery_id: int) -> Post:
    """The same as text without any address, for when Discord rejects the card."""
    episodes = [shown_episode(one) for one in episodes]
    show = one_line(episodes[0].podcast_title, SHOW) or UNTITLED
    cover = "||" if looks.spoiler else ""
    headline = f"{cover}**{counted(len(episodes), 'new episode')} of {show}**"
    head = "\n".join(part for part in (mention_text(looks), headline) if part)
    lines = [f"{number}. {one_line(one.title, TITLE) or UNTITLED}" for number, one in enumerate(episodes, 1)]
    text = fit_lines(lines, lines, CONTENT - len(head) - len(cover) - 1, MORE)
    return make_post(
        buttons_below([_chapters_button("Chapters", episodes[0], delivery_id)]),
        looks,
        _title(episodes),
        text=f"{head}\n{text}{cover}",
        suppress_embeds=True,
    )


def _title(episodes: Sequence[Episode]) -> str:
    return f"{counted(len(episodes), 'new episode')} of {episodes[0].podcast_title}"


def _chapters_button(label: str, episode: Episode, delivery_id: int) -> discord.ui.Button[Any]:
    custom_id = announcement_button_id(AnnouncementButton.CHAPTERS, episode.id, delivery_id)
    return discord.ui.Button(label=label, custom_id=custom_id)


def _lines(number: int, episode: Episode) -> tuple[str, str]:
    """An episode's line, with its link and without."""
    title = one_line(episode.title, TITLE) or UNTITLED
    rest = "".join(f" · {fact}" for fact in date_and_duration(episode))
    linked = linked_title(title, web_address(episode.link, ADDRESS))
    return f"**{number}** {linked}{rest}", f"**{number}** {title}{rest}"
