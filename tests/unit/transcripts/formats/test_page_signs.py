from __future__ import annotations

import pytest

from bot.text.html_lines import parse_html
from bot.transcripts.formats.page_signs import Signs, find_signs, read_time, stream_of


def signs(body: str) -> tuple[str | None, str | None]:
    root = parse_html(f"<body>{body}</body>").body
    assert root is not None
    found: Signs = find_signs(stream_of(root))
    return found.speaker, found.time


def page(line: str) -> str:
    names = ("Ada Moore", "Bo Lind")
    return "".join(line.format(name=names[n % 2], s=n * 7, clock=f"0:{n * 7:02}") for n in range(6))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("<cite>{name}</cite><time>{clock}</time><p>The mill stands.</p>", ("cite", "time")),
        ('<p><i class="x">{name}</i> The mill stands.</p>', ("i.x", None)),
        ('<p data-speaker="{name}" data-start="{s}">The mill stands.</p>', ("@data-speaker", "@data-start")),
        ("<h3>{name}</h3><p>The mill stands.</p>", ("h3", None)),
        # A name in the middle of a sentence names a book, and a word in front of one is no name.
        ("<p>We read <cite>{name}</cite> at the mill.</p>", (None, None)),
        ("<p><b>So,</b> the mill of {name} stands.</p>", (None, None)),
        ("<p>The mill of {name} stands.</p>", (None, None)),
    ],
)
def test_signs(line: str, found: tuple[str | None, str | None]) -> None:
    assert signs(page(line)) == found


def test_a_date_and_a_single_title_are_no_signs() -> None:
    text = page("<p>The mill stands.</p>")
    assert signs(f'<p>Posted <time datetime="2026-03-04T10:15">10:15</time></p>{text}') == (None, None)
    assert signs(f"{text}<p>We read <cite>The Mill</cite> twice.</p>") == (None, None)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        (" [0:05] ", 5_000),
        ("(0:05 - 0:08)", 5_000),
        ("0m05s", 5_000),
        ("5", None),
        ("at noon", None),
        ("0:05 mill", None),
    ],
)
def test_times(text: str, ms: int | None) -> None:
    assert read_time(text) == ms
