"""Quotation marks in pairs, in the languages that pair them differently."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.quotation_marks import are_paired, with_pairs


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nobody came.",
        "“Nobody came,” says Bo.",
        'Bo said: "Nobody came." And "then"?',
        "„Niemand kam“, sagt Bo.",
        "»Niemand kam«, sagt Bo, und «nicht einer» kam.",
        "Bo dit : « Personne n'est venu » et part.",
        "”Ingen kom”, säger Bo.",
        "ボーは「誰も来なかった」と『海の灯』で語る。",
        "守塔人说：“没有人来过。”《海》",
        "The lamp was 12\" wide and 6' long.",
        "It's the keepers' own ’90s lamp.",
        "“She said ‘nobody’ and “nobody at all” twice.”",
        '("Nobody"—"came")',
    ],
)
def test_what_is_paired_stays(text: str) -> None:
    assert are_paired(text)
    assert with_pairs(text) == text


@pytest.mark.parametrize(
    ("text", "paired"),
    [
        ("“I kept the light.", "“I kept the light.”"),
        ("Nobody came,” says Bo.", "“Nobody came,” says Bo."),
        ('Nobody came," says Bo.', '"Nobody came," says Bo.'),
        ('Bo says: "I kept the light.', 'Bo says: "I kept the light."'),
        ("„Niemand kam.", "„Niemand kam.“"),
        ("Niemand kam“, sagt Bo.", "„Niemand kam“, sagt Bo."),
        ("Niemand kam«, sagt Bo.", "»Niemand kam«, sagt Bo."),
        ("Il dit : « Personne n'est venu.", "Il dit : « Personne n'est venu.»"),
        ("誰も来なかった」と語る。", "「誰も来なかった」と語る。"),
        ("“He called it „the lamp” and left.", "“He called it „the lamp” and left.”"),
        ("「灯台『海の灯」の話。", "「灯台『海の灯」の話。』"),
    ],
)
def test_a_lone_mark_gets_its_partner(text: str, paired: str) -> None:
    assert not are_paired(text)
    assert with_pairs(text) == paired


@given(st.text(alphabet='“”„‟"«»「」『』 ab.:12\xa0', max_size=30))
def test_nothing_but_marks_is_added(text: str) -> None:
    paired = with_pairs(text)
    assert text in paired
    assert not set(paired.replace(text, "", 1)) - set('“”„‟"«»「」『』')
