"""Random histories of feeds: what is announced is what a listener would call new, and nothing stored is lost."""

from __future__ import annotations

import pytest

from tests.bench.feed_histories import main, play


@pytest.mark.parametrize("seed", range(3))
def test_exactly_what_is_new_is_announced(seed: int) -> None:
    outcome = play(60, seed + 1000)
    assert (outcome.failed, outcome.first_failed) == (0, "")
    assert outcome.new > 100


def test_the_bench_prints_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--count", "2", "--seed", "7"]) == 0
    assert capsys.readouterr().out.startswith("2 histories with 20 looks and ")
