"""Digests: inside Discord's limits whatever they list, and what they list."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.present.digest import BUTTONS, digest_post, plain_digest_post
from storage.models import Episode, Looks
from tests.bench import fit as generated
from tests.unit.present.material import CARD, EPISODE, EPISODES, LOOKS, buttons, texts


@settings(max_examples=50)
@given(st.lists(EPISODES, min_size=1, max_size=12), st.sampled_from([1, 5]), LOOKS)
async def test_digests_fit_whatever_they_tell(few: list[Episode], times: int, looks: Looks) -> None:
    episodes = [replace(one, id=number) for number, one in enumerate(few * times)]
    post = digest_post(episodes, looks, delivery_id=generated.DELIVERY)
    assert list(generated.post_problems(post, edit=False)) == []
    lines = texts(post)[-1].split("\n")
    numbered = [line for line in lines if line.startswith("**")]
    more = len(episodes) - len(numbered)
    assert lines[len(numbered) :] == ([f"-# + {more} more"] if more else [])


async def test_a_digest_has_a_line_and_a_button_for_each_episode() -> None:
    several = [replace(EPISODE, id=number, title=f"Part {number}") for number in (7, 8)]
    post = digest_post(several, replace(CARD, role_id=42), delivery_id=9)
    assert texts(post) == [
        "<@&42>",
        "-# Tea time\n## 2 new episodes",
        "\n".join(
            f"**{number}** [Part {number + 6}](https://tea.example/7) · <t:1772366400:D> · 1 h 6 min"
            for number in (1, 2)
        ),
    ]
    assert buttons(post) == [("1", "chapters:7:9"), ("2", "chapters:8:9")]
    assert post.title == "2 new episodes of Tea time"
    assert len(buttons(digest_post([EPISODE] * 30, CARD, delivery_id=9))) == BUTTONS


async def test_a_plain_digest_has_no_address() -> None:
    episodes = [replace(EPISODE, id=number, title=f"Part *{number}*") for number in (7, 8)]
    post = plain_digest_post(episodes, replace(CARD, role_id=42, spoiler=True), delivery_id=9)
    assert post.content == "<@&42>\n||**2 new episodes of Tea time**\n1. Part \\*7\\*\n2. Part \\*8\\*||"
    assert buttons(post) == [("Chapters", "chapters:7:9")]
    assert (post.title, post.suppress_embeds) == ("2 new episodes of Tea time", True)


def test_a_keyed_feed_is_listed_without_its_key() -> None:
    key = "aB3xK9qLmZ"
    keyed = replace(
        EPISODE,
        feed_url=f"https://tea.example/{key}",
        title=f"Tea {key}",
        link=f"https://tea.example/{key}/7",
    )
    for make in (digest_post, plain_digest_post):
        post = make([keyed, replace(keyed, link="https://tea.example/8")], CARD, delivery_id=5)
        assert key not in str(post.body()) + post.title
    assert (
        "(https://tea.example/8)"
        in texts(digest_post([replace(keyed, link="https://tea.example/8")], CARD, delivery_id=5))[1]
    )
