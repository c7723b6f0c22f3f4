"""The sample podcast is a well-formed feed with enough talk in it, and its questions have one answer each."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from difflib import SequenceMatcher
from email.utils import parsedate_to_datetime
from html import unescape
from itertools import groupby, pairwise
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest

from bot.cli.sample import EPISODES, FEED_PATH, SAMPLE_QUESTIONS, TRANSCRIPT_PATHS, sample_feed, sample_file

BASE = "http://127.0.0.1:8765"
NOW = datetime(2026, 3, 29, 1, 30, 12, 345678, tzinfo=timezone(timedelta(hours=2)))
WITH_TRANSCRIPT = (1, 2, 4)
NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
}
# Words that stand in half of all sentences say nothing about which sentence is meant.
COMMON = frozenset(
    {"a", "and", "but", "can", "has", "is", "makes", "no", "of", "off", "that", "the", "very", "you"}
)


@dataclass(frozen=True, slots=True)
class TimedText:
    """One cue, segment or paragraph of a transcript; seconds."""

    speaker: str
    start_s: float
    end_s: float | None
    text: str


def seconds(stamp: str) -> float:
    hours, minutes, rest = stamp.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def item(number: int) -> ET.Element:
    """The `number`th episode, counted from 1 for the oldest."""
    return ET.fromstring(sample_feed(BASE, now=NOW)).findall("channel/item")[EPISODES - number]


def text_of(element: ET.Element, path: str) -> str:
    found = element.findtext(path, namespaces=NAMESPACES)
    assert found is not None, path
    return found


def notes(number: int) -> str:
    return text_of(item(number), "content:encoded")


def duration(number: int) -> float:
    return seconds(text_of(item(number), "itunes:duration"))


def matched(pattern: str, text: str) -> re.Match[str]:
    found = re.fullmatch(pattern, text)
    assert found is not None, text
    return found


def from_notes() -> list[TimedText]:
    _, speech = notes(1).split("<p>Transcript</p>")
    paragraph = r"<p><strong>(.+)</strong> \[(\d\d:\d\d:\d\d)\]: (.+)</p>"
    lines = [matched(paragraph, line) for line in speech.strip().splitlines()]
    return [TimedText(line[1], seconds(line[2]), None, unescape(line[3])) for line in lines]


def from_vtt() -> list[TimedText]:
    head, *blocks = sample_file("2.vtt")[0].decode().strip().split("\n\n")
    assert head == "WEBVTT"
    time = r"(\d\d:\d\d:\d\d\.\d{3})"
    cues = [matched(rf"{time} --> {time}\n<v ([^>]+)>([^<>\n]+)</v>", block) for block in blocks]
    return [TimedText(cue[3], seconds(cue[1]), seconds(cue[2]), unescape(cue[4])) for cue in cues]


def from_json() -> list[TimedText]:
    document: dict[str, Any] = json.loads(sample_file("4.json")[0])
    assert document["version"] == "1.0.0"
    return [TimedText(s["speaker"], s["startTime"], s["endTime"], s["body"]) for s in document["segments"]]


def spoken(number: int) -> list[TimedText]:
    return {1: from_notes, 2: from_vtt, 4: from_json}[number]()


def turns(number: int) -> list[str]:
    """What each speaker says without interruption."""
    return [" ".join(s.text for s in run) for _, run in groupby(spoken(number), key=lambda s: s.speaker)]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def overlap(question: str, turn: str) -> float:
    """The share of the question's telling words that the turn has, in any order, spelt about so."""
    there = set(words(turn))
    asked = [word for word in words(question) if word not in COMMON]
    near = [any(SequenceMatcher(None, word, other).ratio() >= 0.8 for other in there) for word in asked]
    return sum(near) / len(asked)


@pytest.mark.parametrize("count", range(1, EPISODES + 1))
def test_feed_has_the_oldest_episodes_newest_first(count: int) -> None:
    parsed = feedparser.parse(sample_feed(BASE, count, now=NOW))

    assert not parsed.bozo
    assert parsed.feed.title == "Screws Left Over"
    assert [entry.link for entry in parsed.entries] == [f"{BASE}/episodes/{n}" for n in range(count, 0, -1)]
    assert len({entry.id for entry in parsed.entries}) == count
    for number, entry in zip(range(count, 0, -1), parsed.entries, strict=True):
        (enclosure,) = entry.enclosures
        assert (enclosure.href, enclosure.type) == (f"{BASE}/audio/{number}.mp3", "audio/mpeg")
        assert int(enclosure.length) > 0
        assert entry.image.href == f"{BASE}/images/{number}.png"
        assert entry.title
        assert entry.content[0].value


def test_only_the_fourth_episode_is_recent() -> None:
    parsed = feedparser.parse(sample_feed(BASE, now=NOW))
    dates = [parsedate_to_datetime(entry.published) for entry in parsed.entries]

    assert dates[0] == (NOW - timedelta(hours=1)).replace(microsecond=0)
    assert [newer - older for newer, older in pairwise(dates)] == [timedelta(weeks=1)] * 3


def test_an_item_is_the_same_however_many_stand_beside_it() -> None:
    whole = sample_feed(BASE, now=NOW).split(b"<item>")
    for count in range(1, EPISODES):
        assert sample_feed(BASE, count, now=NOW).split(b"<item>") == [whole[0], *whole[-count:]]


def test_no_placeholder_stays_and_the_address_is_escaped() -> None:
    document = sample_feed("http://localhost:1/?a=1&b=2/", now=NOW)

    assert b"{" not in document
    link = ET.fromstring(document).findtext("channel/item/link")
    assert link == "http://localhost:1/?a=1&b=2/episodes/4"


@pytest.mark.parametrize("episodes", [-1, 0, EPISODES + 1])
def test_a_count_that_the_sample_does_not_have_is_refused(episodes: int) -> None:
    with pytest.raises(ValueError, match="1 to 4 episodes"):
        sample_feed(BASE, episodes, now=NOW)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        sample_feed(BASE, now=NOW.replace(tzinfo=None))


def test_paths_are_those_that_the_feed_names() -> None:
    document = ET.fromstring(sample_feed(BASE, now=NOW))
    links = [
        (link.get("url"), link.get("type")) for link in document.iterfind(".//podcast:transcript", NAMESPACES)
    ]
    served = [(BASE + path, sample_file(name)[1]) for path, name in TRANSCRIPT_PATHS.items()]

    assert sorted(links) == sorted(served)
    assert f'<atom:link href="{BASE}{FEED_PATH}" rel="self"'.encode() in sample_feed(BASE, now=NOW)
    for number in (1, 3):
        assert item(number).find("podcast:transcript", NAMESPACES) is None


@pytest.mark.parametrize("name", ["feed.xml", "../config.py", "__init__.py", ""])
def test_other_names_are_no_transcripts(name: str) -> None:
    with pytest.raises(KeyError):
        sample_file(name)


@pytest.mark.parametrize("number", range(1, EPISODES + 1))
def test_chapters_ascend_from_zero_inside_the_duration(number: int) -> None:
    listed = re.findall(r"<p>\* \[(\d\d:\d\d:\d\d)\] (.+)</p>", notes(number))
    starts = [seconds(stamp) for stamp, _ in listed]

    assert 6 <= len(listed) <= 9
    assert starts[0] == 0
    assert all(earlier < later for earlier, later in pairwise(starts))
    assert starts[-1] < duration(number)
    assert ("Transcript" in notes(number)) == (number == 1)


@pytest.mark.parametrize("number", WITH_TRANSCRIPT)
def test_speech_ascends_inside_the_duration_at_the_pace_of_talk(number: int) -> None:
    said = spoken(number)

    assert all(earlier.start_s < later.start_s for earlier, later in pairwise(said))
    assert all(e.end_s is None or e.start_s < e.end_s <= later.start_s for e, later in pairwise(said))
    last = said[-1]
    assert (last.end_s or last.start_s) < duration(number)
    assert 35 <= len(turns(number)) <= 60
    assert len({s.speaker for s in said}) == 3
    pace = sum(len(s.text.split()) for s in said) / duration(number) * 60
    assert 130 <= pace <= 170


def test_there_is_enough_talk_and_it_speaks_of_itself_alone() -> None:
    talk = " ".join(turn for number in WITH_TRANSCRIPT for turn in turns(number))

    assert len(talk.split()) > 3000
    everything = (talk + sample_feed(BASE, now=NOW).decode()).lower()
    assert "discord" not in everything
    assert "earmark" not in everything


@pytest.mark.parametrize(("number", "question"), list(zip(WITH_TRANSCRIPT, SAMPLE_QUESTIONS, strict=True)))
def test_a_question_has_one_answer_in_its_own_episode(number: int, question: str) -> None:
    scored = sorted(
        ((overlap(question, turn), episode) for episode in WITH_TRANSCRIPT for turn in turns(episode)),
        reverse=True,
    )

    (best, where), (second, _) = scored[:2]
    assert where == number
    assert best >= 0.8
    assert second <= 0.5


def test_questions_are_half_remembered_not_copied() -> None:
    for number, question in zip(WITH_TRANSCRIPT, SAMPLE_QUESTIONS, strict=True):
        assert not any(" ".join(words(question)) in " ".join(words(turn)) for turn in turns(number))
    vocabulary = {word for number in WITH_TRANSCRIPT for turn in turns(number) for word in words(turn)}
    assert {"sourdoh", "emergancy"} == set(words(SAMPLE_QUESTIONS[1])) - vocabulary
