"""One feed is one podcast, however its address is spelt and by whichever door it comes."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.e2e.bot_process import run, run_json
from tests.e2e.stage import NEWEST, Item, Stage, feed_of
from tests.fakes.discord_state import MANAGER

ALLOWED: dict[str, Any] = {"EARMARK_ALLOW_PRIVATE_FEEDS": "127.0.0.1/32", "EARMARK_POLL_INTERVAL": "1"}


async def test_five_spellings_over_discord_and_the_command_line_are_one_podcast_and_one_post(
    stage: Stage,
) -> None:
    feed = stage.publish(3)
    here = (stage.guild.id, stage.channel.id, MANAGER)
    bonus = feed_of("Screws Left Over", [Item("Patrons hear the anvil")])
    keyed = {
        "a key": stage.host.put("/feed.xml?auth=k3y", bonus),
        "a user": stage.host.put("/feed.xml", bonus, credentials="ada:pw"),
    }
    spellings = (
        feed,
        feed.replace("http://", "HTTPS://"),
        f"{feed}?utm_source=mail&fbclid=IwAR#newest",
        f"{feed}?gclid=1&",
        feed.replace("http://", "feed://"),
    )
    async with stage.bot() as bot:
        await stage.bot_ready()
        # At once, from two processes; what has no TLS can't be read as https before it is known.
        plain = [one for one in spellings if not one.startswith("HTTPS")]
        *answers, typed = await asyncio.gather(
            *(stage.fake.command(*here, "podcast add", feed=one) for one in plain),
            run_json(stage.data_dir, "add", plain[1], **ALLOWED),
        )
        assert typed["id"] == 1
        for one in spellings:
            answers.append(await stage.fake.command(*here, "podcast add", feed=one))
        assert ["Screws Left Over" in answer.text for answer in answers] == 9 * [True]
        for one in spellings[1:3]:
            assert (await run_json(stage.data_dir, "add", one, **ALLOWED))["id"] == 1
        [podcast] = await run_json(stage.data_dir, "podcasts")
        assert podcast["id"] == 1
        assert len(await run_json(stage.data_dir, "destinations")) == 1

        stage.publish(4)
        await stage.announced(stage.channel, NEWEST)
        await stage.polled_again(times=3)
        assert stage.count(stage.channel, NEWEST) == 1

        # Another key or user is another podcast, which the public one never serves.
        for spelling in keyed.values():
            assert (await run_json(stage.data_dir, "add", spelling, **ALLOWED))["id"] != 1
        assert len(await run_json(stage.data_dir, "podcasts")) == 3
        for told in (
            (await stage.fake.command(*here, "podcast list")).text,
            (await stage.fake.command(*here, "quote", words="patrons hear the anvil")).text,
            (await run(stage.data_dir, "episodes", feed))[1],
        ):
            assert "anvil" not in told
        again = await run_json(stage.data_dir, "episodes", f"{feed}?auth=k3y")
        assert [one["title"] for one in again] == ["Patrons hear the anvil"]
    assert "Traceback" not in bot.log
