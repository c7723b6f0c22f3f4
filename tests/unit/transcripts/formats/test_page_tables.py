from __future__ import annotations

import pytest

from bot.text.html_lines import parse_html
from bot.transcripts.formats.page_tables import table_lines


def lines(body: str) -> list[str] | None:
    root = parse_html(f"<body>{body}</body>").body
    assert root is not None
    found = table_lines(root)
    return None if found is None else [line.text for line in found]


ROWS = "".join(
    f"<tr><td>{time}</td><td>{name}</td><td>{text}</td></tr>"
    for time, name, text in (("0:05", "Ada", "The <b>mill</b>."), ("0:09", "Bo", "The river."))
)


@pytest.mark.parametrize(
    "body",
    [
        f"<table>{ROWS}</table>",
        f"<table><thead><tr><th>When</th><th>Who</th><th>What</th></tr></thead>{ROWS}</table>",
        f"<p>The mill</p><table><tr><td colspan=3>Part one</td></tr>{ROWS}</table>",
    ],
)
def test_tables_of_talk(body: str) -> None:
    assert lines(body) == ["[0:00:05.000] Ada: The mill.", "[0:00:09.000] Bo: The river."]


@pytest.mark.parametrize(
    "body",
    [
        "<p>Ada: The mill.</p>",
        f"<p>{'And so on. ' * 30}</p><table>{ROWS}</table>",
        "<table><tr><td>Oil</td><td>12</td></tr><tr><td>Wick</td><td>14</td></tr></table>",
        "<table><tr><td><table><tr><td>Ada: The mill.</td></tr></table></td></tr></table>",
        "<table></table>",
    ],
)
def test_other_tables(body: str) -> None:
    assert lines(body) is None
