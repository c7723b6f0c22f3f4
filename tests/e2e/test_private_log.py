"""What members type is in no line of the log, however a command ends."""

from __future__ import annotations

import sqlite3
from typing import Any

from tests.e2e.stage import Stage
from tests.fakes.discord_state import MANAGER, MEMBER

# In everything that is typed, and in nothing else.
TYPED = "zwetschge"
# Each way in which an option is refused, or nothing fits.
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("quote", {"words": TYPED}),
    ("quote", {"words": TYPED, "podcast": f"{TYPED}s"}),
    ("quote", {"words": TYPED, "episode": f"{TYPED}s"}),
    ("quote", {"words": TYPED, "speaker": f"{TYPED}s"}),
    ("quote", {"words": TYPED, "since": TYPED}),
    ("quote", {"words": TYPED, "until": TYPED}),
    ("quote", {"words": f"{TYPED}\n\x1b[31m" * 3}),
    ("episode", {"podcast": TYPED}),
    ("episode", {"episode": TYPED}),
    ("chapters", {"episode": TYPED}),
    ("podcast add", {"feed": TYPED}),
    ("podcast add", {"feed": f"https://{TYPED}.invalid/feed"}),
    ("podcast add", {"feed": f"http://127.0.0.1:9/{TYPED}?{TYPED}={TYPED}"}),
    ("podcast looks", {"podcast": TYPED}),
    ("podcast remove", {"podcast": TYPED}),
    ("podcast list", {}),
]
COMPLETED: list[tuple[str, str, dict[str, Any]]] = [
    ("quote", "podcast", {"words": TYPED}),
    ("quote", "episode", {"words": TYPED}),
    ("quote", "speaker", {"words": TYPED}),
    ("episode", "episode", {}),
    ("chapters", "episode", {}),
    ("podcast looks", "podcast", {}),
]


async def _use_everything(stage: Stage) -> list[str]:
    """Type into every command, option and modal; the answers."""
    fake, here = stage.fake, (stage.guild.id, stage.channel.id)
    told = [(await fake.command(*here, MANAGER, name, **options)).text for name, options in ASKED]
    for name, option, others in COMPLETED:
        await fake.autocomplete(*here, MEMBER, name, focused=option, **{option: TYPED, **others})
    button = {"type": 2, "style": 1, "label": "Search this episode", "custom_id": "search:1:1"}
    below = fake.post(here[1], fake.world.bot, "…", components=[{"type": 1, "components": [button]}])
    opened = await fake.click("search:1:1", below)
    if opened.modal is not None:
        told.append((await fake.submit_modal(opened, words=TYPED)).text)
    return told


async def test_nothing_that_was_typed_and_no_name_is_logged_whatever_failed(stage: Stage) -> None:
    feed = stage.publish(3)
    async with stage.bot(EARMARK_LOG_LEVEL="INFO") as bot:
        await stage.bot_ready()
        added = await stage.follow(feed)
        post = next(str(one.custom_id) for one in added.buttons if (one.custom_id or "").startswith("post:"))
        await stage.fake.click(post, added, MANAGER)
        await stage.fake.wait_for(
            lambda: any(one.buttons for one in stage.fake.messages(stage.channel.id)), "the announcement"
        )
        refused = await _use_everything(stage)
        assert any(TYPED in one for one in refused)
        with sqlite3.connect(stage.data_dir / "earmark.db") as database:
            # As nobody foresaw: each command now fails inside.
            database.execute("ALTER TABLE turn RENAME TO turned")
            database.execute("ALTER TABLE chapter RENAME TO chaptered")
            database.execute("ALTER TABLE podcast RENAME TO podcasted")
        database.close()
        failed = await _use_everything(stage)
        assert sum("Something went wrong on my side" in one for one in failed) >= len(ASKED) // 2
    assert bot.log.count(f"by member {MANAGER.id}") > len(ASKED)
    assert "Traceback" in bot.log
    assert "sqlite3.OperationalError" in bot.log
    for secret in (TYPED, MANAGER.name, MEMBER.name, "\x1b"):
        assert secret not in bot.log.casefold()
