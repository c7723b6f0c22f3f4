"""A feed that wants to notify everybody, break the layout and lead readers astray; and members who help it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.e2e.stage import Item, Stage
from tests.fakes.discord_messages import TEXT_DISPLAY, FakeMessage, walk
from tests.fakes.discord_state import MANAGER, MEMBER

PINGS = "@everyone @here <@&{role}> <@{user}>"
LINK = "[Claim your prize](https://phish.example/login)"
MARKUP = (
    "# Big\n```py\ncode\n``` ||spoiler|| **bold** __under__ ~~gone~~ <t:0:R> <:smile:1> </quote:1> <id:home>"
)
STRANGE = (
    "\u202e\u2066turned\u200b\u200d\u2069 \u0627\u0644\u0639\u0631\u0628\u064a\u0629 Z\u0335\u0336a\u0337lgo"
)
LONG = "pumpernickel " * 400


def _shown(message: FakeMessage) -> str:
    texts = [embed.get("description") or "" for embed in message.embeds]
    texts += [part["content"] for _, part in walk(message.components) if part["type"] == TEXT_DISPLAY]
    return "\n".join([message.content, *texts])


async def test_a_hostile_feed_notifies_nobody_and_breaks_nothing(stage: Stage) -> None:
    fake, guild, channel = stage.fake, stage.guild, stage.channel
    place = (guild.id, channel.id, MEMBER)
    pings = PINGS.format(role=fake.world.add_role(guild.id, "mods", mentionable=True).id, user=MANAGER.id)
    turns = "".join(
        f"<p>{pings.split()[0]} [00:{minute:02}:00]: {pings} {LINK} {MARKUP} shibboleth {STRANGE} "
        f"number {minute}</p>"
        for minute in range(1, 20)
    )
    chapters = "".join(
        f"<p>[{n // 60:02}:{n % 60:02}:00] {pings} {LINK} {STRANGE} {n}</p>" for n in range(500)
    )
    intro = f"<p>{pings} {LINK} {MARKUP} {STRANGE}</p><p>{LONG}</p>"
    notes = f"{intro}<p>Timestamps</p>{chapters}<p>Transcript</p>{turns}"
    evil = Item(
        f"{pings} {LINK} {MARKUP} {STRANGE} {LONG}",
        notes,
        link="https://a.example/a page with blanks and (brackets)?q=<b>&x=" + "ü" * 200,
        enclosure="https://media.example/my episode (1).mp3?token=" + "x" * 700,
        guid="evil",
    )
    empty = Item(
        "\u202e", "", link="javascript:alert(1)", enclosure="https://b\u00fccher.example/ü.mp3", guid="empty"
    )
    show = f"{pings} {LINK} {STRANGE} show"
    baseline = Item("Quiet", age=timedelta(days=30))
    feed = stage.put("/evil.xml", show, baseline)
    async with stage.bot() as bot:
        await stage.bot_ready()
        await stage.follow(feed)
        stage.put("/evil.xml", show, evil, empty, baseline)
        await fake.wait_for(lambda: len(fake.messages(channel.id)) == 2, "both announcements")
        await fake.command(guild.id, channel.id, MANAGER, "podcast list")
        await fake.command(guild.id, channel.id, MANAGER, "podcast remove", podcast="show")
        newest = await fake.command(*place, "episode", episode="Claim")
        assert "pumpernickel" in newest.text
        every = await fake.command(*place, "chapters", episode="Claim")
        # They fill more messages than are shown; the last one says so.
        await fake.wait_for(lambda: "more" in every.text, what="the last page of chapters")
        # Each page of it is for the one who asked.
        assert len(every.shown) > 2
        assert all(one.ephemeral for one in every.shown)
        for focused in ("podcast", "episode", "speaker"):
            typed: dict[str, Any] = {"words": "x", focused: ""}
            offered = await fake.autocomplete(*place, "quote", focused=focused, **typed)
            assert offered.choices or focused == "speaker"

        quoted = await fake.command(*place, "quote", words="shibboleth number 7")
        shared = await fake.click(
            next(str(one.custom_id) for one in quoted.buttons if one.label == "Share"), quoted
        )
        assert not shared.ephemeral
        # What members type comes back in refusals.
        for words in (pings, LINK, MARKUP[:90], "\u202e" * 50):
            told = await fake.command(*place, "quote", words="x", episode=words)
            assert told.ephemeral
            assert LINK not in told.text

        messages = [*fake.messages(channel.id), *newest.shown, *every.shown, *quoted.shown, *told.shown]
        for text in map(_shown, messages):
            for live in (
                LINK,
                "```",
                "||spoiler",
                "**bold",
                "\u202e",
                "\u2066",
                " <t:0",
                " <:smile",
                " </quote",
            ):
                assert live not in text
            assert "@everyone" not in text
    assert "Traceback" not in bot.log
