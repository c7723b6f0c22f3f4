from __future__ import annotations

import pytest

from bot.status_messages.sentences import sentence
from bot.transcripts.selection import TranscriptCandidate, best, fetch_order
from storage.models import TranscriptSource, Turn


def made(
    source: TranscriptSource,
    *speakers: str | None,
    words: int = 1_000,
    every_s: int | None = 6,
    turns: int = 20,
) -> TranscriptCandidate:
    """A transcript of `words` words in `turns` turns."""
    said = " ".join(["lamp"] * (words // turns))
    return TranscriptCandidate(
        source,
        [
            Turn(
                speakers[number % len(speakers)] if speakers else None,
                None if every_s is None else number * every_s * 1_000,
                None if every_s is None else (number + 1) * every_s * 1_000,
                said,
            )
            for number in range(turns)
        ],
    )


VTT, SRT, JSON = TranscriptSource("vtt"), TranscriptSource("srt"), TranscriptSource("json")
HTML, TEXT, NOTES = TranscriptSource("html"), TranscriptSource("text"), TranscriptSource("notes")

CASES = [
    (
        [made(TEXT, every_s=None), made(VTT, "Ada", "Bob", "Cleo", "Dan")],
        1,
        "VTT: 4 speakers, a time every 6 s; rather than text (no speakers)",
    ),
    ([made(VTT)], 0, "VTT: no speakers, a time every 6 s"),
    (
        [made(VTT), made(HTML, "Ada", every_s=30)],
        1,
        "HTML: 1 speaker, a time every 30 s; rather than VTT (no speakers)",
    ),
    (
        [made(VTT, "Speaker 1", "Speaker 2"), made(SRT, "Ada", "Bob")],
        1,
        "SRT: 2 speakers, a time every 6 s; rather than VTT (speakers without names)",
    ),
    (
        [made(NOTES, "Ada", "Bob", every_s=None), made(VTT, "Ada", "Bob")],
        1,
        "VTT: 2 speakers, a time every 6 s; rather than notes (no times)",
    ),
    (
        [made(JSON, "Ada", "Bob", words=100), made(TEXT, every_s=None)],
        1,
        "text: no speakers, no times; rather than JSON (only 100 words)",
    ),
    (
        [made(SRT, "Ada", words=800), made(VTT, "Ada"), made(TEXT)],
        1,
        "VTT: 1 speaker, a time every 6 s; rather than SRT (800 words), text (no speakers)",
    ),
    (
        [made(SRT, "Ada"), made(VTT, "Ada")],
        1,
        "VTT: 1 speaker, a time every 6 s; rather than SRT (no better)",
    ),
    (
        [made(TEXT, "Ada", every_s=200), made(HTML, "Ada", every_s=20)],
        1,
        "HTML: 1 speaker, a time every 20 s; rather than text (a time every 200 s)",
    ),
    (
        [TranscriptCandidate(VTT, []), made(TEXT)],
        1,
        "text: no speakers, a time every 6 s; rather than VTT (only 0 words)",
    ),
]


@pytest.mark.parametrize(("candidates", "place", "reason"), CASES)
def test_the_best(candidates: list[TranscriptCandidate], place: int, reason: str) -> None:
    chosen, why = best(candidates)
    assert (chosen, sentence(why)) == (place, reason)
    there, and_why = best(candidates[::-1])
    assert candidates[::-1][there] == candidates[place]
    assert sentence(and_why).split(";")[0] == reason.split(";", maxsplit=1)[0]


def test_a_name_here_and_there_is_no_speaker() -> None:
    turns = made(VTT).turns
    named = [Turn("Ada", turns[0].start_ms, turns[0].end_ms, turns[0].text), *turns[1:]]
    assert best([TranscriptCandidate(SRT, named), made(VTT)])[0] == 1


def test_nothing_to_choose_from() -> None:
    with pytest.raises(ValueError, match="no transcripts"):
        best([])


def test_the_order_to_fetch_in() -> None:
    types = ["text/html", "application/pdf", "text/plain", "application/srt", "", "text/vtt; charset=utf-8"]
    assert fetch_order(types) == (5, 3, 0, 4, 2)
