"""An announcement as Discord takes it: a card of components, a line with a link, or plain text as the last resort."""

from __future__ import annotations

import discord

from bot.play_links import play_link
from bot.present.buttons import announcement_actions, buttons_below
from bot.present.cards import COLOUR, duration
from bot.present.chapters import chapters_text, summary_text
from bot.present.post import UNTITLED, Post, card_post, make_post, mention_text
from bot.present.text import (
    CONTENT,
    DISPLAYED,
    escaped,
    masked_link,
    on_one_line,
    one_line,
    web_address,
)
from storage.models import Announcement, AnnouncementStyle, Episode, Looks

SHOW = 100
TITLE = 250
GUEST = 80
GUESTS = 5
BLURB = 700
# An address in the title takes room from the chapters.
LINKED_TITLE = 750
# So much of the room goes to what stands for the notes, where there are chapters too.
SUMMARY = 800
ARTWORK_ADDRESS = 2_000
WITHDRAWN = "⚠️ **Withdrawn:** the show does not list this episode any more."


def announcement_post(what: Announcement, looks: Looks, *, delivery_id: int, edit: bool = False) -> Post:
    """The announcement in the style that `looks` names; `delivery_id` goes into the custom_ids of its buttons."""
    if looks.style is AnnouncementStyle.COMPACT:
        return _classic(what, looks, _compact_text(what, looks, edit=edit), delivery_id, edit=edit)
    room = DISPLAYED - len(mention_text(looks, edit=edit))
    return card_post(
        _container(what, room, delivery_id, spoiler=looks.spoiler), looks, what.episode.title, edit=edit
    )


def plain_post(what: Announcement, looks: Looks, *, delivery_id: int, edit: bool = False) -> Post:
    """Text without any address, for what Discord refused or where no card can be shown."""
    cover = "||" if looks.spoiler else ""
    mention = mention_text(looks, edit=edit)
    before = f"{mention}\n{cover}" if mention else cover
    room = CONTENT - len(before) - len(cover)
    episode = what.episode
    parts = [f"**{one_line(episode.podcast_title, SHOW) or 'New episode'}**\n**{_title(episode)}**"]
    if facts := _facts(what):
        parts[0] += f"\n{facts}"
    if what.withdrawn:
        parts.insert(0, WITHDRAWN)
    parts += _body(what, room - sum(len(part) + 2 for part in parts), links=False)
    text = before + "\n\n".join(parts) + cover
    return _classic(what, looks, text, delivery_id, edit=edit, plain=True)


def _classic(
    what: Announcement, looks: Looks, text: str, delivery_id: int, *, edit: bool, plain: bool = False
) -> Post:
    view = buttons_below(announcement_actions(what.episode, delivery_id, links=not plain))
    return make_post(view, looks, what.episode.title, text=text, suppress_embeds=plain, edit=edit)


def _container(
    what: Announcement, room: int, delivery_id: int, *, spoiler: bool
) -> discord.ui.Container[discord.ui.LayoutView]:
    """The card, with at most `room` characters in it."""
    container = discord.ui.Container[discord.ui.LayoutView](accent_colour=COLOUR, spoiler=spoiler)
    head = _head(what)
    artwork = web_address(what.episode.image_url, ARTWORK_ADDRESS)
    if artwork is not None:
        container.add_item(discord.ui.Section(head, accessory=discord.ui.Thumbnail(artwork)))
    else:
        container.add_item(discord.ui.TextDisplay(head))
    for place, text in enumerate(_body(what, room - len(head), links=True)):
        if place:
            container.add_item(discord.ui.Separator())
        container.add_item(discord.ui.TextDisplay(text))
    container.add_item(discord.ui.ActionRow(*announcement_actions(what.episode, delivery_id)))
    return container


def _head(what: Announcement) -> str:
    episode = what.episode
    title = _title(episode)
    address = web_address(episode.link, LINKED_TITLE)
    # Discord shows a masked link as it is written where its words hold an address themselves.
    if address is not None and "://" not in title:
        linked = masked_link(title, address)
        title = linked if len(linked) <= LINKED_TITLE else title
    show = one_line(episode.podcast_title, SHOW)
    lines = [f"-# {show}"] if show else []
    lines.append(f"## {title}")
    if what.withdrawn:
        lines.append(WITHDRAWN)
    if facts := _facts(what):
        lines.append(facts)
    return "\n".join(lines)


def _title(episode: Episode) -> str:
    return one_line(episode.title, TITLE) or UNTITLED


def _facts(what: Announcement) -> str:
    episode, facts = what.episode, []
    if names := [name for guest in what.guests[:GUESTS] if (name := one_line(guest, GUEST))]:
        facts.append(f"with {_listed(names, len(what.guests) - GUESTS)}")
    if episode.published is not None:
        facts.append(discord.utils.format_dt(episode.published, "D"))
    if episode.duration_s is not None:
        facts.append(duration(episode.duration_s))
    return " · ".join(facts)


def _listed(names: list[str], more: int) -> str:
    bold = [f"**{name}**" for name in names]
    if more > 0:
        return f"{', '.join(bold)} and {more} more"
    return f"{', '.join(bold[:-1])} and {bold[-1]}" if len(bold) > 1 else bold[0]


def _body(what: Announcement, room: int, *, links: bool) -> list[str]:
    """What the episode is about, and its chapters, in at most `room` characters with two between them."""
    about = escaped(what.blurb.strip(), BLURB) if on_one_line(what.blurb) else ""
    room -= len(about)
    shown: set[str] = set()
    if not about or not what.chapters:
        limit = min(SUMMARY, room // 2) if what.chapters else room
        if summary := summary_text(what, limit - 1, links=links):
            about = f"{about}\n{summary}" if about else summary
            room -= len(summary) + 1
            shown = {one.text for one in what.summary}
    chapters = chapters_text(what, room - 2, links=links, but=shown)
    return [part for part in (about, chapters) if part]


def _compact_text(what: Announcement, looks: Looks, *, edit: bool) -> str:
    """A line and the episode's own address, for which Discord shows its player."""
    episode, cover = what.episode, "||" if looks.spoiler else ""
    show, title = one_line(episode.podcast_title, SHOW), _title(episode)
    line = f"**{show}** · {title}" if show else f"**{title}**"
    if episode.duration_s is not None:
        line += f" · {duration(episode.duration_s)}"
    if what.withdrawn:
        line = f"{WITHDRAWN} {line}"
    line = f"{cover}{line}{cover}"
    if mention := mention_text(looks, edit=edit):
        line = f"{mention} {line}"
    room = CONTENT - len(line) - 2 * len(cover) - 1
    for url in (episode.video_url, episode.link, play_link(episode, None)):
        if (address := web_address(url, room)) is not None:
            return f"{line}\n{cover}{address}{cover}"
    return line
