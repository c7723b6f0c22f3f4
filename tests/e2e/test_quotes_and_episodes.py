"""What members ask for: quotes, with their buttons, episodes and chapters; also after a restart."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.cli.sample import SAMPLE_QUESTIONS
from tests.e2e.stage import NEWEST, Stage
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_messages import FakeUser
from tests.fakes.discord_state import ADMIN, MANAGER, MEMBER
from tests.fakes.watch import TIMEOUT_S

ROBOT = "The Robot That Was Afraid of Bread"


def _place(stage: Stage) -> tuple[int, int, FakeUser]:
    return stage.guild.id, stage.channel.id, MEMBER


def _button(answer: FakeAnswer, label: str) -> str:
    """The id of the button whose label begins so."""
    return next(str(one.custom_id) for one in answer.buttons if one.label.startswith(label))


async def _transcripts_are_read(stage: Stage, feed: str) -> None:
    """Follow the sample podcast, and wait until the transcripts that are published beside its feed are stored."""
    await stage.follow(feed)
    await stage.host.wait_for(lambda: stage.host.count("/transcripts/4.json"), what="transcripts")
    await stage.polled_again()
    async with asyncio.timeout(TIMEOUT_S):
        while "still being read" in (await stage.fake.command(*_place(stage), "quote", words="x")).text:
            await stage.polled_again()


async def test_quotes_are_found_in_what_is_chosen(stage: Stage) -> None:
    fake = stage.fake
    place = (stage.guild.id, stage.channel.id, MEMBER)
    feed = stage.publish(4)
    async with stage.bot() as bot:
        await stage.bot_ready()
        early = await fake.command(*place, "quote", words="anything")
        assert early.ephemeral
        assert "follows no podcast yet" in early.text
        await _transcripts_are_read(stage, feed)

        for words, title in zip(
            SAMPLE_QUESTIONS, ("The Foghorn That Apologised", ROBOT, NEWEST), strict=True
        ):
            found = await fake.command(*place, "quote", words=words)
            assert found.ephemeral
            assert found.embeds[0]["title"] == title
            assert "**" in found.text
            assert "· about [`" in found.text

        podcasts = await fake.autocomplete(*place, "quote", words="x", podcast="screws", focused="podcast")
        (podcast,) = podcasts.choices
        episodes = await fake.autocomplete(
            *place, "quote", words="x", podcast=podcast.value, episode="robot", focused="episode"
        )
        (episode,) = episodes.choices
        assert (podcast.name, episode.name) == ("Screws Left Over", ROBOT)
        speakers = await fake.autocomplete(
            *place, "quote", words="x", episode=episode.value, speaker="", focused="speaker"
        )
        (baker,) = [choice.value for choice in speakers.choices if choice.name == "Odo Brambley"]
        nobody = await fake.autocomplete(*place, "quote", words="x", podcast="zzz", focused="podcast")
        assert nobody.choices == []
        narrowed = await fake.command(
            *place,
            "quote",
            words=SAMPLE_QUESTIONS[1],
            podcast=podcast.value,
            episode=episode.value,
            speaker=baker,
        )
        assert narrowed.embeds[0]["title"] == ROBOT
        assert "**Odo Brambley** · about" in narrowed.text
        failing: list[tuple[dict[str, Any], str]] = [
            ({"words": "xylophone qwerty zzzz"}, "Nothing that was said fits these words."),
            ({"words": "bread", "podcast": "Nope"}, "No podcast is called “Nope”."),
            ({"words": "bread", "episode": "th"}, "Several episodes fit “th”"),
        ]
        for options, sentence in failing:
            told = await fake.command(*place, "quote", **options)
            assert told.ephemeral
            assert sentence in told.text
    assert "Traceback" not in bot.log


async def test_quotes_are_browsed_and_shared_also_after_a_restart(stage: Stage) -> None:
    fake, channel = stage.fake, stage.channel
    place = (stage.guild.id, channel.id, MEMBER)
    feed = stage.publish(4)
    async with stage.bot():
        await stage.bot_ready()
        await _transcripts_are_read(stage, feed)
        several = await fake.command(*place, "quote", words="the screw")
        first = several.text
        assert len([one for one in several.buttons if (one.custom_id or "").startswith("quote:")]) > 1
        await fake.click(_button(several, "2 "), several)
        assert several.text != first
        shared = await fake.click(_button(several, "Share"), several)
        assert not shared.ephemeral
        assert f"<@{MEMBER.id}>" in shared.text
        again = await fake.click(_button(several, "Share"), several)
        assert again.ephemeral
        assert shared.message is not None
        assert again.text.endswith(f"/channels/{stage.guild.id}/{channel.id}/{shared.message.id}")
        assert len(fake.messages(channel.id)) == 1

    fake.ready.clear()
    async with stage.bot() as bot:
        await stage.bot_ready()
        # What was shown before the restart goes on working: its buttons hold ids alone.
        other = await fake.click(_button(several, "1 "), several)
        assert other.text == first
        await fake.click(_button(several, "Share"), several)
        assert len(fake.messages(channel.id)) == 2
        assert (await fake.click(_button(several, "Share"), several)).ephemeral
    assert "Traceback" not in bot.log


async def test_episodes_and_chapters_are_shown(stage: Stage) -> None:
    fake, guild, channel = stage.fake, stage.guild, stage.channel
    place = (guild.id, channel.id, MEMBER)
    feed = stage.publish(4)
    async with stage.bot() as bot:
        await stage.bot_ready()
        assert "follows no podcast yet" in (await fake.command(*place, "episode")).text
        await stage.follow(feed)

        newest = await fake.command(*place, "episode")
        assert newest.ephemeral
        assert newest.embeds[0]["title"] == NEWEST
        assert "Counting the screws" in newest.text
        assert [one.label for one in newest.buttons if one.url] == ["Play", "Episode page"]
        named = await fake.command(*place, "episode", podcast="Screws Left Over", episode="robot")
        assert named.embeds[0]["title"] == ROBOT
        (podcast,) = (await fake.autocomplete(*place, "episode", podcast="", focused="podcast")).choices
        listed = await fake.autocomplete(
            *place, "episode", podcast=podcast.value, episode="", focused="episode"
        )
        assert [choice.name for choice in listed.choices][:1] == [NEWEST]
        assert len(listed.choices) == 4

        typed = await fake.autocomplete(*place, "chapters", episode="SHIFT", focused="episode")
        chapters = await fake.command(*place, "chapters", episode=typed.choices[0].value)
        assert chapters.ephemeral
        assert "Still looking for the screw" in chapters.text
        assert f"{stage.host.base_url}/audio/3.mp3#t=620" in chapters.text
        unknown = await fake.command(*place, "chapters", episode="999999")
        assert unknown.ephemeral
        assert unknown.text.startswith("No episode is called “999999”.")
        assert fake.messages(channel.id) == []
    assert "Traceback" not in bot.log


async def test_podcasts_are_added_listed_removed_and_added_again(stage: Stage) -> None:
    fake, guild = stage.fake, stage.guild
    here = (guild.id, stage.channel.id)
    other = fake.world.add_channel(guild.id, "podcasts")
    feed = stage.publish(3)
    async with stage.bot() as bot:
        await stage.bot_ready()
        for address, sentence in (
            ("the screws podcast", "That is no feed's address"),
            ("file:///etc/passwd", "That is no feed's address"),
            (f"{stage.host.base_url}/nothing.xml", "can't be read: the host answered 404"),
            (stage.host.put("/page.html", "<html><p>Hello"), "This is no podcast feed"),
        ):
            refused = await fake.command(*here, MANAGER, "podcast add", feed=address)
            assert refused.ephemeral
            assert sentence in refused.text

        added = await stage.follow(feed)
        assert f"<#{stage.channel.id}>" in added.text
        named = await fake.command(*here, ADMIN, "podcast add", feed=feed, channel=other)
        assert f"is now followed in <#{other.id}>" in named.text
        twice = await fake.command(*here, MANAGER, "podcast add", feed=feed, channel=other)
        assert f"is followed already in <#{other.id}>" in twice.text

        # The newest episode can be posted at once, in this channel, and only once.
        post = _button(added, "Post the newest")
        assert "It is on its way" in (await fake.click(post, added, MANAGER)).text
        await stage.announced(stage.channel, "Special: Night Shift, No Talking")
        await bot.logged("announced in channel")
        assert "posted in" in (await fake.click(post, added, MANAGER)).text

        listed = await fake.command(*here, MANAGER, "podcast list")
        assert listed.ephemeral
        for part in ("Screws Left Over", f"<#{stage.channel.id}>, <#{other.id}>", "3 episodes", "last look"):
            assert part in listed.text

        (choice,) = (
            await fake.autocomplete(*here, MANAGER, "podcast remove", podcast="s", focused="podcast")
        ).choices
        asked = await fake.command(*here, MANAGER, "podcast remove", podcast=choice.value)
        assert "Stop announcing" in asked.text
        kept = await fake.click(_button(asked, "Keep"), asked, MANAGER)
        assert kept.text == "**Screws Left Over** stays."
        asked = await fake.command(*here, MANAGER, "podcast remove", podcast=choice.value)
        gone = await fake.click(_button(asked, "Stop"), asked, MANAGER)
        assert "is not announced in" in gone.text
        assert [one.label for one in gone.buttons] == ["Bring back"]
        for name, options in (("podcast list", {}), ("podcast remove", {"podcast": choice.value})):
            assert "follows no podcast yet" in (await fake.command(*here, MANAGER, name, **options)).text
        assert "does not follow" in (await fake.click(post, added, MANAGER)).text

        # Nothing that appeared while nobody followed is announced afterwards, nor is anything repeated.
        stage.publish(4)
        again = await stage.follow(feed)
        await stage.polled_again()
        assert stage.count(stage.channel, NEWEST) == 0
        assert len(fake.messages(stage.channel.id)) == 1
        assert "posted in" not in (await fake.click(_button(again, "Post"), again, MANAGER)).text
        await stage.announced(stage.channel, NEWEST)
    assert "Traceback" not in bot.log
