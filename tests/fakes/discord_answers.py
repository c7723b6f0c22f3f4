"""An interaction, and what the bot has answered so far, as the member sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from tests.fakes.discord_messages import Button, FakeMessage, FakeUser, Json
from tests.fakes.discord_state import FakeChannel


class Kind(IntEnum):
    """What a member did."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Callback(IntEnum):
    """How the bot answered first."""

    MESSAGE = 4
    DEFERRED = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(frozen=True, slots=True)
class Choice:
    """One suggestion of an autocomplete."""

    name: str
    value: Any


@dataclass(slots=True)
class FakeAnswer:
    """An interaction and the bot's answers to it, which grow with every follow-up.

    `message` is the first answer; after an update, the message with the button. `loading`: a deferred answer is
    still to come. `seconds`: real time until the callback.
    """

    id: int
    token: str
    kind_sent: Kind
    user: FakeUser
    channel: FakeChannel
    source: FakeMessage | None
    sent_at: float
    sent_shift_s: float
    callback: Callback | None = None
    deferred: bool = False
    loading: bool = False
    message: FakeMessage | None = None
    followups: list[FakeMessage] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    modal: Json | None = None
    seconds: float = 0.0

    @property
    def kind(self) -> str:
        """How the bot answered first: a `Callback`'s name in lower case, or "nothing"."""
        return self.callback.name.lower() if self.callback else "nothing"

    @property
    def settled(self) -> bool:
        """Whether the member sees an answer."""
        return self.callback is not None and not self.loading

    @property
    def content(self) -> str:
        """The first answer's content."""
        return self.message.content if self.message else ""

    @property
    def embeds(self) -> list[Json]:
        """The first answer's embeds."""
        return self.message.embeds if self.message else []

    @property
    def components(self) -> list[Json]:
        """The first answer's components."""
        return self.message.components if self.message else []

    @property
    def buttons(self) -> list[Button]:
        """The buttons of the answer and of its follow-ups."""
        return [button for message in self.shown for button in message.buttons]

    @property
    def ephemeral(self) -> bool:
        """Whether only the member sees the first answer."""
        return self.message.ephemeral if self.message else False

    @property
    def text(self) -> str:
        """All visible text: of the answer, its follow-ups, and the choices."""
        return "\n".join(
            [*(message.text for message in self.shown), *(choice.name for choice in self.choices)]
        )

    @property
    def shown(self) -> list[FakeMessage]:
        """The answer and its follow-ups."""
        return [*([self.message] if self.message else []), *self.followups]
