"""`held`: items that looked new in a crowd are listed, released or discarded."""

from __future__ import annotations

from tests.unit.cli.command_line import CommandLine

COUNT = 6


def _publish(cli: CommandLine, name: str) -> str:
    """Serve a feed whose episodes all have this name in their identity; its address."""
    items = "".join(
        f"<item><title>{name} {place}</title><guid>{name}{place}</guid>"
        f"<pubDate>Mon, 0{place + 1} Jun 2026 10:00:00 GMT</pubDate>"
        f"<enclosure url='https://a.example/{name}{place}.mp3' type='audio/mp4' length='1'/></item>"
        for place in range(COUNT)
    )
    body = f"<rss version='2.0'><channel><title>Show</title>{items}</channel></rss>"
    return cli.host.put("/crowd.xml", body)


async def _hold(cli: CommandLine) -> None:
    await cli("add", _publish(cli, "old"))
    _publish(cli, "new")
    assert (await cli("poll", "--json")).json[0]["held"] == COUNT


async def test_they_are_listed_newest_first(cli: CommandLine) -> None:
    await _hold(cli)
    waiting = (await cli("held", "--json")).json
    assert [one["title"] for one in waiting] == [f"new {place}" for place in reversed(range(COUNT))]
    assert (waiting[0]["podcast"], waiting[0]["podcast_id"]) == ("Show", 1)
    assert waiting[0]["published"] == "2026-06-06T10:00:00Z"
    shown = (await cli("held", "show")).out.splitlines()
    assert shown[0] == f"Show (1): {COUNT} items held"
    assert shown[1].startswith("  2026-06-06  new 5: ")


async def test_what_is_released_is_stored_at_once(cli: CommandLine) -> None:
    await _hold(cli)
    [released] = (await cli("held", "--release", "--json")).json
    assert (released["podcast_id"], released["released"]) == (1, COUNT)
    assert released["outcome"].startswith(f"{COUNT} new episodes")
    assert len((await cli("episodes", "--json")).json) == 2 * COUNT
    assert (await cli("held", "--release")).out == "Nothing waits.\n"


async def test_what_is_discarded_is_left_out_for_good(cli: CommandLine) -> None:
    await _hold(cli)
    assert (await cli("held", "--discard")).out == f"Show (1): {COUNT} items discarded\n"
    assert (await cli("held", "--json")).json == []
    assert (await cli("poll", "--json")).json[0]["held"] == 0
    assert len((await cli("episodes", "--json")).json) == COUNT


async def test_a_release_whose_look_fails_is_a_failure(cli: CommandLine) -> None:
    await _hold(cli)
    cli.host.remove("/crowd.xml")
    ended = await cli("held", "--release", "--json")
    assert ended.code == 1
    assert "404" in ended.json[0]["outcome"]
