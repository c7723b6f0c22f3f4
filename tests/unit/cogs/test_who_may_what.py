"""Who may use which command, button, select and modal: each has a row here, or the first test fails.

A member whom the server let in under Integrations calls commands as Discord would pass them on: with `force`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

import discord
from discord import app_commands

from bot.authority import Actor
from bot.cli.sample import SAMPLE_QUESTIONS
from bot.present.settings_buttons import Signer
from cogs.authority import NOT_SHOWN, NOT_YOURS
from storage.tables.destinations import guild_destinations
from storage.tables.episodes import list_episodes
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_messages import FakeMessage, FakeUser
from tests.fakes.discord_state import ADMIN, MANAGER, MEMBER, PLAIN, Permission
from tests.unit.cogs.connected_bot import FakeAndBot

# May read and use commands, and write nowhere.
SILENT = replace(MEMBER, permissions=Permission.VIEW_CHANNEL | Permission.USE_APPLICATION_COMMANDS)
STRANGER = FakeUser(810000000000000004, "otto", PLAIN)
SERVER_ONLY = "This works in a server only."
TITLE = "Screws Left Over"
# What a press is answered that found nothing of this server under its ids.
NOT_OF_THIS_SERVER = re.compile(
    "does not follow that podcast any more|nothing left to bring back|not stored any more|too old for its buttons"
)


class Rule(Enum):
    """Whom something is for."""

    READ = auto()  # whoever sees the podcast
    ANSWER = auto()  # the one who asked
    CLAIM = auto()  # the one to whom it was shown, whatever others manage
    SETTING = auto()  # the one to whom it was shown, and those with Manage Server


@dataclass(frozen=True, slots=True)
class Ids:
    """What custom_ids name: rows of the server 10."""

    podcast: int
    destination: int
    episode: int
    answer: int


# By the class of each button, select and modal: whom it is for, and the purpose and ids of one that changes nothing
# which the next press needs.
PRESSED: dict[str, tuple[Rule, Callable[[Ids], tuple[Any, ...]]]] = {
    "ChaptersButton": (Rule.READ, lambda ids: ("chapters", ids.episode, 1)),
    "SearchEpisodeButton": (Rule.READ, lambda ids: ("search", ids.episode, 1)),
    "TranscriptButton": (Rule.READ, lambda ids: ("transcript", ids.episode, 1)),
    "ShowQuoteButton": (Rule.ANSWER, lambda ids: ("quote", ids.answer, 0)),
    "ShareQuoteButton": (Rule.ANSWER, lambda ids: ("share", ids.answer, 0)),
    "PostNewestButton": (Rule.SETTING, lambda ids: ("post", ids.destination, ids.episode)),
    "RemoveButton": (Rule.SETTING, lambda ids: ("remove", ids.podcast, 0)),
    "RemoveFromButton": (Rule.SETTING, lambda ids: ("remove-from", ids.destination, 0)),
    "BringBackButton": (Rule.SETTING, lambda ids: ("bring-back", ids.podcast, 1)),
    "FollowAnywayButton": (Rule.CLAIM, lambda ids: ("follow", ids.podcast, 11, 0)),
}
# Told of each elsewhere: the modal below, and what needs a message of its own.
TESTED_APART = {
    "SearchModal": "test_the_modal_is_for_whoever_sees_the_podcast",
    "TakeBackButton": "tests/unit/cogs/test_shared_messages.py",
    "WhichSelect": "tests/unit/cogs/test_questions.py",
}
# By command: whether Discord offers it to those alone whom the server lets in, and options to call it with.
COMMANDS: dict[str, tuple[bool, dict[str, Any]]] = {
    "quote": (False, {"words": SAMPLE_QUESTIONS[0]}),
    "episode": (False, {}),
    "chapters": (False, {"episode": "The Clock That Struck Thirteen"}),
    "podcast add": (True, {"feed": "http://127.0.0.1:1/feed.xml"}),
    "podcast list": (True, {}),
    "podcast looks": (True, {"podcast": TITLE}),
    "podcast remove": (True, {"podcast": TITLE}),
}
SIGNED = {name: row for name, row in PRESSED.items() if row[0] in (Rule.CLAIM, Rule.SETTING)}


def _component_classes(bot: Any) -> set[str]:
    """All that answer presses and choices, and all modals of the cogs."""
    buttons = {one.__name__ for one in bot._connection._view_store._dynamic_items.values()}
    modals = {one.__name__ for one in discord.ui.Modal.__subclasses__() if one.__module__.startswith("cogs.")}
    return buttons | modals


async def test_everything_has_a_row(stage: FakeAndBot) -> None:
    fake, bot = stage
    assert _component_classes(bot) - set(PRESSED) - set(TESTED_APART) == set()
    assert set(PRESSED) <= _component_classes(bot)
    leaves = [one for one in bot.tree.walk_commands() if isinstance(one, app_commands.Command)]
    assert {one.qualified_name for one in leaves} - set(COMMANDS) == set()
    # Nothing else looks at custom_ids than the modal's answer.
    assert [one.__name__ for one in bot.extra_events.get("on_interaction", [])] == ["on_interaction"]
    assert fake.violations == []


async def _ids(stage: FakeAndBot) -> Ids:
    fake, bot = stage
    episode = next(one for one in await list_episodes(bot.db) if one.turn_count)
    [destination] = await guild_destinations(bot.db, 10)
    found = await fake.command(10, 11, MEMBER, "quote", words=SAMPLE_QUESTIONS[0])
    answer = next(str(one.custom_id) for one in found.buttons if one.label == "Share").split(":")[1]
    return Ids(destination.podcast_id, destination.id, episode.id, int(answer))


async def _custom_id(stage: FakeAndBot, name: str, ids: Ids, member: FakeUser = MEMBER) -> str:
    """The custom_id that this member would be shown in server 10."""
    rule, parts = PRESSED[name]
    purpose, *numbers = parts(ids)
    if rule in (Rule.READ, Rule.ANSWER):
        return ":".join(map(str, (purpose, *numbers)))
    return Signer(await stage[1].authority(), Actor(10, member.id)).custom_id(purpose, *numbers)


def _message(stage: FakeAndBot, custom_id: str, channel_id: int = 11) -> FakeMessage:
    """A message of the bot's with this button."""
    button = {"type": 2, "style": 1, "label": "x", "custom_id": custom_id}
    return stage[0].post(
        channel_id, stage[0].world.bot, "…", components=[{"type": 1, "components": [button]}]
    )


async def _press(stage: FakeAndBot, custom_id: str, user: FakeUser, channel_id: int = 11) -> FakeAnswer:
    return await stage[0].click(custom_id, _message(stage, custom_id, channel_id), user)


def _refused(answer: FakeAnswer) -> bool:
    return any(told in answer.text for told in (NOT_YOURS, NOT_SHOWN, SERVER_ONLY)) or bool(
        NOT_OF_THIS_SERVER.search(answer.text)
    )


async def test_who_may_press(stage: FakeAndBot) -> None:
    """The one to whom it was shown; another member, who has the same id; one who may not write; managers."""
    ids = await _ids(stage)
    for name, (rule, _) in PRESSED.items():
        custom_id = await _custom_id(stage, name, ids)
        allowed = {
            STRANGER: rule is Rule.READ,
            # Who may not write may still press; sharing is another matter.
            SILENT: name != "ShareQuoteButton",
            MANAGER: rule in (Rule.READ, Rule.SETTING),
            ADMIN: rule in (Rule.READ, Rule.SETTING),
            MEMBER: True,
        }
        for user, may in allowed.items():
            answer = await _press(stage, custom_id, user)
            if user is SILENT and not may:
                assert "You need the permission **Send Messages** to share here." in answer.text
            elif name == "BringBackButton" and may:
                assert "nothing left to bring back" in answer.text
            else:
                assert _refused(answer) != may, (name, user.name, answer.text)
            assert answer.ephemeral or may, (name, user.name)


async def test_what_was_forged_is_refused(stage: FakeAndBot) -> None:
    ids = await _ids(stage)
    authority = await stage[1].authority()
    for name, (_, parts) in SIGNED.items():
        custom_id = await _custom_id(stage, name, ids)
        purpose, *numbers = parts(ids)
        keyed_hash = custom_id.rpartition(":")[2]
        own = (await _custom_id(stage, name, ids, STRANGER)).rpartition(":")[0]
        forged = {
            "another's, with the own number": custom_id.replace(str(MEMBER.id), str(STRANGER.id)),
            "another's hash": f"{own}:{keyed_hash}",
            "a guessed hash": f"{own}:{'A' * len(keyed_hash)}",
            "none, as in older versions": custom_id.partition(f":{MEMBER.id}")[0],
            "made for the very member, of other ids": ":".join(
                [
                    own.replace(str(numbers[0]), str(numbers[0] + 1), 1),
                    Signer(authority, Actor(10, STRANGER.id)).custom_id(purpose, *numbers).rpartition(":")[2],
                ]
            ),
            "made for the very member, in another server": Signer(
                authority, Actor(20, STRANGER.id)
            ).custom_id(purpose, *numbers),
        }
        for how, one in forged.items():
            answer = await _press(stage, one, STRANGER)
            assert (answer.ephemeral, answer.text) == (True, NOT_YOURS), (name, how)


async def test_a_moderator_of_another_server_gets_and_changes_nothing(stage: FakeAndBot) -> None:
    fake, bot = stage
    ids = await _ids(stage)
    before = await guild_destinations(bot.db, 10)
    beta = await fake.join_guild("Beta")
    [den] = beta.channels.values()
    for name in PRESSED:
        for member in (MEMBER, MANAGER):
            answer = await _press(stage, await _custom_id(stage, name, ids, member), MANAGER, den.id)
            assert _refused(answer), (name, answer.text)
            assert TITLE not in answer.text
    for name, (_, options) in COMMANDS.items():
        answer = await fake.command(beta.id, den.id, MANAGER, name, **options)
        assert answer.ephemeral
        told = answer.text + "".join(str(embed) for embed in answer.embeds)
        assert TITLE not in told, name
        assert "Clock" not in told, name
    assert await guild_destinations(bot.db, 10) == before
    assert await guild_destinations(bot.db, beta.id) == []


async def test_in_a_direct_message_nobody_does_anything(stage: FakeAndBot) -> None:
    fake, _ = stage
    ids = await _ids(stage)
    with fake.direct_messages():
        for name in PRESSED:
            answer = await _press(stage, await _custom_id(stage, name, ids), MEMBER)
            assert answer.ephemeral
            assert answer.text == SERVER_ONLY or "share here" in answer.text, (name, answer.text)
        for name, (_, options) in COMMANDS.items():
            answer = await fake.command(10, 11, ADMIN, name, force=True, **options)
            assert (answer.ephemeral, answer.text) == (True, SERVER_ONLY), name


async def test_buttons_of_older_versions_are_for_those_who_manage_the_server(stage: FakeAndBot) -> None:
    ids = await _ids(stage)
    for name in SIGNED:
        plain = (await _custom_id(stage, name, ids)).partition(f":{MEMBER.id}")[0]
        assert NOT_YOURS in (await _press(stage, plain, MEMBER)).text, name
        for user in (MANAGER, ADMIN):
            assert NOT_YOURS not in (await _press(stage, plain, user)).text, name


async def test_commands_are_for_those_whom_discord_lets_call_them(stage: FakeAndBot) -> None:
    fake, _ = stage
    for name, (managers_only, options) in COMMANDS.items():
        # A member who may not write, let in by the server where the command is not for all.
        answer = await fake.command(10, 11, SILENT, name, force=managers_only, **options)
        assert answer.ephemeral, name
        assert "Manage Server" not in answer.text, name
        assert not _refused(answer), (name, answer.text)
    # Whatever they did, the channel has no message of it.
    assert fake.messages(11) == []


async def test_the_modal_is_for_whoever_sees_the_podcast(stage: FakeAndBot) -> None:
    fake, _ = stage
    ids = await _ids(stage)
    custom_id = f"search:{ids.episode}:1"
    for user in (SILENT, STRANGER):
        opened = await _press(stage, custom_id, user)
        assert opened.modal is not None
        answer = await fake.submit_modal(opened, words=SAMPLE_QUESTIONS[0])
        assert answer.ephemeral
        assert not _refused(answer)
    opened = await _press(stage, custom_id, STRANGER)
    beta = await fake.join_guild("Beta")
    [den] = beta.channels.values()
    # The modal that was opened here, sent from another server, and in a direct message.
    elsewhere = await fake.submit_modal(replace(opened, channel=den), words=SAMPLE_QUESTIONS[0])
    assert _refused(elsewhere)
    with fake.direct_messages():
        alone = await fake.submit_modal(opened, words=SAMPLE_QUESTIONS[0])
    assert alone.text == SERVER_ONLY


async def test_a_removal_that_was_signed_is_carried_out_by_no_other_member(stage: FakeAndBot) -> None:
    fake, bot = stage
    asked = await fake.command(10, 11, MEMBER, "podcast remove", force=True, podcast=TITLE)
    yes = next(str(one.custom_id) for one in asked.buttons if one.label == "Stop following")
    for user in (STRANGER, replace(STRANGER, permissions=PLAIN | Permission.MANAGE_MESSAGES)):
        assert (await _press(stage, yes, user)).text == NOT_YOURS
    assert len(await guild_destinations(bot.db, 10)) == 1
    gone = await fake.click(yes, asked, MEMBER)
    assert "is not announced in <#11> any more" in gone.text
    assert await guild_destinations(bot.db, 10) == []
    back = next(str(one.custom_id) for one in gone.buttons if one.label == "Bring back")
    assert (await _press(stage, back, STRANGER)).text == NOT_YOURS
    await fake.click(back, gone, MEMBER)
    [one] = await guild_destinations(bot.db, 10)
    assert one.channel_id == 11
