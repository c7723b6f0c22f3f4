"""A message as the fake stores it, and what a member sees of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]

# A second-level heading, linked or not; in plain messages, a line in bold.
_HEADING = re.compile(r"## (?:\[(?P<linked>.+)\]\(<?http.*\)|(?P<title>.+))|\*\*(?P<bold>[^*]+)\*\*")

EPHEMERAL = 1 << 6
LOADING = 1 << 7
COMPONENTS_V2 = 1 << 15
CROSSPOSTED = 1 << 0
HAS_THREAD = 1 << 5

BUTTON = 2
STRING_SELECT = 3
TEXT_DISPLAY = 10


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a message; a link button has a `url` and no `custom_id`."""

    custom_id: str | None
    label: str
    url: str | None
    disabled: bool
    style: int


@dataclass(frozen=True, slots=True)
class FakeUser:
    """A Discord user; `permissions` apply in every channel."""

    id: int
    name: str
    permissions: int = 0
    bot: bool = False
    role_ids: tuple[int, ...] = ()


@dataclass(slots=True)
class FakeMessage:
    """A message in a channel, or an ephemeral one that only its reader sees."""

    id: int
    guild_id: int
    channel_id: int
    author: FakeUser
    created: datetime
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    flags: int = 0
    nonce: str | None = None
    edited: datetime | None = None
    deleted: bool = False
    files: list[tuple[str, bytes]] = field(default_factory=list)
    interaction: Json | None = None
    thread_id: int | None = None

    @property
    def ephemeral(self) -> bool:
        """Whether only one member sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def crossposted(self) -> bool:
        """Whether it was published to the channels that follow this one."""
        return bool(self.flags & CROSSPOSTED)

    @property
    def buttons(self) -> list[Button]:
        """All buttons, in reading order."""
        return [
            Button(
                part.get("custom_id"),
                part.get("label") or "",
                part.get("url"),
                bool(part.get("disabled")),
                part["style"],
            )
            for _, part in walk(self.components)
            if part.get("type") == BUTTON
        ]

    @property
    def selects(self) -> list[Json]:
        """All selects of texts, in reading order."""
        return [part for _, part in walk(self.components) if part.get("type") == STRING_SELECT]

    @property
    def text(self) -> str:
        """All visible text: content, embeds and components, one part a line."""
        return "\n".join(part for part in _texts(self) if part)

    @property
    def heading(self) -> str | None:
        """The text of its heading, without the link; in a plain message, the last of the bold lines at its start."""
        bold = None
        for line in self.text.splitlines():
            found = _HEADING.fullmatch(line)
            if found is None and bold:
                break
            if found is not None and not found["bold"]:
                return found["linked"] or found["title"]
            bold = found["bold"] if found is not None else bold
        return bold

    def current(self) -> Json:
        """The fields that an edit keeps unless it names them."""
        return {
            "content": self.content,
            "embeds": self.embeds,
            "components": self.components,
            "flags": self.flags,
            "attachments": [{"id": index} for index, _ in enumerate(self.files)],
        }

    def change(self, body: Json, files: Sequence[tuple[str, bytes]], now: datetime) -> None:
        """Apply an edit."""
        if "content" in body:
            self.content = body["content"] or ""
        if "embeds" in body:
            self.embeds = body["embeds"] or []
        if "components" in body:
            self.components = body["components"] or []
        if body.get("flags") is not None:
            # An edit can set only this flag, and never clears it.
            self.flags |= body["flags"] & COMPONENTS_V2
        if "attachments" in body or files:
            self.files = list(files)
        self.edited = now


def walk(
    components: Sequence[Json], path: tuple[str | int, ...] = ("components",)
) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    """Every component with its path, in reading order, nested ones and accessories included."""
    for index, part in enumerate(components):
        yield (*path, index), part
        yield from walk(part.get("components") or [], (*path, index, "components"))
        if part.get("accessory"):
            yield (*path, index, "accessory"), part["accessory"]


def _texts(message: FakeMessage) -> Iterator[str]:
    yield message.content
    for embed in message.embeds:
        yield (embed.get("author") or {}).get("name", "")
        yield embed.get("title") or ""
        yield embed.get("description") or ""
        for pair in embed.get("fields") or []:
            yield pair["name"]
            yield pair["value"]
        yield (embed.get("footer") or {}).get("text", "")
    for _, part in walk(message.components):
        yield part.get("label") or ""
        yield part.get("placeholder") or ""
        if part.get("type") == TEXT_DISPLAY:
            yield part.get("content") or ""
