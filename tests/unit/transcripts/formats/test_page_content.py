from __future__ import annotations

import pytest

from bot.text.html_lines import parse_html
from bot.transcripts.formats.page_content import main_content

TALK = "".join(f"<p>Ada: The mill stands still in line {n} of this long talk.</p>" for n in range(6))


def kept(body: str) -> str:
    root = main_content(parse_html(f"<html><body>{body}</body></html>"))
    assert root is not None
    return root.text(separator=" ")


@pytest.mark.parametrize(
    "beside",
    [
        "<nav>Away</nav>",
        '<div role="navigation">Away</div>',
        "<footer><p>Away</p></footer>",
        "<aside>Away</aside>",
        '<ul class="site-menu"><li>Away</li></ul>',
        '<div class="cookieConsent">Away</div>',
        '<section id="comments"><p>Away</p></section>',
        '<div class="related-posts">Away</div>',
        "<script>Away</script><style>Away</style>",
        "<dialog>Away <nav>Away</nav></dialog>",
    ],
)
def test_what_stands_beside_the_text(beside: str) -> None:
    assert "Away" not in kept(f"{beside}<div>{TALK}</div>{beside}")


@pytest.mark.parametrize(
    "around",
    [
        '<div class="with-sidebar comments-open">{}</div>',
        "<header>{}</header>",
        "<form>{}</form>",
        '<aside class="transcript">{}</aside>',
        '<div class="widget-transcript">{}</div>',
    ],
)
def test_what_holds_the_text_stays(around: str) -> None:
    assert kept(around.format(TALK)).count("mill") == 6


def test_the_part_that_calls_itself_a_transcript() -> None:
    notes = "".join(f"<p>What we talked about in part {n} of the notes of this show.</p>" for n in range(9))
    assert "notes" not in kept(f'<div>{notes}</div><div id="episode-transcript">{TALK}</div>')


def test_no_body_is_no_text() -> None:
    assert main_content(parse_html("<frameset></frameset>")) is None or kept("") == ""
