"""A short run of `python -m tests.bench.exactly_once`: despite kills and faults of every kind, each message once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.exactly_once import DESTINATIONS, EPISODES, Trial, run_trial


# On a busy machine the bot takes longer to start.
@pytest.mark.timeout(300)
async def test_every_destination_has_every_episode_once(tmp_path: Path) -> None:
    trial = Trial(
        seed=20_261_125,
        kills=7,
        sends=((1, "after"), (6, "before"), (17, "after")),
        faults=(3, 8),
        silence_s=1.5,
        nonces_s=8.0,
        longest_life_s=3.5,
        watched_s=3.0,
        calm_after_s=6.0,
    )
    run = await run_trial(trial, tmp_path)
    assert run.killed == 10
    assert (run.published, len(run.destinations)) == (EPISODES, DESTINATIONS)
    assert run.fake.faults.sends > EPISODES * DESTINATIONS / 2
