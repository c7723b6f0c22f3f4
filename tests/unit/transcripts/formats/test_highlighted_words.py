"""Captions that mark each word in turn are said once."""

from __future__ import annotations

import pytest

from tests.unit.transcripts.material import rows_of, subrip


def spoken(body: str) -> list[tuple[str | None, str]]:
    return [(speaker, text) for speaker, _, _, text in rows_of(body)]


@pytest.mark.parametrize(
    "mark", ["<u>{}</u>", "<b>{}</b>", '<font color="#00ff00">{}</font>', "{{\\b1}}{}{{\\b0}}"]
)
@pytest.mark.parametrize("label", ["", "Ada: ", "[SPEAKER_00]: "])
def test_marked_words_are_said_once(mark: str, label: str) -> None:
    lines = ["The lamp is lit.", "No.", "And the kettle is on."]
    marked = [
        label
        + " ".join(mark.format(word) if place == at else word for place, word in enumerate(line.split()))
        for line in lines
        for at in range(len(line.split()))
    ]
    told = label.strip("[]: ") or None
    assert spoken(subrip(*marked)) == [(told, " ".join(lines))]


def test_what_two_people_say_alike_is_said_twice() -> None:
    cue = "00:0{}.000 --> 00:0{}.000\n<v {}>{}\n\n"
    said = [("Ada", "<i>No</i> lamp."), ("Bo", "No <i>lamp</i>."), ("Ada", "No lamp."), ("Bo", "No lamp.")]
    body = "WEBVTT\n\n" + "".join(cue.format(at, at + 1, who, text) for at, (who, text) in enumerate(said))
    assert spoken(body) == [(who, "No lamp.") for who, _ in said]
    assert spoken(subrip("No lamp.", "No lamp.", "<i>No lamp.</i>"))[0][1].count("No lamp.") == 3
