"""The demo: what it shows of the main job."""

from __future__ import annotations

from bot.cli.sample import SAMPLE_QUESTIONS
from tests.unit.cli.command_line import CommandLine


async def test_it_follows_announces_and_answers(cli: CommandLine) -> None:
    ended = await cli("demo")
    assert (ended.code, ended.err) == (0, "")
    following, announced, *answers = ended.out.split("\n\n")
    assert following.startswith("Following “Screws Left Over” from http://127.0.0.1:")
    assert "3 episodes: 3 with chapters, 2 with a transcript." in following
    assert announced.startswith("The feed is looked at again, and a new episode has appeared:")
    assert "The Clock That Struck Thirteen" in answers[0]
    for question in SAMPLE_QUESTIONS:
        assert f"/quote {question}" in ended.out
    assert "Lucasta Fenn, about " in ended.out


async def test_it_leaves_the_data_folder_alone(cli: CommandLine) -> None:
    await cli("demo")
    assert (await cli("podcasts", "--json")).json == []
