"""Lengths of episodes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.parsing.durations import first_length_s, length_s


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("3504", 3_504),
        ("1014.7", 1_014.7),
        ("58:24", 3_504),
        (" 1:06:35 ", 3_995),
        ("01:02:03,500", 3_723.5),
        ("00:62:03", 3_723),
        ("62 min", 3_720),
        ("ca. 62 min.", 3_720),
        ("58:24 min", 3_504),
        ("1:30 h", 5_400),
        ("1h2m3s", 3_723),
        ("01h02", 3_720),
        ("1 hr 2 min", 3_720),
        ("1 hour and 2 minutes", 3_720),
        ("1.5 hours", 5_400),
        ("1 Std. 30 Min.", 5_400),
        ("1 heure 2 minutes 3 secondes", 3_723),
        ("1 час 2 мин", 3_720),
        ("1時間2分3秒", 3_723),
        ("１小时２分", 3_720),
        ("62分钟", 3_720),
        ("62′30″", 3_750),
        ("٦٢ دقيقة", 3_720),
        ("PT1H2M3S", 3_723),
        ("P0DT1H2M", 3_720),
        ("86400", 86_400),
        ("86401", None),
        ("45:12:00", None),
        ("0", None),
        ("00:00", None),
        ("-5", None),
        ("nan", None),
        ("1:2:3:4", None),
        ("an hour", None),
        ("3 episodes", None),
        ("2 min 1 h", None),
        ("PT", None),
        ("", None),
        ("9" * 5_000, None),
    ],
)
def test_lengths(written: str, seconds: float | None) -> None:
    assert length_s(written) == seconds


def test_the_first_that_is_a_length_counts() -> None:
    assert first_length_s(["", "later", "10:00", "20:00"]) == 600
    assert first_length_s([]) is None


@given(st.text(max_size=40) | st.text("0123456789:.,hms'min PTH時分", max_size=20))
def test_any_text_is_a_length_or_none(written: str) -> None:
    found = length_s(written)
    assert found is None or 0 < found <= 86_400
