"""`servers`, `destinations` and `remove`: what they print, and what removing leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.cli import follower_commands, records
from storage.engine.database import Database, open_database, sqlite_url
from storage.models import AnnouncementStyle, Destination, DestinationKind, Looks, as_text
from storage.tables.deliveries import due_deliveries, plan_delivery
from storage.tables.destinations import add_destination, configure_destination, pause_destination
from storage.tables.podcasts import followed_podcasts
from tests.unit.cli.command_line import CommandLine

# Ids of Discord take more than 53 bits, which a script that reads them as floats would round.
ALPHA, BETA = 2**62 + 1, 2**60 + 3
T = TypeVar("T")
InDatabase = Callable[[Callable[[Database], Awaitable[T]]], Awaitable[T]]


@pytest.fixture
def in_database(tmp_path: Path) -> InDatabase[Any]:
    async def use(work: Callable[[Database], Awaitable[T]]) -> T:
        db = await open_database(sqlite_url(tmp_path / "data" / "earmark.db"))
        try:
            return await work(db)
        finally:
            await db.close()

    return use


async def _channel(db: Database, guild_id: int, channel_id: int) -> Destination:
    now = datetime.now(UTC)
    one, _ = await add_destination(db, 1, guild_id=guild_id, channel_id=channel_id, added_by=5, now=now)
    return one


@pytest.fixture
async def followed(cli: CommandLine, in_database: InDatabase[Any]) -> CommandLine:
    """The sample podcast, followed by `add`, by two channels of Alpha and one of Beta."""
    await cli("add", cli.publish())

    async def follow(db: Database) -> None:
        now = datetime.now(UTC)
        plain = await _channel(db, ALPHA, ALPHA + 10)
        chosen = await _channel(db, ALPHA, ALPHA + 11)
        looks = Looks(AnnouncementStyle.COMPACT, ALPHA + 99, silent=True)
        settings = replace(chosen, looks=looks, open_thread=True, publish=True, tag_ids=(7, ALPHA))
        await configure_destination(db, chosen.id, lambda _: settings)
        paused = await _channel(db, BETA, BETA + 20)
        why = as_text("I lack **Embed Links**")
        await pause_destination(db, paused.id, why, now=now, resume_at=now, gone=False)
        await plan_delivery(db, plain.id, 1, now)

    await in_database(follow)
    return cli


async def test_servers_are_listed_by_id(followed: CommandLine) -> None:
    assert (await followed("servers", "--json")).json == [
        {"guild_id": BETA, "podcasts": 1, "channels": 1},
        {"guild_id": ALPHA, "podcasts": 1, "channels": 2},
    ]
    listed = await followed("servers")
    assert listed.out.splitlines() == [f"{BETA}  1 podcast in 1 channel", f"{ALPHA}  1 podcast in 2 channels"]


async def test_destinations_are_listed_with_their_settings(followed: CommandLine) -> None:
    listed = (await followed("destinations", "--json")).json
    assert listed == (await followed("destinations", "screws", "--json")).json
    usual = {
        "podcast": "Screws Left Over", "podcast_id": 1, "kind": "text", "style": "card", "role_id": None,
        "silent": False, "spoiler": False, "talk": False, "publish": False, "tag_ids": [], "paused": None,
    }  # fmt: skip
    assert listed == [
        usual | {"channel_id": BETA + 20, "guild_id": BETA, "paused": "I lack **Embed Links**"},
        usual | {"channel_id": ALPHA + 10, "guild_id": ALPHA},
        usual
        | {"channel_id": ALPHA + 11, "guild_id": ALPHA, "style": "compact", "role_id": ALPHA + 99}
        | {"silent": True, "talk": True, "publish": True, "tag_ids": [7, ALPHA]},
    ]
    chosen = f"compact, silent, talk, publish, role {ALPHA + 99}, tags 7 {ALPHA}"
    lines = (await followed("destinations")).out.splitlines()
    assert lines == [
        f"{BETA + 20} (text) of server {BETA}  Screws Left Over (1)  card",
        "      paused: I lack **Embed Links**",
        f"{ALPHA + 10} (text) of server {ALPHA}  Screws Left Over (1)  card",
        f"{ALPHA + 11} (text) of server {ALPHA}  Screws Left Over (1)  {chosen}",
    ]


async def test_empty_lists_say_so(cli: CommandLine) -> None:
    for command, told in (
        ("servers", "No server follows a podcast.\n"),
        ("destinations", "No channel follows a podcast.\n"),
        ("podcasts", "No podcast is followed.\n"),
        ("poll", "No podcast is followed.\n"),
        ("episodes", "No episode is stored.\n"),
    ):
        assert (await cli(command)).out == told
        assert (await cli(command, "--json")).json == []
    await cli("add", cli.publish())
    assert (await cli("destinations", "1")).out == "No channel follows this podcast.\n"
    assert (await cli("destinations", "nothing", "--json")).code == 1


@pytest.mark.parametrize("named", ["1", "screws", "the feed", "the feed#latest"])
async def test_removing_ends_it_for_everybody(
    followed: CommandLine, in_database: InDatabase[Any], named: str
) -> None:
    feed = followed.publish()
    ended = await followed("remove", named.replace("the feed", feed), "--yes")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "Screws Left Over (1), with 4 episodes, was followed by 3 channels of 2 servers and the command line "
        "(`add`). 1 announcement will not be sent any more. It is removed. What was read of it, and how its "
        "channels show it, is kept for 30 days; adding it again brings that back.\n"
    )
    assert (await followed("podcasts", "--json")).json == []
    assert (await followed("servers", "--json")).json == (await followed("destinations", "--json")).json == []
    assert await in_database(lambda db: due_deliveries(db, datetime.now(UTC), 9)) == []
    assert await in_database(followed_podcasts) == []
    # What was read is kept, and told.
    listed = await followed("podcasts")
    assert listed.out == (
        "No podcast is followed.\n1 podcast that nobody follows: `podcasts --all` lists what is kept.\n"
    )
    [kept] = (await followed("podcasts", "--all", "--json")).json
    assert (kept["episodes"], kept["followed"]) == (4, False)
    assert "      nobody follows it since 20" in (await followed("podcasts", "--all")).out
    again = (await followed("add", feed, "--json")).json
    assert (again["id"], again["episodes"]) == (1, 4)
    [back] = (await followed("podcasts", "--json")).json
    assert back["followed"]


async def test_removing_is_told_to_scripts(followed: CommandLine) -> None:
    feed = followed.publish()
    removed = (await followed("remove", "1", "--yes", "--json")).json
    lost = {"removed": True, "servers": 2, "channels": 3, "cancelled": 1, "by_operator": True}
    assert removed == {"id": 1, "title": "Screws Left Over", "feed": feed, "episodes": 4, **lost}
    # Again: there is nothing left to do, which is no failure and needs no question.
    again = await followed("remove", "1", "--json")
    lost = {"removed": False, "servers": 0, "channels": 0, "cancelled": 0, "by_operator": False}
    assert again.json == removed | lost
    assert (
        "nobody follows it. What was read of it, and how its channels" in (await followed("remove", "1")).out
    )


@pytest.mark.parametrize("stdin", ["", "y\n"])
@pytest.mark.parametrize("how", [(), ("--json",)])
async def test_without_a_terminal_nothing_is_removed(
    followed: CommandLine, stdin: str, how: tuple[str, ...]
) -> None:
    before = (await followed("destinations", "--json")).json
    ended = await followed("remove", "1", *how, stdin=stdin)
    told = "Nothing was removed: there is no terminal to ask on, so --yes has to say so.\n"
    assert (ended.code, ended.out, ended.err) == (1, "", told)
    assert (await followed("destinations", "--json")).json == before
    assert len((await followed("podcasts", "--json")).json) == 1


@pytest.mark.parametrize(("agreed", "left"), [(True, 0), (False, 3)])
async def test_a_person_is_told_what_would_be_lost(
    followed: CommandLine, monkeypatch: pytest.MonkeyPatch, agreed: bool, left: int
) -> None:
    asked: list[str] = []

    def answer(question: str, *, done: str, yes: bool) -> bool:
        assert (done, yes) == ("removed", False)
        asked.append(question)
        return agreed

    monkeypatch.setattr(follower_commands, "confirmed", answer)
    assert (await followed("remove", "screws")).code == (0 if agreed else 1)
    [question] = asked
    assert question == (
        "Screws Left Over (1), with 4 episodes, is followed by 3 channels of 2 servers and the command line "
        "(`add`). 1 announcement will not be sent any more. Remove it?"
    )
    assert len((await followed("destinations", "--json")).json) == left


async def test_what_is_not_stored_is_not_removed(cli: CommandLine) -> None:
    await cli("add", cli.publish())
    for wanted, told in (
        ("Coffee", "No podcast is called “Coffee”."),
        ("Loose Screws", "No podcast is called “Loose Screws”. The closest: “Screws Left Over” (1)."),
        ("2", "No podcast is called “2”."),
        ("https://feeds.example/a?key=secret", "No podcast is read from https://feeds.example/a?…."),
    ):
        ended = await cli("remove", wanted, "--yes")
        assert (ended.code, ended.out, ended.err) == (1, "", f"{told}\n")


async def test_a_channel_alone_is_named_alone(cli: CommandLine, in_database: InDatabase[Any]) -> None:
    await cli("add", cli.publish())
    only = (await cli("remove", "1", "--yes")).out
    assert "was followed by the command line (`add`). It is removed." in only
    await in_database(lambda db: _channel(db, ALPHA, 10))
    assert "was followed by 1 channel of 1 server. It is removed." in (await cli("remove", "1", "--yes")).out


def test_every_setting_of_a_channel_is_in_its_record() -> None:
    one = Destination(1, 1, 2, 3, DestinationKind.FORUM, Looks(spoiler=True))
    assert records.destination_record(one, "Tea").items() >= {"kind": "forum", "spoiler": True}.items()
    assert records.destination_lines(one, "Tea") == ["3 (forum) of server 2  Tea (1)  card, spoiler"]
