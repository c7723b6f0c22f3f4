"""Credits and lines of music speak nothing, and name no speaker."""

from __future__ import annotations

import pytest

from tests.unit.transcripts.material import rows_of, subrip


def spoken(body: str) -> list[tuple[str | None, str]]:
    return [(speaker, text) for speaker, _, _, text in rows_of(body)]


@pytest.mark.parametrize(
    "credit",
    [
        "Transcribed By: Wick and Daughters",
        "Subtitles by Wick",
        "Captions: Wick Ltd.",
        "Untertitel: Docht GmbH",
        "Untertitelung des ZDF, 2020",
        "Sous-titres : La Mèche",
        "Transcripción: La Mecha",
        "Legendas: Pavio",
        "Sottotitoli a cura di Stoppino",
        "Ondertiteling: Kaarsenpit",
        "Napisy: Knot",
        "Субтитры: Фитиль",
        "字幕：烛芯",
        "文字起こし：灯心",
        "Music: La la la",
        "Musik: La la la",
        "Música: La la la",
        "Музыка: ля-ля",
        "音楽：ラララ",
    ],
)
def test_credits_and_music_name_no_speaker(credit: str) -> None:
    cues = [f"This is the lamp number {number}." for number in range(4)]
    assert spoken(subrip(credit, *cues)) == [(None, credit), (None, " ".join(cues))]
    named = spoken(subrip("Ada: One.", credit, "Two.", "Bo: Three.", "Ada: Four."))
    assert named == [("Ada", "One."), (None, credit), ("Ada", "Two."), ("Bo", "Three."), ("Ada", "Four.")]
