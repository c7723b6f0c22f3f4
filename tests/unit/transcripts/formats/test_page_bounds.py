from __future__ import annotations

import pytest

from bot.text.html_lines import parse_html
from bot.transcripts.formats.page_bounds import label_bounds, sign_bounds
from bot.transcripts.formats.page_signs import Signs, stream_of

TALK = '<div id="talk"><p>Ada: The mill.</p><p>Bo: It stands.</p><p>[0:09] Ada: Why?</p></div>'


@pytest.mark.parametrize(
    ("body", "speakers", "part"),
    [
        (f"<p>Ours.</p>{TALK}<p>Theirs.</p>", {"Ada", "Bo"}, "talk"),
        # The names stand in a small part of the page.
        (f"{TALK}<p>{'And so on. ' * 20}</p>", {"Ada", "Bo"}, None),
        (TALK, {"Cy"}, None),
        (TALK, set[str](), None),
    ],
)
def test_the_part_that_holds_the_names(body: str, speakers: set[str], part: str | None) -> None:
    root = parse_html(f"<body>{body}</body>").body
    assert root is not None
    found = label_bounds(stream_of(root), speakers)
    assert (found.attributes.get("id") if found is not None else None) == part


def test_signs_stand_between_bounds() -> None:
    root = parse_html(
        "<body><p>Ours.</p><div><cite>Ada</cite><p>The mill.</p><cite>Bo</cite><p>Yes.</p></div>Theirs."
    ).body
    assert root is not None
    stream = stream_of(root)
    first, end = sign_bounds(stream, Signs("cite", None))
    said = "".join(piece for piece in stream.pieces[first:end] if isinstance(piece, str))
    assert "Theirs" not in said
    assert "Yes" in said
    assert sign_bounds(stream, Signs(None, None)) == (0, len(stream.pieces))
