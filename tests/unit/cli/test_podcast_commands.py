"""`add`, `poll`, `podcasts` and `held`: what they print, and how they end."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.sample import sample_feed
from storage.engine.database import open_database, sqlite_url
from storage.tables.feed_updates import note_false_304
from tests.unit.cli.command_line import CommandLine


async def test_each_prints_its_json(cli: CommandLine) -> None:
    feed = cli.publish(3)
    added = (await cli("add", feed, "--json")).json
    assert added == {
        "id": 1, "title": "Screws Left Over", "feed": feed, "episodes": 3, "chapters": 3, "transcripts": 2,
        "warnings": [],
    }  # fmt: skip
    unchanged = {
        "id": 1, "title": "Screws Left Over", "outcome": "unchanged",
        "new": 0, "changed": 0, "announced": 0, "held": 0,
    }  # fmt: skip
    assert (await cli("poll", "--json")).json == [unchanged]
    cli.publish(4)
    polled = (await cli("poll", "--json")).json
    assert polled == [unchanged | {"outcome": "1 new episode", "new": 1, "announced": 1}]
    [podcast] = (await cli("podcasts", "--json")).json
    assert podcast["last_check"] < podcast["next_check"]
    assert (
        podcast.items()
        >= {
            "id": 1,
            "title": "Screws Left Over",
            "feed": feed,
            "episodes": 4,
            "last_outcome": "1 new episode",
            "next_check_reason": "every 10 min",
            "paused": None,
            "held": 0,
            "chapters": "4 of 4: 4 notes",
            "transcripts": "3 of 4: 1 JSON, 1 notes, 1 VTT",
        }.items()
    )
    assert (await cli("held", "--json")).json == []


async def test_each_prints_lines_for_people(cli: CommandLine) -> None:
    feed = cli.publish()
    for arguments, expected in (
        (("podcasts",), "No podcast is followed."),
        (("held",), "Nothing waits."),
        (("add", feed), "4 episodes, 4 with chapters, 3 with transcripts"),
        (("add", feed), "unchanged"),
        (("poll",), "Screws Left Over (1): unchanged"),
        (("podcasts",), "(4 episodes)"),
    ):
        ended = await cli(*arguments)
        assert (ended.code, ended.err) == (0, "")
        assert expected in ended.out


async def test_spellings_of_an_address_name_one_podcast(cli: CommandLine) -> None:
    feed = cli.publish(3)
    for spelling in (feed, f"{feed}?utm_source=x", feed.replace("http", "feed", 1), f"{feed}#top"):
        added = (await cli("add", spelling, "--json")).json
        assert (added["id"], added["feed"]) == (1, feed)
    assert (await cli("episodes", feed.replace("http", "https"), "--json")).code == 0
    removed = await cli("remove", f"{feed}?fbclid=1", "--yes")
    assert removed.code == 0
    assert (await cli("podcasts", "--json")).json == []


async def test_a_page_leads_to_its_feed_or_to_a_list_of_them(cli: CommandLine) -> None:
    feed = cli.publish(3)
    link = '<link rel="alternate" type="application/rss+xml" title="{}" href="{}">'
    one = cli.host.put("/one", link.format("Screws", "/feed.xml"), content_type="text/html")
    added = await cli("add", f"see <{one}>", "--json")
    assert (added.code, added.json["feed"]) == (0, feed)
    assert f"The page names its feed, which is followed: {feed}\n" in (await cli("add", one)).out
    page = link.format("Screws", "/feed.xml") + link.format("", "/s/8f3c9ab2d47e61/rss")
    several = cli.host.put("/several", page, content_type="text/html")
    told = f"{several} names 2 feeds: add the one that you mean.\n"
    listed = await cli("add", several)
    assert (listed.code, listed.err) == (1, told)
    # What may be a key is shown to nobody.
    masked = cli.host.url("/s/…/rss")
    assert listed.out.splitlines() == [f"Screws: {feed}", f"Untitled: {masked}"]
    as_json = await cli("add", several, "--json")
    assert (as_json.code, as_json.err) == (1, told)
    assert as_json.json == {
        "error": told.strip(),
        "feeds": [{"title": "Screws", "address": feed}, {"title": "", "address": masked}],
    }
    assert len((await cli("podcasts", "--json")).json) == 1


async def test_an_address_is_taken_as_it_is_pasted(cli: CommandLine, tmp_path: Path) -> None:
    feed = cli.publish(3)
    bare = feed.removeprefix("http://")
    for pasted in (
        bare,
        f"feed:{bare}",
        f"pcast://{bare}",
        f"“{feed}”",
        f"[Screws]({feed}) is new",
        f"{feed}?",
    ):
        added = (await cli("add", pasted, "--json")).json
        assert (added["id"], added["feed"]) == (1, feed), pasted
    # A file may be called like a host.
    file = tmp_path / "tides.example"
    file.write_text(
        "<rss version='2.0'><channel><title>Tides.example</title><item><title>One</title>"
        "<enclosure url='https://a.example/1.mp3' type='audio/mp4' length='1'/></item></channel></rss>"
    )
    assert (await cli("add", "tides.example", "--json")).json["feed"] == file.as_uri()
    # And a podcast like either.
    assert (await cli("episodes", "tides.example", "--json")).code == 0


async def test_what_is_no_feed_is_told_in_one_sentence_and_stores_nothing(
    cli: CommandLine, tmp_path: Path
) -> None:
    feed = cli.publish(3)
    whole = sample_feed(cli.host.base_url, now=datetime.now(UTC))
    (tmp_path / "cut.xml").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "binary.xml").write_bytes(bytes(range(256)))
    empty = "<rss version='2.0'><channel><title>Blog</title><item><title>Post</title></item></channel></rss>"
    for address, sentence in (
        (
            cli.host.put("/page", "<html><body>Hello</body></html>", content_type="text/html"),
            "no podcast feed but a web page",
        ),
        (cli.host.put("/data", "{}", content_type="application/json"), "no podcast feed: it is JSON"),
        ("https://open.spotify.com/show/1", "This is a page of Spotify"),
        (cli.host.put("/cut.xml", whole[: len(whole) // 2]), "ends in the middle"),
        (cli.host.put("/empty", ""), "it is empty"),
        (cli.host.put("/blog.xml", empty), "has no episodes"),
        (cli.host.url("/missing"), "the host answered 404"),
        ("http://127.0.0.1:1/feed", "can't be reached"),
        ("http://[::1/feed", "This http:// address can't lead to a feed"),
        ("ftp://host/feed", "This ftp:// address can't lead to a feed"),
        (str(tmp_path / "nothing.xml"), "neither an http(s) address nor a file"),
        ("~nobody-of-this-name", "~nobody-of-this-name is neither an http(s) address nor a file."),
        ("x" * 5000, f"{'x' * 200}… can't be a file."),
        ("a\0b", "ab is neither an http(s) address nor a file."),
        ("file://[half", "can't be a file."),
        ("file:///no/such%20file", "neither an http(s) address nor a file"),
        (str(tmp_path / "cut.xml"), "ends in the middle"),
        (str(tmp_path / "binary.xml"), "no podcast feed"),
    ):
        ended = await cli("add", address, "--json")
        assert (ended.code, ended.out) == (1, ""), address
        assert sentence in ended.err
        assert len(ended.err.splitlines()) == 1
    assert (await cli("podcasts", "--json")).json == []

    await cli("add", feed)
    episodes = (await cli("episodes", "--json")).json
    cli.publish(4)
    for damage in ("truncate", "reset", "close"):
        cli.host.fault("/feed.xml", damage, times=2)
        ended = await cli("poll", "--json")
        cli.host.faults.clear()
        assert ended.code == 1
        assert ended.json[0]["new"] == 0
        assert "can't be read" in ended.json[0]["outcome"]
    cli.host.put("/feed.xml", whole[: len(whole) // 2])
    assert (await cli("poll", "--json")).json[0][
        "outcome"
    ] == "The feed ends in the middle; nothing of it was stored."
    assert (await cli("episodes", "--json")).json == episodes


async def test_a_followed_feed_that_broke_is_told_in_one_sentence(cli: CommandLine) -> None:
    feed = cli.publish(3)
    await cli("add", feed)
    cli.host.put("/feed.xml", "<rss version='2.0'><channel>")
    ended = await cli("add", feed, "--json")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "The feed ends in the middle; nothing of it was stored.\n"


async def test_the_address_of_a_file_is_taken_as_it_was_given_back(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "my feed ü.xml"
    path.write_bytes(sample_feed(cli.host.base_url, now=cli.now))
    added = (await cli("add", path.name, "--json")).json
    assert added["feed"] == path.as_uri()
    assert "%20" in added["feed"]
    monkeypatch.setenv("HOME", str(tmp_path))
    for again in (added["feed"], str(path), f"~/{path.name}", f" {path.name} "):
        assert (await cli("add", again, "--json")).json["id"] == added["id"]
    feed = cli.publish()
    first = (await cli("add", f"{feed}#latest", "--json")).json
    assert (first["feed"], first["id"]) == (feed, 2)


async def test_what_failed_is_tried_again_by_whoever_adds_it_again(cli: CommandLine) -> None:
    feed = cli.publish()
    cli.host.remove("/transcripts/4.json")
    assert len((await cli("add", feed, "--json")).json["warnings"]) == 1
    cli.publish()
    again = (await cli("add", feed, "--json")).json
    assert (again["warnings"], again["transcripts"]) == ([], 3)


async def test_a_transcript_that_cannot_be_read_is_a_warning(cli: CommandLine) -> None:
    feed = cli.publish()
    cli.host.remove("/transcripts/4.json")
    cli.host.put("/transcripts/2.vtt", b"\x00\x01", content_type="text/vtt")
    ended = await cli("add", feed, "--json")
    assert ended.code == 0
    assert ended.json["transcripts"] == 1
    assert len(ended.json["warnings"]) == 2
    assert any("“The Clock That Struck Thirteen” can't be used" in one for one in ended.json["warnings"])


async def test_how_much_of_a_long_feed_is_kept_is_listed(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARMARK_MAX_EPISODES", "1")
    assert (await cli("add", cli.publish())).code == 0
    listed = (await cli("podcasts")).out
    assert "      the newest 1 of 4 episodes are kept (EARMARK_MAX_EPISODES)\n" in listed
    assert " MB of text\n" in listed
    [one] = (await cli("podcasts", "--json")).json
    assert (one["episodes"], one["left_unread"], one["left_at"]) == (1, 3, None)
    assert one["text_bytes"] > 1_000


async def test_a_host_whose_304_was_false_is_listed(cli: CommandLine, tmp_path: Path) -> None:
    assert (await cli("add", cli.publish())).code == 0
    [one] = (await cli("podcasts", "--json")).json
    assert one["host"] is None
    db = await open_database(sqlite_url(tmp_path / "data" / "earmark.db"))
    await note_false_304(db, one["id"], datetime.now(UTC))
    await db.close()
    assert "      its host answers “not changed” although the feed has changed" in (await cli("podcasts")).out
    [one] = (await cli("podcasts", "--json")).json
    assert one["host"].startswith("its host answers “not changed”")
