"""Answers that are kept for their buttons."""

from __future__ import annotations

import pytest

from storage.engine.database import Database
from storage.models import Quote
from storage.tables import answers
from storage.tables.answers import answer_quotes, keep_answer
from storage.tables.quote_tables import answer
from tests.unit.storage.material import NOW, ids, item, stored


@pytest.fixture
async def quotes(db: Database) -> list[Quote]:
    """Two quotes of an episode."""
    episode_id = (await ids(db, await stored(db, item("a"))))["a"]
    return [
        Quote(
            episode_id=episode_id,
            position=position,
            speaker="Ada",
            start_ms=1_000,
            end_ms=None,
            text="The lamp burns on.",
            match=(4, 14),
            score=0.9,
            highlights=((4, 8), (9, 14)),
        )
        for position in (3, 1)
    ]


async def test_an_answer_is_its_askers_in_its_server_alone(db: Database, quotes: list[Quote]) -> None:
    answer_id = await keep_answer(db, 1, 5, quotes, NOW)
    assert await answer_quotes(db, answer_id, 1, 5) == quotes
    assert await answer_quotes(db, answer_id, 2, 5) == []
    assert await answer_quotes(db, answer_id, 1, 6) == []
    assert await answer_quotes(db, answer_id + 1, 1, 5) == []


async def test_an_answer_of_an_earlier_version_is_anybodys_in_its_server(
    db: Database, quotes: list[Quote]
) -> None:
    answer_id = await keep_answer(db, 1, 5, quotes, NOW)
    async with db.write() as connection:
        await connection.execute(answer.update().values(member_id=None))
    assert await answer_quotes(db, answer_id, 1, 6) == quotes
    assert await answer_quotes(db, answer_id, 2, 6) == []


async def test_old_answers_are_forgotten_now_and_then(
    db: Database, quotes: list[Quote], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "KEPT_ANSWERS", 2)
    monkeypatch.setattr(answers, "PRUNED_EVERY", 4)
    kept = [await keep_answer(db, 1, 5, quotes, NOW) for _ in range(5)]
    assert kept == [1, 2, 3, 4, 5]
    assert [bool(await answer_quotes(db, one, 1, 5)) for one in kept] == [False, False, True, True, True]
