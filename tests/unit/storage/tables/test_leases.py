"""Which process looks at which podcast."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from storage.engine.database import Database
from storage.models import as_text
from storage.tables.feed_updates import record_look
from storage.tables.leases import claim_due, lease_owners, next_due_at, release_leases, renew_leases
from tests.unit.storage.material import FEED, NOW, followed, item, look, stored

DUE = NOW + timedelta(minutes=10)
LEASE = timedelta(seconds=20)


async def _claim(
    db: Database,
    now: datetime = DUE,
    owner: str = "me",
    limit: int = 10,
    per_host: int = 10,
    busy: tuple[str, ...] = (),
) -> list[int]:
    claimed = await claim_due(
        db, owner, now=now, until=now + LEASE, limit=limit, per_host=per_host, busy_hosts=busy
    )
    return sorted(one.id for one in claimed)


async def test_claimed_are_the_followed_whose_time_has_come_longest_due_first(db: Database) -> None:
    assert await next_due_at(db) is None
    first = await stored(db, item("a"))
    second = await stored(db, item("a"), feed_url="https://feeds.example/second.xml")
    await stored(db, item("a"), feed_url="https://feeds.example/third.xml", by_operator=False)
    paused = await stored(db, item("a"), feed_url="https://feeds.example/gone.xml")
    earlier = DUE - timedelta(minutes=1)
    await record_look(db, second, look(next_poll_at=earlier))
    await record_look(db, paused, look(failed=True, pause=as_text("it is gone"), next_poll_at=NOW))
    assert await next_due_at(db) == earlier
    assert await _claim(db, NOW) == []
    assert await _claim(db, limit=1) == [second]
    assert await _claim(db) == [first]
    assert await _claim(db) == []


async def test_what_is_held_comes_free_when_it_is_recorded_released_or_over(db: Database) -> None:
    podcast_id = await stored(db, item("a"), by_operator=False)
    await followed(db, podcast_id, 10)
    assert await _claim(db) == [podcast_id]
    assert await lease_owners(db) == ["me"]
    assert await _claim(db, owner="other") == []
    assert await next_due_at(db) == DUE + LEASE

    await renew_leases(db, "me", [podcast_id], DUE + 2 * LEASE)
    assert await _claim(db, DUE + LEASE, owner="other") == []
    assert await _claim(db, DUE + 2 * LEASE, owner="other") == [podcast_id]
    # Who lost it renews nothing.
    await renew_leases(db, "me", [podcast_id], DUE + timedelta(days=1))
    assert await next_due_at(db) == DUE + 3 * LEASE

    await release_leases(db, ["me", "other"])
    assert await lease_owners(db) == []
    assert await _claim(db) == [podcast_id]
    await record_look(db, podcast_id, look(now=DUE))
    assert await lease_owners(db) == []
    assert await next_due_at(db) == DUE + timedelta(minutes=10)


async def test_one_host_does_not_take_up_every_look(db: Database) -> None:
    crowded = [await stored(db, item("a"), feed_url=f"https://ME:x@one.example/{n}") for n in range(4)]
    other = await stored(db, item("a"), feed_url=FEED)
    assert await _claim(db, busy=("one.example",)) == [other]
    assert await _claim(db, per_host=2) == crowded[:2]
    assert await next_due_at(db, busy_hosts=["one.example"]) == DUE + LEASE
    assert await _claim(db, limit=9, per_host=9) == crowded[2:]


async def test_of_many_that_claim_at_once_each_gets_its_own(db: Database) -> None:
    made = [await stored(db, item("a"), feed_url=f"https://feeds.example/{n}") for n in range(12)]
    claims = await asyncio.gather(*(_claim(db, owner=f"process {n}", limit=4) for n in range(4)))
    taken = [podcast_id for claim in claims for podcast_id in claim]
    assert len(taken) == len(set(taken))
    taken += await _claim(db, owner="last", limit=12)
    assert sorted(taken) == made
