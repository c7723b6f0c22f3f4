"""Spaces between pieces of speech, by script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transcripts.turns.joining import join_texts, spoken_words


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        (["The lamp", " burns ", "", "on."], "The lamp burns on."),
        (["今天我们聊聊古老的灯", "塔和守塔人的故事"], "今天我们聊聊古老的灯塔和守塔人的故事"),
        (["嵐の夜に", "ついて語る", "カタカナ"], "嵐の夜について語るカタカナ"),
        (["คนเฝ้าประ", "ภาคาร"], "คนเฝ้าประภาคาร"),
        (["អ្នកយាម", "ប៉ម"], "អ្នកយាមប៉ម"),
        (["ຄົນເຝົ້າ", "ປະພາຄານ"], "ຄົນເຝົ້າປະພາຄານ"),
        (["မီးပြ", "တိုက်"], "မီးပြတိုက်"),
        # Latin words within Chinese and Japanese, as people write them; Thai sets them off.
        (["我们用", "Python", "写灯塔"], "我们用Python写灯塔"),
        (["我们用", "machine", "learning", "做灯塔"], "我们用machine learning做灯塔"),
        (["1999", "年", "。", "He said"], "1999年。He said"),
        (["ใช้", "Python", "เขียน"], "ใช้ Python เขียน"),
        (["他说", "“灯塔”", "很老"], "他说“灯塔”很老"),
        (["灯塔.", "很老"], "灯塔. 很老"),
        (["灯塔", ", 很老"], "灯塔, 很老"),
        # Korean, Russian and Arabic have spaces.
        (["등대", "이야기"], "등대 이야기"),
        (["등대", "灯塔"], "등대 灯塔"),
        (["старый", "маяк"], "старый маяк"),
        (["المنارة", "القديمة"], "المنارة القديمة"),
        ([], ""),
    ],
)
def test_joined(parts: list[str], joined: str) -> None:
    assert join_texts(parts) == joined


@given(st.lists(st.text(alphabet="ab 灯塔。ค등.“", max_size=4), max_size=8))
def test_no_sign_is_lost_or_added(parts: list[str]) -> None:
    joined = join_texts(parts)
    assert joined == joined.strip()
    assert joined.replace(" ", "") == "".join(parts).replace(" ", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("The lamp burns", 3),
        ("Der Leuchtturmwärter", 2),
        ("今天我们", 2),
        ("用 Python 写", 2),
        ("灯", 0.5),
    ],
)
def test_words(text: str, words: float) -> None:
    assert spoken_words(text) == words
