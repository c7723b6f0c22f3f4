"""What a poll found, in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.feeds.changes.announcing import BASELINE, NEW
from bot.feeds.changes.decide import Decision
from bot.feeds.changes.episode_matching import EDITED
from bot.polling.feed_outcomes import NOTES_UNREAD, found
from bot.status_messages.sentences import sentence
from storage.models import EpisodeChange, HeldItem
from tests.unit.storage.material import item

NOW = datetime(2026, 3, 1, tzinfo=UTC)
A_NEW_ONE = EpisodeChange(item("new"), None, True, NEW(), NOW)
AN_EDITED_ONE = EpisodeChange(item("known"), 1, False, EDITED(), NOW)
A_HELD_ONE = HeldItem("held", "Held", None, BASELINE())


@pytest.mark.parametrize(
    ("decision", "baseline", "told"),
    [
        (Decision(), False, "nothing new"),
        (Decision((A_NEW_ONE,)), True, "added with 1 episode"),
        (Decision((A_NEW_ONE, AN_EDITED_ONE)), False, "1 new episode, 1 changed"),
        (Decision((AN_EDITED_ONE,), moved=1), False, "1 known again under a new id"),
        (
            Decision(held=(A_HELD_ONE, A_HELD_ONE)),
            False,
            "2 held, as most of the feed looks new at once",
        ),
    ],
    ids=["nothing", "baseline", "new and edited", "moved", "held"],
)
def test_what_was_found_is_counted(decision: Decision, baseline: bool, told: str) -> None:
    assert sentence(found(decision, (), baseline=baseline)) == told
    remarked = sentence(found(decision, (NOTES_UNREAD(count=1),), baseline=baseline))
    assert remarked.startswith(f"{told}; ")
