from __future__ import annotations

import pytest

from bot.show_notes.video_links import own_video
from tests.fakes.hostile_html import reopened_formatting

CANONICAL = "https://www.youtube.com/watch?v=AAAAbbbb123"


@pytest.mark.parametrize(
    "html",
    [
        '<iframe src="https://www.youtube-nocookie.com/embed/AAAAbbbb123?rel=0&amp;autoplay=0"></iframe>',
        '<p><iframe src="//www.youtube.com/embed/AAAAbbbb123"></iframe></p><p><a href="https://youtu.be/ZZZZyyyy999">A talk</a></p>',  # noqa: E501
        '<a href="https://youtu.be/AAAAbbbb123">Full video</a>',
        '<a href="https://youtu.be/AAAAbbbb123?si=x">Watch this episode</a>',
        '<a href="https://m.youtube.com/watch?v=AAAAbbbb123&amp;feature=share">Watch on <b>YouTube</b>!</a>',
        '<a href="https://www.youtube.com/live/AAAAbbbb123">The full episode on YouTube</a> <a href="https://youtu.be/AAAAbbbb123">Watch the full episode</a>',  # noqa: E501
    ],
)
def test_the_episodes_own(html: str) -> None:
    assert own_video(html) == CANONICAL


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://youtu.be/AAAAbbbb123">YouTube</a>',
        '<a href="https://youtu.be/AAAAbbbb123">Watch the keynote on YouTube</a>',
        '<a href="https://youtu.be/AAAAbbbb123">Full video of Ada’s talk</a>',
        '<a href="https://youtu.be/AAAAbbbb123?t=80">Watch this episode</a>',
        '<a href="https://youtu.be/AAAAbbbb123#t=80">Watch this episode</a>',
        '<iframe src="https://www.youtube.com/embed/AAAAbbbb123?start=30"></iframe>',
        '<iframe src="https://www.youtube.com/embed/videoseries?list=PL1"></iframe>',
        '<a href="https://www.youtube.com/@lamps">Watch on YouTube</a>',
        '<a href="https://www.youtube.com/playlist?list=PL1">Watch on YouTube</a>',
        '<a href="https://example.org/watch?v=AAAAbbbb123">Watch on YouTube</a>',
        '<a href="https://youtube.com.example.org/watch?v=AAAAbbbb123">Watch on YouTube</a>',
        '<a href="http://[bad/watch">Watch on YouTube</a><a>Full video</a><iframe></iframe>',
        '<iframe src="https://www.youtube.com/embed/AAAAbbbb123"></iframe><iframe src="https://www.youtube.com/embed/ZZZZyyyy999"></iframe>',
        "",
    ],
)
def test_none_where_it_is_not_certain(html: str) -> None:
    assert own_video(html) is None


def test_none_where_the_notes_cost_too_much() -> None:
    assert own_video(f"{reopened_formatting()}<iframe src='https://youtu.be/dQw4w9WgXcQ'></iframe>") is None
