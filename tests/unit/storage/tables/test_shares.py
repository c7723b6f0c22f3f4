"""Shares: claimed once, counted, found to be gone, and forgotten with their answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from storage.engine.database import Database
from storage.models import Quote, Share, WantedShare
from storage.tables import answers
from storage.tables.answers import keep_answer
from storage.tables.quote_tables import share
from storage.tables.removals import forget_some, record_guild_removed
from storage.tables.shares import (
    claim_share,
    forget_share,
    get_share,
    recent_shares,
    record_posted,
    take_back_share,
)
from tests.unit.storage.material import NOW, ids, item, stored

SECOND = timedelta(seconds=1)
SINCE = (NOW - 3600 * SECOND, NOW - 60 * SECOND)


def _quote(episode_id: int, position: int = 1) -> Quote:
    return Quote(
        episode_id=episode_id,
        position=position,
        speaker="Ada",
        start_ms=1_000,
        end_ms=2_000,
        text="The lamp burns on.",
        match=(4, 14),
        score=0.9,
        highlights=((4, 8), (9, 14)),
    )


@pytest.fixture
async def wanted(db: Database) -> WantedShare:
    """The first quote of an answer, of two."""
    known = await ids(db, await stored(db, item("a"), item("b")))
    quotes = [_quote(known["a"]), _quote(known["b"])]
    answer_id = await keep_answer(db, 1, 5, quotes, NOW)
    return WantedShare(guild_id=1, channel_id=11, member_id=5, answer_id=answer_id, rank=0, quote=quotes[0])


def _never(_: Sequence[Share]) -> None:
    return None


def _any(recent: Sequence[Share]) -> Share | None:
    return next(iter(recent), None)


async def _claim(db: Database, wanted: WantedShare, ago_s: float = 0) -> int:
    claimed = await claim_share(db, wanted, NOW - ago_s * SECOND, _never, since=SINCE)
    assert claimed is not None
    return claimed


async def test_a_share_is_claimed_posted_and_taken_back(db: Database, wanted: WantedShare) -> None:
    share_id = await _claim(db, wanted)
    claimed = Share(
        id=share_id,
        guild_id=1,
        channel_id=11,
        member_id=5,
        shared_at=NOW,
        message_id=None,
        gone_at=None,
        quote=wanted.quote,
    )
    assert await get_share(db, share_id) == claimed
    message_id = 2**62
    await record_posted(db, share_id, message_id)
    assert await get_share(db, share_id) == replace(claimed, message_id=message_id)
    await take_back_share(db, share_id, NOW + SECOND)
    # Pressed twice: the first time counts.
    await take_back_share(db, share_id, NOW + 2 * SECOND)
    assert await get_share(db, share_id) == replace(claimed, message_id=message_id, gone_at=NOW + SECOND)
    assert await get_share(db, share_id + 1) is None


async def test_an_objection_keeps_it_from_being_noted(db: Database, wanted: WantedShare) -> None:
    first = await _claim(db, wanted)
    objected = await claim_share(db, wanted, NOW, _any, since=SINCE)
    assert isinstance(objected, Share)
    assert objected.id == first
    await forget_share(db, first)
    assert isinstance(await claim_share(db, wanted, NOW, _any, since=SINCE), int)


async def test_those_that_were_found_to_be_gone_are_noted(db: Database, wanted: WantedShare) -> None:
    first, second = await _claim(db, wanted, 2), await _claim(db, wanted, 1)

    def standing(recent: Sequence[Share]) -> Share | None:
        return next((one for one in recent if one.gone_at is None), None)

    objected = await claim_share(db, wanted, NOW, standing, since=SINCE, gone={first})
    assert isinstance(objected, Share)
    assert objected.id == second
    assert isinstance(await claim_share(db, wanted, NOW, standing, since=SINCE, gone={first, second}), int)
    assert [one.gone_at for one in await recent_shares(db, wanted, SINCE)] == [None, NOW, NOW]


@pytest.mark.parametrize(
    ("ago_s", "other", "counts"),
    [
        # Of the same episode in this channel, for an hour.
        (3599, {"member_id": 6}, True),
        (3601, {"member_id": 6}, False),
        (3599, {"rank": 1}, False),
        # Of any episode in this channel or by this member, for a minute.
        (59, {"rank": 1, "member_id": 6}, True),
        (59, {"rank": 1, "channel_id": 12}, True),
        (59, {"channel_id": 12, "member_id": 6}, False),
        (61, {"channel_id": 12}, False),
        (0, {"guild_id": 2}, False),
    ],
)
async def test_what_was_shared_of_late_is_found(
    db: Database, wanted: WantedShare, ago_s: int, other: dict[str, Any], counts: bool
) -> None:
    share_id = await _claim(db, replace(wanted, **other), ago_s)
    recent = await recent_shares(db, wanted, SINCE)
    assert [one.id for one in recent] == ([share_id] if counts else [])


async def test_two_processes_share_no_more_than_may_be(db: Database, wanted: WantedShare) -> None:
    def at_most_three(recent: Sequence[Share]) -> str | None:
        return "too many" if len(recent) >= 3 else None

    claimed = await asyncio.gather(
        *(claim_share(db, wanted, NOW, at_most_three, since=SINCE) for _ in range(12))
    )
    assert sum(isinstance(one, int) for one in claimed) == 3
    assert claimed.count("too many") == 9


async def test_shares_go_with_their_answers(
    db: Database, wanted: WantedShare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "KEPT_ANSWERS", 1)
    monkeypatch.setattr(answers, "PRUNED_EVERY", 1)
    share_id = await _claim(db, wanted)
    await keep_answer(db, 1, 5, [wanted.quote], NOW)
    assert await get_share(db, share_id) is None


async def test_shares_go_with_the_server_that_removed_the_bot(db: Database, wanted: WantedShare) -> None:
    share_id = await _claim(db, wanted)
    # Answers that were given by then go everywhere.
    answer_id = await keep_answer(db, 2, 5, [wanted.quote], NOW + timedelta(seconds=1))
    elsewhere = await _claim(db, replace(wanted, guild_id=2, answer_id=answer_id))
    await record_guild_removed(db, 1, NOW)
    while await forget_some(db, NOW, NOW):
        pass
    assert await get_share(db, share_id) is None
    assert await get_share(db, elsewhere) is not None


async def test_what_is_asked_for_is_found_by_an_index(sqlite_db: Database) -> None:
    async with sqlite_db.read() as connection:
        query = sa.select(share.c.id).where(share.c.guild_id == 1, share.c.shared_at > NOW)
        compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        plan = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")).all()
    assert "ix_share_guild_id_shared_at" in str(plan)
