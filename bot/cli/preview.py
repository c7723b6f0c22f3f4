"""`preview`: the announcement of an episode as it would be sent, without sending it."""

from __future__ import annotations

from bot.announcing.messages.content import AnnouncementLoader
from bot.cli.context import Options, episode_named, open_db
from bot.cli.output import print_json, print_text
from bot.config import Settings
from bot.lookup import LookupFailedError
from bot.present.announcement import announcement_post
from bot.present.buttons import NO_DELIVERY
from bot.present.terminal import message_lines
from storage.models import AnnouncementStyle, Looks


async def print_preview(options: Options, settings: Settings) -> int:
    """Print the message as JSON, or as it will look."""
    async with open_db(settings) as db:
        episode = await episode_named(db, options.episode)
        what = await AnnouncementLoader(db).load(episode.id)
    if what is None:
        raise LookupFailedError(f"The episode “{episode.title}” was removed just now.")
    post = announcement_post(what, Looks(style=AnnouncementStyle(options.style)), delivery_id=NO_DELIVERY)
    if options.json:
        print_json(post.body())
    else:
        print_text("\n".join(message_lines(post.body())))
    return 0
