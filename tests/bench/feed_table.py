"""Prints what is read of each shared feed, to compare two versions: `python -m tests.bench.feed_table [FOLDER]`.

A line for each feed: its episodes, and how many of them have titles, dates, lengths and files, with a hash of each of
these columns. Episodes that differ are found by `--episodes`, a line for each of them.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.feeds.errors import FeedError
from bot.feeds.parsing.feed_parser import parse_feed
from storage.models import FeedItem
from tests.paths import SHARED_DATA

COLUMNS: dict[str, Callable[[FeedItem], object]] = {
    "titles": lambda item: item.title,
    "dates": lambda item: item.published,
    "lengths": lambda item: item.duration_s,
    "files": lambda item: (item.enclosure_url, item.enclosure_type),
    "notes": lambda item: item.notes,
    "others": lambda item: (
        item.identity,
        item.link,
        item.image_url,
        item.video_url,
        item.chapters,
        item.transcript_links,
        item.chapters_link,
        item.kind,
        item.season,
        item.number,
        item.persons,
    ),
}


def _row(path: Path) -> tuple[str, list[FeedItem]]:
    """What a feed's line says, and its episodes."""
    try:
        feed = parse_feed(path.read_bytes(), None)
    except FeedError as error:
        return f"{path.name:72} {error}", []
    items = [item for item in feed.entries if isinstance(item, FeedItem)]
    cells = []
    for name, column in COLUMNS.items():
        values = [column(item) for item in items]
        digest = hashlib.sha256(repr(values).encode("utf-8", "replace")).hexdigest()[:6]
        cells.append(f"{sum(value is not None for value in values):5} {name} {digest}")
    return f"{path.name:72} {len(items):5} episodes {' '.join(cells)}", items


def main(arguments: Sequence[str]) -> int:
    """Print the table; returns the exit code."""
    folders = [Path(one) for one in arguments if not one.startswith("--")]
    for path in sorted((folders[0] if folders else SHARED_DATA / "feeds").glob("*.xml")):
        line, items = _row(path)
        print(line)
        if "--episodes" in arguments:
            for item in items:
                others = hashlib.sha256(repr(COLUMNS["others"](item)).encode("utf-8", "replace")).hexdigest()[
                    :6
                ]
                print(
                    f"    {item.title!r} {item.published} {item.duration_s} {COLUMNS['files'](item)!r} {others}"
                )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
