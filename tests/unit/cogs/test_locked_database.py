"""Every command and button while another process writes to the database: promised before it writes, and answered."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.sample import SAMPLE_QUESTIONS
from cogs import shared_messages, sharing
from storage.engine import database
from storage.engine.database import open_database, sqlite_url
from storage.tables.destinations import guild_destinations
from storage.tables.podcasts import list_podcasts
from storage.tables.shares import record_posted
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_messages import FakeUser
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import MANAGER, MEMBER
from tests.unit.cogs.connected_bot import FakeAndBot, connected, presses_end

BUSY = "My database is busy just now, so nothing was changed; try again in a minute."
# As Discord's callback is called that only promises an answer.
PROMISED = {"deferred", "deferred_update"}


@pytest.fixture
async def stage(
    sample_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FakeAndBot]:
    """A bot on a file of which this test knows the name, and which gives up at once where somebody waits."""
    monkeypatch.setattr(database, "HURRY_S", 0.05)
    (tmp_path / "earmark.db").write_bytes(sample_file.read_bytes())
    db = await open_database(sqlite_url(tmp_path / "earmark.db"))
    async with connected(db, tmp_path, monkeypatch) as stage:
        yield stage
    await db.close()


@contextmanager
def locked(tmp_path: Path) -> Iterator[None]:
    other = sqlite3.connect(tmp_path / "earmark.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def _button(shown: FakeAnswer, label: str) -> str:
    return next(str(one.custom_id) for one in shown.buttons if one.label.startswith(label))


async def _told(stage: FakeAndBot, answer: FakeAnswer) -> str:
    await stage[0].wait_for(lambda: answer.followups, what="a sentence after the promise")
    return answer.followups[-1].content


@pytest.mark.parametrize(
    ("who", "name", "options"),
    [
        (MEMBER, "quote", {"words": SAMPLE_QUESTIONS[0]}),
        (MEMBER, "quote", {"words": "xylophone qwerty"}),
        (MEMBER, "episode", {}),
        (MEMBER, "chapters", {"episode": "thirteen"}),
        (MANAGER, "podcast list", {}),
    ],
)
async def test_what_is_read_is_answered(
    stage: FakeAndBot, tmp_path: Path, who: FakeUser, name: str, options: dict[str, Any]
) -> None:
    fake, _ = stage
    before = await fake.command(10, 11, who, name, **options)
    with locked(tmp_path):
        answer = await fake.command(10, 11, who, name, **options)
    assert BUSY not in answer.text
    # Without the buttons of an answer that could not be kept.
    assert before.text.startswith(answer.text)


async def test_a_quote_is_shown_without_the_buttons_that_need_it_kept(
    stage: FakeAndBot, tmp_path: Path
) -> None:
    fake, _ = stage
    # Indexes it.
    await fake.command(10, 11, MEMBER, "quote", words=SAMPLE_QUESTIONS[1])
    with locked(tmp_path):
        found = await fake.command(10, 11, MEMBER, "quote", words=SAMPLE_QUESTIONS[0])
    assert found.ephemeral
    assert [one.label.split(" ")[0] for one in found.buttons if not one.custom_id] == ["Play"]
    assert [one.custom_id for one in found.buttons if one.custom_id] == []
    found = await fake.command(10, 11, MEMBER, "quote", words=SAMPLE_QUESTIONS[0])
    assert _button(found, "Share")


@pytest.mark.parametrize(
    ("option", "name"),
    [("podcast", "quote"), ("episode", "quote"), ("speaker", "quote"), ("podcast", "podcast remove")],
)
async def test_choices_are_offered(stage: FakeAndBot, tmp_path: Path, option: str, name: str) -> None:
    fake, _ = stage
    options: dict[str, Any] = {"words": "x"} if name == "quote" else {}
    with locked(tmp_path):
        offered = await fake.autocomplete(10, 11, MANAGER, name, focused=option, **(options | {option: ""}))
    assert offered.choices
    assert "can't be read" not in offered.text


async def test_a_quote_is_shared_once_the_database_is_free(stage: FakeAndBot, tmp_path: Path) -> None:
    fake, _ = stage
    found = await fake.command(10, 11, MEMBER, "quote", words=SAMPLE_QUESTIONS[0])
    with locked(tmp_path):
        refused = await fake.click(_button(found, "Share"), found)
        # Said at once, as a promise would be to the whole channel.
        assert (refused.kind, refused.ephemeral, refused.text) == ("message", True, BUSY)
    assert fake.messages(11) == []
    shared = await fake.click(_button(found, "Share"), found)
    [message] = fake.messages(11)
    assert message is shared.message


async def test_a_shared_quote_is_taken_back_all_the_same(stage: FakeAndBot, tmp_path: Path) -> None:
    fake, _ = stage
    found = await fake.command(10, 11, MEMBER, "quote", words=SAMPLE_QUESTIONS[0])
    shared = await fake.click(_button(found, "Share"), found)
    await presses_end()
    with locked(tmp_path):
        assert (await fake.click(_button(shared, "Take back"), shared)).kind in PROMISED
    assert fake.messages(11) == []
    # That it is gone is found out, as it could not be noted.
    await fake.click(_button(found, "Share"), found)
    assert len(fake.messages(11)) == 1


async def test_a_quote_whose_message_could_not_be_noted_is_found_again(
    stage: FakeAndBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, _ = stage
    found = await fake.command(10, 11, MEMBER, "quote", words=SAMPLE_QUESTIONS[0])

    async def while_locked(*what: Any) -> None:
        with locked(tmp_path):
            await record_posted(*what)

    monkeypatch.setattr(sharing, "record_posted", while_locked)
    shared = await fake.click(_button(found, "Share"), found)
    assert not shared.ephemeral
    await presses_end()
    # Whether it is still under way is not known at first.
    assert await _pressed_again(fake, found) == shared_messages.BEING_SHARED
    assert shared.message is not None
    with monkeypatch.context() as later:
        later.setattr(shared_messages, "POSTED_WITHIN", timedelta(0))
        assert await _pressed_again(fake, found) == (
            f"This quote stands here already: https://discord.com/channels/10/11/{shared.message.id}"
        )
    await fake.click(_button(shared, "Take back"), shared)
    assert fake.messages(11) == []


async def _pressed_again(fake: FakeDiscord, found: FakeAnswer) -> str:
    again = await fake.click(_button(found, "Share"), found)
    assert again.ephemeral
    return again.text


async def test_nothing_is_followed_posted_changed_or_removed(stage: FakeAndBot, tmp_path: Path) -> None:
    fake, bot = stage
    [destination] = await guild_destinations(bot.db, 10)
    [podcast] = await list_podcasts(bot.db)
    address = podcast.feed_url
    added = await fake.command(10, 11, MANAGER, "podcast add", feed=address)
    await fake.wait_for(lambda: added.followups)
    asked = await fake.command(10, 11, MANAGER, "podcast remove", podcast=podcast.title)
    with locked(tmp_path):
        for answer in [
            await fake.command(10, 11, MANAGER, "podcast add", feed=address),
            await fake.command(10, 11, MANAGER, "podcast looks", podcast=podcast.title, silent=True),
            await fake.click(_button(added, "Post"), added, MANAGER),
        ]:
            assert answer.kind in PROMISED
            assert answer.text == BUSY
        removing = await fake.click(_button(asked, "Stop"), asked, MANAGER)
        assert removing.kind in PROMISED
        assert await _told(stage, removing) == BUSY
    assert await guild_destinations(bot.db, 10) == [destination]
    assert fake.messages(11) == []
