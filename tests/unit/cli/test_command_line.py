"""The command line, called in the test's own process: what it prints, and how it ends."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.cli.sample import EPISODES, SAMPLE_QUESTIONS, TRANSCRIPT_PATHS, sample_feed, sample_file
from tests.fakes.discord_message_rules import Shape, message_breaches
from tests.fakes.discord_messages import COMPONENTS_V2
from tests.fakes.discord_schema import schema_breaches
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.feed_host import FeedHost
from tests.unit.show_notes.shared_data import DATA

HIT = {
    "guid", "episode", "podcast", "speaker", "start_s", "end_s", "text", "match", "score", "chapter", "url",
}  # fmt: skip
EPISODE = {
    "id", "guid", "podcast", "title", "published", "duration_s", "chapters", "turns", "transcript",
    "chapters_source", "transcript_choice", "kind", "season", "number",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, which must be JSON alone."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The program, with a data folder of its own."""

    capture: pytest.CaptureFixture[str]
    host: FeedHost
    now: datetime

    async def __call__(self, *arguments: str, stdin: str = "") -> Ended:
        """Run one command in a thread: this one serves the feed."""

        def run() -> int:
            try:
                return main(arguments)
            except SystemExit as ended:
                return int(ended.code or 0)

        self.capture.readouterr()
        before, sys.stdin = sys.stdin, io.StringIO(stdin)
        try:
            code = await asyncio.to_thread(run)
        finally:
            sys.stdin = before
        return Ended(code, *self.capture.readouterr())

    def publish(self, episodes: int = EPISODES) -> str:
        """Serve the sample; the address of its feed."""
        for path, name in TRANSCRIPT_PATHS.items():
            body, content_type = sample_file(name)
            self.host.put(path, body, content_type=content_type)
        body = sample_feed(self.host.base_url, episodes, now=self.now)
        return self.host.put("/feed.xml", body)


@pytest.fixture
def _own_logging() -> Iterator[None]:
    """The program sets its log up for itself: afterwards all is as before."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture
async def cli(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    _own_logging: None,
) -> AsyncIterator[CommandLine]:
    monkeypatch.chdir(tmp_path)
    for name in ("DISCORD_TOKEN", "EARMARK_DATABASE_URL", "EARMARK_DISCORD_API_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EARMARK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EARMARK_ALLOW_PRIVATE_FEEDS", "127.0.0.1/32")
    monkeypatch.setenv("EARMARK_LOG_LEVEL", "ERROR")
    async with FeedHost() as host:
        yield CommandLine(capsys, host, datetime.now(UTC))


async def test_every_command_prints_its_json(cli: CommandLine) -> None:
    feed = cli.publish(3)
    added = (await cli("add", feed, "--json")).json
    assert added == {
        "id": 1, "title": "Screws Left Over", "feed": feed, "episodes": 3, "chapters": 3, "transcripts": 2,
        "warnings": [],
    }  # fmt: skip
    unchanged = {
        "id": 1, "title": "Screws Left Over", "outcome": "unchanged",
        "new": 0, "changed": 0, "announced": 0, "held": 0,
    }  # fmt: skip
    assert (await cli("poll", "--json")).json == [unchanged]
    cli.publish(4)
    polled = (await cli("poll", "--json")).json
    assert polled == [unchanged | {"outcome": "1 new episode", "new": 1, "announced": 1}]
    [podcast] = (await cli("podcasts", "--json")).json
    assert podcast["last_check"] < podcast["next_check"]
    assert (
        podcast.items()
        >= {
            "id": 1,
            "title": "Screws Left Over",
            "feed": feed,
            "episodes": 4,
            "last_outcome": "1 new episode",
            "next_check_reason": "every 10 min",
            "paused": None,
            "held": 0,
            "chapters": "4 of 4: 4 notes",
            "transcripts": "3 of 4: 1 JSON, 1 notes, 1 VTT",
        }.items()
    )
    assert (await cli("held", "--json")).json == []

    episodes = (await cli("episodes", "--json")).json
    assert [set(one) for one in episodes] == [EPISODE] * 4
    assert episodes == (await cli("episodes", "screws", "--json")).json
    newest = episodes[0]
    assert newest["guid"] == "screws-left-over-4"
    assert newest["published"].endswith("Z")
    assert (newest["duration_s"], newest["chapters"], newest["transcript"]) == (542.0, 8, "json")
    assert [one["transcript"] for one in episodes] == ["json", None, "vtt", "notes"]

    chapters = (await cli("chapters", str(newest["id"]), "--json")).json
    assert chapters[1] == {
        "start_s": 61.0,
        "title": "How brass counts to twelve",
        "url": f"{cli.host.base_url}/audio/4.mp3#t=61",
    }
    turns = (await cli("transcript", "show", str(newest["id"]), "--json")).json
    assert len(turns) == newest["turns"]
    assert set(turns[0]) == {"speaker", "start_s", "end_s", "text"}

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


async def test_every_command_prints_lines_for_people(cli: CommandLine) -> None:
    feed = cli.publish()
    for arguments, expected in (
        (("podcasts",), ""),
        (("add", feed), "4 episodes, 4 with chapters, 3 with transcripts"),
        (("add", feed), "unchanged"),
        (("poll",), "Screws Left Over (1): unchanged"),
        (("podcasts",), "(4 episodes)"),
        (("episodes",), "Special: Night Shift, No Talking  (8 chapters, 0 turns)"),
        (("chapters", "thirteen"), "   1:01  How brass counts to twelve"),
        (("transcript", "show", "thirteen"), "Lucasta Fenn: "),
        (("quote", SAMPLE_QUESTIONS[2]), "[A clock is a machine] for [making"),
        (("quote", "xylophone", "qwerty"), "Nothing that was said fits these words."),
    ):
        ended = await cli(*arguments)
        assert (ended.code, ended.err) == (0, "")
        assert expected in ended.out


async def test_an_announcement_is_previewed_as_it_would_be_sent(cli: CommandLine) -> None:
    await cli("add", cli.publish())
    card = (await cli("preview", "The Clock That Struck Thirteen", "--json")).json
    assert card["flags"] == COMPONENTS_V2
    assert [one.sentence() for one in message_breaches(card, Shape.CREATE)] == []
    (container,) = card["components"]
    assert "8:10" in container["components"][-2]["content"]
    line = (await cli("preview", "Clock", "--style", "compact", "--json")).json
    assert line["content"].endswith("/episodes/4")
    shown = await cli("preview", "Clock")
    assert (shown.code, shown.err) == (0, "")
    assert "│    8:10 Counting the screws  → http" in shown.out
    assert "[ Play ]  [ Chapters ]  [ Search this episode ]  [ Transcript ]" in shown.out
    unknown = await cli("preview", "Nothing of the kind")
    assert (unknown.code, unknown.out) == (1, "")
    assert (await cli("preview", "Clock", "--style", "loud")).code == 2


@pytest.mark.parametrize("name", ["latent-space-2024-02.xml", "latent-space-2024-12.xml"])
async def test_real_episodes_are_previewed_as_discord_would_take_them(cli: CommandLine, name: str) -> None:
    feed = DATA / "feeds" / name
    if not feed.exists():
        pytest.skip(f"shared data is missing: {name}")
    await cli("add", str(feed))
    for episode in (await cli("episodes", "--json")).json:
        number = str(episode["id"])
        for style in ("card", "compact"):
            ended = await cli("preview", number, "--style", style, "--json")
            assert ended.code == 0, ended.err
            breaches = message_breaches(ended.json, Shape.CREATE)
            assert [one.sentence() for one in breaches] == [], episode["title"]
            assert list(schema_breaches("POST", "/channels/{channel_id}/messages", ended.json)) == []
        told = " ".join((await cli("preview", number)).out.replace("\n│", " ").split())
        chapters = (await cli("chapters", number, "--json")).json
        shown = sum(" ".join(one["title"].split())[:60] in told for one in chapters)
        more = re.search(r" \+ (\d+) more ", told)
        assert shown + int(more[1] if more else 0) == len(chapters), told


async def test_a_batch_is_answered_line_by_line(cli: CommandLine, tmp_path: Path) -> None:
    await cli("add", cli.publish())
    asked = [
        json.dumps({"id": "b", "query": SAMPLE_QUESTIONS[1]}),
        "",
        json.dumps({"id": 1, "query": SAMPLE_QUESTIONS[0]}),
        json.dumps({"id": None, "query": ""}),
    ]
    good = await cli("quote", "--batch", "-", "--limit", "2", stdin="\n".join(asked))
    answers = [json.loads(line) for line in good.out.splitlines()]
    assert good.code == 0
    assert [one["id"] for one in answers] == ["b", 1, None]
    assert all(set(one) == {"id", "took_ms", "hits", "guess"} for one in answers)
    assert [len(one["hits"]) for one in answers[2:]] == [0]
    assert answers[0]["hits"][0]["guid"] == "screws-left-over-2"

    bad = ["{", "[]", "7", '{"id": 1}', '{"query": "x"}', '{"id": 1, "query": 5}', "[" * 5000, asked[0]]
    (tmp_path / "batch").write_text("\n".join(bad), encoding="utf-8")
    mixed = await cli("quote", "--batch", str(tmp_path / "batch"), "--json")
    lines = [json.loads(line) for line in mixed.out.splitlines()]
    assert (mixed.code, mixed.err) == (1, "")
    assert lines[:7] == [{"id": None, "error": 'expected a JSON object {"id", "query"}'}] * 7
    assert lines[7]["id"] == "b"
    missing = await cli("quote", "--batch", str(tmp_path / "nothing"))
    assert missing.code == 1
    assert len(missing.err.splitlines()) == 1


NO_OBJECT = {"id": None, "error": 'expected a JSON object {"id", "query"}'}


async def test_odd_ids_of_a_batch_come_back_as_they_came_or_are_refused(
    cli: CommandLine, tmp_path: Path
) -> None:
    await cli("add", cli.publish(3))
    good: list[Any] = ["\ud800", "ü\u2028", {"a": [1, None]}, 2**70, 1.5, False]
    asked = [json.dumps({"id": one, "query": "screw"}) for one in good]
    bad = [f'{{"id": {one}, "query": "x"}}' for one in ("NaN", "1e400", "-Infinity", "[NaN]", "9" * 5000)]
    batch = tmp_path / "batch"
    batch.write_text("\ufeff" + "\n".join(asked + bad), encoding="utf-8")
    for arguments, stdin in ((str(batch), ""), ("-", batch.read_text(encoding="utf-8"))):
        ended = await cli("quote", "--batch", arguments, stdin=stdin)
        ended.out.encode()
        lines = [json.loads(line) for line in ended.out.splitlines()]
        assert (ended.code, ended.err) == (1, "")
        assert [one["id"] for one in lines] == good + [None] * len(bad)
        assert lines[len(good) :] == [NO_OBJECT] * len(bad)
    surrogate = await cli("quote", "--batch", "-", stdin=json.dumps({"id": 1, "query": "\udfff screw"}))
    assert (surrogate.code, json.loads(surrogate.out)["id"]) == (0, 1)


async def test_a_line_that_is_too_long_is_answered_once(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.quote_batch.MAX_BATCH_LINE", 100)
    await cli("add", cli.publish(3))
    fitting, long = (json.dumps({"id": n, "query": "screw " * n}) for n in (1, 200))
    exactly = json.dumps({"id": 2, "query": "s"}).ljust(99)
    lines = f"{fitting}\n{long}\n{exactly}\n{long}\n{fitting}"
    for end in ("", "\n"):
        (tmp_path / "batch").write_text(f"{lines}{end}", encoding="utf-8")
        ended = await cli("quote", "--batch", str(tmp_path / "batch"))
        assert ended.code == 1
        assert [json.loads(line)["id"] for line in ended.out.splitlines()] == [1, None, 2, None, 1]
    ended = await cli("quote", "--batch", "-", stdin=long)
    assert [json.loads(line) for line in ended.out.splitlines()] == [NO_OBJECT]


async def test_more_answers_than_there_can_be_are_no_error(cli: CommandLine) -> None:
    await cli("add", cli.publish(3))
    assert (await cli("quote", "screw", "--limit", "9" * 30, "--json")).code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("fly",),
        ("add",),
        ("quote",),
        ("quote", "words", "--batch", "-"),
        ("quote", "words", "--limit", "0"),
        ("quote", "words", "--limit", "many"),
        ("transcript",),
        ("podcasts", "--loud"),
        ("run", "--json"),
    ],
    ids=" ".join,
)
async def test_wrong_usage_ends_with_2(cli: CommandLine, arguments: tuple[str, ...]) -> None:
    ended = await cli(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err


async def test_what_is_no_feed_is_told_in_one_sentence_and_stores_nothing(
    cli: CommandLine, tmp_path: Path
) -> None:
    feed = cli.publish(3)
    whole = sample_feed(cli.host.base_url, now=datetime.now(UTC))
    (tmp_path / "cut.xml").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "binary.xml").write_bytes(bytes(range(256)))
    empty = "<rss version='2.0'><channel><title>Blog</title><item><title>Post</title></item></channel></rss>"
    for address, sentence in (
        (
            cli.host.put("/page", "<html><body>Hello</body></html>", content_type="text/html"),
            "no podcast feed",
        ),
        (cli.host.put("/cut.xml", whole[: len(whole) // 2]), "ends in the middle"),
        (cli.host.put("/empty", ""), "it is empty"),
        (cli.host.put("/blog.xml", empty), "has no episodes"),
        (cli.host.url("/missing"), "the host answered 404"),
        ("http://127.0.0.1:1/feed", "can't be reached"),
        ("http://[::1/feed", "This http:// address can't lead to a feed"),
        ("ftp://host/feed", "This ftp:// address can't lead to a feed"),
        (str(tmp_path / "nothing.xml"), "neither an http(s) address nor a file"),
        ("~nobody-of-this-name", "~nobody-of-this-name is neither an http(s) address nor a file."),
        ("x" * 5000, f"{'x' * 200}… can't be a file."),
        ("a\0b", "can't be a file."),
        ("file://[half", "can't be a file."),
        ("file:///no/such%20file", "neither an http(s) address nor a file"),
        (str(tmp_path / "cut.xml"), "ends in the middle"),
        (str(tmp_path / "binary.xml"), "no podcast feed"),
    ):
        ended = await cli("add", address, "--json")
        assert (ended.code, ended.out) == (1, ""), address
        assert sentence in ended.err
        assert len(ended.err.splitlines()) == 1
    assert (await cli("podcasts", "--json")).json == []

    await cli("add", feed)
    episodes = (await cli("episodes", "--json")).json
    cli.publish(4)
    for damage in ("truncate", "reset", "close"):
        cli.host.fault("/feed.xml", damage, times=2)
        ended = await cli("poll", "--json")
        cli.host.faults.clear()
        assert ended.code == 1
        assert ended.json[0]["new"] == 0
        assert "can't be read" in ended.json[0]["outcome"]
    cli.host.put("/feed.xml", whole[: len(whole) // 2])
    assert (await cli("poll", "--json")).json[0][
        "outcome"
    ] == "The feed ends in the middle; nothing of it was stored."
    assert (await cli("episodes", "--json")).json == episodes


async def test_a_followed_feed_that_broke_is_told_in_one_sentence(cli: CommandLine) -> None:
    feed = cli.publish(3)
    await cli("add", feed)
    cli.host.put("/feed.xml", "<rss version='2.0'><channel>")
    ended = await cli("add", feed, "--json")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "The feed ends in the middle; nothing of it was stored.\n"


async def test_the_address_of_a_file_is_taken_as_it_was_given_back(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "my feed ü.xml"
    path.write_bytes(sample_feed(cli.host.base_url, now=cli.now))
    added = (await cli("add", path.name, "--json")).json
    assert added["feed"] == path.as_uri()
    assert "%20" in added["feed"]
    monkeypatch.setenv("HOME", str(tmp_path))
    for again in (added["feed"], str(path), f"~/{path.name}", f" {path.name} "):
        assert (await cli("add", again, "--json")).json["id"] == added["id"]
    feed = cli.publish()
    first = (await cli("add", f"{feed}#latest", "--json")).json
    assert (first["feed"], first["id"]) == (feed, 2)


async def test_what_failed_is_tried_anew_by_whoever_adds_it_again(cli: CommandLine) -> None:
    feed = cli.publish()
    cli.host.remove("/transcripts/4.json")
    assert len((await cli("add", feed, "--json")).json["warnings"]) == 1
    cli.publish()
    again = (await cli("add", feed, "--json")).json
    assert (again["warnings"], again["transcripts"]) == ([], 3)


async def test_titles_steer_no_terminal(cli: CommandLine, tmp_path: Path) -> None:
    # XML has no way to say ESC; C1 controls steer terminals, too.
    steering = "\x9b31m\x7f\x85"
    titles = (f"Red {steering} tea", f"Blue {steering} tea")
    items = "".join(
        f"<item><title>{one}</title><guid>{one}</guid>"
        f"<enclosure url='https://a.example/{place}.mp3' type='audio/mp4' length='1'/></item>"
        for place, one in enumerate(titles)
    )
    (tmp_path / "a.xml").write_text(
        f"<rss version='2.0'><channel><title>Show {steering}</title>{items}</channel></rss>",
        encoding="utf-8",
    )
    for arguments in (
        ("add", "a.xml"),
        ("podcasts",),
        ("episodes",),
        ("poll",),
        ("chapters", "tea"),
        ("episodes", "--json"),
    ):
        ended = await cli(*arguments)
        assert "tea" in ended.out + ended.err or "Show" in ended.out
        for one in ended.out + ended.err:
            assert one == "\n" or not (ord(one) < 32 or 127 <= ord(one) < 160), arguments


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


async def test_a_transcript_that_cannot_be_read_is_a_warning(cli: CommandLine) -> None:
    feed = cli.publish()
    cli.host.remove("/transcripts/4.json")
    cli.host.put("/transcripts/2.vtt", b"\x00\x01", content_type="text/vtt")
    ended = await cli("add", feed, "--json")
    assert ended.code == 0
    assert ended.json["transcripts"] == 1
    assert len(ended.json["warnings"]) == 2
    assert any("“The Clock That Struck Thirteen” can't be used" in one for one in ended.json["warnings"])


async def test_names_find_what_is_meant_or_name_the_candidates(cli: CommandLine, tmp_path: Path) -> None:
    def feed_file(name: str, title: str, *episodes: str) -> str:
        items = "".join(
            f"<item><title>{one}</title><guid>{title}{one}</guid>"
            f"<description>0:00 First of {one}&lt;br>5:00 Second&lt;br>9:30 Third</description>"
            f"<enclosure url='https://a.example/{place}.mp3' type='audio/mp4' length='1'/></item>"
            for place, one in enumerate(episodes)
        )
        path = tmp_path / name
        path.write_text(f"<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>")
        return str(path)

    await cli("add", feed_file("a.xml", "Tea", "2", "Black tea", "Green tea", "Tea"))
    await cli("add", feed_file("b.xml", "Tea time", "Scones"))
    episodes = {one["title"]: one["id"] for one in (await cli("episodes", "--json")).json}
    # The id 2 wins over the title "2", an exact title over a part of others, and case is no matter.
    for wanted, title in (
        (str(episodes["Scones"]), "Scones"),
        ("tea", "Tea"),
        ("  BLACK  ", "Black tea"),
        ("2", next(title for title, number in episodes.items() if number == 2)),
    ):
        chapters = (await cli("chapters", wanted, "--json")).json
        assert [one["title"] for one in chapters] == [f"First of {title}", "Second", "Third"]
    assert [one["title"] for one in (await cli("episodes", "tea time", "--json")).json] == ["Scones"]
    assert len((await cli("episodes", "TEA", "--json")).json) == 4
    ambiguous = await cli("chapters", "n")
    assert (ambiguous.code, ambiguous.out) == (1, "")
    assert ambiguous.err.startswith("Several episodes fit “n”: ")
    for title in ("Green tea", "Scones"):
        assert f"“{title}” ({episodes[title]})" in ambiguous.err
    unknown = await cli("episodes", "Coffee", "--json")
    assert (unknown.code, unknown.err) == (1, "No podcast is called “Coffee”.\n")


async def test_the_doctor_says_what_to_mend(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = await cli("doctor", "--json")
    assert ended.code == 78
    assert [(one["check"], one["ok"]) for one in ended.json] == [
        ("settings", True),
        ("data folder", True),
        ("database", True),
        ("token", False),
    ]
    assert "DISCORD_TOKEN is not set" in ended.json[-1]["says"]
    async with FakeDiscord() as fake:
        monkeypatch.setenv("EARMARK_DISCORD_API_URL", fake.api_url)
        monkeypatch.setenv("DISCORD_TOKEN", "wrong")
        ended = await cli("doctor")
        assert ended.code == 78
        assert "NOT token: Discord refused the token" in ended.out
        monkeypatch.setenv("DISCORD_TOKEN", fake.token)
        ended = await cli("doctor")
        assert ended.code == 0
        assert "ok  token: belongs to Earmark (700000000000000000)" in ended.out
        assert "1000 session starts left" in ended.out
        fake.faults.add(method="GET", path="/gateway/bot", status=503)
        ended = await cli("doctor", "--json")
        assert ended.code == 1
        assert ended.json[-1]["says"] == "Discord answered 503; try again later."
        fake.faults.add(method="GET", path="/users/@me$", status=500)
        assert (await cli("doctor")).code == 1
        fake.gateway.session_starts_left = 0
        assert (await cli("doctor")).code == 1
    ended = await cli("doctor", "--json")
    assert ended.code == 1
    assert "Discord can't be reached" in ended.json[-1]["says"]
    assert fake.token not in ended.out
