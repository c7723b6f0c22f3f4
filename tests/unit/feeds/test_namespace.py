"""What feedparser loses of the podcast namespace."""

from __future__ import annotations

import time

import pytest

from bot.feeds.namespace import MAX_LINKS, NAMESPACES, read_extras
from storage.models import FileLink
from tests.unit.feeds.material import feed_xml, item_xml

VTT = '<podcast:transcript url=" https://cdn.example/a.vtt " type="text/vtt" />'
SRT = '<podcast:transcript url="https://cdn.example/a.srt" type="application/x-subrip" language="de"/>'
ALTERNATE = (
    '<podcast:alternateEnclosure type="video/mp4"><podcast:source uri="https://youtu.be/x"/>'
    "</podcast:alternateEnclosure>"
)


def test_all_of_repeated_elements_are_kept() -> None:
    extras = read_extras(
        feed_xml([item_xml("a", VTT, SRT, ALTERNATE, ALTERNATE), item_xml("b"), item_xml("c", SRT)])
    )
    vtt = FileLink("https://cdn.example/a.vtt", "text/vtt")
    srt = FileLink("https://cdn.example/a.srt", "application/x-subrip")
    assert [item.transcripts for item in extras.items] == [[vtt, srt], [], [srt]]
    assert extras.items[0].alternates == ["https://youtu.be/x"] * 2


def test_transcripts_without_an_address_and_sources_elsewhere_are_passed_over() -> None:
    extras = read_extras(
        feed_xml([item_xml("a", "<podcast:transcript/>", '<podcast:source uri="https://x.example"/>')])
    )
    assert (extras.items[0].transcripts, extras.items[0].alternates) == ([], [])


def test_links_are_bounded() -> None:
    extras = read_extras(feed_xml([item_xml("a", *[VTT, ALTERNATE] * 100)]))
    assert len(extras.items[0].transcripts) == len(extras.items[0].alternates) == MAX_LINKS


@pytest.mark.parametrize(
    "namespace",
    [
        *NAMESPACES,
        "https://PodcastIndex.org/namespace/1.0/",
        NAMESPACES[2].replace("podcastindex-org", "Podcastindex-org"),
    ],
)
def test_both_addresses_of_the_namespace_are_read_in_any_case(namespace: str) -> None:
    body = feed_xml([item_xml("a", VTT)]).replace(NAMESPACES[0].encode(), namespace.encode())
    assert len(read_extras(body).items[0].transcripts) == 1


def test_the_same_words_in_another_namespace_are_something_else() -> None:
    body = feed_xml([item_xml("a", VTT)]).replace(NAMESPACES[0].encode(), b"https://other.example/ns")
    assert read_extras(body).items[0].transcripts == []


def test_a_live_item_is_no_item_and_names_no_channel() -> None:
    live = f"<podcast:liveItem><title>Live!</title>{item_xml('inner', VTT)}</podcast:liveItem>"
    extras = read_extras(feed_xml([item_xml("a")], live, title="The Show"))
    assert (extras.channel_title, len(extras.items)) == ("The Show", 1)
    assert extras.items[0].transcripts == []


def test_the_title_of_an_image_or_an_item_is_not_the_channels() -> None:
    body = feed_xml([item_xml("a")], "<image><title>Cover</title></image>", title="  The\n Show ")
    assert read_extras(body).channel_title == "The Show"


def test_atom_is_read_too() -> None:
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:p="https://podcastindex.org/namespace/1.0">'
        b'<title>Atom Show</title><entry><title>One</title><p:transcript url="https://x.example/a"/></entry></feed>'
    )
    extras = read_extras(body)
    assert extras.channel_title == "Atom Show"
    assert extras.items[0].transcripts == [FileLink("https://x.example/a", "")]


def test_entities_of_html_end_nothing() -> None:
    body = feed_xml([item_xml("a", "<x>&nbsp;caf&eacute;</x>"), item_xml("b", VTT)])
    assert [len(item.transcripts) for item in read_extras(body).items] == [0, 1]
    body = feed_xml([item_xml("a", VTT)], title="B&auml;r&nbsp;&amp; &nosuch;K&uuml;che")
    assert read_extras(body).channel_title == "Bär & Küche"


def test_what_stands_before_a_fault_counts() -> None:
    body = feed_xml([item_xml("a", VTT), "<item></oops>", item_xml("b", VTT)])
    assert [len(item.transcripts) for item in read_extras(body).items] == [1, 0]


@pytest.mark.parametrize(
    "body", [b"", b"\0", b"no xml", b"<", b'<?xml version="1.0" encoding="nonsense"?><rss/>']
)
def test_what_is_no_xml_holds_nothing(body: bytes) -> None:
    assert read_extras(body).items == []


BOMB = b'<!DOCTYPE r [<!ENTITY a0 "ha">' + b"".join(
    b'<!ENTITY a%d "%s">' % (level + 1, b"&a%d;" % level * 10) for level in range(12)
)


@pytest.mark.parametrize(
    "doctype",
    [
        BOMB + b"]>",
        b'<!DOCTYPE r [<!ENTITY a12 SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;]>',
        b'<!DOCTYPE r SYSTEM "file:///etc/passwd">',
    ],
)
def test_entities_of_a_document_are_not_expanded(doctype: bytes) -> None:
    body = feed_xml([item_xml("a", "<x>&a12;</x>", VTT)]).replace(b"?>", b"?>" + doctype, 1)
    begun = time.process_time()
    extras = read_extras(body.replace(b"Small Show", b"&a12;"))
    assert time.process_time() - begun < 0.5
    assert "root:" not in repr(extras)
    assert extras.channel_title is None


def test_deep_nesting_ends_the_reading() -> None:
    body = feed_xml(
        [item_xml("a", VTT), item_xml("b", "<x>" * 100_000 + "</x>" * 100_000), item_xml("c", VTT)]
    )
    assert len(read_extras(body).items) == 2
