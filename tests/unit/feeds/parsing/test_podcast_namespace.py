"""What feedparser loses of the podcast namespace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.parsing.podcast_namespace import (
    MAX_ATTRIBUTES,
    MAX_CHAPTERS,
    MAX_ELEMENTS,
    MAX_INSTRUCTIONS,
    MAX_LINKS,
    MAX_NAMESPACES,
    MAX_PERSONS,
    Fault,
    read_extras,
)
from storage.models import Chapter, EpisodeKind, FileLink, Person
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


def test_transcripts_without_a_url_and_misplaced_sources_are_ignored() -> None:
    extras = read_extras(
        feed_xml([item_xml("a", "<podcast:transcript/>", '<podcast:source uri="https://x.example"/>')])
    )
    assert (extras.items[0].transcripts, extras.items[0].alternates) == ([], [])


def test_links_are_limited() -> None:
    extras = read_extras(feed_xml([item_xml("a", *[VTT, ALTERNATE] * 100)]))
    assert len(extras.items[0].transcripts) == len(extras.items[0].alternates) == MAX_LINKS


PODCAST = "https://podcastindex.org/namespace/1.0"


@pytest.mark.parametrize(
    "namespace",
    [
        PODCAST,
        "http://podcastindex.org/namespace/1.0",
        "https://PodcastIndex.org/namespace/1.0/",
        "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
        "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
    ],
)
def test_all_spellings_of_the_namespace_are_known(namespace: str) -> None:
    body = feed_xml([item_xml("a", VTT)]).replace(PODCAST.encode(), namespace.encode())
    assert len(read_extras(body).items[0].transcripts) == 1


def test_elements_of_other_namespaces_are_ignored() -> None:
    body = feed_xml([item_xml("a", VTT)]).replace(PODCAST.encode(), b"https://other.example/ns")
    body = body.replace(b"podcast:", b"other:").replace(b"xmlns:podcast", b"xmlns:other")
    extras = read_extras(body)
    assert (extras.fault, extras.items[0].transcripts) == (None, [])


@pytest.mark.parametrize(
    ("prefix", "space"),
    [
        ("podcast", "https://www.podcastindex.org/namespace/1.0"),
        ("podcast", "https://podcastindex.org/namespace/1.0.md"),
        ("Podcast", "urn:made-up"),
        ("p", "HTTP://PodcastIndex.org/namespace/1.0/"),
    ],
)
def test_a_namespace_is_known_by_its_address_or_its_usual_prefix(prefix: str, space: str) -> None:
    vtt = VTT.replace("podcast:", f"{prefix}:")
    body = feed_xml([item_xml("a", vtt)]).replace(
        f'xmlns:podcast="{PODCAST}"'.encode(), f'xmlns:{prefix}="{space}"'.encode()
    )
    extras = read_extras(body)
    assert (extras.fault, len(extras.items[0].transcripts)) == (None, 1)


def test_a_live_item_is_no_item_and_names_no_channel() -> None:
    live = f"<podcast:liveItem><title>Live!</title>{item_xml('inner', VTT)}</podcast:liveItem>"
    extras = read_extras(feed_xml([item_xml("a")], live, title="The Show"))
    assert (extras.channel_title, len(extras.items)) == ("The Show", 1)
    assert extras.items[0].transcripts == []


def test_titles_of_images_and_items_are_not_the_channels() -> None:
    body = feed_xml([item_xml("a")], "<image><title>Cover</title></image>", title="  The\n Show ")
    assert read_extras(body).channel_title == "The Show"


def test_atom_is_read() -> None:
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:p="https://podcastindex.org/namespace/1.0">'
        b'<title>Atom Show</title><entry><title>One</title><p:transcript url="https://x.example/a"/></entry></feed>'
    )
    extras = read_extras(body)
    assert extras.channel_title == "Atom Show"
    assert extras.items[0].transcripts == [FileLink("https://x.example/a", "")]


def test_a_malformed_document_is_read_up_to_its_fault() -> None:
    body = feed_xml([item_xml("a", VTT), "<item></oops>", item_xml("b", VTT)])
    extras = read_extras(body)
    assert ([len(item.transcripts) for item in extras.items], extras.fault) == ([1, 0], Fault.MALFORMED)


@pytest.mark.parametrize(
    "body", [b"", b"\0", b"no xml", b"<", b'<?xml version="1.0" encoding="nonsense"?><rss/>']
)
def test_what_is_no_xml_gives_nothing(body: bytes) -> None:
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
def test_documents_with_entities_are_refused(doctype: bytes) -> None:
    body = feed_xml([item_xml("a", "<x>&a12;</x>", VTT)]).replace(b"?>", b"?>" + doctype, 1)
    extras = read_extras(body.replace(b"Small Show", b"&a12;"))
    # Nothing was expanded or read: the bomb would be ten to the twelfth times "ha".
    assert "ha" not in repr(extras.channel_title)
    assert "root:" not in repr(extras)
    assert extras.channel_title is None
    assert extras.fault is Fault.HOSTILE


def test_deep_nesting_is_hostile() -> None:
    body = feed_xml(
        [item_xml("a", VTT), item_xml("b", "<x>" * 100_000 + "</x>" * 100_000), item_xml("c", VTT)]
    )
    extras = read_extras(body)
    assert (len(extras.items), extras.fault) == (2, Fault.HOSTILE)


@pytest.mark.parametrize(
    "inside",
    [
        "<x/>" * (MAX_ELEMENTS + 1),
        "<?x?>" * (MAX_INSTRUCTIONS + 1),
        "<x " + " ".join(f'a{n}="b"' for n in range(MAX_ATTRIBUTES + 1)) + "/>",
        "".join(f'<x xmlns:n{n}="u{n}"/>' for n in range(MAX_NAMESPACES + 1)),
    ],
)
def test_what_takes_feedparser_too_long_is_hostile(inside: str) -> None:
    assert read_extras(feed_xml([item_xml("a", inside)])).fault is Fault.HOSTILE


PSC = '<psc:chapters xmlns:psc="http://podlove.org/simple-chapters" version="1.2">%s</psc:chapters>'


def test_podlove_chapters_are_read() -> None:
    inside = (
        '<psc:chapter start="0" title="  One\n more "/><psc:chapter start="1:02" title="Two" href="x"/>'
        '<psc:chapter start="soon" title="Three"/><psc:chapter start="90"/>'
    )
    [item] = read_extras(feed_xml([item_xml("a", PSC % inside)])).items
    assert item.chapters == [Chapter(0, "One more"), Chapter(62_000, "Two")]
    many = '<psc:chapter start="1" title="x"/>' * 2_000
    [item] = read_extras(feed_xml([item_xml("a", PSC % many)])).items
    assert len(item.chapters) == MAX_CHAPTERS


def test_a_link_to_chapters_is_read() -> None:
    link = '<podcast:chapters url="https://x.example/c.json" type="application/json+chapters"/>'
    [a, b] = read_extras(feed_xml([item_xml("a", link, link), item_xml("b", "<podcast:chapters/>")])).items
    assert a.chapters_link == FileLink("https://x.example/c.json", "application/json+chapters")
    assert b.chapters_link is None


def test_persons_of_channel_and_items() -> None:
    guest = '<podcast:person role=" Guest " href="https://x.example">Ada\n Lovelace</podcast:person>'
    live = f"<podcast:liveItem>{guest}</podcast:liveItem>"
    body = feed_xml(
        [item_xml("a", guest, guest, "<podcast:person/>"), item_xml("b")],
        live,
        "<podcast:person>Bob</podcast:person>",
    )
    extras = read_extras(body)
    assert extras.persons == [Person("Bob", "host")]
    assert [item.persons for item in extras.items] == [[Person("Ada Lovelace", "guest")], []]
    many = "".join(f"<podcast:person>{n}</podcast:person>" for n in range(500))
    assert len(read_extras(feed_xml([item_xml("a", many)])).items[0].persons) == MAX_PERSONS


@pytest.mark.parametrize(
    ("inside", "season", "number"),
    [
        ("", None, None),
        ("<itunes:season>2</itunes:season><itunes:episode>7</itunes:episode>", 2, 7),
        ('<podcast:season name="Third">3</podcast:season><itunes:season>2</itunes:season>', 3, None),
        ('<itunes:episode>7</itunes:episode><podcast:episode display="7b">7.5</podcast:episode>', None, 7.5),
        ("<itunes:episode>7</itunes:episode><podcast:episode>seven</podcast:episode>", None, 7),
        ("<podcast:season>nan</podcast:season><podcast:episode>-1</podcast:episode>", None, None),
        ("<podcast:season>inf</podcast:season><podcast:episode>1e99</podcast:episode>", None, None),
    ],
)
def test_season_and_number(inside: str, season: int | None, number: float | None) -> None:
    [item] = read_extras(feed_xml([item_xml("a", inside)])).items
    assert (item.season, item.number) == (season, number)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("trailer", EpisodeKind.TRAILER),
        (" Bonus\n", EpisodeKind.BONUS),
        ("full", EpisodeKind.FULL),
        ("other", EpisodeKind.FULL),
    ],
)
def test_kinds_of_episodes(written: str, kind: EpisodeKind) -> None:
    body = feed_xml([item_xml("a", f"<itunes:episodeType>{written}</itunes:episodeType>"), item_xml("b")])
    assert [item.kind for item in read_extras(body).items] == [kind, EpisodeKind.FULL]


def test_polling_hints() -> None:
    extras = read_extras(
        feed_xml(
            [item_xml("a")],
            "<itunes:new-feed-url> https://new.example/feed </itunes:new-feed-url>",
            "<ttl>90</ttl>",
            "<skipHours><hour>0</hour><hour>24</hour><hour>7</hour><hour>99</hour><hour>x</hour></skipHours>",
            "<skipDays><day>Monday</day><day>SUNDAY</day><day>Someday</day></skipDays>",
        )
    )
    assert (extras.new_feed_url, extras.ttl_s) == ("https://new.example/feed", 5_400)
    assert (extras.skip_hours, extras.skip_days) == ({0, 7}, {0, 6})


@pytest.mark.parametrize("written", ["", "0", "-5", "soon", "1.5", "9" * 9, "9" * 99])
def test_a_senseless_ttl_is_ignored(written: str) -> None:
    assert read_extras(feed_xml([], f"<ttl>{written}</ttl>")).ttl_s is None


def test_items_of_rss_1_beside_the_channel() -> None:
    body = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'xmlns:podcast="{PODCAST}"><channel><title>Old Show</title></channel>{item_xml("a", VTT)}</rdf:RDF>'
    ).encode()
    extras = read_extras(body)
    assert (extras.channel_title, len(extras.items[0].transcripts)) == ("Old Show", 1)


@given(st.binary(max_size=200))
def test_any_bytes_are_read(body: bytes) -> None:
    read_extras(body)
    read_extras(b"<rss><channel><item>" + body + b"</item></channel></rss>")
