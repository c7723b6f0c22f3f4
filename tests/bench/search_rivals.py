"""Alternatives to the quote search: the same turns in other engines, each used in its usual way."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import groupby, pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from bot.text.tokenizer import normal_words
from storage.models import SpokenTurn

Find = Callable[[str], list[int]]
_TOP = 3
_RERANKED = 150
_BESIDE = 40
# Words with at least so many letters may have two errors.
_LONG = 7
# The boost of a fuzzy term; they all have the same, and with 3 most is found.
_OFF = 3.0
# A passage's length in words.
_PASSAGE = 60


@dataclass(frozen=True, slots=True)
class Rival:
    """`find` returns the indexes of the best `texts`. A slow engine gets only each `every`th query."""

    name: str
    build_s: float
    find: Find
    every: int
    texts: Sequence[SpokenTurn]


def rivals(folder: Path, turns: Sequence[SpokenTurn]) -> list[Rival]:
    made = []
    texts_of_passages = passages(turns)
    for name, make, texts, every in (
        ("rapidfuzz extract", _rapidfuzz, turns, 20),
        ("FTS5, AND then OR", _fts5, turns, 2),
        ("tantivy, fuzzy, pairs", _tantivy, texts_of_passages, 2),
        ("tantivy, reranked", _tantivy_reranked, texts_of_passages, 2),
    ):
        if name.startswith("tantivy") and find_spec("tantivy") is None:
            print(f"({name} is left out: tantivy is not installed)")
            continue
        began = time.perf_counter()
        find = make(folder, texts)
        made.append(Rival(name, time.perf_counter() - began, find, every, texts))
    return made


def passages(turns: Sequence[SpokenTurn]) -> list[SpokenTurn]:
    """The turns as passages of equal length that overlap by half, for long turns and quotes over two turns."""
    found: list[SpokenTurn] = []
    for episode_id, spoken in groupby(turns, attrgetter("episode_id")):
        said = [
            (word, turn, at / len(words))
            for turn in spoken
            if (words := turn.text.split())
            for at, word in enumerate(words)
        ]
        for first in range(0, max(1, len(said) - _PASSAGE // 2), _PASSAGE // 2):
            some = said[first : first + _PASSAGE]
            starts, ends = _moment(*some[0][1:]), _moment(*some[-1][1:])
            text = " ".join(word for word, _, _ in some)
            found.append(SpokenTurn(episode_id, len(found), None, starts, ends, text))
    return found


def _moment(turn: SpokenTurn, share: float) -> int:
    start, end = turn.start_ms or 0, turn.end_ms or turn.start_ms or 0
    return round(start + (end - start) * share)


def _rapidfuzz(_: Path, turns: Sequence[SpokenTurn]) -> Find:
    texts = [turn.text for turn in turns]
    return lambda query: [
        place for _, _, place in process.extract(query, texts, scorer=fuzz.partial_ratio, limit=_TOP)
    ]


def _fts5(folder: Path, turns: Sequence[SpokenTurn]) -> Find:
    database = sqlite3.connect(folder / "fts5.db")
    database.execute("CREATE VIRTUAL TABLE said USING fts5(text)")
    rows = ((place, turn.text) for place, turn in enumerate(turns))
    database.executemany("INSERT INTO said(rowid, text) VALUES(?, ?)", rows)
    database.commit()

    def find(query: str) -> list[int]:
        words = [f'"{word}"' for word in query.replace('"', " ").split()]
        for operator in (" ", " OR "):
            found = database.execute(
                "SELECT rowid FROM said WHERE said MATCH ? ORDER BY bm25(said) LIMIT ?",
                (operator.join(words), _TOP),
            ).fetchall()
            if found:
                return [place for (place,) in found]
        return []

    return find


def _tantivy(folder: Path, turns: Sequence[SpokenTurn], top: int = _TOP) -> Find:
    """Words, fuzzy terms and pairs: the best query that we found."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("place", stored=True)
    builder.add_text_field("text", stored=False)
    schema = builder.build()
    path = folder / f"tantivy-{top}"
    path.mkdir()
    index = tantivy.Index(schema, path=str(path))
    writer = index.writer(heap_size=100_000_000, num_threads=1)
    for place, turn in enumerate(turns):
        writer.add_document(tantivy.Document(place=place, text=turn.text))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def find(query: str) -> list[int]:
        words = normal_words(query)
        parts: list[Any] = []
        for word in words:
            if len(word) >= 4:
                near = tantivy.Query.fuzzy_term_query(
                    schema, "text", word, distance=1 if len(word) < _LONG else 2
                )
                parts.append(tantivy.Query.boost_query(near, _OFF))
            parts.append(tantivy.Query.term_query(schema, "text", word))
        # Without pairs 71 % are found first, and 92 % when reranked.
        parts += [tantivy.Query.phrase_query(schema, "text", list(pair)) for pair in pairwise(words)]
        every = tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])
        found = searcher.search(every, top)
        return [searcher.doc(address)["place"][0] for _, address in found.hits]

    return find


def _tantivy_reranked(folder: Path, turns: Sequence[SpokenTurn]) -> Find:
    """Its best passages, reranked by comparing each word of the query with those around the most similar part."""
    find = _tantivy(folder, turns, _RERANKED)
    texts = [" ".join(normal_words(turn.text)) for turn in turns]

    def reranked(query: str) -> list[int]:
        wanted = normal_words(query)
        whole = " ".join(wanted)
        weights = np.array([min(8, len(word)) for word in wanted], np.float32)
        scored = []
        for at, place in enumerate(find(query)):
            text = texts[place]
            found = fuzz.partial_ratio_alignment(whole, text)
            if found is None:
                continue
            near = text[max(0, found.dest_start - _BESIDE) : found.dest_end + _BESIDE].split()
            likes = process.cdist(wanted, near, scorer=fuzz.ratio, score_cutoff=60).max(1)
            by_word = float((likes * weights).sum() / weights.sum())
            scored.append((by_word + found.score / 2, -at, place))
        return [place for _, _, place in sorted(scored, reverse=True)[:_TOP]]

    return reranked
