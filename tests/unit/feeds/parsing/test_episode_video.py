"""The episode's own video, rather than a guess."""

from __future__ import annotations

import pytest

from bot.feeds.parsing.episode_video import episode_video

VIDEO = "https://www.youtube.com/watch?v=abcdefghi_1"
OTHER = "https://www.youtube.com/watch?v=zzzzzzzzzzz"
FRAME = '<iframe src="https://www.youtube.com/embed/zzzzzzzzzzz"></iframe>'


@pytest.mark.parametrize(
    ("link", "alternates", "notes", "found"),
    [
        (None, [], "", None),
        ("https://show.example/1", [], "", None),
        (VIDEO, [], "", VIDEO),
        ("http://m.youtube.com/watch?v=abcdefghi_1&feature=share", [], "", VIDEO),
        # A moment in a list that may be anybody's.
        ("http://m.youtube.com/watch?list=x&v=abcdefghi_1", [], "", None),
        ("https://youtu.be/abcdefghi_1?si=x", [], "", VIDEO),
        ("https://youtu.be/abcdefghi_1", [OTHER], FRAME, VIDEO),
        ("https://show.example/1", ["https://cdn.example/a.mp4", VIDEO], FRAME, VIDEO),
        (None, [], FRAME, OTHER),
        (f"{VIDEO}&t=90", [], "", None),
        ("https://youtu.be/abcdefghi_1?start=9", [], "", None),
        ("https://youtube.com.evil.example/watch?v=abcdefghi_1", [], "", None),
        ("https://www.youtube.com/watch?v=a%26x%3Dy", [], "", None),
        ("https://youtu.be/../redirect", [], "", None),
        ("https://youtu.be/", [], "", None),
        ("https://www.youtube.com/@show", [], "", None),
        ("http://[::1", ["http://[", ""], "", None),
        (None, [], f'<a href="{OTHER}">a talk by somebody else</a>', None),
    ],
)
def test_episode_video(link: str | None, alternates: list[str], notes: str, found: str | None) -> None:
    assert episode_video(link, alternates, notes) == found
