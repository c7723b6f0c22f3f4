"""Cards: inside Discord's limits whatever they show, and what they show."""

from __future__ import annotations

from dataclasses import replace

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.present.buttons import (
    MAX_ROW_ID,
    episode_buttons,
    quote_buttons,
    shared_quote_buttons,
)
from bot.present.cards import (
    MAX_PAGES,
    chapter_list,
    chapters_cards,
    duration,
    episode_card,
    quote_card,
)
from storage.models import Chapter, Episode, Quote
from tests.fakes.discord_message_rules import Shape, message_violations
from tests.unit.present.material import ADDRESSES, CHAPTERS, EPISODE, EPISODES, QUOTE, QUOTES, TEXTS

MOST_ID = 10**18 - 1


def _violations(card: discord.Embed, view: discord.ui.View | None = None) -> list[str]:
    """What Discord would say against a message of this card and these buttons."""
    body = {
        "embeds": [card.to_dict()],
        "components": view.to_components() if view else [],
        "allowed_mentions": {"parse": []},
    }
    return [violation.sentence() for violation in message_violations(body, Shape.CREATE)]


@given(EPISODES, CHAPTERS)
async def test_episodes_fit_whatever_they_are(episode: Episode, chapters: list[Chapter]) -> None:
    assert _violations(episode_card(episode, chapters), episode_buttons(episode)) == []
    for card in chapters_cards(episode, chapters):
        assert _violations(card, episode_buttons(episode)) == []


@given(QUOTES, EPISODES, st.none() | st.builds(Chapter, st.just(0), TEXTS), ADDRESSES, st.integers(1, 20))
async def test_quotes_fit_whatever_they_are(
    quote: Quote, episode: Episode, chapter: Chapter | None, url: str | None, of: int
) -> None:
    card = quote_card(quote, episode, chapter, url, shared_by=MOST_ID)
    assert _violations(card, quote_buttons(MOST_ID, [quote] * of, of - 1, url)) == []
    assert _violations(card, shared_quote_buttons(MAX_ROW_ID, quote, url)) == []


def test_an_episode_shows_what_it_is_about() -> None:
    card = episode_card(EPISODE, [Chapter(0, "Flour"), Chapter(3_725_000, "Jam *first*")])
    assert (card.title, card.url, card.author.name) == (
        "Scones",
        "https://tea.example/7",
        "Episode · Tea time",
    )
    assert card.thumbnail.url == "https://tea.example/7.png"
    assert card.description == (
        "<t:1772366400:D> · 1 h 6 min\n\n"
        "We bake.\n\n"
        "**Chapters**\n"
        "[`0:00`](https://tea.example/7.mp3?id=7#t=0) Flour\n"
        "[`1:02:05`](https://tea.example/7.mp3?id=7#t=3725) Jam \\*first\\*"
    )
    bare = replace(EPISODE, published=None, duration_s=None, intro="", image_url=None, link=None)
    shown = episode_card(bare, []).to_dict()
    assert {name for name, value in shown.items() if value} == {"author", "color", "title", "type"}


def test_all_chapters_have_their_links_over_several_messages() -> None:
    chapters = [Chapter(at * 1000, f"Chapter number {at}") for at in range(110)]
    cards = chapters_cards(EPISODE, chapters)
    assert len(cards) > 1
    lines = [line for card in cards for line in (card.description or "").splitlines()]
    assert [line.rpartition(" ")[2] for line in lines] == [str(at) for at in range(110)]
    assert all(line.startswith("[`") for line in lines)
    cards = chapters_cards(EPISODE, chapters * 10)
    assert len(cards) == MAX_PAGES
    lines = [line for card in cards for line in (card.description or "").splitlines()]
    assert lines[-1] == f"… and {1100 - (len(lines) - 1)} more"
    (card,) = chapters_cards(EPISODE, [])
    assert card.description == "This episode names no chapters."


def test_a_list_of_many_chapters_shows_the_first_with_their_links() -> None:
    chapters = [Chapter(at * 1000, f"Chapter number {at}") for at in range(60)]
    lines = chapter_list(EPISODE, chapters, 1_500).splitlines()
    assert all(line.startswith("[`") for line in lines[:-1])
    assert lines[-1] == f"… and {60 - (len(lines) - 1)} more"
    far = replace(EPISODE, enclosure_url=f"https://tea.example/{'x' * 1_000}.mp3")
    lines = chapter_list(far, chapters, 3_000).splitlines()
    assert len(lines) == len(chapters)
    assert not lines[-1].startswith("[")


def test_a_quote_shows_the_words_the_speaker_and_the_moment() -> None:
    url = "https://tea.example/7.mp3#t=63"
    card = quote_card(QUOTE, EPISODE, Chapter(0, "_Flour_"), url, shared_by=5)
    assert card.description == (
        "> Well, **never knead a scone**, I say.\n— **Ada** · about [`1:05`](https://tea.example/7.mp3#t=63)"
    )
    assert [(one.name, one.value) for one in card.fields] == [
        ("Chapter", "\\_Flour\\_"),
        ("Shared by", "<@5>"),
    ]
    unknown = quote_card(
        replace(QUOTE, speaker=None, start_ms=None, match=(0, 0), highlights=()), EPISODE, None, None
    )
    assert unknown.description == "> Well, never knead a scone, I say.\n— **Unknown speaker**"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 min"),
        (89, "1 min"),
        (91, "2 min"),
        (3569, "59 min"),
        (3600, "1 h"),
        (3960, "1 h 6 min"),
        (86_400, "24 h"),
    ],
)
def test_durations_are_told_as_people_do(seconds: float, words: str) -> None:
    assert duration(seconds) == words
