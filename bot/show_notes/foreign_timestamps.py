"""Recognise timestamps of another recording: linked times that lead into a video which the notes only mention.

- [A talk about lamps](https://www.youtube.com/watch?v=AAAAAAAAAAA)
    - [00:00](https://www.youtube.com/watch?v=AAAAAAAAAAA&t=0s) Welcome
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

from bot.show_notes.video_links import names_the_episode
from bot.text.html_lines import Line
from bot.text.timecodes import TIME, to_ms

_MARKDOWN = re.compile(
    r"\[((?:[^\[\]\n]|\[[^\[\]\n]{0,100}\]){0,300})\]\(\s?(https?://[^()\s]{0,300}youtu[^()\s]{1,300})\s?\)"
)
_TIME = re.compile(TIME)
_TIMES = frozenset({"t", "start", "time_continue"})
_LEAST_TIMES = 3
_EARLY, _LATE = 0.1, 0.7
_BULLET = re.compile(r"\s*[*•-]\s")


def foreign_lines(lines: Sequence[Line], duration_s: float | None = None) -> frozenset[int]:
    """The numbers of the lines whose times lead into somebody else's video, which a bullet above them links to.

    A video whose times span the episode, which is `duration_s` long, is the episode, posted by another show too.
    """
    mentioned: set[str] = set()
    foreign: dict[str, dict[int, int]] = defaultdict(dict)
    for number, line in enumerate(lines):
        for words, address in _links(line):
            video, moment = _video(address)
            if not video:
                continue
            if moment and (time := _TIME.search(words)):
                if video in mentioned:
                    foreign[video][number] = to_ms(time[0])
            elif not moment and (line.bullet or _BULLET.match(line.text)) and not _is_own(words):
                mentioned.add(video)
    return frozenset(
        number
        for moments in foreign.values()
        if not _span(moments.values(), duration_s)
        for number in moments
    )


def _span(moments_ms: Collection[int], duration_s: float | None) -> bool:
    """Whether these times reach from the beginning of an episode to its last part, and not far behind its end."""
    if duration_s is None or len(moments_ms) < _LEAST_TIMES:
        return False
    begins, ends = min(moments_ms) / 1000, max(moments_ms) / 1000
    return begins <= duration_s * _EARLY and duration_s * _LATE <= ends <= duration_s * 1.02 + 5


def _links(line: Line) -> Iterator[tuple[str, str]]:
    yield from line.links
    if "](" in line.text and "youtu" in line.text:
        for found in _MARKDOWN.finditer(line.text):
            yield found[1], found[2]


def _is_own(words: str) -> bool:
    """Whether the words name no other recording: they are an address, or say "watch this episode"."""
    return "://" in words or len(words.split()) < 2 or names_the_episode(words)


def _video(address: str) -> tuple[str, bool]:
    """The video's id, empty where the address is invalid, and whether the address points to a moment in the video."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return "", False
    query = parse_qs(parts.query)
    moment = bool(_TIMES.intersection(query) or _TIMES.intersection(parse_qs(parts.fragment)))
    video = query.get("v", [""])[0] or parts.path.rsplit("/", 1)[-1]
    return video, moment
