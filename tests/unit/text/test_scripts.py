"""Which texts are written without spaces between their words."""

from __future__ import annotations

import pytest

from bot.text.scripts import is_spaceless, spaceless_at, spaceless_count


@pytest.mark.parametrize(
    "text", ["灯台の夜", "灯台守の夜でした Ep 3", "ประภาคาร", "ကမ်းခြေ", "ប៉មភ្លើង", "ﾗｼﾞｵ", "𠮷野"]
)
def test_written_without_spaces(text: str) -> None:
    assert is_spaceless(text)
    assert spaceless_at(text)


@pytest.mark.parametrize(
    "text", ["", "A lighthouse", "등대 이야기", "маяк", "A night at the lighthouse 灯台"]
)
def test_written_with_spaces(text: str) -> None:
    assert not is_spaceless(text)


def test_characters_are_counted() -> None:
    assert spaceless_count("AI と灯台") == 3
    assert not spaceless_at("灯", 1)
