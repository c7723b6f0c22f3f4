"""`episodes`, `chapters`, `transcript show` and `quote`: what they print, and how they end."""

from __future__ import annotations

from bot.cli.sample import SAMPLE_QUESTIONS
from tests.unit.cli.command_line import CommandLine

HIT = {
    "guid", "episode", "podcast", "speaker", "start_s", "end_s", "text", "match", "score", "chapter", "url",
}  # fmt: skip
EPISODE = {
    "id", "guid", "podcast", "title", "published", "duration_s", "chapters", "turns", "transcript",
    "chapters_source", "transcript_choice", "kind", "season", "number", "decision",
}  # fmt: skip


async def test_each_prints_its_json(cli: CommandLine) -> None:
    await cli("add", cli.publish())
    episodes = (await cli("episodes", "--json")).json
    assert [set(one) for one in episodes] == [EPISODE] * 4
    assert episodes == (await cli("episodes", "screws", "--json")).json
    newest = episodes[0]
    assert newest["guid"] == "screws-left-over-4"
    assert newest["published"].endswith("Z")
    assert (newest["duration_s"], newest["chapters"], newest["transcript"]) == (542.0, 8, "json")
    assert [one["transcript"] for one in episodes] == ["json", None, "vtt", "notes"]
    assert newest["decision"] == {
        "announce": False,
        "code": "item.baseline",
        "text": "not announced: it was there when the podcast was first read",
    }

    chapters = (await cli("chapters", str(newest["id"]), "--json")).json
    assert chapters[1] == {
        "start_s": 61.0,
        "title": "How brass counts to twelve",
        "url": f"{cli.host.base_url}/audio/4.mp3#t=61",
    }
    turns = (await cli("transcript", "show", str(newest["id"]), "--json")).json
    assert len(turns) == newest["turns"]
    assert set(turns[0]) == {"speaker", "start_s", "end_s", "text"}


async def test_a_quote_is_printed_as_json(cli: CommandLine) -> None:
    await cli("add", cli.publish())
    answer = (await cli("quote", *SAMPLE_QUESTIONS[2].split(), "--json")).json
    assert set(answer) == {"took_ms", "hits", "guess"}
    assert answer["guess"] is None
    unsaid = (await cli("quote", "a lighthouse is an expensive giraffe", "--json")).json
    assert unsaid["hits"] == []
    assert "A lighthouse is a very slow way" in unsaid["guess"]["text"]
    assert answer["took_ms"] > 0
    best = answer["hits"][0]
    assert set(best) == HIT
    assert (best["guid"], best["podcast"]) == ("screws-left-over-4", "Screws Left Over")
    start, end = best["match"]
    assert best["text"][start:end].startswith("A clock is a machine")
    assert 0 < best["score"] <= 1
    assert best["url"].startswith(f"{cli.host.base_url}/audio/4.mp3#t=")
    for options, count in (
        (("--limit", "1"), 1),
        (("--speaker", "Nobody At All"), 0),
        (("--episode", "Robot", "--podcast", "1"), None),
    ):
        hits = (await cli("quote", "the screw", *options, "--json")).json["hits"]
        assert (
            len(hits) == count
            if count is not None
            else {one["guid"] for one in hits} <= {"screws-left-over-2"}
        )


async def test_each_prints_lines_for_people(cli: CommandLine) -> None:
    await cli("add", cli.publish())
    for arguments, expected in (
        (("episodes",), "Special: Night Shift, No Talking  (8 chapters, 0 turns)"),
        (("chapters", "thirteen"), "   1:01  How brass counts to twelve"),
        (("transcript", "show", "thirteen"), "Lucasta Fenn: "),
        (("quote", SAMPLE_QUESTIONS[2]), "[A clock is a machine] for [making"),
        (("quote", "xylophone", "qwerty"), "Nothing that was said fits these words."),
    ):
        ended = await cli(*arguments)
        assert (ended.code, ended.err) == (0, "")
        assert expected in ended.out


async def test_a_podcast_or_episode_without_a_name_is_an_error(cli: CommandLine) -> None:
    await cli("add", cli.publish())
    for arguments in (
        ("quote", "screw", "--podcast", ""),
        ("quote", "screw", "--episode", ""),
        ("episodes", ""),
        ("chapters", ""),
    ):
        ended = await cli(*arguments, "--json")
        assert (ended.code, ended.out) == (1, ""), arguments
        assert len(ended.err.splitlines()) == 1


async def test_more_answers_than_there_can_be_are_no_error(cli: CommandLine) -> None:
    await cli("add", cli.publish(3))
    assert (await cli("quote", "screw", "--limit", "9" * 30, "--json")).code == 0
