"""Where sentences end, and where a full stop ends none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.sentences import sentence_ends


def _sentences(text: str) -> list[str]:
    at, found = 0, []
    for end in sentence_ends(text):
        found.append(text[at:end].strip())
        at = end
    return found


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One mill. Two mills! Three?", ["One mill.", "Two mills!", "Three?"]),
        ("Dr. Moore met Mr. Lind. They left.", ["Dr. Moore met Mr. Lind.", "They left."]),
        ("Ada B. Moore wrote it, e.g. Here.", ["Ada B. Moore wrote it, e.g. Here."]),
        ("So did I. Then we left.", ["So did I.", "Then we left."]),
        ("Am 10. März erlosch das Licht. Alle gingen.", ["Am 10. März erlosch das Licht.", "Alle gingen."]),
        ("Wir kamen z.B. Mittwochs.", ["Wir kamen z.B. Mittwochs."]),
        ("And then… we waited. Yes.", ["And then… we waited.", "Yes."]),
        ("no capitals here. none at all.", ["no capitals here.", "none at all."]),
        ("He said “go.” Then he went.", ["He said “go.”", "Then he went."]),
        ("風が吹いた。海は黒い。", ["風が吹いた。", "海は黒い。"]),
        ("No end", []),
        ("", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert _sentences(text) == sentences


@given(st.text(alphabet='aA1 .!?…。"”\n', max_size=200))
def test_ends_rise_and_stay_inside(text: str) -> None:
    ends = list(sentence_ends(text))
    assert ends == sorted(set(ends))
    assert all(0 < end <= len(text) for end in ends)
