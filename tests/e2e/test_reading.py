"""Polling feeds with a running bot: kills during a poll, misbehaving hosts, crowds of items, and secrets."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

from tests.e2e.bot_process import run
from tests.e2e.stage import Item, Stage
from tests.fakes.discord_state import MANAGER

OLD = Item("Old", age=timedelta(days=30))


async def _list(stage: Stage) -> str:
    told = await stage.fake.command(stage.guild.id, stage.channel.id, MANAGER, "podcast list")
    return told.text + "".join(embed.get("description") or "" for one in told.shown for embed in one.embeds)


async def test_what_a_killed_bot_was_polling_is_polled_by_the_next(stage: Stage) -> None:
    feed = stage.put("/feed.xml", "Show", OLD)
    async with stage.bot() as bot:
        await stage.bot_ready()
        await stage.follow(feed)
        stage.put("/feed.xml", "Show", Item("Fresh"), OLD)
        held = stage.host.fault("/feed.xml", "hang")
        await stage.host.wait_for(lambda: held.hits, what="the poll that hangs")
        await bot.kill()
    stage.fake.ready.clear()
    async with stage.bot() as bot:
        await stage.bot_ready()
        await stage.announced(stage.channel, "Fresh")
    assert "Traceback" not in bot.log


async def test_hosts_that_misbehave_are_told_and_hold_nobody_up(stage: Stage) -> None:
    bodies = {
        "endless": ("/endless.xml", "is larger than 24 MiB"),
        "bomb": ("/bomb.xml", "The feed"),
        "cut": ("/cut.xml", "ends in the middle"),
        "slow": ("/slow.xml", ""),
    }
    good = stage.put("/good.xml", "Good show", OLD)
    async with stage.bot() as bot:
        await stage.bot_ready()
        await stage.follow(good)
        for name, (path, _) in bodies.items():
            await stage.follow(
                stage.put(path, f"Show {name}", Item(f"The {name} one", age=timedelta(days=3)))
            )
        stage.host.fault("/endless.xml", "endless", times=99)
        stage.host.fault("/slow.xml", "hang", times=99)
        entities = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
        bomb = (
            f'<!DOCTYPE rss [<!ENTITY a0 "ha">{entities}]><rss><channel><title>&a12;</title></channel></rss>'
        )
        stage.host.put("/bomb.xml", bomb)
        stage.host.put("/cut.xml", "<rss><channel><item>")
        slow = stage.host.count("/slow.xml")
        await stage.host.wait_for(lambda: stage.host.count("/slow.xml") > slow, what="the poll that hangs")
        stage.put("/good.xml", "Good show", Item("Fresh"), OLD)
        await stage.announced(stage.channel, "Fresh")
        await bot.logged("larger than 24 MiB")
        await bot.logged("ends in the middle")
        listed = await _list(stage)
        for name, (_, told) in bodies.items():
            assert f"Show {name}" in listed
            assert told in listed
    assert "Traceback" not in bot.log


async def test_a_crowd_waits_for_the_operator(stage: Stage) -> None:
    def crowd(word: str) -> list[Item]:
        return [
            Item(
                f"{word} {n}",
                age=timedelta(days=n, hours=len(word)),
                enclosure=f"https://m.example/{word}{n}.mp3",
            )
            for n in range(1, 7)
        ]

    feed = stage.put("/feed.xml", "Show", *crowd("First"))
    async with stage.bot() as bot:
        await stage.bot_ready()
        await stage.follow(feed)
        stage.put("/feed.xml", "Show", *crowd("Another"))
        await stage.polled_again()
        listed = await _list(stage)
        assert "6 items held, as most of the feed looked new at once" in listed
        assert stage.fake.messages(stage.channel.id) == []

        code, out, err = await run(stage.data_dir, "held", "--json")
        assert (code, err) == (0, "")
        assert [one["title"] for one in json.loads(out)] == [f"Another {n}" for n in range(1, 7)]
        code, out, err = await run(
            stage.data_dir, "held", "--release", "--json", EARMARK_ALLOW_PRIVATE_FEEDS="127.0.0.0/8"
        )
        assert code == 0, err
        assert json.loads(out)[0]["released"] == 6
        await stage.announced(stage.channel, "Another 1")
        assert "held" not in await _list(stage)
    assert "Traceback" not in bot.log


async def test_a_patrons_feed_works_and_its_keys_are_never_seen(stage: Stage) -> None:
    key = "s3cr3tk3yOfThePatron0123456789"
    path = f"/private/{key}/feed.xml"
    feed = stage.put(path, "Patrons", OLD).replace("://", "://ada:pa55word@") + f"?auth={key}"
    async with stage.bot() as bot:
        await stage.bot_ready()
        added = await stage.follow(feed)
        asked = stage.host.asked(path)[0].headers["Authorization"]
        assert base64.b64decode(asked.removeprefix("Basic ")) == b"ada:pa55word"
        stage.host.fault(path, status=500, times=3)
        await bot.logged("500", times=1)
        listed = await _list(stage)
        code, out, err = await run(stage.data_dir, "podcasts", "--json")
        assert code == 0
    for text in (added.text, listed, bot.log, out, err):
        assert key not in text
        assert "pa55word" not in text
