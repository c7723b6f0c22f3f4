"""The commands about who follows what: servers, destinations, remove."""

from __future__ import annotations

from bot.cli import records
from bot.cli.confirmation import confirmed
from bot.cli.context import EXIT_FAILED, Options, open_db, open_services, podcast_id
from bot.cli.output import print_json, print_text
from bot.config import Settings
from bot.lookup import LookupFailedError
from bot.subscriptions import Subscriptions
from bot.text.plurals import counted
from storage.models import Destination, Followers, Podcast
from storage.tables.destinations import all_destinations, followers
from storage.tables.podcasts import get_podcast, list_podcasts

KEPT = "What was read of it, and how its channels show it, is kept for 30 days; adding it again brings that back."


async def servers(options: Options, settings: Settings) -> int:
    """List the servers that follow podcasts."""
    async with open_db(settings) as db:
        found = await all_destinations(db)
    by_server: dict[int, list[Destination]] = {}
    for one in found:
        by_server.setdefault(one.guild_id, []).append(one)
    if options.json:
        print_json([records.server_record(guild_id, there) for guild_id, there in by_server.items()])
        return 0
    for guild_id, there in by_server.items():
        print_text(records.server_line(guild_id, there))
    if not by_server:
        print_text("No server follows a podcast.")
    return 0


async def destinations(options: Options, settings: Settings) -> int:
    """List the channels in which podcasts are announced, with their settings."""
    async with open_db(settings) as db:
        ids = [(await podcast_id(db, options.podcast))] if options.podcast is not None else None
        found = await all_destinations(db, ids)
        titles = {one.id: one.title for one in await list_podcasts(db, {one.podcast_id for one in found})}
    if options.json:
        print_json([records.destination_record(one, titles[one.podcast_id]) for one in found])
        return 0
    for one in found:
        print_text("\n".join(records.destination_lines(one, titles[one.podcast_id])))
    if not found:
        print_text("No channel follows this podcast." if ids else "No channel follows a podcast.")
    return 0


async def remove(options: Options, settings: Settings) -> int:
    """Let nobody follow a podcast any more, after asking."""
    async with open_db(settings) as db:
        podcast = await get_podcast(db, await podcast_id(db, options.podcast))
        if podcast is None:
            raise LookupFailedError("The podcast was removed just now.")
        lost = await followers(db, podcast.id)
        if lost.any:
            if not confirmed(f"{_told(podcast, lost)} Remove it?", done="removed", yes=options.yes):
                return EXIT_FAILED
            async with open_services(db, settings) as reader:
                lost = await Subscriptions(db, reader).stop_everywhere(podcast.id)
    if options.json:
        print_json(records.removed_record(podcast, lost))
    elif lost.any:
        print_text(f"{_told(podcast, lost, was=True)} It is removed. {KEPT}")
    else:
        print_text(f"{podcast.title} ({podcast.id}): nobody follows it. {KEPT}")
    return 0


def _told(podcast: Podcast, lost: Followers, *, was: bool = False) -> str:
    """What removing the podcast ends, or ended."""
    ends = []
    if lost.channels:
        ends.append(f"{counted(lost.channels, 'channel')} of {counted(lost.servers, 'server')}")
    if lost.by_operator:
        ends.append("the command line (`add`)")
    waiting = f" {counted(lost.waiting, 'announcement')} will not be sent any more." if lost.waiting else ""
    return (
        f"{podcast.title} ({podcast.id}), with {counted(podcast.episode_count, 'episode')}, "
        f"{'was' if was else 'is'} followed by {' and '.join(ends)}.{waiting}"
    )
