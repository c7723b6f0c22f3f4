"""Words drawn at random look so, and those that people write don't."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.random_words import looks_random
from tests.unit.text.key_shapes import KEY_SHAPES

MANY = 2_000
WRITTEN = """
    the-daily-show latentspace podcast rss podcast.rss s01e05-interview 99percentinvisible
    20240517_evening_news TheDailyShowOfToday my-long-show-name-of-2024
    episode-142 soundcloud:users:1234567 Season2Episode14 darknetdiaries
    1001-nights podcast4you covid19update F1-2023-GP12 radiolab joerogan lexfridman
    syntaxfm bbcsounds stratechery hardcorehistory freakonomics logbuch-netzpolitik methodisch-inkorrekt
    festundflauschig talkpython kubernetespodcast twentythousandhertz songexploder 2024week12 rss2podcast
    episode1 20240517 wp-content feed-audio-mp3 a b1 2024
    v2 stuffyoushouldknow behindthebastards MP3-2024-Q3 uploads DailyTechNewsShow NPRPolitics
"""


@pytest.mark.parametrize("shape", KEY_SHAPES)
def test_of_a_thousand_random_keys_hardly_one_passes_for_written(shape: str) -> None:
    rng = random.Random(shape)
    missed = [key for key in (KEY_SHAPES[shape](rng) for _ in range(MANY)) if not looks_random(key)]
    assert len(missed) <= MANY // 1000, missed


@pytest.mark.parametrize(("size", "share"), [(8, 0.03), (10, 0.02), (12, 0.005), (20, 0.002)])
def test_short_words_of_small_letters(size: int, share: float) -> None:
    rng = random.Random(size)
    words = ["".join(rng.choices(string.ascii_lowercase, k=size)) for _ in range(MANY)]
    assert sum(not looks_random(word) for word in words) <= share * MANY
    assert sum(not looks_random(word, announced=True) for word in words) <= share / 4 * MANY


@pytest.mark.parametrize("word", WRITTEN.split())
def test_what_people_write_is_kept(word: str) -> None:
    assert not looks_random(word)


@pytest.mark.parametrize(
    "word",
    [
        "8f3a9c21d07b4e55",
        "my-show-8f3a9c21d07b",
        "482910573826410",
        "12345678",
        "deadbee5",
        "Qx3zT9vB",
        "k_aB3xK9qLmZ",
    ],
)
def test_what_nobody_writes_is_random(word: str) -> None:
    assert looks_random(word)


@pytest.mark.parametrize("digit", range(10))
def test_words_that_are_too_short_are_not_judged(digit: int) -> None:
    assert not looks_random(f"x{digit}Q7z9")


@given(st.text(max_size=300))
def test_any_text_is_judged(text: str) -> None:
    assert looks_random(text) in (True, False)


@given(st.uuids(), st.sampled_from([str, lambda one: one.hex, lambda one: str(one).upper()]))
def test_every_uuid_is_random(one: uuid.UUID, form: Callable[[uuid.UUID], str]) -> None:
    assert looks_random(form(one))
