"""The weights of `bot/search/calibration.py`: `python -m tests.bench.calibration --words 0.3 1.5 5 26`.

They are fitted, as a logistic regression, to the best moments of queries of the tuning half, and tried on the other
one: the share of quotes of other shows that is told as never said, and of right answers that is lost.
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
from tests.bench.search_corpus import CORPUS
from tests.bench.search_world import Judge, World, make_world, queries

Floats = npt.NDArray[np.float64]
# Of right answers so many may be lost.
_LOST = 0.015
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Told:
    """By query, what its verdict was made of (with a 1 behind), and whether the moment was right."""

    features: Floats
    right: npt.NDArray[np.bool_]


def observe(world: World, half: str, count: int) -> Told:
    """Ask the queries, and keep what was known of each best moment; wrong ones of what was said are passed over."""
    judge = Judge([part.segment for part in world.parts])
    rows, right = [], []
    for name, said in queries(world, half, count):
        query = parse_query(said.query)
        with patch("bot.search.searcher.calibrate", side_effect=calibrate) as verdict:
            moments = search(world.parts, query, limit=1)
        if not moments or len(query.words) <= MAX_KEYWORDS:
            continue
        is_absent = name == "never said"
        if judge.says(moments[0], said) if is_absent else not judge.is_right(moments[0], said):
            continue
        share, bits, words, ahead = verdict.call_args.args
        rows.append((share, share * bits, min(MAX_LEAD, ahead), words, 1.0))
        right.append(not is_absent)
    return Told(np.array(rows, np.float64), np.array(right))


def fit(told: Told) -> Floats:
    """The weights by Newton's method, both kinds of queries counting as much as a whole."""
    counts = np.where(told.right, 0.5 / told.right.sum(), 0.5 / (~told.right).sum()) * len(told.right)
    weights = np.zeros(told.features.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-told.features @ weights))
        slope = told.features.T @ (counts * (told.right - chance)) - 0.01 * weights
        bend = (told.features * (counts * chance * (1 - chance))[:, None]).T @ told.features
        weights += np.linalg.solve(bend + 0.01 * np.eye(len(weights)), slope)
    return weights


def main(arguments: Sequence[str] = ()) -> int:
    """Fit and print; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.calibration")
    parser.add_argument("--words", type=float, nargs="+", default=[0.3, 1.5, 5.0], help="in millions")
    parser.add_argument("--queries", type=int, default=200, help="of each class")
    asked = parser.parse_args(arguments)
    if not CORPUS.is_dir():
        print(f"The corpus is missing: {CORPUS}", file=sys.stderr)
        return 1
    seen: dict[str, list[Told]] = {"tune": [], "report": []}
    for millions in asked.words:
        with TemporaryDirectory(prefix="earmark-bench-") as folder:
            world = make_world(Path(folder), millions)
            for half, told in seen.items():
                told.append(observe(world, half, asked.queries))
    weights = fit(
        Told(
            np.concatenate([one.features for one in seen["tune"]]),
            np.concatenate([one.right for one in seen["tune"]]),
        )
    )
    names = ("share", "bits", "ahead", "word", "level")
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
