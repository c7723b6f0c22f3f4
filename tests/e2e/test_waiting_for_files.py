"""The first post has the chapters and the transcript's button, if they come in time; what is late becomes an edit."""

from __future__ import annotations

from datetime import timedelta

from tests.e2e.stage import Item, Stage
from tests.fakes.discord_messages import FakeMessage
from tests.fakes.discord_state import FakeChannel

VTT = "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ada>Nobody told me that pumpkins have no emergency stop.\n\n"
CHAPTERS = '{{"version": "1.2.0", "chapters": [{{"startTime": 0, "title": "{title}"}}]}}'
OLD = Item("Old episode", age=timedelta(days=2))
THEIR_OLD = Item("Their old one", age=timedelta(days=3))


def _with_files(stage: Stage, title: str, name: str) -> Item:
    """An episode with a transcript and chapters."""
    host = stage.host
    vtt = host.put(f"/{name}.vtt", VTT, content_type="text/vtt")
    chapters = host.put(
        f"/{name}.json", CHAPTERS.format(title=f"Chapter of {name}"), content_type="application/json"
    )
    named = (
        f'<podcast:transcript url="{vtt}" type="text/vtt"/>'
        f'<podcast:chapters url="{chapters}" type="application/json+chapters"/>'
    )
    return Item(title, guid=name, more=named)


def _shown(stage: Stage, channel: FakeChannel, title: str) -> FakeMessage:
    [message] = [one for one in stage.fake.messages(channel.id) if title in one.text]
    return message


def _edits(stage: Stage, message: FakeMessage) -> int:
    return len(stage.fake.sent("PATCH", f"/messages/{message.id}"))


def _labels(message: FakeMessage) -> set[str]:
    return {button.label or "" for button in message.buttons}


async def test_the_first_post_waits_for_its_files_and_holds_up_nothing_else(stage: Stage) -> None:
    fake, host = stage.fake, stage.host
    other = fake.world.add_channel(stage.guild.id, "other")
    feed = stage.put("/feed.xml", "Show", OLD)
    theirs = stage.put("/theirs.xml", "Their show", THEIR_OLD)
    late = [host.fault(f"/late.{ending}", "hang") for ending in ("vtt", "json")]
    async with stage.bot(EARMARK_WAIT_FOR_FILES="300"):
        await stage.bot_ready()
        await stage.follow(feed)
        await stage.follow(theirs)
        await stage.follow(theirs, other)
        first = _with_files(stage, "The late one", "late")
        # What is newer of the podcast stays behind it; of another podcast in the same channel nothing does.
        second = Item("The one after it", age=timedelta(minutes=30), guid="after")
        stage.put("/feed.xml", "Show", second, first, OLD)
        await host.wait_for(lambda: host.count("/late.vtt") and host.count("/late.json"), "its files")
        stage.put("/theirs.xml", "Their show", Item("Theirs", age=timedelta(minutes=1)), THEIR_OLD)
        for channel in (stage.channel, other):
            await stage.announced(channel, "Theirs")
        assert (
            stage.count(stage.channel, "The late one") == stage.count(stage.channel, "The one after it") == 0
        )
        # The chapters alone are not all.
        late[1].release.set()
        await stage.polled_again()
        assert stage.count(stage.channel, "The late one") == 0

    # A restart makes nothing of the wait.
    asked = host.count("/late.vtt")
    again = host.fault("/late.vtt", "hang")
    late[0].release.set()
    async with stage.bot(EARMARK_WAIT_FOR_FILES="1") as bot:
        await stage.bot_ready()
        await host.wait_for(lambda: host.count("/late.vtt") > asked, "the transcript, asked for again")
        await stage.polled_again()
        assert stage.count(stage.channel, "The late one") == 0
        again.release.set()
        await stage.announced(stage.channel, "The late one")
        await stage.announced(stage.channel, "The one after it")
        texts = [one.text for one in fake.messages(stage.channel.id)]
        assert [
            next(at for at, text in enumerate(texts) if one in text)
            for one in ("Theirs", "The late one", "The one after")
        ] == [0, 1, 2]
        posted = _shown(stage, stage.channel, "The late one")
        assert "Chapter of late" in posted.text
        assert {"Chapters", "Search this episode", "Transcript"} <= _labels(posted)

        # A file that does not come: the post goes out with what there is, and the file becomes an edit.
        never = host.fault("/never.vtt", "hang")
        stage.put("/feed.xml", "Show", _with_files(stage, "The silent one", "never"), second, first, OLD)
        await stage.announced(stage.channel, "The silent one")
        silent = _shown(stage, stage.channel, "The silent one")
        assert "Chapter of never" in silent.text
        assert "Transcript" not in _labels(silent)
        never.release.set()
        await fake.wait_for(lambda: "Transcript" in _labels(silent), "the edit with the transcript")
        assert (_edits(stage, silent), _edits(stage, posted)) == (1, 0)
        assert host.count("/never.vtt") == 1
    assert "Traceback" not in bot.log
