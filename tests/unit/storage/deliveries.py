"""What tests of deliveries do over and over."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.engine.database import Database
from storage.models import Delivery, DeliveryState, as_text
from storage.tables.deliveries import plan_delivery
from storage.tables.delivery_outcomes import postpone_delivery
from storage.tables.delivery_queue import DeliveryQueue
from storage.tables.destinations import remove_destinations
from storage.tables.podcasts import list_podcasts
from tests.unit.storage.material import NOW

SETTLED_AFTER = timedelta(minutes=5)
LATER = NOW + SETTLED_AFTER


def delivery_queue(db: Database) -> DeliveryQueue:
    """The queue of deliveries."""
    return DeliveryQueue(db, settled_after=SETTLED_AFTER)


async def again(db: Database, delivery: Delivery) -> Delivery:
    """The delivery, as it is stored now."""
    found, made = await plan_delivery(db, delivery.destination_id, delivery.episode_id, LATER)
    assert not made
    return found


async def begin(db: Database, now: datetime = NOW) -> list[Delivery]:
    """Claim all that is due, for no longer than this very moment."""
    return await delivery_queue(db).claim("me", now=now, until=now, limit=9)


async def postpone(db: Database, delivery: Delivery, state: DeliveryState, error: str) -> None:
    """An attempt failed, and is made again later."""
    await postpone_delivery(db, delivery.id, state=state, error=as_text(error), next_try_at=LATER, now=NOW)


async def removed(db: Database) -> int:
    """Let the server 1 stop following the one podcast; its id."""
    [podcast] = await list_podcasts(db)
    removal = await remove_destinations(db, guild_id=1, podcast_id=podcast.id, now=NOW)
    assert len(removal.destinations) == 1
    return podcast.id
