"""An announcement as a message: a card of components, one line with a link, or plain text as the last resort."""

from __future__ import annotations

from dataclasses import replace

import discord

from bot.play_links import play_link
from bot.present.buttons import announcement_actions, buttons_below
from bot.present.cards import COLOUR, date_and_duration, duration
from bot.present.chapters import chapters_text, quotations_text
from bot.present.post import UNTITLED, Post, card_post, make_post, mention_text
from bot.present.text import (
    CONTENT,
    DISPLAYED,
    escaped,
    linked_title,
    on_one_line,
    one_line,
    web_address,
)
from bot.shown_episodes import is_keyed, shown_announcement
from storage.models import Announcement, AnnouncementStyle, Episode, Looks

SHOW = 100
TITLE = 250
GUEST = 80
GUESTS = 5
BLURB = 700
# A longer one, with its address, would take too much room from the chapters.
LINKED_TITLE = 750
# The most that quotations take where there are chapters too.
QUOTATIONS = 700
ARTWORK_ADDRESS = 2_000
BY_MACHINE = "-# Summaries by machine"
WITHDRAWN = "⚠️ **Withdrawn:** the show does not list this episode any more."


def announcement_post(
    announcement: Announcement, looks: Looks, *, delivery_id: int, edit: bool = False
) -> Post:
    """The announcement in the style that `looks` names; `delivery_id` goes into the custom_ids of its buttons."""
    announcement = _as_chosen(announcement, looks)
    if looks.style is AnnouncementStyle.COMPACT:
        text = _compact_text(announcement, looks)
        return _classic(announcement, looks, text, delivery_id, edit=edit)
    room = DISPLAYED - len(mention_text(looks))
    card = _container(announcement, room, delivery_id, spoiler=looks.spoiler)
    return card_post(card, looks, announcement.episode.title, edit=edit)


def _as_chosen(announcement: Announcement, looks: Looks) -> Announcement:
    """What a server shows of it."""
    announcement = shown_announcement(announcement, audio=looks.audio)
    summaries = looks.summaries if looks.summaries is not None else not is_keyed(announcement.episode)
    return announcement if summaries else replace(announcement, lines=(), overview="")


def plain_post(announcement: Announcement, looks: Looks, *, delivery_id: int, edit: bool = False) -> Post:
    """Plain text without any address, for when Discord rejects the announcement."""
    announcement = _as_chosen(announcement, looks)
    cover = "||" if looks.spoiler else ""
    mention = mention_text(looks)
    before = f"{mention}\n{cover}" if mention else cover
    room = CONTENT - len(before) - len(cover)
    episode = announcement.episode
    parts = [f"**{one_line(episode.podcast_title, SHOW) or 'New episode'}**\n**{_title(episode)}**"]
    if facts := _facts(announcement):
        parts[0] += f"\n{facts}"
    if announcement.withdrawn:
        parts.insert(0, WITHDRAWN)
    parts += _body(announcement, room - sum(len(part) + 2 for part in parts), links=False)
    text = before + "\n\n".join(parts) + cover
    return _classic(announcement, looks, text, delivery_id, edit=edit, plain=True)


def _classic(
    announcement: Announcement, looks: Looks, text: str, delivery_id: int, *, edit: bool, plain: bool = False
) -> Post:
    view = buttons_below(announcement_actions(announcement.episode, delivery_id, links=not plain))
    return make_post(view, looks, announcement.episode.title, text=text, suppress_embeds=plain, edit=edit)


def _container(
    announcement: Announcement, room: int, delivery_id: int, *, spoiler: bool
) -> discord.ui.Container[discord.ui.LayoutView]:
    """The card, its text at most `room` characters long."""
    container = discord.ui.Container[discord.ui.LayoutView](accent_colour=COLOUR, spoiler=spoiler)
    head = _head(announcement)
    artwork = web_address(announcement.episode.image_url, ARTWORK_ADDRESS)
    if artwork is not None:
        container.add_item(discord.ui.Section(head, accessory=discord.ui.Thumbnail(artwork)))
    else:
        container.add_item(discord.ui.TextDisplay(head))
    for place, text in enumerate(_body(announcement, room - len(head), links=True)):
        if place:
            container.add_item(discord.ui.Separator())
        container.add_item(discord.ui.TextDisplay(text))
    container.add_item(discord.ui.ActionRow(*announcement_actions(announcement.episode, delivery_id)))
    return container


def _head(announcement: Announcement) -> str:
    episode = announcement.episode
    title = _title(episode)
    linked = linked_title(title, web_address(episode.link, LINKED_TITLE))
    show = one_line(episode.podcast_title, SHOW)
    lines = [f"-# {show}"] if show else []
    lines.append(f"## {linked if len(linked) <= LINKED_TITLE else title}")
    if announcement.withdrawn:
        lines.append(WITHDRAWN)
    if facts := _facts(announcement):
        lines.append(facts)
    return "\n".join(lines)


def _title(episode: Episode) -> str:
    return one_line(episode.title, TITLE) or UNTITLED


def _facts(announcement: Announcement) -> str:
    facts = date_and_duration(announcement.episode)
    if names := [name for guest in announcement.guests[:GUESTS] if (name := one_line(guest, GUEST))]:
        facts.insert(0, f"with {_listed(names, len(announcement.guests) - GUESTS)}")
    return " · ".join(facts)


def _listed(names: list[str], more: int) -> str:
    bold = [f"**{name}**" for name in names]
    if more > 0:
        return f"{', '.join(bold)} and {more} more"
    return f"{', '.join(bold[:-1])} and {bold[-1]}" if len(bold) > 1 else bold[0]


def _body(announcement: Announcement, room: int, *, links: bool) -> list[str]:
    """What the episode is about, and its chapters: at most `room` characters, two of them between the parts."""
    told = announcement.blurb if on_one_line(announcement.blurb) else announcement.overview
    about = escaped(told.strip(), BLURB) if on_one_line(told) else ""
    by_machine = any(announcement.lines) or (about and told is announcement.overview)
    note = BY_MACHINE if by_machine else ""
    room -= len(about) + len(note) + 2
    limit = min(QUOTATIONS, room // 2) if announcement.chapters else room
    if quotations := quotations_text(announcement, limit - 1, links=links):
        about = f"{about}\n{quotations}" if about else quotations
        room -= len(quotations) + 1
    chapters = chapters_text(announcement, room - 2, links=links)
    return [part for part in (about, chapters, note) if part]


def _compact_text(announcement: Announcement, looks: Looks) -> str:
    """One line and the episode's own address, below which Discord shows a player."""
    episode, cover = announcement.episode, "||" if looks.spoiler else ""
    show, title = one_line(episode.podcast_title, SHOW), _title(episode)
    line = f"**{show}** · {title}" if show else f"**{title}**"
    if episode.duration_s is not None:
        line += f" · {duration(episode.duration_s)}"
    if announcement.withdrawn:
        line = f"{WITHDRAWN} {line}"
    line = f"{cover}{line}{cover}"
    if mention := mention_text(looks):
        line = f"{mention} {line}"
    room = CONTENT - len(line) - 2 * len(cover) - 1
    for url in (episode.video_url, episode.link, play_link(episode, None)):
        if (address := web_address(url, room)) is not None:
            return f"{line}\n{cover}{address}{cover}"
    return line
