"""Which of several is meant: a private question with a select, and what the command would have done then."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.cli.sample import SAMPLE_QUESTIONS
from bot.discord_client.client import COGS
from storage.tables.episodes import list_episodes
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_messages import FakeUser
from tests.fakes.discord_state import MANAGER, MEMBER
from tests.fakes.feed_host import FeedHost
from tests.unit.cogs.connected_bot import FakeAndBot
from tests.unit.feeds.material import feed_xml, item_xml

NEWEST = "The Clock That Struck Thirteen"
FOGHORN = "The Foghorn That Apologised"
OTHER = FakeUser(991, "other")


async def _asked(stage: FakeAndBot, command: str = "episode", **options: Any) -> FakeAnswer:
    return await stage[0].command(10, 11, MEMBER, command, **options)


def _choices(asked: FakeAnswer) -> dict[str, str]:
    [select] = asked.shown[0].selects
    return {one["label"]: one["value"] for one in select["options"]}


async def test_several_that_fit_are_offered_with_date_and_length_and_no_rows(stage: FakeAndBot) -> None:
    asked = await _asked(stage, episode="the th")
    episodes = {one.title: one for one in await list_episodes(stage[1].db)}
    assert asked.ephemeral
    assert asked.text.startswith("Several episodes fit “the th”. Which one do you mean?")
    assert set(_choices(asked)) >= {NEWEST, FOGHORN}
    for option in asked.shown[0].selects[0]["options"]:
        episode = episodes[option["label"]]
        assert option["value"] == f"id:{episode.id}"
        assert episode.published is not None
        assert option["description"].startswith(f"Screws Left Over · {episode.published.date()}")
    assert len(asked.shown[0].selects[0]["custom_id"]) <= 100


async def test_what_is_chosen_is_shown_as_the_command_would_have(stage: FakeAndBot) -> None:
    for command in ("episode", "chapters"):
        asked = await _asked(stage, command, episode="the th")
        chosen = await stage[0].choose(asked, _choices(asked)[FOGHORN])
        assert chosen.ephemeral
        assert FOGHORN in chosen.text
        # The question stays, and another one can be chosen.
        again = await stage[0].choose(asked, _choices(asked)[NEWEST])
        assert NEWEST in again.text


async def test_the_other_options_are_read_back_from_the_question(stage: FakeAndBot) -> None:
    words = f"{SAMPLE_QUESTIONS[2]} `*_@everyone"
    asked = await _asked(stage, "quote", words=words, episode="the th", speaker="Lucasta", since="2020")
    found = await stage[0].choose(asked, _choices(asked)[NEWEST])
    assert "Lucasta Fenn" in found.text
    nothing = await stage[0].choose(asked, _choices(asked)[FOGHORN])
    assert "Lucasta Fenn" not in nothing.text


async def test_the_bot_may_have_been_started_anew(stage: FakeAndBot) -> None:
    fake, bot = stage
    asked = await _asked(stage, episode="the th")
    for name in COGS:
        await bot.unload_extension(name)
        await bot.load_extension(name)
    assert FOGHORN in (await fake.choose(asked, _choices(asked)[FOGHORN])).text


async def test_only_who_asked_can_choose_and_ids_are_not_trusted(stage: FakeAndBot) -> None:
    fake, _ = stage
    asked = await _asked(stage, episode="the th")
    value, custom_id = _choices(asked)[FOGHORN], str(asked.shown[0].selects[0]["custom_id"])
    for user in (OTHER, MANAGER):
        assert (await fake.choose(asked, value, user)).text == "Only the one who asked can choose here."
    # Made for another command, or for another member.
    for forged in (
        custom_id.replace("which.episode", "which.podcast remove"),
        custom_id.replace(f":{MEMBER.id}:", f":{OTHER.id}:"),
    ):
        asked.shown[0].selects[0]["custom_id"] = forged
        told = await fake.choose(asked, value, OTHER if str(OTHER.id) in forged else MEMBER)
        assert told.text.startswith("This is for the one who asked for it")
    asked.shown[0].selects[0]["custom_id"] = custom_id
    assert (await fake.choose(asked, "id:999")).text.startswith("No episode is called “id:999”.")
    assert (await fake.choose(asked, "")).text.startswith("No episode is called “”.")


async def test_what_is_seen_no_more_is_not_shown(stage: FakeAndBot) -> None:
    fake, bot = stage
    asked = await _asked(stage, episode="the th")
    await bot.subscriptions.stop(10, (await list_episodes(bot.db, limit=1))[0].podcast_id)
    told = await fake.choose(asked, _choices(asked)[FOGHORN])
    assert told.text.startswith("This server follows no podcast yet")


async def test_a_moderators_command_goes_on_with_its_settings(stage: FakeAndBot) -> None:
    fake, _ = stage
    async with FeedHost() as host:
        published = datetime(2026, 11, 1, tzinfo=UTC)
        body = feed_xml([item_xml("a", published=published)], title="Screws Left Under")
        added = await fake.command(
            10, 11, MANAGER, "podcast add", feed=host.put("/b.xml", body, content_type="text/xml")
        )
        await fake.wait_for(lambda: added.followups)
    asked = await fake.command(10, 11, MANAGER, "podcast looks", podcast="screws", channel=11, silent=True)
    assert asked.text.startswith("Several podcasts fit “screws”.")
    assert set(_choices(asked)) == {"Screws Left Over", "Screws Left Under"}
    done = await fake.choose(asked, _choices(asked)["Screws Left Under"], MANAGER)
    assert "Screws Left Under" in done.text
    assert "silent" in done.text.lower() or "without a notification" in done.text.lower()


@pytest.mark.parametrize("typed", ["scews letf", "left"])
async def test_a_clear_winner_is_taken_unasked(stage: FakeAndBot, typed: str) -> None:
    assert (await _asked(stage, podcast=typed)).embeds
