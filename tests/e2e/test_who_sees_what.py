"""A podcast that is announced in a locked channel: for those whom the channel lets in, and for others not there."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tests.e2e.stage import Item, Stage
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_messages import FakeMessage, FakeUser
from tests.fakes.discord_state import MANAGER, MEMBER, PLAIN, FakeChannel, FakeOverwrite, Permission

OPEN, HIDDEN = "Open Meadow", "Patron Cellar"
OPEN_EPISODE, HIDDEN_EPISODE = "Gooseberry Weather", "Cellar Zebra"
WORDS = "the quagga sleeps under the marzipan bridge"
# Title, episodes, speaker, words, chapter, file, page and modal: none of it may reach somebody who is not let in.
SECRETS = (
    "Patron",
    "Cellar",
    "Zebra",
    "Garrowby",
    "quagga",
    "marzipan",
    "Vault",
    "zz-secret",
    "search-words:2",
)
NOT_FOR_ALL = "Not everybody who can view this channel sees this podcast, so it can't be shared here."
NOT_FOLLOWED = "This server does not follow that podcast any more."


def _notes(who: str, *said: str, chapter: str) -> str:
    turns = "".join(f"<p>{who} [00:{place:02}:05]: {one}</p>" for place, one in enumerate(said))
    chapters = f"<p>00:00 {chapter} one<br>05:00 {chapter} two<br>09:00 {chapter} three</p>"
    return f"{chapters}<p>Transcript</p>{turns}"


def _feeds(stage: Stage) -> tuple[str, str]:
    """The feeds of the open podcast and of the hidden one, whose rows will have the ids 1 and 2."""
    chat = ("Gooseberries like the rain in May.", "Nobody waters a lantern at noon.")
    secret = (f"{WORDS.capitalize()} tonight.", "We light no lantern for it.")
    again = ("Once more the quagga is asleep in the cellar.", "Nobody wants to wake it up.")
    mine = Item(OPEN_EPISODE, _notes("Ada Fenn", *chat, chapter="Hedge"))
    theirs = Item(
        HIDDEN_EPISODE,
        _notes("Nell Garrowby", *secret, chapter="Vault"),
        link="https://show.example/zz-secret",
        enclosure="https://media.example/zz-secret.mp3",
    )
    older = Item("Cellar Walrus", _notes("Nell Garrowby", *again, chapter="Vault"), timedelta(days=3))
    return stage.put("/open.xml", OPEN, mine), stage.put("/hidden.xml", HIDDEN, theirs, older)


@dataclass(frozen=True, slots=True)
class _Asker:
    """A member in a channel, and all that the bot sends them."""

    stage: Stage
    channel: FakeChannel
    user: FakeUser

    def raw(self, answer: FakeAnswer) -> str:
        """Every byte of the answer's requests."""
        calls = [call for call in self.stage.fake.requests if answer.token in call.path]
        return json.dumps([[call.body, [str(part) for part in call.files]] for call in calls], default=str)

    async def ask(self, name: str, **options: Any) -> FakeAnswer:
        return await self.stage.fake.command(self.stage.guild.id, self.channel.id, self.user, name, **options)

    async def type(self, name: str, focused: str, **options: Any) -> FakeAnswer:
        return await self.stage.fake.autocomplete(
            self.stage.guild.id, self.channel.id, self.user, name, focused=focused, **{focused: "", **options}
        )

    async def press(self, custom_id: str) -> FakeAnswer:
        """Press a button that may be forged: it is on a message of the bot's in this channel."""
        row = {"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": custom_id}]}
        fake = self.stage.fake
        message = FakeMessage(
            id=fake.world.next_id(),
            guild_id=self.stage.guild.id,
            channel_id=self.channel.id,
            author=fake.world.bot,
            created=fake.world.clock.now(),
            content="…",
            components=[row],
        )
        return await fake.click(custom_id, message, self.user)

    async def submit(self, episode_id: int, words: str) -> FakeAnswer:
        """Fill in the search modal of an episode, as it is opened for an episode that all see."""
        opened = await self.press("search:1:1")
        assert opened.modal is not None
        opened.modal["custom_id"] = f"search-words:{episode_id}"
        return await self.stage.fake.submit_modal(opened, words=words)

    async def everything(self) -> dict[str, str]:
        """What each command, autocomplete, button and the modal tell of the hidden podcast (id 2), byte by byte."""
        told: dict[str, FakeAnswer] = {}
        commands: list[tuple[str, dict[str, Any]]] = [
            ("quote", {"words": WORDS}),
            *(("quote", {"words": WORDS, "podcast": one}) for one in ("2", "id:2", "cellar")),
            *(("quote", {"words": WORDS, "episode": one}) for one in ("2", "id:2", "zebra")),
            ("quote", {"words": "quagga", "speaker": "garrowby"}),
            *(("episode", {"podcast": one}) for one in ("2", "id:2", "cellar")),
            *(("episode", {"episode": one}) for one in ("2", "id:2", "zebra")),
            *(("chapters", {"episode": one}) for one in ("2", "id:2", "zebra")),
        ]
        for name, options in commands:
            told[f"/{name} {options}"] = await self.ask(name, **options)
        typed: list[tuple[str, str, dict[str, Any]]] = [
            ("quote", "podcast", {"words": "x"}),
            ("quote", "episode", {"words": "x"}),
            ("quote", "speaker", {"words": "x"}),
            ("quote", "episode", {"words": "x", "episode": "zebra", "podcast": "id:2"}),
            ("quote", "speaker", {"words": "x", "episode": "id:2"}),
            ("quote", "speaker", {"words": "x", "speaker": "garrowby"}),
            ("episode", "podcast", {}),
            ("episode", "podcast", {"podcast": "cellar"}),
            ("episode", "episode", {}),
            ("chapters", "episode", {"episode": "zebra"}),
            ("podcast looks", "podcast", {}),
            ("podcast remove", "podcast", {"podcast": "cellar"}),
        ]
        for name, focused, options in typed:
            told[f"typed {name} {focused} {options}"] = await self.type(name, focused, **options)
        for custom_id in ("chapters:2:2", "search:2:2", "transcript:2:2"):
            told[custom_id] = await self.press(custom_id)
        told["modal"] = await self.submit(2, WORDS)
        assert all(answer.ephemeral or not answer.message for answer in told.values())
        return {what: self.raw(answer) for what, answer in told.items()}


def _named(raw: str, typed: str) -> list[str]:
    """The secrets in an answer, without those that were typed."""
    return [one for one in SECRETS if one.lower() in raw.lower() and one.lower() not in typed.lower()]


def _silent(told: dict[str, str]) -> set[str]:
    """What told nothing of the hidden podcast; a row may be chosen by the one or the other form of its id."""
    spoke = {what.replace("id:2", "2") for what, raw in told.items() if _named(raw, "")}
    return {what.replace("id:2", "2") for what in told} - spoke


async def _answer(asker: _Asker, words: str = "quagga") -> tuple[FakeAnswer, str, str]:
    """Several quotes, with the ids of Share and of another quote."""
    found = await asker.ask("quote", words=words)
    ids = [str(one.custom_id) for one in found.buttons if one.custom_id and not one.disabled]
    return (
        found,
        next(one for one in ids if one.startswith("share:")),
        next(one for one in ids if one.startswith("quote:")),
    )


async def _buttons_follow_the_role(inside: _Asker, with_role: _Asker, outside: _Asker) -> None:
    """Buttons below an announcement, and of answers that were given: for as long as somebody is let in."""
    fake, patron = inside.stage.fake, inside.user
    [message] = [one for one in fake.messages(inside.channel.id) if HIDDEN_EPISODE in one.text]
    buttons = {(one.custom_id or "").partition(":")[0]: str(one.custom_id) for one in message.buttons}
    for kind in ("chapters", "search", "transcript"):
        assert _named(inside.raw(await fake.click(buttons[kind], message, patron)), "") != []
        assert _named(outside.raw(await outside.press(buttons[kind])), "") == []
    found, share, other = await _answer(with_role)
    for custom_id in (share, other):
        refused = await fake.click(custom_id, found, outside.user)
        assert (refused.ephemeral, _named(outside.raw(refused), "")) == (True, [])
    assert "quagga" in (await fake.click(other, found, patron)).text
    # Of an answer about both podcasts the quote that all see is left, without a word of the other.
    both, share, _ = await _answer(with_role, "lantern")
    assert _named(with_role.raw(both), "") != []
    answer_id = share.split(":")[1]
    shown = [await outside.press(f"quote:{answer_id}:{rank}") for rank in (0, 1)]
    [left] = [one for one in shown if one.text != NOT_FOLLOWED]
    assert OPEN_EPISODE in left.text
    assert _named("".join(map(outside.raw, shown)), "") == []


async def _shares_stay_inside(inside: _Asker, with_role: _Asker) -> None:
    """Into an open channel nobody shares it, into the locked one whoever sees it."""
    fake, patron = inside.stage.fake, inside.user
    found, share, _ = await _answer(with_role)
    refused = await fake.click(share, found, patron)
    assert (refused.ephemeral, refused.text) == (True, NOT_FOR_ALL)
    assert fake.messages(with_role.channel.id) == []
    found, share, _ = await _answer(inside)
    assert not (await fake.click(share, found, patron)).ephemeral
    assert any(f"<@{patron.id}>" in one.text for one in fake.messages(inside.channel.id))


async def test_a_podcast_of_a_locked_channel_is_for_those_whom_it_lets_in(stage: Stage) -> None:
    fake, guild, news = stage.fake, stage.guild, stage.channel
    role = fake.world.add_role(guild.id, "Patrons")
    locked = fake.world.add_channel(guild.id, "patrons", bot_permissions=PLAIN)
    locked.overwrites = {
        guild.id: FakeOverwrite(deny=Permission.VIEW_CHANNEL),
        role.id: FakeOverwrite(allow=Permission.VIEW_CHANNEL),
    }
    patron = replace(MEMBER, role_ids=(role.id,))
    outside, with_role = _Asker(stage, news, MEMBER), _Asker(stage, news, patron)
    inside, manager = _Asker(stage, locked, patron), _Asker(stage, news, MANAGER)
    first, second = _feeds(stage)
    async with stage.bot() as bot:
        await stage.bot_ready()
        await stage.follow(first)
        before = await outside.everything()
        added = await stage.follow(second, locked)
        post = next(str(one.custom_id) for one in added.buttons if (one.custom_id or "").startswith("post"))
        await fake.click(post, added, MANAGER)
        await stage.announced(locked, HIDDEN_EPISODE)

        # Without the role every answer is, byte by byte, what it was before anybody followed it.
        assert await outside.everything() == before
        assert {what: _named(raw, what) for what, raw in before.items() if _named(raw, what)} == {}
        # Who has it is told of it wherever they ask, and who administers podcasts can name it.
        assert _silent(await with_role.everything()) == set()
        named = await manager.type("podcast looks", "podcast")
        assert {one.name for one in named.choices} == {OPEN, HIDDEN}

        await _buttons_follow_the_role(inside, with_role, outside)
        await _shares_stay_inside(inside, with_role)

        # Opened, it is everybody's.
        opened = await manager.ask("podcast looks", podcast=HIDDEN, visible="everybody")
        assert "Every member of this server may search it." in opened.text
        assert _silent(await outside.everything()) == set()
        found, share, _ = await _answer(outside)
        assert not (await fake.click(share, found, MEMBER)).ephemeral
        assert any("quagga" in one.text for one in fake.messages(news.id))
        # And closed again, also what was shown meanwhile.
        await manager.ask("podcast looks", podcast=HIDDEN, visible="channel")
        assert (await fake.click(share, found, MEMBER)).text == NOT_FOLLOWED
        assert await outside.everything() == before
    assert "Traceback" not in bot.log
