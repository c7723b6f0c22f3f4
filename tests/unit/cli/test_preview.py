"""`preview`: an announcement as Discord would take it."""

from __future__ import annotations

import re

import pytest

from tests.fakes.discord_message_rules import Shape, message_violations
from tests.fakes.discord_messages import COMPONENTS_V2
from tests.fakes.discord_schema import schema_violations
from tests.unit.cli.command_line import CommandLine
from tests.unit.show_notes.shared_data import DATA


async def test_an_announcement_is_previewed_as_it_would_be_sent(cli: CommandLine) -> None:
    await cli("add", cli.publish())
    card = (await cli("preview", "The Clock That Struck Thirteen", "--json")).json
    assert card["flags"] == COMPONENTS_V2
    assert [one.sentence() for one in message_violations(card, Shape.CREATE)] == []
    (container,) = card["components"]
    assert "8:10" in container["components"][-2]["content"]
    line = (await cli("preview", "Clock", "--style", "compact", "--json")).json
    assert line["content"].endswith("/episodes/4")
    shown = await cli("preview", "Clock")
    assert (shown.code, shown.err) == (0, "")
    assert "│    8:10 Counting the screws  → http" in shown.out
    assert "[ Play ]  [ Chapters ]  [ Search this episode ]  [ Transcript ]" in shown.out
    unknown = await cli("preview", "Nothing of the kind")
    assert (unknown.code, unknown.out) == (1, "")
    assert unknown.err.startswith("No episode is called “Nothing of the kind”.")
    assert (await cli("preview", "Clock", "--style", "loud")).code == 2


@pytest.mark.parametrize("name", ["latent-space-2024-02.xml", "latent-space-2024-12.xml"])
async def test_real_episodes_are_previewed_as_discord_would_take_them(cli: CommandLine, name: str) -> None:
    feed = DATA / "feeds" / name
    if not feed.exists():
        pytest.skip(f"shared data is missing: {name}")
    await cli("add", str(feed))
    # Every eighth, as each takes four commands; `make bench-fit` has the rare cases.
    for episode in (await cli("episodes", "--json")).json[::8]:
        number = str(episode["id"])
        for style in ("card", "compact"):
            ended = await cli("preview", number, "--style", style, "--json")
            assert ended.code == 0, ended.err
            violations = message_violations(ended.json, Shape.CREATE)
            assert [one.sentence() for one in violations] == [], episode["title"]
            assert list(schema_violations("POST", "/channels/{channel_id}/messages", ended.json)) == []
        told = " ".join((await cli("preview", number)).out.replace("\n│", " ").split())
        chapters = (await cli("chapters", number, "--json")).json
        shown = sum(" ".join(one["title"].split())[:60] in told for one in chapters)
        more = re.search(r" \+ (\d+) more ", told)
        assert shown + int(more[1] if more else 0) == len(chapters), told
