"""`/podcast add`: what it tells about a podcast, and whether quotes will work."""

from __future__ import annotations

from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import MANAGER
from tests.fakes.feed_host import FeedHost
from tests.unit.cogs.room import Stage

WONT_WORK = "**Quotes won't work** for this podcast"


def _feed(host: FeedHost, path: str, mime_type: str | None, episodes: int = 1) -> str:
    """Serve a feed whose episodes have a transcript of this type, which itself is nowhere."""
    transcript = f'<podcast:transcript url="{host.url("/nowhere")}" type="{mime_type}"/>' if mime_type else ""
    items = "".join(
        f"<item><title>Part {place}</title><guid>{path}{place}</guid>{transcript}"
        f"<enclosure url='https://media.example/{place}.mp3' type='audio/mp4' length='1'/></item>"
        for place in range(episodes)
    )
    body = (
        '<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0">'
        f"<channel><title>Show</title>{items}</channel></rss>"
    )
    return host.put(path, body)


async def _added(fake: FakeDiscord, feed: str) -> str:
    return (await fake.command(10, 11, MANAGER, "podcast add", feed=feed)).text


async def test_what_was_found_is_counted_and_only_what_can_be_read_is_promised(
    stage: Stage,
) -> None:
    fake, _ = stage
    async with FeedHost() as host:
        one = await _added(fake, _feed(host, "/one.xml", None))
        assert "I found 1 episode: 0 with chapters, 0 with a transcript." in one
        assert WONT_WORK in one
        listed = (await fake.command(10, 11, MANAGER, "podcast list")).text
        assert "\n1 episode ·" in listed
        pdf = await _added(fake, _feed(host, "/pdf.xml", "application/pdf", 2))
        assert "I found 2 episodes: 0 with chapters, 0 with a transcript." in pdf
        assert WONT_WORK in pdf
        assert "Published apart" not in pdf
        vtt = await _added(fake, _feed(host, "/vtt.xml", "text/vtt"))
        assert "I found 1 episode: 0 with chapters, 1 with a transcript." in vtt
        assert "Published apart from the feed, and read now: 1 transcript." in vtt
        assert WONT_WORK not in vtt
