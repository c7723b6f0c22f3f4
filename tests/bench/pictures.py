"""Draws the README's pictures from what the bot would send: `make pictures`. Needs npm and Chromium."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.announcing.messages.content import AnnouncementLoader
from bot.cli.sample import EPISODES, FEED_PATH, SAMPLE_QUESTIONS, TRANSCRIPT_PATHS, sample_feed, sample_file
from bot.feeds.http.address_guard import AllowedAddresses
from bot.polling.services import open_reader
from bot.present.announcement import announcement_post
from bot.present.buttons import NO_DELIVERY, quote_buttons
from bot.present.cards import quote_card
from bot.quotes import QuoteFinder
from bot.search.quote_search import Scope
from storage.engine.database import open_database, sqlite_url
from storage.models import Looks
from storage.tables.episodes import list_episodes
from tests.bench.look_alike import CSS, message_html
from tests.fakes.feed_host import FeedHost
from tests.paths import ROOT

TOOLS = ROOT / ".cache" / "pictures"
PACKAGES = ("@skyra/discord-components-core@4.0.2", "@fontsource/noto-sans@5.3.0", "esbuild@0.28.2")
WIDTH, SCALE = 720, 1.5
DRAW_MS = 5_000
MOST_BYTES = 300_000
NOW = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)

# What a good model could write: no model had a part in it, and the README says so.
WRITTEN_BY_HAND = {
    "How brass counts to twelve": (
        "Tobiah explains how a count wheel with notches round its rim lets the striking train count the hours."
    ),
    "The case against the pigeon": "They watch a pigeon for a whole noon, and thirteen is struck without her.",
    "Tobiah meets the escapement": (
        "Tobiah admires the gravity escapement and a remontoire that winds itself up every thirty seconds."
    ),
    "Midnight tells the truth": (
        "They find that a missing slate lets sunshine fall on the count wheel, so that noon differs from midnight."
    ),
    "The vote on soup": "The mayor wants the fault back, so a brass lever now chooses between twelve and thirteen.",
}

# Avatars and a cover, drawn here as the sample has no images.
EARMARK = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#2f7d6b"/>
<path d="M18 12h20l10 10v30H18z" fill="#f4efe3"/><path d="M38 12l10 10H38z" fill="#c9a227"/>
<path d="M24 38v-6m5 11V27m5 13V30m5 12V28m4 7v0" stroke="#2f7d6b" stroke-width="3" stroke-linecap="round"/></svg>"""
CLOCK = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" stroke-linecap="round">
<rect width="120" height="120" fill="#6b2d3a"/>
<circle cx="60" cy="60" r="46" fill="#f4efe3" stroke="#c9a227" stroke-width="7"/>
<text x="60" y="44" font-family="serif" font-size="22" text-anchor="middle" fill="#6b2d3a">XIII</text>
<path d="M60 62l-18 20M60 62l28 4" stroke="#2b2026" stroke-width="5"/>
<circle cx="60" cy="62" r="5" fill="#c9a227"/></svg>"""
MEMBER = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" fill="#b4574a"/>
</svg>"""


def _data(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


async def sent() -> dict[str, dict[str, Any]]:
    """What the bot would send for the sample podcast: an announcement, and the answer to a question."""
    with tempfile.TemporaryDirectory() as folder:
        db = await open_database(sqlite_url(Path(folder) / "earmark.db"))
        finder = QuoteFinder(db, Path(folder) / "search")
        everywhere = AllowedAddresses(everything=True)
        try:
            async with FeedHost() as host, open_reader(db, everywhere, poll_interval_s=600) as reader:
                for path, name in TRANSCRIPT_PATHS.items():
                    body, content_type = sample_file(name)
                    host.put(path, body, content_type=content_type)
                feed = host.put(FEED_PATH, sample_feed(host.base_url, now=NOW))
                podcast, _ = await reader.updater.follow(feed, by_operator=True)
                await reader.files.read(podcast.id, limit=EPISODES)
            newest = (await list_episodes(db, limit=1))[0]
            what = await AnnouncementLoader(db).load(newest.id)
            if what is None:
                raise LookupError("the sample's newest episode is not stored")
            hits = await finder.find(SAMPLE_QUESTIONS[2], Scope(), limit=3)
            shown = hits[0]
            buttons = quote_buttons(1, [hit.quote for hit in hits], 0, shown.url)
            card = quote_card(shown.quote, shown.episode, shown.chapter, shown.url)
            told = replace(what, lines=tuple(WRITTEN_BY_HAND.get(one.title) for one in what.chapters))
            return {
                "announcement": announcement_post(what, Looks(), delivery_id=NO_DELIVERY).body(),
                "with-a-model": announcement_post(told, Looks(), delivery_id=NO_DELIVERY).body(),
                "quote": {"embeds": [card.to_dict()], "components": buttons.to_components()},
            }
        finally:
            await finder.close()
            await db.close()


def page(name: str, body: dict[str, Any], script: str) -> str:
    """A page with one message in a channel, which sets `data-height` once it is drawn."""
    asked, private = "", ""
    if name == "quote":
        asked = f'<discord-command slot="reply" author="Mira" command="/quote" avatar="{_data(MEMBER)}">'
        asked += "</discord-command>"
        private = "ephemeral"
    font = (TOOLS / "node_modules" / "@fontsource" / "noto-sans").as_uri()
    fonts = "".join(f'<link rel="stylesheet" href="{font}/{weight}.css">' for weight in (400, 500, 700))
    return f"""<!doctype html><meta charset="utf-8">{fonts}
<style>body {{ margin: 0; background: #1a1a1e; }} discord-messages {{ --discord-font-primary: "Noto Sans";
 font-family: "Noto Sans", sans-serif; background: #1a1a1e !important; border: 0 !important; }} {CSS}</style>
<main style="padding-bottom: 12px"><discord-messages>
<discord-message author="Earmark" bot avatar="{_data(EARMARK)}" timestamp="{NOW:%d/%m/%Y}" {private}>
{asked}{message_html(body, lambda _: _data(CLOCK))}</discord-message></discord-messages></main>
<script>{script}</script><script>
const tell = () => document.documentElement.dataset.height = document.querySelector("main").offsetHeight;
document.fonts.ready.then(() => setTimeout(tell, 500));</script>"""


def _tools() -> str:
    """The web components as one script; installs them on the first call."""
    bundle = TOOLS / "components.js"
    if not bundle.exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        _call(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(TOOLS), *PACKAGES])
        entry = TOOLS / "node_modules" / "@skyra" / "discord-components-core" / "dist" / "index.js"
        esbuild = TOOLS / "node_modules" / ".bin" / "esbuild"
        _call([str(esbuild), str(entry), "--bundle", "--format=iife", "--minify", f"--outfile={bundle}"])
    # In an HTML page, this would end the script element.
    return bundle.read_text(encoding="utf-8").replace("</script", "<\\/script")


def _draw(chromium: str, html: str, picture: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(html, encoding="utf-8")
        common = [chromium, "--headless", "--hide-scrollbars", f"--user-data-dir={folder}/profile"]
        common += [f"--virtual-time-budget={DRAW_MS}", f"--force-device-scale-factor={SCALE}"]
        # Chromium refuses to run its sandbox as root, as in a container.
        common += ["--no-sandbox"] if os.geteuid() == 0 else []
        drawn = _call([*common, f"--window-size={WIDTH},2000", "--dump-dom", source.as_uri()])
        height = re.search(r'data-height="(\d+)"', drawn)
        if height is None:
            raise RuntimeError("the page was not drawn")
        size = f"--window-size={WIDTH},{int(height[1])}"
        _call([*common, size, f"--screenshot={picture}", source.as_uri()])


def _call(command: Sequence[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=240).stdout


def main() -> int:
    """Draw each picture into docs/."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None or shutil.which("npm") is None:
        print("pictures: npm and Chromium are needed")
        return 1
    bodies, script = asyncio.run(sent()), _tools()
    for name, body in bodies.items():
        picture = ROOT / "docs" / f"{name}.png"
        picture.parent.mkdir(exist_ok=True)
        _draw(chromium, page(name, body, script), picture)
        size = picture.stat().st_size
        print(f"pictures: {picture.relative_to(ROOT)}, {size // 1000} kB")
        if size > MOST_BYTES:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
