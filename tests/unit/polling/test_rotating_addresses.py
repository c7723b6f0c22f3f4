"""Two hundred looks at a feed whose host writes its addresses, dates and lengths anew: no edit, and nothing new."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from hashlib import sha256

import pytest
import sqlalchemy as sa

from bot.polling import feed_updater
from bot.polling.feed_updater import FeedUpdater
from storage.engine.database import Database
from storage.models import Episode, Sent
from storage.tables.deliveries import due_deliveries
from storage.tables.delivery_outcomes import finish_deliveries
from storage.tables.episodes import list_episodes
from storage.tables.linked_files import pending_files
from storage.tables.schema import follow_up
from tests.fakes.feed_host import FeedHost
from tests.unit.feeds.material import feed_xml
from tests.unit.polling.updating import FEED, followed, now_utc, poll_again

LOOKS = 200
STARTED = now_utc()


def _token(look: int, how: str) -> str:
    if how == "counter":
        return f"t{look}"
    digest = sha256(f"{look}".encode()).hexdigest()
    return {"hash": digest[:24], "time": str(1_764_500_000 + 600 * look), "short": digest[:8] + "1a"}[how]


def _item(number: int, look: int, how: str, title: str, *, guid: bool = True) -> str:
    """An item of which everything that a host may write anew is new at each look."""
    token = _token(look, how)
    published = format_datetime(STARTED - timedelta(days=number) + timedelta(minutes=10) * look)
    identity = f'<guid isPermaLink="false">{number}</guid>' if guid else ""
    return (
        f"<item><title>{title}</title>{identity}<pubDate>{published}</pubDate>"
        f"<link>https://show.example/{token}/episode-{number}?session={token}</link>"
        f'<enclosure url="https://cdn{look % 7}.host.example/{token}/episode-{number}.mp3?sig={token}"'
        f' type="audio/mpeg" length="{1000 + look}"/>'
        f"<itunes:duration>{1800 + look}</itunes:duration>"
        f'<itunes:image href="https://art.example/{token}/{number}.jpg?t={token}"/>'
        f'<podcast:transcript url="https://files.example/{token}/{number}.vtt?sig={token}" type="text/vtt"/>'
        f"<description>&lt;p&gt;About it: &lt;img src='https://art.example/a.png?sig={token}'&gt;&lt;/p&gt;</description>"
        "</item>"
    )


def _feed(look: int, how: str, title: str) -> bytes:
    return feed_xml([_item(1, look, how, title), _item(2, look, how, "The other")])


async def _asked(db: Database) -> int:
    async with db.read() as connection:
        return int(await connection.scalar(sa.select(sa.func.count()).select_from(follow_up)) or 0)


async def _newest(db: Database) -> Episode:
    return max(await list_episodes(db), key=lambda one: one.id)


@pytest.mark.parametrize("how", ["counter", "hash", "time", "short"])
async def test_what_rotates_brings_no_edit_until_something_is_corrected(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    now = STARTED
    monkeypatch.setattr(feed_updater, "_now", lambda: now)
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml([_item(2, 0, how, "The other")])))
    host.put(FEED, _feed(1, how, "Teh title"))
    assert (await poll_again(sqlite_db, updater, podcast)).announced == 1
    [delivery] = await due_deliveries(sqlite_db, now_utc(), 9)
    sent = Sent(delivery.id, 99, now_utc(), form="card", shown="as it was")
    await finish_deliveries(sqlite_db, [sent])
    for look in range(2, LOOKS):
        now += timedelta(minutes=10)
        host.put(FEED, _feed(look, how, "Teh title"))
        poll = await poll_again(sqlite_db, updater, podcast)
        assert (poll.failed, poll.new, poll.changed) == (False, 0, 0)
    assert await _asked(sqlite_db) == 0
    episode = await _newest(sqlite_db)
    token = _token(LOOKS - 1, how)
    addresses = (episode.link, episode.enclosure_url, episode.image_url)
    assert all(token in (one or "") for one in addresses)
    files = await pending_files(sqlite_db, podcast.id, due_at=None, limit=9)
    assert len(files) == 2
    assert all(token in one.link.url for one in files)
    host.put(FEED, _feed(LOOKS, how, "The title"))
    assert (await poll_again(sqlite_db, updater, podcast)).changed == 1
    assert await _asked(sqlite_db) == 1
    assert _token(LOOKS, how) in ((await _newest(sqlite_db)).enclosure_url or "")
