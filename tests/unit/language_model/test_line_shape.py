"""What a line looks like: nothing that a reader doesn't see, that leads away, or that speaks to somebody."""

from __future__ import annotations

import pytest

from bot.language_model import line_shape

PLAIN = (
    "Ada Moore says that 3.5 million lamps (of C++ and Node.js fame) burned whale oil in St. Ives until 1859."
)


def test_a_plain_line_has_nothing_of_all_that() -> None:
    assert not line_shape.has_hidden_characters(PLAIN)
    assert not line_shape.leads_elsewhere(PLAIN, "")
    assert not line_shape.addresses_somebody(PLAIN)
    assert not line_shape.is_marked_up(PLAIN)
    assert not line_shape.is_question(PLAIN)
    assert not line_shape.speaks_to_the_reader(PLAIN, "en")
    assert not line_shape.goes_round(PLAIN)
    assert line_shape.sentence_count(PLAIN) == 1


@pytest.mark.parametrize(
    "text",
    [
        "a\nb",
        "a\x07",
        "a\u200bb",
        "a\u202eb",
        "a\ufeff",
        "\u2800",
        "a\u3164b",
        "a\ue000",
        "Z\u0335\u0336\u0337\u0338\u0339",
    ],
)
def test_hidden_characters(text: str) -> None:
    assert line_shape.has_hidden_characters(text)


@pytest.mark.parametrize("text", ["می\u200cخواهد", "Übergänge", "Việt Nam", "か\u3099", "नमस्ते", "שָׁלוֹם"])
def test_what_a_script_needs_is_not_hidden(text: str) -> None:
    assert not line_shape.has_hidden_characters(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://lamps.example/x",
        "hxxp://lamps",
        "See www.lamps",
        "lamps.com has it",
        "on discord.gg/abc now",
        "at lamps dot com",
        "bei lampen Punkt de",
        "javascript:alert",
    ],
)
def test_links(text: str) -> None:
    assert line_shape.leads_elsewhere(text, "Lamps and Light")


def test_a_name_of_the_titles_may_look_like_an_address() -> None:
    assert not line_shape.leads_elsewhere("Fast.ai teaches all.", "Starting Fast.ai in a garage")
    assert line_shape.leads_elsewhere("Fast.ai/now teaches all.", "Starting Fast.ai in a garage")


@pytest.mark.parametrize("text", ["@everyone", "<@123>", "ada@lamps", "in #general", "<#123>", "<t:12>"])
def test_mentions(text: str) -> None:
    assert line_shape.addresses_somebody(text)


@pytest.mark.parametrize("text", ["C# and F#", "lamp No. 1"])
def test_no_mentions(text: str) -> None:
    assert not line_shape.addresses_somebody(text)


@pytest.mark.parametrize(
    "text",
    [
        "**Lamps**",
        "`lamps`",
        "a | b",
        "[lamps](x)",
        "> lamps",
        "# Lamps",
        "- lamps",
        "1. lamps",
        "_lamps_",
        "~~a~~",
        "{a}",
        "print()",
        "a => b",
        "x == y",
        "lamps 🔥",
        "\\lamps",
        "burn();",
    ],
)
def test_markup(text: str) -> None:
    assert line_shape.is_marked_up(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Lamps burned.", 1),
        ("Lamps burned", 1),
        ("Lamps burned. They went out", 2),
        ("Dr. Moore of St. Ives lit lamps.", 1),
        ("ランプが燃えた。そして消えた。", 2),
        ("Am 10. März brannten Lampen.", 1),
    ],
)
def test_sentences(text: str, count: int) -> None:
    assert line_shape.sentence_count(text) == count


def test_questions() -> None:
    assert line_shape.is_question("Who lit the lamps?")
    assert line_shape.is_question("誰がランプをつけたのか？")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We lit our lamps.", "en"),
        ("I'm sure that lamps burn.", "en-GB"),
        ("Lamps that you should buy.", None),
        ("Hier erkläre ich die Lampen.", "de"),
        ("Nous parlons des lampes.", "fr"),
        ("私たちはランプを話す。", "ja"),
        ("我们谈灯。", "zh"),
        ("Мы говорим о лампах.", "ru"),
        ("우리는 등불을 말한다.", "ko"),
    ],
)
def test_who_speaks(text: str, language: str | None) -> None:
    assert line_shape.speaks_to_the_reader(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The US lamp law of IT.", "en"),
        ("Die Mine in den US-Staaten.", "de"),
        ("Lampes du moi.", "en"),
        ("Coal mine lamps.", "en"),
        ("문제가 있다", "ko"),
        ("自我批评", "zh"),
    ],
)
def test_nobody_speaks(text: str, language: str) -> None:
    assert not line_shape.speaks_to_the_reader(text, language)


@pytest.mark.parametrize(
    "text",
    [
        "Lamps lamps lamps.",
        "the lamp burns the lamp burns the lamp burns",
        "ランプランプランプ",
        "hahahahaha it burns",
    ],
)
def test_loops(text: str) -> None:
    assert line_shape.goes_round(text)
