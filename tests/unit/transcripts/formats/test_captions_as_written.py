"""Captions as hosts and editors write them: other arrows, frames, marked words, names in brackets, credits, pages."""

from __future__ import annotations

import pytest

from tests.unit.transcripts.material import rows_of, subrip


def spoken(body: str) -> list[tuple[str | None, str]]:
    return [(speaker, text) for speaker, _, _, text in rows_of(body)]


@pytest.mark.parametrize("arrow", ["-->", "→", "–>", "—>", "->", "-- >", "=>", "⟶", "--&gt;", "−−>"])
def test_arrows(arrow: str) -> None:
    body = (
        f"1\n00:00:01,500 {arrow} 00:00:03,000\nThe lamp.\n\n2\n00:00:04,000 {arrow} 00:00:05,000\nIs lit.\n"
    )
    assert rows_of(body) == [(None, 1_500, 5_000, "The lamp. Is lit.")]


@pytest.mark.parametrize(
    ("first", "last", "end_ms"),
    [
        ("00:00:01:12", "00:00:05:24", 5_960),
        ("00:00:01:15", "00:00:05:29", 5_966),
        ("00:00:01;15", "00:00:05;29", 5_966),
        ("00:00:01:30", "00:00:05:59", 5_983),
        ("00:00:01:500", "00:00:05:250", 5_250),
    ],
)
def test_frames(first: str, last: str, end_ms: int) -> None:
    body = f"1\n{first} --> 00:00:03:00\nThe lamp.\n\n2\n00:00:04:00 --> {last}\nIs lit.\n"
    [(_, start, end, text)] = rows_of(body)
    assert text == "The lamp. Is lit."
    assert start is not None
    assert abs(start - 1_500) <= 20
    assert end == end_ms


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


@pytest.mark.parametrize("form", ["[{}] ", "[{}]: ", "【{}】", "({}) ", "[{}]\n"])
def test_names_in_brackets(form: str) -> None:
    said = [("Ada Moore", "The lamp is lit."), ("Bo", "At last."), ("Ada Moore", "Yes."), ("Bo", "Good.")]
    assert spoken(subrip(*(form.format(who) + text for who, text in said))) == said


def test_sounds_and_remarks_in_brackets_are_no_names() -> None:
    body = subrip(
        "[Laughter] The lamp is lit.",
        "(Door Opens) Who opens the door?",
        "[Laughter] No.",
        "(Door Opens) Bo.",
    )
    assert {who for who, _ in spoken(body)} == {None}


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


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><h1>Lamps</h1><pre>{}</pre></body></html>",
        "<!DOCTYPE html><html><body><textarea>{}</textarea></body></html>",
    ],
)
def test_captions_inside_of_a_page(page: str) -> None:
    captions = subrip("Ada: The lamp is lit.", "Bo: At last.", "Ada: Yes.")
    expected = rows_of(captions)
    assert rows_of(page.format(captions.replace(">", "&gt;"))) == expected
    assert rows_of(page.format(captions)) == expected


def test_captions_in_the_paragraphs_of_a_page() -> None:
    captions = subrip("Ada: The lamp is lit.", "Bo: At last.", "Ada: Yes.")
    page = "".join(f"<p>{line.replace('>', '&gt;')}</p>" for line in captions.split("\n"))
    assert rows_of(f"<html><body>{page}</body></html>") == rows_of(captions)
    assert rows_of(
        "<html><body><p>Ada: From 1:00 --&gt; 2:00.</p><p>Bo: Yes.</p><p>Ada: So.</p></body></html>"
    )
