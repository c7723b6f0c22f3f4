"""One message for the episodes that came while nothing could be posted."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.present.buttons import buttons_below, chapters_button_id
from bot.present.cards import COLOUR, duration
from bot.present.post import UNTITLED, Post, card_post, make_post, mention_text
from bot.present.text import CONTENT, DISPLAYED, fit_lines, masked_link, one_line, web_address
from bot.text.plurals import counted
from storage.models import Episode, Looks

SHOW = 100
TITLE = 150
ADDRESS = 500
MORE = "-# + {} more"
# Five rows of five; with all around them they stay below the 40 components of a message.
BUTTONS, IN_ROW = 20, 5


def digest_post(several: Sequence[Episode], looks: Looks, *, mark: str) -> Post:
    """A numbered line for each episode of a podcast, and a button for each of the first. One episode at least."""
    show = one_line(several[0].podcast_title, SHOW)
    told = f"{counted(len(several), 'new episode')}"
    head = f"-# {show}\n## {told}" if show else f"## {told}"
    rich, plain = zip(*(_lines(number, one) for number, one in enumerate(several, 1)), strict=True)
    room = DISPLAYED - len(mention_text(looks, edit=False)) - len(head)
    container = discord.ui.Container[discord.ui.LayoutView](
        discord.ui.TextDisplay(head),
        discord.ui.TextDisplay(fit_lines(rich, plain, room, MORE)),
        accent_colour=COLOUR,
        spoiler=looks.spoiler,
    )
    buttons = [
        discord.ui.Button[discord.ui.LayoutView](
            label=str(number), custom_id=chapters_button_id(one.id, mark)
        )
        for number, one in enumerate(several[:BUTTONS], 1)
    ]
    for first in range(0, len(buttons), IN_ROW):
        container.add_item(discord.ui.ActionRow(*buttons[first : first + IN_ROW]))
    return card_post(container, looks, f"{told} of {several[0].podcast_title}")


def plain_digest_post(several: Sequence[Episode], looks: Looks, *, mark: str) -> Post:
    """The same as text without any address, for what Discord refused."""
    told = f"{counted(len(several), 'new episode')} of {one_line(several[0].podcast_title, SHOW) or UNTITLED}"
    cover = "||" if looks.spoiler else ""
    head = "\n".join(part for part in (mention_text(looks, edit=False), f"{cover}**{told}**") if part)
    lines = [f"{number}. {one_line(one.title, TITLE) or UNTITLED}" for number, one in enumerate(several, 1)]
    text = fit_lines(lines, lines, CONTENT - len(head) - len(cover) - 1, MORE)
    button = discord.ui.Button[discord.ui.View](
        label="Chapters", custom_id=chapters_button_id(several[0].id, mark)
    )
    return make_post(
        buttons_below([button]), looks, told, text=f"{head}\n{text}{cover}", suppress_embeds=True
    )


def _lines(number: int, episode: Episode) -> tuple[str, str]:
    """An episode's line, with its link and without."""
    title = one_line(episode.title, TITLE) or UNTITLED
    facts = [discord.utils.format_dt(episode.published, "D")] if episode.published is not None else []
    facts += [duration(episode.duration_s)] if episode.duration_s is not None else []
    rest = "".join(f" · {fact}" for fact in facts)
    address = web_address(episode.link, ADDRESS)
    # Discord shows a masked link as it is written where its words hold an address themselves.
    linked = masked_link(title, address) if address is not None and "://" not in title else title
    return f"**{number}** {linked}{rest}", f"**{number}** {title}{rest}"
