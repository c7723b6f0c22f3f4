"""Audio of a keyed feed is linked in the servers whose moderators say so, and in no other."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

from bot.discord_client.client import Earmark
from bot.quotes import Hit
from cogs.access import Interaction
from cogs.audio_links import as_linked_here, hit_as_linked_here
from storage.engine.database import Database
from storage.tables.guild_podcasts import configure_guild_podcast
from tests.unit.present.material import EPISODE, QUOTE
from tests.unit.storage.material import stored

KEYED = replace(EPISODE, feed_url="https://tea.example/feed?key=1")


def _interaction(db: Database, guild_id: int) -> Interaction:
    bot = Earmark.__new__(Earmark)
    bot.db = db
    return cast("Interaction", SimpleNamespace(guild_id=guild_id, client=bot))


async def test_in_the_servers_whose_moderators_say_so(sqlite_db: Database) -> None:
    podcast_id = await stored(sqlite_db)
    keyed, public = replace(KEYED, podcast_id=podcast_id), replace(EPISODE, podcast_id=podcast_id)
    await configure_guild_podcast(sqlite_db, 10, podcast_id, lambda chosen: replace(chosen, audio=True))
    for guild_id, linked in ((10, True), (20, False)):
        here = _interaction(sqlite_db, guild_id)
        assert (await as_linked_here(here, keyed)).audio_linked == linked
        assert await as_linked_here(here, public) is public
        hit = await hit_as_linked_here(here, Hit(QUOTE, keyed, None))
        assert (hit.url is not None) == linked
