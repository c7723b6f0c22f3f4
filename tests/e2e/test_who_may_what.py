"""What one server sees of another's podcasts: nothing. What a member may change: nothing."""

from __future__ import annotations

from typing import Any

from tests.e2e.stage import NEWEST, Item, Stage
from tests.fakes.discord_messages import FakeMessage
from tests.fakes.discord_state import ADMIN, MANAGER, MEMBER, FakeChannel


def _forged(stage: Stage, channel: FakeChannel, custom_id: str) -> FakeMessage:
    """A message of the bot's in this channel with a button that it never put there."""
    button = {"type": 2, "style": 1, "label": "Press", "custom_id": custom_id}
    row = {"type": 1, "components": [button]}
    return stage.fake.post(channel.id, stage.fake.world.bot, "…", components=[row])


async def test_a_server_sees_nothing_of_anothers_podcasts(stage: Stage) -> None:
    fake = stage.fake
    beta = fake.world.add_guild("Beta")
    den = fake.world.add_channel(beta.id, "den")
    there = (beta.id, den.id, MEMBER)
    notes = "<p>Nell Garrowby [00:00:05]: Our own show speaks of pumpkins.</p>"
    own = stage.put("/own.xml", "Own show", Item("Own episode", f"<p>Transcript</p>{notes}"))
    feed = stage.publish(4)
    async with stage.bot() as bot:
        await stage.bot_ready()
        added = await stage.follow(feed)
        await stage.follow(own, den)
        await stage.host.wait_for(lambda: stage.host.count("/transcripts/4.json"), what="transcripts")
        await stage.polled_again()
        words = "a clock is a machine that makes the whole town wrong together"
        answer = await fake.command(stage.guild.id, stage.channel.id, MEMBER, "quote", words=words)
        assert answer.embeds[0]["title"] == NEWEST
        several = await fake.command(stage.guild.id, stage.channel.id, MEMBER, "quote", words="the screw")

        asked: list[tuple[str, dict[str, Any]]] = [
            ("quote", {"words": words}),
            ("quote", {"words": words, "podcast": "1"}),
            ("quote", {"words": words, "podcast": "Screws Left Over"}),
            ("quote", {"words": words, "episode": "1"}),
            ("episode", {"podcast": "1"}),
            ("episode", {"episode": "1"}),
            ("chapters", {"episode": NEWEST}),
        ]
        for name, options in asked:
            told = await fake.command(*there, name, **options)
            assert told.ephemeral or told.embeds[0]["title"] == "Own episode"
            assert NEWEST not in "".join(str(embed) for embed in told.embeds)
        typed: list[tuple[str, str, dict[str, Any]]] = [
            ("quote", "podcast", {"words": words}),
            ("quote", "episode", {"words": words, "podcast": "1"}),
            ("quote", "speaker", {"words": words, "episode": "1"}),
            ("episode", "podcast", {}),
            ("episode", "episode", {"podcast": "1"}),
            ("chapters", "episode", {}),
        ]
        for name, option, others in typed:
            offered = await fake.autocomplete(*there, name, focused=option, **{option: "", **others})
            assert {choice.name for choice in offered.choices} <= {"Own show", "Own episode", "Nell Garrowby"}

        ids = [one.custom_id or "" for one in (*several.buttons, *added.buttons)]
        foreign = [next(one for one in ids if one.startswith(kind)) for kind in ("quote:", "share:", "post:")]
        for custom_id, sentence in (
            (foreign[0], "too old for its buttons"),
            (foreign[1], "too old for its buttons"),
            (foreign[2], "does not follow that podcast any more"),
            ("share:999999999999999999:99", "too old for its buttons"),
            ("chapters:1:1", "does not follow that podcast any more"),
            ("chapters:999999999999999999:1", "does not follow that podcast any more"),
            ("post:2:1", "not stored any more"),
            ("remove:1:1", "does not follow that podcast any more"),
        ):
            refused = await fake.click(custom_id, _forged(stage, den, custom_id), ADMIN)
            assert sentence in refused.text
            # A refusal is for the one who pressed, or takes the place of the question that it answers.
            assert refused.ephemeral or custom_id.startswith("remove:")
        assert stage.count(den, NEWEST) == 0
        listed = await fake.command(stage.guild.id, stage.channel.id, MANAGER, "podcast list")
        assert "Screws Left Over" in listed.text
        assert "Own show" not in listed.text
        # The same ids are good where they were given.
        shown = await fake.click(foreign[0].rpartition(":")[0] + ":1", several)
        assert next(one for one in shown.buttons if one.disabled).label.startswith("2 ")
    assert "Traceback" not in bot.log


async def test_members_without_manage_server_change_nothing(stage: Stage) -> None:
    fake = stage.fake
    here = (stage.guild.id, stage.channel.id, MEMBER)
    feed = stage.publish(3)
    wanted = "You need the permission **Manage Server** for that."
    async with stage.bot() as bot:
        await stage.bot_ready()
        added = await stage.follow(feed)
        asked = await fake.command(
            stage.guild.id, stage.channel.id, MANAGER, "podcast remove", podcast="Screws Left Over"
        )
        changes: list[tuple[str, dict[str, Any]]] = [
            ("podcast add", {"feed": stage.host.url("/other.xml")}),
            ("podcast list", {}),
            ("podcast remove", {"podcast": "Screws Left Over"}),
        ]
        for name, options in changes:
            refused = await fake.command(*here, name, force=True, **options)
            assert refused.ephemeral
            assert refused.text == wanted
        post = next(str(one.custom_id) for one in added.buttons if (one.custom_id or "").startswith("post:"))
        yes = next(str(one.custom_id) for one in asked.buttons if (one.custom_id or "").endswith(":1"))
        assert (await fake.click(post, added, MEMBER)).text == wanted
        assert (await fake.click(yes, asked, MEMBER)).text == wanted
        # Nobody was asked for the other feed, nothing was posted, nothing removed.
        assert stage.host.count("/other.xml") == 0
        await stage.polled_again()
        assert fake.messages(stage.channel.id) == []
        assert (await fake.command(*here, "episode")).embeds
    assert "Traceback" not in bot.log
