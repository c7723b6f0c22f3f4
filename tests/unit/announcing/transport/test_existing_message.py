"""custom_ids are found among components however deep they are nested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.announcing.transport.existing_message import custom_ids


class Part:
    """A component as discord.py gives it."""

    def __init__(
        self, custom_id: str | None = None, children: Sequence[Any] = (), accessory: Any = None
    ) -> None:
        self.custom_id, self.children, self.accessory = custom_id, children, accessory


def test_custom_ids_are_found_however_deep() -> None:
    deep = Part(children=[Part(accessory=Part("one")), Part(children=[Part(), Part("two")])])
    assert list(custom_ids([deep, Part("three")])) == ["one", "two", "three"]
