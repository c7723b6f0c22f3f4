"""Which podcast or episode a command means."""

from __future__ import annotations

from pathlib import Path

from tests.unit.cli.command_line import CommandLine


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
        show = "Tea time" if title == "Scones" else "Tea"
        assert f"“{title}” ({show}, {episodes[title]})" in ambiguous.err
    for wanted, title in (("balck tee", "Black tea"), ("latest", next(iter(episodes)))):
        chapters = (await cli("chapters", wanted, "--json")).json
        assert chapters[0]["title"] == f"First of {title}"
    for podcast, closest in (("Coffee", ""), ("tea and coffee", " The closest: “Tea” (1).")):
        unknown = await cli("episodes", podcast, "--json")
        assert (unknown.code, unknown.err) == (1, f"No podcast is called “{podcast}”.{closest}\n")


async def test_a_feeds_address_names_its_podcast(cli: CommandLine, tmp_path: Path) -> None:
    feed = cli.publish()
    await cli("add", feed)
    sound = "<enclosure url='https://a.example/1.mp3' type='audio/mp4' length='1'/>"
    item = f"<item><title>One</title>{sound}</item>"

    def titled(title: str) -> str:
        return f"<rss version='2.0'><channel><title>{title}</title>{item}</channel></rss>"

    for name, key in (("Gold", "aaa"), ("Silver", "bbb")):
        cli.host.put("/patrons", titled(name))
        await cli("add", cli.host.url(f"/patrons?key={key}"))
    file = tmp_path / "a.xml"
    file.write_text(titled("A file"))
    await cli("add", str(file))
    keyed = f"{cli.host.base_url}/patrons?key="
    for wanted, title in (
        (feed, "Screws Left Over"),
        (f" {feed}#latest ", "Screws Left Over"),
        (f"{keyed}bbb", "Silver"),
        (file.as_uri(), "A file"),
    ):
        [found] = {one["podcast"] for one in (await cli("episodes", wanted, "--json")).json}
        assert found == title
    # As `podcasts` prints it, where that names one.
    masked = f"{cli.host.base_url}/patrons?…"
    ambiguous = await cli("episodes", masked)
    assert (ambiguous.code, ambiguous.out) == (1, "")
    assert f"Several podcasts are shown as {masked}: “Gold” (2), “Silver” (3)" in ambiguous.err
    unknown = await cli("episodes", f"{keyed}ccc")
    assert (unknown.code, unknown.err) == (1, f"No podcast is read from {masked}.\n")
