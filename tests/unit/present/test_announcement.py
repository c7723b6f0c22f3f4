"""Announcements: inside Discord's limits whatever they tell, and what they tell first."""

from __future__ import annotations

from dataclasses import replace

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.present.announcement import announcement_post, plain_post
from bot.present.digest import BUTTONS, digest_post
from bot.present.fit import ChapterRow, fit
from bot.present.post import Post
from storage.models import Announcement, AnnouncementStyle, Chapter, Episode, Looks, SaidLine
from tests.bench import fit as generated
from tests.fakes.discord_messages import TEXT_DISPLAY, walk
from tests.unit.present.material import CHAPTERS, EPISODE, EPISODES, TEXTS

CARD, COMPACT = Looks(), Looks(style=AnnouncementStyle.COMPACT)
SPOKEN = replace(EPISODE, turn_count=10, chapter_count=2, duration_s=3600.0)
WHAT = Announcement(
    episode=SPOKEN,
    guests=("Ada", "Grace"),
    blurb="Two people bake.\nNobody asked them to.",
    chapters=(Chapter(0, "Flour"), Chapter(60_000, "Jam *first*")),
    lines=(None, SaidLine("Never knead a scone.", "Ada_L", 61_000)),
    summary=(SaidLine("Butter is a decision.", "Grace", 65_000),),
)
LONG = tuple(Chapter(place * 60_000, f"The {place}th thing that went wrong") for place in range(76))
LINES = tuple(SaidLine(f"What was said of it, {place}.", None, None) for place in range(76))

SAID = st.none() | st.builds(SaidLine, TEXTS.map(lambda text: text[:180]), st.none() | TEXTS, st.none())
ANNOUNCEMENTS = st.builds(
    Announcement,
    episode=st.builds(replace, EPISODES, turn_count=st.sampled_from([0, 9])),
    guests=st.lists(TEXTS, max_size=8).map(tuple),
    blurb=TEXTS,
    chapters=CHAPTERS.map(tuple),
    lines=st.lists(SAID, max_size=100).map(tuple),
    summary=st.lists(SAID.filter(bool), max_size=3).map(tuple),
    withdrawn=st.booleans(),
)
LOOKS = st.builds(
    Looks,
    style=st.sampled_from(AnnouncementStyle),
    role_id=st.sampled_from([None, generated.ROLE]),
    silent=st.booleans(),
    spoiler=st.booleans(),
)


@given(ANNOUNCEMENTS, LOOKS)
async def test_announcements_fit_whatever_they_tell(what: Announcement, looks: Looks) -> None:
    assert list(generated.problems(what, looks)) == []


async def test_announcements_of_generated_episodes_fit() -> None:
    failed, _ = generated.run(200, seed=11)
    assert failed == 0


def _texts(post: Post) -> list[str]:
    return [part["content"] for _, part in walk(post.body()["components"]) if part["type"] == TEXT_DISPLAY]


def _buttons(post: Post) -> list[tuple[str, str]]:
    return [
        (part["label"], part.get("url") or part["custom_id"])
        for _, part in walk(post.body()["components"])
        if part["type"] == 2
    ]


async def test_a_card_tells_what_an_episode_is_about() -> None:
    post = announcement_post(WHAT, CARD, delivery_id=123)
    assert isinstance(post.view, discord.ui.LayoutView)
    head, about, chapters = _texts(post)
    assert head == (
        "-# Tea time\n## [Scones](https://tea.example/7)\nwith **Ada** and **Grace** · <t:1772366400:D> · 1 h"
    )
    assert about == "Two people bake.\nNobody asked them to."
    assert chapters == (
        "[`0:00`](https://tea.example/7.mp3?id=7#t=0) **Flour**\n"
        "[`1:00`](https://tea.example/7.mp3?id=7#t=60) **Jam \\*first\\***\n"
        "-# “Never knead a scone.” —\u00a0Ada\\_L"
    )
    assert _buttons(post) == [
        ("Play", "https://tea.example/7.mp3?id=7"),
        ("Chapters", "chapters:7:123"),
        ("Search this episode", "search:7:123"),
        ("Transcript", "transcript:7:123"),
    ]
    body = post.body()
    (container,) = body["components"]
    assert (body["flags"], body["content"]) == (1 << 15, None)
    assert container["spoiler"] is False
    assert container["components"][0]["accessory"]["media"]["url"] == "https://tea.example/7.png"
    # What Discord is asked to do is what the library would be given.
    assert post.to_send() == {"view": post.view, "allowed_mentions": post.allowed_mentions}


async def test_what_is_not_known_is_not_shown() -> None:
    bare = replace(
        EPISODE, podcast_title="", title="\u200b", link=None, published=None, duration_s=None, image_url=None,
        enclosure_url=None, chapter_count=0, turn_count=0,
    )  # fmt: skip
    post = announcement_post(Announcement(episode=bare), CARD, delivery_id=1)
    assert _texts(post) == ["## A new episode"]
    # What names the delivery is always there; without chapters it shows the notes.
    assert _buttons(post) == [("Notes", "chapters:7:1")]
    assert post.title == "A new episode"


async def test_what_was_said_stands_for_notes_that_say_nothing() -> None:
    line = "> [`1:05`](https://tea.example/7.mp3?id=7#t=65) “Butter is a decision.” —\u00a0Grace"
    mute = replace(WHAT, blurb=" ")
    assert _texts(announcement_post(mute, CARD, delivery_id=1))[1] == line
    unnamed = replace(WHAT, chapters=(), lines=())
    assert _texts(announcement_post(unnamed, CARD, delivery_id=1))[1] == f"{WHAT.blurb}\n{line}"
    # The same words do not stand there twice.
    twice = replace(mute, summary=(SaidLine("Never knead a scone.", "Ada_L", 61_000),))
    assert "".join(_texts(announcement_post(twice, CARD, delivery_id=1))).count("Never knead") == 1


async def test_a_withdrawn_episode_is_marked_in_every_style() -> None:
    gone = replace(WHAT, withdrawn=True)
    card = announcement_post(gone, CARD, delivery_id=1, edit=True)
    assert "Withdrawn" in _texts(card)[0]
    for post in (announcement_post(gone, COMPACT, delivery_id=1), plain_post(gone, CARD, delivery_id=1)):
        assert "Withdrawn" in (post.content or "")
    assert "Withdrawn" not in _texts(announcement_post(WHAT, CARD, delivery_id=1))[0]


@pytest.mark.parametrize("style", [*AnnouncementStyle, None])
async def test_a_role_is_mentioned_in_the_first_post_alone(style: AnnouncementStyle | None) -> None:
    looks = Looks(style=style or AnnouncementStyle.CARD, role_id=42, silent=True, spoiler=True)
    make = announcement_post if style else plain_post
    first, edit = make(WHAT, looks, delivery_id=1), make(WHAT, looks, delivery_id=1, edit=True)
    assert dict(first.allowed_mentions.to_dict()) == {"parse": [], "roles": [42]}
    assert dict(edit.allowed_mentions.to_dict()) == {"parse": []}
    told = [first.content or _texts(first)[0], edit.content or "".join(_texts(edit))]
    assert told[0].startswith("<@&42>")
    assert "<@&" not in told[1]
    assert first.to_send()["silent"] is True
    assert first.body()["flags"] & (1 << 12)
    assert not edit.body().get("flags", 0) & (1 << 12 | 1 << 2)


async def test_a_cover_hides_the_card_and_not_the_mention() -> None:
    looks = replace(CARD, role_id=42, spoiler=True)
    mention, container = announcement_post(WHAT, looks, delivery_id=1).body()["components"]
    assert (mention["content"], container["spoiler"]) == ("<@&42>", True)
    compact = announcement_post(WHAT, replace(looks, style=AnnouncementStyle.COMPACT), delivery_id=1).content
    assert compact == "<@&42> ||**Tea time** · Scones · 1 h||\n||https://tea.example/7||"


async def test_compact_is_a_line_and_the_link_that_plays_best() -> None:
    post = announcement_post(WHAT, COMPACT, delivery_id=9)
    assert post.content == "**Tea time** · Scones · 1 h\nhttps://tea.example/7"
    assert isinstance(post.view, discord.ui.View)
    assert not post.suppress_embeds
    assert ("Chapters", "chapters:7:9") in _buttons(post)
    filmed = replace(WHAT, episode=replace(SPOKEN, video_url="https://video.example/v?id=1"))
    assert (announcement_post(filmed, COMPACT, delivery_id=9).content or "").endswith(
        "\nhttps://video.example/v?id=1"
    )
    unlinked = replace(WHAT, episode=replace(SPOKEN, link=None))
    assert (announcement_post(unlinked, COMPACT, delivery_id=9).content or "").endswith(
        "\nhttps://tea.example/7.mp3?id=7"
    )


async def test_the_last_resort_has_no_address_at_all() -> None:
    post = plain_post(WHAT, CARD, delivery_id=9)
    assert post.suppress_embeds
    assert "https://" not in str(post.body())
    assert post.content == (
        "**Tea time**\n**Scones**\nwith **Ada** and **Grace** · <t:1772366400:D> · 1 h\n\n"
        "Two people bake.\nNobody asked them to.\n\n"
        "`0:00` **Flour**\n`1:00` **Jam \\*first\\***\n-# “Never knead a scone.” —\u00a0Ada\\_L"
    )


def _many(address: str, count: int = 76, title: str = "") -> str:
    episode = replace(SPOKEN, enclosure_url=address, duration_s=76 * 60.0)
    chapters = tuple(replace(one, title=one.title + title) for one in LONG[:count])
    what = replace(WHAT, episode=episode, chapters=chapters, lines=LINES[:count])
    return _texts(announcement_post(what, CARD, delivery_id=1))[-1]


async def test_room_goes_to_times_and_titles_first_and_then_to_lines() -> None:
    short, long = "https://tea.example/7.mp3", f"https://tea.example/{'x' * 500}.mp3"
    # Everything.
    lines = _many(short, 12).split("\n")
    assert [line[0] for line in lines] == ["[", "-"] * 12
    # Addresses alone would fill it: all times and titles, and as many lines as there is room for.
    lines = _many(long, 20).split("\n")
    assert [line for line in lines if line.startswith("`")] == [
        f"`{place}:00` **{one.title}**" for place, one in enumerate(LONG[:20])
    ]
    assert sum(line.startswith("-# “") for line in lines) == 20
    # Not even the titles: no lines, and the others counted.
    lines = _many(long, 76, " and how, of all people, Tobiah mended it").split("\n")
    shown = [line for line in lines if line.startswith("`")]
    assert lines[-1] == f"-# + {76 - len(shown)} more"
    assert len(lines) == len(shown) + 1
    assert len(shown) > 30


def test_the_longest_chapters_get_their_lines_first() -> None:
    entries = [
        ChapterRow("l0", "p0", "beneath0", 10), ChapterRow("l1", "p1", "beneath1", 30),
        ChapterRow("l2", "p2", "", 40), ChapterRow("l3", "p3", "beneath3", 20),
    ]  # fmt: skip
    titles = len("l0\nl1\nl2\nl3")
    assert fit(entries, 400, "+ {} more").split("\n") == [
        "l0",
        "beneath0",
        "l1",
        "beneath1",
        "l2",
        "l3",
        "beneath3",
    ]
    assert fit(entries, titles + 9, "+ {} more").split("\n") == ["l0", "l1", "beneath1", "l2", "l3"]
    assert fit(entries, titles, "+ {} more").split("\n") == ["l0", "l1", "l2", "l3"]
    assert fit([], 10, "+ {} more") == ""


@given(
    st.lists(
        st.builds(
            lambda plain, link, *rest: ChapterRow(f"[{plain}]({'u' * link})" if link else plain, plain, *rest),
            st.text("p", min_size=1, max_size=40), st.integers(0, 90), st.text("b", max_size=60), st.integers(0, 9),
        ),
        max_size=60,
    ),
    st.integers(30, 1500),
)  # fmt: skip
def test_the_fit_keeps_its_promises(entries: list[ChapterRow], limit: int) -> None:
    text = fit(entries, limit, "+ {} more")
    assert len(text) <= limit
    lines = text.split("\n") if text else []
    beneath = [line for line in lines if line.startswith("b")]
    more = [line for line in lines if line.startswith("+")]
    titles = [line for line in lines if line not in beneath and line not in more]
    left_out = len(entries) - len(titles)
    assert more == ([f"+ {left_out} more"] if left_out else [])
    assert not (beneath and left_out)
    assert all(line in (one.linked, one.plain) for line, one in zip(titles, entries, strict=False))


async def test_a_view_is_not_kept_in_memory() -> None:
    client = discord.Client(intents=discord.Intents.none())
    for post in (
        announcement_post(WHAT, CARD, delivery_id=1),
        announcement_post(WHAT, COMPACT, delivery_id=1),
    ):
        assert post.view.is_finished()
        assert post.view.timeout is None
    assert client.persistent_views == []


@pytest.mark.parametrize("video", [None, "https://video.example/v?id=1"])
async def test_times_lead_to_where_the_episode_plays(video: str | None) -> None:
    what = replace(WHAT, episode=replace(SPOKEN, video_url=video))
    chapters = _texts(announcement_post(what, CARD, delivery_id=1))[-1]
    assert f"[`1:00`]({video}&t=60)" in chapters if video else "7.mp3?id=7#t=60)" in chapters


async def test_a_title_with_an_address_is_no_masked_link() -> None:
    what = replace(WHAT, episode=replace(SPOKEN, title="See https://b.example/x now"))
    assert "## See https://b.example/x now\n" in _texts(announcement_post(what, CARD, delivery_id=1))[0]


@given(st.lists(EPISODES, min_size=1, max_size=12), st.sampled_from([1, 5]), LOOKS)
async def test_digests_fit_whatever_they_tell(few: list[Episode], times: int, looks: Looks) -> None:
    episodes = [replace(one, id=number) for number, one in enumerate(few * times)]
    post = digest_post(episodes, looks, delivery_id=generated.DELIVERY)
    assert list(generated.post_problems(post, edit=False)) == []
    lines = _texts(post)[-1].split("\n")
    numbered = [line for line in lines if line.startswith("**")]
    more = len(episodes) - len(numbered)
    assert lines[len(numbered) :] == ([f"-# + {more} more"] if more else [])


async def test_a_digest_has_a_line_and_a_button_for_each_episode() -> None:
    several = [replace(EPISODE, id=number, title=f"Part {number}") for number in (7, 8)]
    post = digest_post(several, replace(CARD, role_id=42), delivery_id=9)
    assert _texts(post) == [
        "<@&42>",
        "-# Tea time\n## 2 new episodes",
        "\n".join(
            f"**{number}** [Part {number + 6}](https://tea.example/7) · <t:1772366400:D> · 1 h 6 min"
            for number in (1, 2)
        ),
    ]
    assert _buttons(post) == [("1", "chapters:7:9"), ("2", "chapters:8:9")]
    assert post.title == "2 new episodes of Tea time"
    assert len(_buttons(digest_post([EPISODE] * 30, CARD, delivery_id=9))) == BUTTONS
