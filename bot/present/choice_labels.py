"""The one place that makes the labels of things to choose from: no two that are shown together look the same."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.present.text import BLANKS, CHOICE_NAME, cut, without_known_keys
from bot.text.timecodes import clock
from storage.models import Episode

UNTITLED = "(untitled)"
JOINT = " · "
# Beside a title that is cut there is room for so much of each mark.
MARK = 32


@dataclass(frozen=True, slots=True)
class Choosable:
    """A title, and what tells it from others of the same title: the first marks say most."""

    title: str
    marks: tuple[str, ...] = ()
    # How many of its marks are shown in any case.
    always: int = 0


def episode_choice(episode: Episode, *, with_show: bool) -> Choosable:
    """An episode; its show is told where there are several."""
    marks = [*([episode.podcast_title] if with_show else []), *episode_marks(episode)]
    return Choosable(episode.title, tuple(marks), always=int(with_show))


def episode_marks(episode: Episode) -> Iterator[str]:
    """Date, number and length of an episode, as far as they are known."""
    if episode.published is not None:
        yield episode.published.date().isoformat()
    if episode.number is not None:
        season = f"S{episode.season} " if episode.season is not None else ""
        yield f"{season}#{episode.number:g}"
    if episode.duration_s:
        yield clock(int(episode.duration_s * 1_000))


def choice_labels(choices: Sequence[Choosable], limit: int = CHOICE_NAME) -> list[str]:
    """A label for each, of at most `limit` characters: the title, and as many marks as it takes, or a number."""
    shown = [one.always for one in choices]
    while True:
        labels = [_label(one, one.marks[:count], limit) for one, count in zip(choices, shown, strict=True)]
        alike = [place for places in _alike(labels) for place in places]
        more = [place for place in alike if shown[place] < len(choices[place].marks)]
        if not more:
            return _numbered(choices, labels, limit)
        for place in more:
            shown[place] += 1


def _label(choice: Choosable, marks: Sequence[str], limit: int) -> str:
    """The title with its marks behind it: where it is too long, the title is cut."""
    title = visible(choice.title) or UNTITLED
    end = "".join(JOINT + cut(told, MARK) for mark in marks if (told := visible(mark)))
    return cut(title, limit - len(end)) + end


def _numbered(choices: Sequence[Choosable], labels: list[str], limit: int) -> list[str]:
    taken = {_look(label) for label in labels}
    for places in list(_alike(labels)):
        count = 1
        for place in places[1:]:
            marks = choices[place].marks
            while _look(labels[place]) in taken:
                count += 1
                number = f"({count})"
                labels[place] = _label(choices[place], (*marks, number), limit)
            taken.add(_look(labels[place]))
    return labels


def _alike(labels: Sequence[str]) -> Iterator[list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for place, label in enumerate(labels):
        groups[_look(label)].append(place)
    return (places for places in groups.values() if len(places) > 1)


def _look(label: str) -> str:
    """What people see of it: nobody tells letters by their case, or forms of one letter apart, at a glance."""
    return unicodedata.normalize("NFKC", label).casefold()


def visible(text: str) -> str:
    """Text on one line without what nobody sees: control and format characters, repeated blanks."""
    plain = "".join(" " if char.isspace() else char for char in without_known_keys(text[: 8 * CHOICE_NAME]))
    return BLANKS.sub(" ", "".join(char for char in plain if unicodedata.category(char)[0] != "C")).strip()
