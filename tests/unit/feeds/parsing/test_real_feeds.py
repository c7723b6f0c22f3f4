"""Real feeds: as many episodes, transcripts and chapters as a person counts, and the same ids weeks later."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.feeds.changes.decide import decide
from bot.feeds.errors import FeedError
from bot.feeds.parsing.feed_parser import ITEMS_SILENT, ParsedFeed, parse_feed
from bot.text.web_addresses import is_web_address
from storage.models import ChapterSource
from tests.unit.feeds.material import read

# How many items have audio or video. Where the catalogue counts items without (noenc) or repeated ones (dupguid),
# they are left out here; two items' only enclosures are pictures.
EPISODES = {
    "feedrs-anchorfm.xml": 1,
    "feedrs-heated.xml": 0,
    "feedrs-nightvale.xml": 1,
    "feedrs-spreaker.xml": 1,
    "gnome-2018-01-20-Intercepted.xml": 43,
    "gnome-2018-01-20-TheTipOff.xml": 14,
    "gnome-2018-02-03-Intercepted.xml": 47,
    "gnome-2018-03-28-Ellinofreneia.xml": 6,
    "gnome-2024-03-13-ndr.xml": 2,
    "gnome-2024-03-14-ndr.xml": 2,
    "gnome-2024-03-15-streetfightradio.xml": 500,
    "gnome-de-grote-no-guid.xml": 12,
    "gnome-de-grote.xml": 12,
    "jorrin-art19.xml": 15,
    "jorrin-feedburner.xml": 36,
    "jorrin-megaphone.xml": 1278,
    "latent-space-2024-02.xml": 32,
    "latent-space-2024-12.xml": 3,
    "partytime-1865.xml": 61,
    "partytime-animated-no-agenda.xml": 20,
    "partytime-dk-podcast.xml": 59,
    "partytime-homegrown-hits.xml": 4,
    "partytime-legacy.xml": 3,
    "partytime-no-agenda.xml": 29,
    "partytime-podverse-test-feed.xml": 5,
    "partytime-themnshow.xml": 54,
    "podarchiver-feed_lautsprecher.xml": 5,
    "podarchiver-feed_lautsprecher_invalid_link.xml": 1,
    "rssparser-item-itunes-episodeType.xml": 1,
    "rssparser-itunes-href.xml": 0,
    "rssparser-itunes-missing-image.xml": 130,
    "w3stling-filter-rss-invalid-xml-character-0x6.xml": 0,
    "w3stling-filter-rss-invalid-xml-escape-string-within-cdata.xml": 0,
    "w3stling-invalid-character-rss-feed.xml": 0,
    "w3stling-module-podcast-example1.xml": 3,
    "w3stling-module-podcast-pc20.xml": 169,
    "w3stling-module-spotify-example1.xml": 1,
    "w3stling-multiple-title-on-different-levels.xml": 0,
    "w3stling-rss-skip-days-skip-hours.xml": 2,
}
TRANSCRIPTS = {
    "partytime-no-agenda.xml": 29,
    "partytime-themnshow.xml": 56,
    "w3stling-module-podcast-example1.xml": 4,
    "w3stling-module-podcast-pc20.xml": 169,
}


# Items whose only enclosures are pictures.
SILENT = {"feedrs-heated.xml": 1, "w3stling-multiple-title-on-different-levels.xml": 1}
# Links to chapter files, and items with a list of `psc:chapters`.
CHAPTER_LINKS = {
    "partytime-homegrown-hits.xml": 4,
    "partytime-no-agenda.xml": 29,
    "partytime-themnshow.xml": 54,
    "w3stling-module-podcast-example1.xml": 3,
    "w3stling-module-podcast-pc20.xml": 169,
}
PSC = {"podarchiver-feed_lautsprecher.xml": 5, "w3stling-module-spotify-example1.xml": 1}


def _read(shared_data: Path, name: str) -> ParsedFeed:
    path = shared_data / "feeds" / name
    if not path.is_file():
        pytest.skip(f"{path} is missing")
    return parse_feed(path.read_bytes(), None)


@pytest.mark.parametrize("name", EPISODES)
def test_real_feeds_have_as_many_episodes_as_a_person_counts(shared_data: Path, name: str) -> None:
    feed = _read(shared_data, name)
    # The same item twice in one document is told when it is decided what is new.
    stored = [
        change.item for change in decide((), feed.entries, baseline=True, now=datetime.now(UTC)).changes
    ]
    assert len(stored) == EPISODES[name]
    assert sum(len(item.transcript_links) for item in read(feed)) == TRANSCRIPTS.get(name, 0)
    assert sum(item.chapters_link is not None for item in read(feed)) == CHAPTER_LINKS.get(name, 0)
    assert sum(item.chapters_source is ChapterSource.PSC for item in read(feed)) == PSC.get(name, 0)
    assert len({item.identity for item in stored}) == len(stored)
    silent = SILENT.get(name, 0)
    assert feed.warnings == ((ITEMS_SILENT(count=silent),) if silent else ())
    for item in read(feed):
        assert item.title
        assert item.published is not None
        assert item.published.tzinfo is not None
        assert item.enclosure_url is not None
        for address in (item.enclosure_url, item.link, item.image_url, item.video_url):
            assert address is None or is_web_address(address)


def test_every_real_feed_is_in_the_table(shared_data: Path) -> None:
    found = {path.name for path in (shared_data / "feeds").glob("*.xml")}
    assert found - set(EPISODES) == {"rssparser-unrecognized.xml"}


def test_a_real_document_that_is_no_feed_is_refused(shared_data: Path) -> None:
    with pytest.raises(FeedError, match=r"^This is no podcast feed: it holds neither RSS nor Atom\.$"):
        _read(shared_data, "rssparser-unrecognized.xml")


def test_the_longest_element_of_an_item_is_its_notes(shared_data: Path) -> None:
    [item] = read(_read(shared_data, "feedrs-nightvale.xml"))
    assert len(item.notes) > 1_800


def test_two_weeks_later_four_items_are_new(shared_data: Path) -> None:
    before = {item.identity for item in read(_read(shared_data, "gnome-2018-01-20-Intercepted.xml"))}
    after = {item.identity for item in read(_read(shared_data, "gnome-2018-02-03-Intercepted.xml"))}
    assert (len(before & after), len(after - before)) == (43, 4)


def test_an_evergreen_item_stays_the_same_beside_news_of_the_same_title(shared_data: Path) -> None:
    before = {item.identity for item in read(_read(shared_data, "gnome-2024-03-13-ndr.xml"))}
    after = {item.identity for item in read(_read(shared_data, "gnome-2024-03-14-ndr.xml"))}
    assert (len(before & after), len(after - before)) == (1, 1)


def test_items_without_a_guid_are_told_apart_by_enclosure_and_title(shared_data: Path) -> None:
    items = read(_read(shared_data, "gnome-de-grote-no-guid.xml"))
    assert {item.guid for item in items} == {None}
    assert len({item.identity for item in items}) == 12


@pytest.mark.parametrize("name", ["feedrs-spreaker.xml", "podarchiver-feed_lautsprecher.xml"])
def test_a_real_feed_that_was_cut_off_is_refused(shared_data: Path, name: str) -> None:
    body = (shared_data / "feeds" / name).read_bytes()
    for cut in range(0, body.rindex(b"</rss>") + 5, max(1, len(body) // 60)):
        with pytest.raises(FeedError):
            parse_feed(body[:cut], None)
