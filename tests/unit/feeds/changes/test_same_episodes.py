"""Whether two podcasts have the same episodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.changes.same_episodes import same_episodes
from storage.models import KnownEpisode

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def _episode(number: int, *, show: str = "show") -> KnownEpisode:
    return KnownEpisode(
        number,
        f"{show}-{number}",
        "",
        "",
        f"{show}: the story of number {number}",
        f"https://cdn.example/{show}/{number}.mp3?token=a",
        1_000.0 + 60 * number,
        NOW - timedelta(days=7 * number),
    )


PUBLIC = [_episode(number) for number in range(20)]


def _changed(**values: object) -> list[KnownEpisode]:
    return [replace(one, **values) for one in PUBLIC]  # type: ignore[arg-type]


def _each(change: Callable[[KnownEpisode], KnownEpisode], of: int = 20) -> list[KnownEpisode]:
    return [change(one) for one in PUBLIC[:of]]


def _patrons(one: KnownEpisode) -> KnownEpisode:
    """As a patrons' host serves it: own guid and file, no advertisements, published hours before."""
    return replace(
        one,
        identity=f"patron-{one.id}",
        enclosure_url=f"https://patrons.example/{one.id * 7919}?key=k3y",
        title=f"[Ad-Free] {one.title}",
        duration_s=(one.duration_s or 0) - 180,
        published=(one.published or NOW) - timedelta(hours=6),
    )


BONUSES = [
    replace(_episode(number, show="bonus"), published=NOW - timedelta(days=7 * number + 3))
    for number in range(20)
]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(PUBLIC, id="a mirror"),
        pytest.param(PUBLIC[:5], id="the newest alone"),
        pytest.param(_each(_patrons), id="without advertisements for patrons"),
        pytest.param(
            sorted([*_each(_patrons), *BONUSES], key=lambda one: one.published or NOW, reverse=True)[:20],
            id="with as many bonus episodes in between",
        ),
        pytest.param(_each(lambda one: replace(one, identity=f"n{one.id}")), id="new guids"),
        pytest.param(
            _each(
                lambda one: replace(one, identity=f"n{one.id}", enclosure_url=f"https://n.example/{one.id}")
            ),
            id="a new host",
        ),
        pytest.param(_changed(published=None, duration_s=None), id="without dates and lengths"),
        pytest.param(_changed(title="Episode", enclosure_url=None), id="the guids, dates and lengths alone"),
        pytest.param([*PUBLIC[:10], *BONUSES[10:]], id="half of them"),
        pytest.param(
            [_episode(number) for number in range(10, 40)],
            id="further back, as one feed lists only the newest",
        ),
    ],
)
def test_these_are_the_same(other: list[KnownEpisode]) -> None:
    assert same_episodes(PUBLIC, other)
    assert same_episodes(other, PUBLIC)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param([], id="nothing"),
        pytest.param(BONUSES, id="another show"),
        pytest.param(
            _each(lambda one: replace(_episode(one.id, show="other"), identity=str(one.id))),
            id="another show of the same rhythm",
        ),
        pytest.param(
            [replace(_episode(0, show="other"), title=PUBLIC[0].title), *BONUSES],
            id="a title in common",
        ),
        pytest.param([PUBLIC[0], *BONUSES], id="one episode that is aired in both"),
        pytest.param([*PUBLIC[:4], *BONUSES[4:]], id="a fifth of them"),
    ],
)
def test_these_are_others(other: list[KnownEpisode]) -> None:
    assert not same_episodes(PUBLIC, other)
    assert not same_episodes(other, PUBLIC)


def test_numbers_as_guids_and_daily_dates_are_no_sign_alone() -> None:
    def daily(show: str) -> list[KnownEpisode]:
        return [
            replace(
                _episode(number, show=show),
                identity=str(number),
                title=f"{show} of day {number}",
                duration_s=600.0 if show == "news" else 660.0,
                published=NOW - timedelta(days=number),
            )
            for number in range(30)
        ]

    news = [replace(one, published=NOW - timedelta(days=one.id, hours=14)) for one in daily("news")]
    assert not same_episodes(news, daily("jokes"))
    assert same_episodes(news, daily("news"))


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"identity": "other", "duration_s": None}, True),
        ({"identity": "other", "enclosure_url": None}, False),
        ({"title": "Trailer", "enclosure_url": None}, False),
    ],
)
def test_a_single_episode_needs_nearly_all_signs(change: dict[str, object], *, same: bool) -> None:
    [one] = PUBLIC[:1]
    other = replace(one, **change)  # type: ignore[arg-type]
    assert same_episodes([one], [other]) is same


EPISODES = st.lists(
    st.builds(
        KnownEpisode,
        st.integers(1, 9),
        st.sampled_from("abc"),
        st.just(""),
        st.just(""),
        st.sampled_from(["", "Trailer", "a long title of something", "[x] a long title of something"]),
        st.sampled_from([None, "https://x.example/a.mp3", "https://y.example/a.mp3", "nonsense"]),
        st.sampled_from([None, 60.0, 61.0]),
        st.sampled_from([None, NOW, NOW - timedelta(days=900)]),
    ),
    max_size=8,
)


@given(EPISODES, EPISODES)
def test_any_two_can_be_compared_and_without_episodes_nothing_is_the_same(
    one: list[KnownEpisode], other: list[KnownEpisode]
) -> None:
    found = same_episodes(one, other)
    assert found in (True, False)
    assert not same_episodes(one, [])
