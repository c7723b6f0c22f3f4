"""`quote`: one question, or a batch of them."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from bot.cli import records
from bot.cli.interruption import interruptible
from bot.cli.output import print_json
from bot.cli.streams import STDIN, unreadable
from bot.lookup import LookupFailedError
from bot.quotes import Hit, QuoteFinder
from bot.search.quote_search import Scope

MAX_BATCH_LINE = 4_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found and how long that took. `guess` is the closest quote where nothing was found.

    `being_read` transcripts could not be searched yet.
    """

    took_ms: float
    hits: list[Hit]
    guess: Hit | None
    being_read: int = 0


async def ask(finder: QuoteFinder, words: str, scope: Scope, limit: int) -> Answer:
    """Answer one question, and time it."""
    began = time.perf_counter()
    found = await finder.answer(words, scope, limit=limit)
    took_ms = round((time.perf_counter() - began) * 1000, 3)
    guess = None if found.hits else await finder.guess(words, scope)
    return Answer(took_ms, found.hits, guess, found.being_read)


def answer_record(answer: Answer) -> dict[str, Any]:
    """An answer for scripts."""
    unread = {"being_read": answer.being_read} if answer.being_read else {}
    return {
        "took_ms": answer.took_ms,
        "hits": [records.hit_record(hit) for hit in answer.hits],
        "guess": records.hit_record(answer.guess) if answer.guess else None,
        **unread,
    }


async def ask_batch(finder: QuoteFinder, file: str, scope: Scope, limit: int) -> bool:
    """Answer each line before the next is read, so that programs can hold a dialogue. Returns False if any failed."""
    failed = False
    for line in _lines(file):
        if not line.strip():
            continue
        try:
            key, query = _parse_line(line)
        except (ValueError, TypeError, KeyError, RecursionError):
            failed = True
            print_json({"id": None, "error": 'expected a JSON object {"id", "query"}'})
            continue
        print_json({"id": key, **answer_record(await ask(finder, query, scope, limit))})
    return not failed


def _lines(file: str) -> Iterator[str]:
    """The lines of the file, or of stdin for `-`. Raises LookupFailedError.

    Waiting for one blocks the event loop, which has nothing else to do: a thread that waits could not be interrupted.
    """
    try:
        with interruptible():
            source = sys.stdin if file == STDIN else _open_text(Path(file))
        with source:
            while True:
                with interruptible():
                    line = _whole_line(source)
                if line is None:
                    return
                yield line
    except (OSError, ValueError) as error:
        raise LookupFailedError(unreadable(file, error)) from error


def _open_text(path: Path) -> TextIO:
    return path.open(encoding="utf-8-sig", errors="replace")


def _whole_line(source: TextIO) -> str | None:
    """The next line, or None at the end. A line that is too long is cut, and so is no valid JSON."""
    line = source.readline(MAX_BATCH_LINE)
    rest = line
    while rest and not rest.endswith("\n"):
        rest = source.readline(MAX_BATCH_LINE)
    return line or None


def _parse_line(line: str) -> tuple[object, str]:
    """The id and the query of one line of a batch. Raises ValueError, TypeError or KeyError."""
    parsed = json.loads(line.removeprefix("\ufeff"))
    # NaN and infinite numbers are no JSON, so they could not be returned.
    json.dumps(parsed["id"], allow_nan=False)
    if not isinstance(parsed["query"], str):
        raise TypeError("the query is no text")
    return parsed["id"], parsed["query"]
