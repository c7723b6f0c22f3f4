"""Failures as members read them."""

from __future__ import annotations

import discord
import pytest
from discord import app_commands

from bot.date_ranges import DayError
from bot.discord_client.error_handler import MAX_SENTENCE, UNEXPECTED, MemberError, sentence_for
from bot.feeds.errors import FeedError
from bot.lookup import LookupFailedError
from bot.subscriptions import SubscriptionError
from storage.models import as_text


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
