"""Chapters inside the room that a message has for them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.present.fit import ChapterRow, fit_chapters


def test_the_longest_chapters_get_their_lines_first() -> None:
    rows = [
        ChapterRow("l0", "p0", "beneath0", 10), ChapterRow("l1", "p1", "beneath1", 30),
        ChapterRow("l2", "p2", "", 40), ChapterRow("l3", "p3", "beneath3", 20),
    ]  # fmt: skip
    titles = len("l0\nl1\nl2\nl3")
    assert fit_chapters(rows, 400, "+ {} more").split("\n") == [
        "l0",
        "beneath0",
        "l1",
        "beneath1",
        "l2",
        "l3",
        "beneath3",
    ]
    assert fit_chapters(rows, titles + 9, "+ {} more").split("\n") == ["l0", "l1", "beneath1", "l2", "l3"]
    assert fit_chapters(rows, titles, "+ {} more").split("\n") == ["l0", "l1", "l2", "l3"]
    assert fit_chapters([], 10, "+ {} more") == ""


@given(
    st.lists(
        st.builds(
            lambda plain, link, *rest: ChapterRow(f"[{plain}]({'u' * link})" if link else plain, plain, *rest),
            st.text("p", min_size=1, max_size=40), st.integers(0, 90), st.text("b", max_size=60), st.integers(0, 9),
        ),
        max_size=60,
    ),
    st.integers(30, 1500),
)  # fmt: skip
def test_the_fit_keeps_its_promises(rows: list[ChapterRow], limit: int) -> None:
    text = fit_chapters(rows, limit, "+ {} more")
    assert len(text) <= limit
    lines = text.split("\n") if text else []
    beneath = [line for line in lines if line.startswith("b")]
    more = [line for line in lines if line.startswith("+")]
    titles = [line for line in lines if line not in beneath and line not in more]
    left_out = len(rows) - len(titles)
    assert more == ([f"+ {left_out} more"] if left_out else [])
    assert not (beneath and left_out)
    assert all(line in (one.linked, one.plain) for line, one in zip(titles, rows, strict=False))
