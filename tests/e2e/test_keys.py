"""Feeds with keys in their addresses, over the whole bot: no byte of a key in what it says, logs or prints."""

from __future__ import annotations

import json
import random
import string
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Any
from urllib.parse import quote

from tests.e2e.bot_process import BotProcess, run
from tests.e2e.stage import Stage
from tests.fakes.discord_state import MANAGER, MEMBER, FakeChannel

SMALL, CAPITALS = string.ascii_lowercase, string.ascii_uppercase
MIXED = string.ascii_letters + string.digits
Drawn = Callable[[random.Random], str]
# Discord answers ten `/podcast add` a minute in a server.
FEEDS_A_SERVER = 4
SAID = "the marmalade number {} was boiled on a Tuesday by the whole brass band"


def _of(alphabet: str, size: int) -> Drawn:
    return lambda rng: "".join(rng.choices(alphabet, k=size))


# A feed's path with its key, and how the key is drawn; "@" stands where the credentials go.
SHAPES: tuple[tuple[str, Drawn], ...] = (
    ("/feed/{}/rss", _of("0123456789abcdef", 8)),
    ("/feed/{}.xml", _of(MIXED, 10)),
    ("/podcasts/{}/feed.xml", _of(SMALL, 16)),
    ("/{}/rss", _of(SMALL, 24)),
    ("/feed/{}.rss", _of(CAPITALS, 16)),
    ("/rss/{}/show", _of(CAPITALS + "234567", 26)),
    ("/feeds/{}/rss", lambda rng: str(uuid.UUID(int=rng.getrandbits(128), version=4))),
    ("/private/{}/podcast.xml", _of(MIXED, 22)),
    ("/m/{}/feed", _of("0123456789abcdef", 12)),
    ("/show/feed;key={}", _of(MIXED, 12)),
    ("/show/rss?token={}&format=mp3", _of(MIXED, 16)),
    ("@/members/feed.xml", _of(MIXED, 16)),
    ("/show/podcast.xml?{}", _of(MIXED, 14)),
    ("/show/rss/{}", _of(SMALL + string.digits, 18)),
)
# On hosts of these names everybody is given such addresses.
PUBLIC_PATHS = (
    "/feed.xml",
    "/podcasts/the-daily-show.rss",
    "/feed/podcast?format=mp3",
    "/2024/show-1/rss.xml",
)


@dataclass(slots=True)
class KeyedFeed:
    """An invented feed whose key stands in everything that a host can put it in."""

    number: int
    form: str
    key: str
    base_url: str

    @property
    def path(self) -> str:
        return self.form.lstrip("@").format(self.key)

    @property
    def credentials(self) -> str:
        return f"patron:{self.key}" if self.form.startswith("@") else ""

    @property
    def url(self) -> str:
        address = self.base_url + self.path
        return address.replace("://", f"://{self.credentials}@") if self.credentials else address

    def document(self, episodes: int) -> str:
        """The feed with so many episodes."""
        me = escape(self.url)
        return (
            "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0' "
            "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:atom='http://www.w3.org/2005/Atom' "
            "xmlns:podcast='https://podcastindex.org/namespace/1.0'><channel>"
            f"<title>Brass {self.number} of {self.key}</title><link>{me}</link>"
            f"<atom:link rel='self' href='{me}'/><itunes:new-feed-url>{me}</itunes:new-feed-url>"
            f"<itunes:image href='{self.base_url}/art/{self.key}.png'/><itunes:author>{self.key}</itunes:author>"
            f"<description>{me}</description>"
            + "".join(self._item(number) for number in range(episodes, 0, -1))
            + "</channel></rss>"
        )

    def _item(self, number: int) -> str:
        base, key = self.base_url, self.key
        # The first has a page that anybody may read.
        page = f"{base}/brass/{number}" if number % 2 else f"{base}/brass/{quote(key)}/{number}"
        audio = f"{base}/audio/{key}/{number}.mp3?auth={key}"
        notes = (
            f"<p>The band of {key} plays for its patrons and tells how brass is polished.</p>"
            f"<p>Listen at {audio} or at <a href='{self.url}'>{self.url}</a> and {key.upper()}.</p>"
            "<p>00:00 Warm up<br/>01:00 "
            f"Key {key}<br/>02:30 Encore</p>"
        )
        published = datetime.now(UTC) - timedelta(hours=9 - number)
        return (
            f"<item><title>Brass {self.number}.{number} for {key}</title>"
            f"<guid isPermaLink='false'>{escape(audio)}</guid><link>{escape(page)}</link>"
            f"<pubDate>{format_datetime(published)}</pubDate><description>{escape(notes)}</description>"
            f"<itunes:image href='{base}/art/{key}-{number}.png'/>"
            f"<podcast:person role='guest'>Ada {key}</podcast:person>"
            f"<podcast:transcript url='{escape(f'{base}/transcripts/{key}.vtt?k={key}')}' type='text/vtt'/>"
            f"<enclosure url='{escape(audio)}' type='audio/mp4' length='1'/></item>"
        )

    def transcript(self) -> str:
        return (
            f"WEBVTT\n\n00:01.000 --> 00:09.000\n<v Ada>{SAID.format(self.number)}\n\n"
            f"00:10.000 --> 00:19.000\n<v Odo {self.key}>and then {self.key} was said aloud\n"
        )


def _feeds(base_url: str) -> list[KeyedFeed]:
    rng = random.Random(12)
    return [
        KeyedFeed(number, form, draw(rng), base_url) for number, (form, draw) in enumerate(SHAPES, start=1)
    ]


def _leaks(keys: Iterable[str], text: str) -> list[str]:
    """What of the keys is in a text, in any case and percent-encoded."""
    small = text.lower()
    return [key for key in keys if key.lower() in small or quote(key, safe="").lower() in small]


def _serve(stage: Stage, feed: KeyedFeed, episodes: int) -> None:
    stage.host.put(feed.path, feed.document(episodes), credentials=feed.credentials)


async def _asks_for_all(stage: Stage, channel: FakeChannel, feed: KeyedFeed) -> None:
    """All that members and moderators can ask for of a feed."""
    fake, member, manager = (
        stage.fake,
        (channel.guild_id, channel.id, MEMBER),
        (channel.guild_id, channel.id, MANAGER),
    )
    found = await fake.command(*member, "quote", words=SAID.format(feed.number))
    assert "about `0:0" in found.text.replace("**", ""), found.text
    assert all("/audio/" not in str(one.url) for one in found.buttons)
    for option in ("podcast", "episode", "speaker"):
        typed: dict[str, Any] = {option: ""}
        await fake.autocomplete(*member, "quote", words="x", focused=option, **typed)
    choices = (await fake.autocomplete(*member, "episode", focused="episode", episode="Brass")).choices
    shown = await fake.command(*member, "episode", episode=choices[0].value)
    assert "`1:00`" in shown.text, shown.text
    listed = await fake.command(*member, "chapters", episode=choices[-1].value)
    assert "`2:30`" in listed.text
    assert "](" not in listed.text
    await fake.command(*manager, "podcast list")
    again = await fake.command(*manager, "podcast add", feed=feed.url)
    assert "is followed already" in again.text, again.text


def _places(stage: Stage, number: int) -> list[FakeChannel]:
    """A channel for each of some feeds, a few of them in each server."""
    world = stage.fake.world
    servers = [world.add_guild(f"Server {one}").id for one in range(-(-number // FEEDS_A_SERVER))]
    channels = [world.add_channel(one, "brass") for one in servers]
    return [channels[one // FEEDS_A_SERVER] for one in range(number)]


async def _follow_all(stage: Stage, feeds: list[KeyedFeed], places: list[FakeChannel]) -> None:
    for feed, place in zip(feeds, places, strict=True):
        stage.host.put(f"/transcripts/{feed.key}.vtt", feed.transcript(), content_type="text/vtt")
        _serve(stage, feed, 2)
        added = await stage.follow(feed.url, place)
        assert "private" in added.text, (feed.form, added.text)
        assert "audio:on" in added.text


async def _announce_all(stage: Stage, feeds: list[KeyedFeed], places: list[FakeChannel]) -> None:
    for feed in feeds:
        _serve(stage, feed, 3)
    for feed, place in zip(feeds, places, strict=True):
        await stage.announced(place, f"Brass {feed.number}.3")
    messages = [one for channel in {place.id for place in places} for one in stage.fake.messages(channel)]
    linked = [button.url for one in messages for button in one.buttons if button.url]
    # A page without a key in place of the audio.
    assert linked == [f"{stage.host.base_url}/brass/3"] * len(feeds)


async def _transcripts_are_read(stage: Stage, place: FakeChannel, feeds: list[KeyedFeed]) -> None:
    paths = [f"/transcripts/{feed.key}.vtt" for feed in feeds]
    await stage.host.wait_for(lambda: all(map(stage.host.count, paths)), "transcripts")
    while True:
        told = await stage.fake.command(place.guild_id, place.id, MEMBER, "quote", words="x")
        if "still being read" not in told.text:
            return
        await stage.polled_again(feeds[0].path)


async def _press_all(stage: Stage, place: FakeChannel) -> None:
    """The buttons of an announcement that Earmark answers."""
    message = next(one for one in stage.fake.messages(place.id) if one.buttons)
    for button in message.buttons:
        if (button.custom_id or "").startswith(("chapters:", "transcript:")):
            await stage.fake.click(button.custom_id or "", message, MEMBER)


async def _everything_fails(stage: Stage, bot: BotProcess, feeds: list[KeyedFeed]) -> None:
    """What fails repeats no address, nor does a redirect."""
    host, keys = stage.host, [feed.key for feed in feeds]
    broken = f"/feed/{keys[1]}"
    host.put(f"{broken}-empty.xml", f"<rss><channel><title>{broken}</title></channel></rss>")
    host.fault(f"{broken}-500.xml", "status", status=500, times=99)
    host.fault(f"{broken}-cut.xml", "close", times=99)
    host.fault(f"{broken}-loop.xml", "redirect", location=f"{broken}-loop.xml?{keys[2]}", times=99)
    typed = [
        *(host.url(f"{broken}-{one}.xml") for one in ("404", "500", "cut", "loop", "empty")),
        f"ada:{keys[11]}@127.0.0.1/feed",
        f"ftp://h.example/{keys[4]}",
        f"http://127.0.0.1:99999/{keys[3]}",
    ]
    for address in typed:
        refused = await stage.fake.command(
            stage.guild.id, stage.channel.id, MANAGER, "podcast add", feed=address
        )
        assert refused.ephemeral
        assert "is now followed" not in refused.text
    moved = f"/new/{keys[0]}{keys[1]}.xml"
    host.put(moved, feeds[2].document(3))
    host.fault(feeds[2].path, "redirect", status=301, location=moved, times=99)
    await host.wait_for(lambda: host.count(moved) > 1, "polls of the new address")
    for feed in feeds[::3]:
        host.fault(feed.path.partition("?")[0], "status", status=503, times=9)
    await bot.logged("503 Service Unavailable", len(feeds[::3]))


async def test_no_byte_of_a_key_gets_out(stage: Stage) -> None:
    feeds = _feeds(stage.host.base_url)
    keys, places = [feed.key for feed in feeds], _places(stage, len(feeds))
    async with stage.bot(EARMARK_LOG_LEVEL="DEBUG") as bot:
        await stage.bot_ready()
        await _follow_all(stage, feeds, places)
        await _announce_all(stage, feeds, places)
        await _transcripts_are_read(stage, places[0], feeds)
        for feed, place in zip(feeds, places, strict=True):
            await _asks_for_all(stage, place, feed)
        await _press_all(stage, places[0])
        await _everything_fails(stage, bot, feeds)
    calls = stage.fake.requests
    assert len(calls) > 100
    # JSON would show other letters than ASCII escaped.
    bodies = [json.dumps(one.body, ensure_ascii=False) + str(one.files) for one in calls]
    assert [body[:2000] for body in bodies if _leaks(keys, body)] == []
    assert _leaks(keys, bot.log) == []
    assert "Traceback" not in bot.log
    await _command_line_tells_no_key(stage, feeds)


async def _command_line_tells_no_key(stage: Stage, feeds: list[KeyedFeed]) -> None:
    allowed: dict[str, Any] = {"EARMARK_ALLOW_PRIVATE_FEEDS": "127.0.0.0/8", "EARMARK_LOG_LEVEL": "DEBUG"}
    keys = [feed.key for feed in feeds]
    for arguments in (
        ("podcasts",),
        ("episodes",),
        ("chapters", "1"),
        ("preview", "1"),
        ("transcript", "show", "1"),
        ("quote", SAID.format(1)),
        ("held",),
        ("servers",),
        ("destinations",),
        ("poll",),
        ("doctor",),
        ("add", feeds[3].url),
        ("add", f"{stage.host.base_url}/feed/{keys[5]}/404"),
        ("add", f"xx://{keys[6]}"),
        ("destinations", feeds[7].url),
        ("remove", feeds[7].url, "--yes"),
        ("add", feeds[7].url, f"--nothing={keys[7]}"),
    ):
        # The command line's own sentences are for a person.
        for form in (
            (("--json",), ()) if arguments[0] in ("podcasts", "episodes", "quote") else (("--json",),)
        ):
            code, out, err = await run(stage.data_dir, *arguments, *form, **allowed)
            assert _leaks(keys, out + err) == [], (arguments, form)
            assert "Traceback" not in err
            if form and code == 0:
                assert json.loads(out) is not None


async def test_audio_is_linked_where_a_moderator_says_so_and_public_feeds_keep_play(stage: Stage) -> None:
    fake, host, channel = stage.fake, stage.host, stage.channel
    beta = fake.world.add_channel(fake.world.add_guild("Beta").id, "brass")
    feed = _feeds(host.base_url)[1]
    _serve(stage, feed, 2)
    host.put(f"/transcripts/{feed.key}.vtt", feed.transcript(), content_type="text/vtt")
    public = [
        KeyedFeed(20 + place, path, f"song-{place}", host.base_url) for place, path in enumerate(PUBLIC_PATHS)
    ]
    for one in public:
        _serve(stage, one, 1)
    async with stage.bot():
        await stage.bot_ready()
        for place in (channel, beta):
            await stage.follow(feed.url, place)
        for one in public:
            added = await stage.follow(one.url)
            assert "private" not in added.text
        choices = await fake.autocomplete(
            channel.guild_id, channel.id, MANAGER, "podcast looks", podcast="Brass 2", focused="podcast"
        )
        podcast = next(one for one in choices.choices if one.name.startswith("Brass 2 "))
        on = await fake.command(
            channel.guild_id, channel.id, MANAGER, "podcast looks", podcast=podcast.value, audio="on"
        )
        assert "is linked" in on.text
        _serve(stage, feed, 3)
        for one in public:
            _serve(stage, one, 2)
        for place in (channel, beta):
            await stage.announced(place, "Brass 2.3")
        for one in public:
            await stage.announced(channel, f"Brass {one.number}.2")
        plays = {
            message.text.partition("Brass ")[2][:1] + button.url
            for message in fake.messages(channel.id)
            for button in message.buttons
            if button.url and button.label == "Play"
        }
        assert len(plays) == 1 + len(public)
        assert any(f"/audio/{feed.key}/3.mp3?auth={feed.key}" in url for url in plays)
        here = []
        for place in (channel, beta):
            asking = (place.guild_id, place.id, MEMBER, "episode")
            offered = await fake.autocomplete(*asking, focused="episode", episode="Brass 2.3")
            episode = next(one for one in offered.choices if one.name.startswith("Brass 2.3 "))
            here.append(await fake.command(*asking, episode=episode.value))
        assert [feed.key in json.dumps([b.url for b in one.buttons]) for one in here] == [True, False]
        there = json.dumps([call.body for call in fake.requests if str(beta.id) in call.path])
        assert feed.key not in there
