"""Labels to choose from: no two look the same, also where they were cut."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.present.choice_labels import UNTITLED, Choosable, choice_labels, episode_choice, visible
from storage.models import Episode
from tests.unit.present.material import EPISODE

LONG = "The very long conversation about the weir at the edge of the town in the hardest winter of all, part"


@pytest.mark.parametrize(
    ("choices", "labels"),
    [
        ([("A", ()), ("B", ("x",))], ["A", "B"]),
        ([("A", ("x",)), ("A", ("y",))], ["A · x", "A · y"]),
        # Letters that differ in case alone are told apart, too.
        ([("a", ("x",)), ("A", ("y",)), ("B", ("z",))], ["a · x", "A · y", "B"]),
        ([("A", ("x", "1")), ("A", ("x", "2")), ("A", ("y",))], ["A · x · 1", "A · x · 2", "A · y"]),
        ([("A", ()), ("A", ()), ("A", ())], ["A", "A · (2)", "A · (3)"]),
        ([("A", ()), ("A", ()), ("A · (2)", ())], ["A", "A · (3)", "A · (2)"]),
        ([("", ()), (" \u200b ", ())], [UNTITLED, f"{UNTITLED} · (2)"]),
        ([("A\u200b", ()), ("A ", ())], ["A", "A · (2)"]),
    ],
)
def test_marks_are_added_where_labels_look_the_same(
    choices: list[tuple[str, tuple[str, ...]]], labels: list[str]
) -> None:
    assert choice_labels([Choosable(*one) for one in choices]) == labels


def test_the_end_of_a_cut_label_tells_it_from_others() -> None:
    long = [Choosable("word " * 60, (f"{day} November",)) for day in range(1, 26)]
    labels = choice_labels(long)
    assert all(len(one) <= 100 and one.endswith(f"… · {day} November") for day, one in enumerate(labels, 1))


def test_an_episode_is_told_from_others_by_show_date_number_and_length() -> None:
    episode: Episode = EPISODE
    assert episode_choice(episode, with_show=True).marks[0] == episode.podcast_title
    assert choice_labels([episode_choice(episode, with_show=True)])[0].endswith(f" · {episode.podcast_title}")
    assert choice_labels([episode_choice(episode, with_show=False)]) == [visible(episode.title)]


_TEXT = st.one_of(
    st.sampled_from(["A", "a", "", "\u202e", "A · (2)", "é", "e\u0301", LONG]), st.text(max_size=120)
)


@given(st.lists(st.builds(Choosable, _TEXT, st.lists(_TEXT, max_size=3).map(tuple), st.just(0)), max_size=25))
def test_labels_fit_and_no_two_look_the_same(choices: list[Choosable]) -> None:
    labels = choice_labels(choices)
    assert len(labels) == len(choices)
    assert all(0 < len(one) <= 100 for one in labels)
    assert len({unicodedata.normalize("NFKC", one).casefold() for one in labels}) == len(labels)
    assert all(one == visible(one) for one in labels)
