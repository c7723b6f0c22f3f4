"""Two hundred looks at a feed whose host writes its addresses, dates and lengths anew: no edit, and nothing new."""

from __future__ import annotations

from collections.abc import Sequence
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
WAYS = ("counter", "hash", "time", "short")
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


def _feed(look: int, titles: Sequence[str]) -> bytes:
    """One item for each title, rotating in one way each, and one that is never corrected."""
    items = [
        _item(number, look, how, title)
        for number, (how, title) in enumerate(zip(WAYS, titles, strict=False), start=1)
    ]
    return feed_xml([*items, _item(len(WAYS) + 1, look, WAYS[0], "The other")])


async def _asked(db: Database) -> int:
    async with db.read() as connection:
        return int(await connection.scalar(sa.select(sa.func.count()).select_from(follow_up)) or 0)


async def _rotating(db: Database) -> list[Episode]:
    """The episodes that are corrected at the end, in the order of WAYS."""
    return sorted(await list_episodes(db), key=lambda one: one.id)[1:]


async def test_what_rotates_brings_no_edit_until_something_is_corrected(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong, right = ([f"{word} title by {how}" for how in WAYS] for word in ("Teh", "The"))
    now = STARTED
    monkeypatch.setattr(feed_updater, "_now", lambda: now)
    podcast = await followed(sqlite_db, updater, host.put(FEED, _feed(0, [])))
    # One after the other, as each is announced by itself.
    for look in range(1, len(WAYS) + 1):
        host.put(FEED, _feed(look, wrong[:look]))
        assert (await poll_again(sqlite_db, updater, podcast)).announced == 1
        [delivery] = await due_deliveries(sqlite_db, now_utc(), 9)
        sent = Sent(delivery.id, 98 + look, now_utc(), form="card", shown="as it was")
        await finish_deliveries(sqlite_db, [sent])
    for look in range(len(WAYS) + 1, LOOKS):
        now += timedelta(minutes=10)
        host.put(FEED, _feed(look, wrong))
        poll = await poll_again(sqlite_db, updater, podcast)
        assert (poll.failed, poll.new, poll.changed) == (False, 0, 0)
    assert await _asked(sqlite_db) == 0
    for how, episode in zip(WAYS, await _rotating(sqlite_db), strict=True):
        addresses = (episode.link, episode.enclosure_url, episode.image_url)
        assert all(_token(LOOKS - 1, how) in (one or "") for one in addresses)
    files = await pending_files(sqlite_db, podcast.id, due_at=None, limit=9)
    assert len(files) == len(WAYS) + 1
    assert {one.link.url.split("/")[3] for one in files} == {_token(LOOKS - 1, how) for how in WAYS}
    host.put(FEED, _feed(LOOKS, right))
    assert (await poll_again(sqlite_db, updater, podcast)).changed == len(WAYS)
    assert await _asked(sqlite_db) == len(WAYS)
    for how, episode in zip(WAYS, await _rotating(sqlite_db), strict=True):
        assert _token(LOOKS, how) in (episode.enclosure_url or "")
