"""Fits the weights of `bot/search/calibration.py`: `python -m tests.bench.calibration --words 0.3 1.5 5 26`.

A logistic regression on the best hits of the tuning half's queries, evaluated on the other half: which share of the
quotes from other shows is recognised as never said, and which share of the right answers is lost.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from bot.search.calibration import MAX_LEAD, calibrate
from bot.search.candidates.query import parse_query
from bot.search.matching.keyword_match import MAX_KEYWORDS
from bot.search.searcher import search
from tests.bench.search_archive import Archive, Judge, make_archive, queries
from tests.bench.search_corpus import CORPUS

Floats = npt.NDArray[np.float64]
# The share of the right answers that may be lost.
_LOST = 0.015
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Observations:
    """For each query the features of its best hit (and a 1 for the level), and whether that hit was right."""

    features: Floats
    right: npt.NDArray[np.bool_]


def observe(archive: Archive, half: str, count: int) -> Observations:
    """Run the queries and keep the features of each best hit. Wrong hits for what was said are left out."""
    judge = Judge([view.segment for view in archive.views])
    rows, right = [], []
    for name, said in queries(archive, half, count):
        query = parse_query(said.query)
        with patch("bot.search.searcher.calibrate", side_effect=calibrate) as scoring:
            hits = search(archive.views, query, limit=1)
        if not hits or len(query.words) <= MAX_KEYWORDS:
            continue
        is_absent = name == "never said"
        if judge.says(hits[0], said) if is_absent else not judge.is_right(hits[0], said):
            continue
        share, bits, words, lead = scoring.call_args.args
        rows.append((share, share * bits, min(MAX_LEAD, lead), words, 1.0))
        right.append(not is_absent)
    return Observations(np.array(rows, np.float64), np.array(right))


def fit(told: Observations) -> Floats:
    """The weights by Newton's method. Both kinds of queries have the same total weight."""
    counts = np.where(told.right, 0.5 / told.right.sum(), 0.5 / (~told.right).sum()) * len(told.right)
    weights = np.zeros(told.features.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-told.features @ weights))
        slope = told.features.T @ (counts * (told.right - chance)) - 0.01 * weights
        bend = (told.features * (counts * chance * (1 - chance))[:, None]).T @ told.features
        weights += np.linalg.solve(bend + 0.01 * np.eye(len(weights)), slope)
    return weights


def main(arguments: Sequence[str] = ()) -> int:
    """Fit, print, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.calibration")
    parser.add_argument("--words", type=float, nargs="+", default=[0.3, 1.5, 5.0], help="in millions")
    parser.add_argument("--queries", type=int, default=200, help="of each class")
    asked = parser.parse_args(arguments)
    if not CORPUS.is_dir():
        print(f"The corpus is missing: {CORPUS}", file=sys.stderr)
        return 1
    seen: dict[str, list[Observations]] = {"tune": [], "report": []}
    for millions in asked.words:
        with TemporaryDirectory(prefix="earmark-bench-") as folder:
            archive = make_archive(Path(folder), millions)
            for half, told in seen.items():
                told.append(observe(archive, half, asked.queries))
    weights = fit(
        Observations(
            np.concatenate([one.features for one in seen["tune"]]),
            np.concatenate([one.right for one in seen["tune"]]),
        )
    )
    names = ("share", "bits", "lead", "word", "level")
    print("fitted: " + ", ".join(f"{name} {weight:.3f}" for name, weight in zip(names, weights, strict=True)))
    scores = [one.features @ weights for one in seen["report"]]
    good = np.concatenate([score[one.right] for score, one in zip(scores, seen["report"], strict=True)])
    level = float(np.quantile(good, _LOST))
    for millions, score, one in zip(asked.words, scores, seen["report"], strict=True):
        told_of, lost_of = ((score[kind] < level).mean() for kind in (~one.right, one.right))
        print(
            f"{millions} million words, where {_LOST:.1%} of all right answers are lost: "
            f"{told_of:.1%} told as never said, {lost_of:.1%} lost"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
