"""What one server sees of another's podcasts: nothing. What a member may change: what was put in their hands."""

from __future__ import annotations

from typing import Any

from cogs.authority import NOT_YOURS
from tests.e2e.stage import NEWEST, Item, Stage
from tests.fakes.discord_messages import FakeMessage, FakeUser
from tests.fakes.discord_state import ADMIN, MANAGER, MEMBER, PLAIN, FakeChannel


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
            ("quote", {"words": words, "podcast": "id:1"}),
            ("quote", {"words": words, "podcast": "Screws Left Over"}),
            ("quote", {"words": words, "episode": "id:1"}),
            ("episode", {"podcast": "id:1"}),
            ("episode", {"episode": "id:1"}),
            ("chapters", {"episode": NEWEST}),
        ]
        for name, options in asked:
            told = await fake.command(*there, name, **options)
            assert told.ephemeral or told.embeds[0]["title"] == "Own episode"
            assert NEWEST not in "".join(str(embed) for embed in told.embeds)
        typed: list[tuple[str, str, dict[str, Any]]] = [
            ("quote", "podcast", {"words": words}),
            ("quote", "episode", {"words": words, "podcast": "id:1"}),
            ("quote", "speaker", {"words": words, "episode": "id:1"}),
            ("episode", "podcast", {}),
            ("episode", "episode", {"podcast": "id:1"}),
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


async def test_a_button_is_for_whom_it_was_made_also_after_a_restart(stage: Stage) -> None:
    fake = stage.fake
    here = (stage.guild.id, stage.channel.id)
    stranger = FakeUser(810000000000000004, "otto", PLAIN)
    feed = stage.publish(3)
    async with stage.bot() as bot:
        await stage.bot_ready()
        # A member without Manage Server whom the server let in under Integrations: Discord sends the command.
        added = await fake.command(*here, MEMBER, "podcast add", force=True, feed=feed)
        assert "is now followed" in added.text
        asked = await fake.command(*here, MEMBER, "podcast remove", force=True, podcast="Screws Left Over")
    fake.ready.clear()
    async with stage.bot() as bot:
        await stage.bot_ready()
        post = next(str(one.custom_id) for one in added.buttons if (one.custom_id or "").startswith("post:"))
        yes = next(str(one.custom_id) for one in asked.buttons if one.label == "Stop following")
        own_id = post.replace(str(MEMBER.id), str(stranger.id))
        plain = ":".join(post.split(":")[:3])
        for custom_id in (post, yes, own_id, plain, "remove:1:1"):
            refused = await fake.click(custom_id, _forged(stage, stage.channel, custom_id), stranger)
            assert (refused.ephemeral, refused.text) == (True, NOT_YOURS)
        # Nothing was posted, nothing removed.
        await stage.polled_again()
        assert stage.count(stage.channel, NEWEST) == 0
        pressed = await fake.click(post, added, MEMBER)
        assert "It is on its way" in pressed.text
        await fake.wait_for(lambda: fake.sent("POST", f"/channels/{stage.channel.id}/messages"), "the post")
        # A button of an older version names nobody: it works for whoever manages the server.
        gone = await fake.click("remove:1:1", _forged(stage, stage.channel, "remove:1:1"), MANAGER)
        assert "is not announced in" in gone.text
    assert "Traceback" not in bot.log
