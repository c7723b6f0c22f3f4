"""What one would pick instead: the same turns in other engines, each the way its users use it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from bot.search.words import normal_words
from storage.models import SpokenTurn

Find = Callable[[str], list[int]]
_TOP = 3
_RERANKED = 150


@dataclass(frozen=True, slots=True)
class Rival:
    """`find` gives the places of the best turns; slow ones are asked fewer queries."""

    name: str
    build_s: float
    find: Find
    every: int


def rivals(folder: Path, turns: Sequence[SpokenTurn]) -> list[Rival]:
    made = []
    for name, make, every in (
        ("rapidfuzz extract", _rapidfuzz, 20),
        ("FTS5, AND then OR", _fts5, 2),
        ("tantivy, fuzzy", _tantivy, 2),
        ("tantivy, reranked", _tantivy_reranked, 2),
    ):
        if name.startswith("tantivy") and find_spec("tantivy") is None:
            print(f"({name} is left out: tantivy is not installed)")
            continue
        began = time.perf_counter()
        find = make(folder, turns)
        made.append(Rival(name, time.perf_counter() - began, find, every))
    return made


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
        parts: list[Any] = []
        for word in normal_words(query):
            if len(word) >= 4:
                near = tantivy.Query.fuzzy_term_query(schema, "text", word, distance=1)
                parts.append((tantivy.Occur.Should, near))
            parts.append((tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", word)))
        found = searcher.search(tantivy.Query.boolean_query(parts), top)
        return [searcher.doc(address)["place"][0] for _, address in found.hits]

    return find


def _tantivy_reranked(folder: Path, turns: Sequence[SpokenTurn]) -> Find:
    """Its best turns again by how much of each word of the query they have, and by how much in order."""
    find = _tantivy(folder, turns, _RERANKED)
    texts = [normal_words(turn.text) for turn in turns]

    def reranked(query: str) -> list[int]:
        wanted = normal_words(query)
        scored = []
        for at, place in enumerate(find(query)):
            likes = process.cdist(wanted, texts[place], scorer=fuzz.ratio, score_cutoff=60)
            in_order = fuzz.partial_ratio(" ".join(wanted), " ".join(texts[place]))
            scored.append((float(likes.max(1).mean()) + in_order, -at, place))
        return [place for _, _, place in sorted(scored, reverse=True)[:_TOP]]

    return reranked
