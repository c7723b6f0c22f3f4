"""Failures as members read them."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from discord import app_commands

from bot.date_ranges import DayError
from bot.discord_client.error_handler import (
    MAX_SENTENCE,
    UNEXPECTED,
    MemberError,
    answer_failure,
    sentence_for,
)
from bot.feeds.errors import FeedError
from bot.log_setup import JsonFormatter, TextFormatter
from bot.lookup import LookupFailedError
from bot.subscriptions import SubscriptionError
from storage.models import DatabaseUnavailableError, StatusCode, as_text


def _wrapped(error: Exception) -> Exception:
    """The error as discord.py hands it over when it came out of a command."""

    @app_commands.command(name="wrapped", description="Only a name")
    async def command(interaction: discord.Interaction) -> None: ...

    outer = app_commands.CommandInvokeError(command, error)
    outer.__cause__ = error
    return outer


def _transforming(error: Exception | None) -> Exception:
    """The error as discord.py hands it over when it came out of an option's transformer; its own for None."""
    outer = app_commands.TransformerError(
        "x", discord.AppCommandOptionType.string, app_commands.Transformer()
    )
    outer.__cause__ = error
    return outer


def _chained(error: Exception) -> Exception:
    outer = RuntimeError("outer")
    outer.__cause__ = error
    return outer


@pytest.mark.parametrize(
    ("error", "sentence", "ours"),
    [
        (MemberError("Not **that**."), "Not **that**.", False),
        (_wrapped(FeedError(as_text("a_b can't be read."))), "a\\_b can't be read.", False),
        (
            _chained(LookupFailedError("No podcast is called “[x](y)”.")),
            "No podcast is called “\\[x\\](y)”.",
            False,
        ),
        (app_commands.NoPrivateMessage(), "This works in a server only.", False),
        (
            app_commands.CommandOnCooldown(app_commands.Cooldown(1, 60), 12.4),
            "That was a lot at once; try again in 12 seconds.",
            False,
        ),
        (app_commands.CommandNotFound("old", []), "This command has changed; try again in a minute.", True),
        (_wrapped(SubscriptionError("It begins with https://.")), "It begins with https://.", False),
        (_transforming(DayError("“x” is no day.")), "“x” is no day.", False),
        (_transforming(OSError("secret")), UNEXPECTED, True),
        (
            _transforming(None),
            "One of the options is nothing I can use; choose one of those that are offered.",
            False,
        ),
        (_wrapped(ZeroDivisionError("secret")), UNEXPECTED, True),
        (ValueError("secret"), UNEXPECTED, True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_each_failure_is_a_sentence(error: Exception, sentence: str, ours: bool) -> None:
    assert sentence_for(error) == (sentence, ours)


def test_what_others_wrote_is_cut_to_fit() -> None:
    sentence, _ = sentence_for(FeedError(as_text("*" * 5000)))
    assert len(sentence) <= MAX_SENTENCE


class _Interaction:
    """As much of an interaction as a failure is answered on."""

    def __init__(self, custom_id: str | None = None, *, closed: bool = False) -> None:
        self.told: list[str] = []
        self.client = SimpleNamespace(is_closed=lambda: closed)
        self.user = SimpleNamespace(id=5, name="mira")
        self.channel_id, self.guild_id = 11, 10
        self.type = discord.InteractionType.component
        self.command = None
        self.data = {"custom_id": custom_id}
        self.response = SimpleNamespace(is_done=lambda: True)
        self.followup = SimpleNamespace(send=self._send)

    async def _send(self, text: str, **_options: object) -> None:
        self.told.append(text)


TYPED = "what mira typed"


@pytest.mark.parametrize(
    ("error", "level", "logged"),
    [
        (MemberError(f"No speaker is called “{TYPED}”."), logging.INFO, "MemberError"),
        (_wrapped(LookupFailedError(f"No podcast is called “{TYPED}”.")), logging.INFO, "LookupFailedError"),
        (_transforming(DayError(f"{TYPED} is no day")), logging.INFO, "DayError"),
        (SubscriptionError(TYPED), logging.INFO, "SubscriptionError"),
        (FeedError(as_text(f"https://a.example/{TYPED} can't be read")), logging.INFO, "FeedError text"),
        (
            DatabaseUnavailableError(StatusCode("database.busy")()),
            logging.WARNING,
            "DatabaseUnavailableError database.busy",
        ),
        (_wrapped(ValueError(TYPED)), logging.ERROR, "CommandInvokeError"),
        (_chained(KeyError(TYPED)), logging.ERROR, "RuntimeError"),
    ],
)
async def test_the_log_tells_ids_and_the_kind_but_nothing_that_was_typed(
    error: Exception, level: int, logged: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    interaction = _Interaction("share:3:7:5:aB3xK9qLmZ")
    await answer_failure(cast("discord.Interaction[Any]", interaction), error)
    [record] = caplog.records
    assert record.levelno == level
    assert record.getMessage() == f"share:3:7:5 by member 5 in channel 11 of server 10: {logged}"
    assert "mira" not in TextFormatter(None).format(record) + JsonFormatter(None).format(record)
    assert len(interaction.told) == 1


@pytest.mark.parametrize(
    ("custom_id", "named"),
    [
        ("post:3:7", "post:3:7"),
        ("search-words:12", "search-words:12"),
        ("quote:3:words of mira", "quote:3"),
        ("words of mira", "an interaction"),
        (f"remove:1:1:5:{'9' * 22}", "remove:1:1:5"),
        (None, "an interaction"),
    ],
)
async def test_of_a_custom_id_only_its_ids_are_logged(
    custom_id: str | None, named: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await answer_failure(cast("discord.Interaction[Any]", _Interaction(custom_id)), MemberError("No."))
    assert caplog.records[0].getMessage().startswith(f"{named} by member 5")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            _wrapped(RuntimeError("Session is closed")),
            "member 5 can't be answered, as the bot stops: CommandInvokeError",
        ),
        (MemberError("No."), "share:1 by member 5 in channel 11 of server 10: MemberError"),
    ],
)
async def test_a_bot_that_stops_blames_no_command(
    error: Exception, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        await answer_failure(cast("discord.Interaction[Any]", _Interaction("share:1", closed=True)), error)
    assert caplog.messages == [message]
    assert caplog.records[0].exc_info is None
