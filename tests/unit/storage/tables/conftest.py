"""What several tests of tables begin with."""

from __future__ import annotations

import pytest

from storage.engine.database import Database
from storage.models import Delivery
from storage.tables.deliveries import plan_delivery
from tests.unit.storage.material import NOW, followed, ids, item, stored


@pytest.fixture
async def delivery(db: Database) -> Delivery:
    """A planned delivery of the episode "a" to the channel 10 of the server 1."""
    podcast_id = await stored(db, item("a"))
    destination = await followed(db, podcast_id, 10)
    planned, made = await plan_delivery(db, destination.id, (await ids(db, podcast_id))["a"], NOW)
    assert made
    return planned
