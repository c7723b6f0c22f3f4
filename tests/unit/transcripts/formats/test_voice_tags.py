"""Voice tags, in WebVTT and in SubRip, beside labels."""

from __future__ import annotations

import pytest

from tests.unit.transcripts.material import rows_of, subrip


def spoken(body: str) -> list[tuple[str | None, str]]:
    return [(speaker, text) for speaker, _, _, text in rows_of(body)]


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("<v Ada Moore>", "The lamp."),
        ("<v.loud Ada Moore>", "The lamp.</v>"),
        ("<v Ada Moore>", "Ada Moore: The lamp."),
        ("<v Ada Moore>", "ADA: The lamp."),
        ("<v Ada Moore>", "[Ada Moore] The lamp."),
    ],
)
def test_voice_tags_in_both_formats(tag: str, said: str) -> None:
    assert spoken(subrip(tag + said)) == [("Ada Moore", "The lamp.")]
    assert spoken(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{tag}{said}") == [("Ada Moore", "The lamp.")]


def test_a_label_of_somebody_else_is_speech() -> None:
    assert spoken(subrip("<v Ada>Bo: that is what he said.")) == [("Ada", "Bo: that is what he said.")]
