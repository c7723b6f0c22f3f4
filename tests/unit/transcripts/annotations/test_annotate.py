"""What every transcript is given, wherever it was read."""

from __future__ import annotations

from bot.transcripts.annotations.annotate import annotate
from storage.models import Turn, TurnMark


def test_names_and_marks() -> None:
    turns = [
        Turn("ADA", 0, 1, "Hello."),
        Turn("Ada Moore (host)", 1, 2, "We talk of mills."),
        Turn("Music", 2, 3, "[music]"),
        Turn("Bo", 3, 4, "[laughs]"),
    ]
    found = annotate(turns, ["Bo Lind"])
    assert [turn.speaker for turn in found] == ["Ada Moore", "Ada Moore", "Music", "Bo Lind"]
    assert [turn.mark for turn in found] == [None, None, TurnMark.BREAK, TurnMark.SOUND]
    assert [turn.text for turn in found] == [turn.text for turn in turns]
    assert annotate(found, ["Bo Lind"]) == found
    assert annotate([]) == ()
