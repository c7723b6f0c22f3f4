"""Recognise timestamps of another recording: linked times that lead into a video which the notes only mention.

- [A talk about lamps](https://www.youtube.com/watch?v=AAAAAAAAAAA)
    - [00:00](https://www.youtube.com/watch?v=AAAAAAAAAAA&t=0s) Welcome
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

from bot.show_notes.video_links import names_the_episode
from bot.text.html_lines import Line
from bot.text.timecodes import TIME

_MARKDOWN = re.compile(
    r"\[((?:[^\[\]\n]|\[[^\[\]\n]{0,100}\]){0,300})\]\(\s?(https?://[^()\s]{0,300}youtu[^()\s]{1,300})\s?\)"
)
_TIME = re.compile(TIME)
_TIMES = frozenset({"t", "start", "time_continue"})
_BULLET = re.compile(r"\s*[*•-]\s")


def foreign_lines(lines: Sequence[Line]) -> frozenset[int]:
    """The numbers of the lines whose times lead into somebody else's video, which a bullet above them links to."""
    mentioned: set[str] = set()
    foreign: set[int] = set()
    for number, line in enumerate(lines):
        for words, address in _links(line):
            video, moment = _video(address)
            if not video:
                continue
            if moment and _TIME.search(words):
                if video in mentioned:
                    foreign.add(number)
            elif not moment and (line.bullet or _BULLET.match(line.text)) and not _is_own(words):
                mentioned.add(video)
    return frozenset(foreign)


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
