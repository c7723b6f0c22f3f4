"""Of an episode's lists of chapters the best is shown, and the others are kept."""

from __future__ import annotations

from storage.engine.database import Database
from storage.models import Chapter, ChapterSource
from storage.tables.episodes import chapters_of, save_chapters
from tests.unit.storage.material import edited, ids, item, poll, stored


async def test_the_better_list_of_chapters_is_shown_whichever_comes_later(db: Database) -> None:
    noted = tuple(
        Chapter(at * 60_000, title) for at, title in ((0, "The reef"), (4, "The bell"), (22, "Fog"))
    )
    podcast_id = await stored(db, item("a", chapters=noted))
    one = (await ids(db, podcast_id))["a"]

    async def chapters() -> list[str]:
        return [chapter.title for chapter in (await chapters_of(db, [one]))[one]]

    async def of_the_file(*titles: str) -> bool:
        listed = [Chapter(at * 300_000, title) for at, title in enumerate(titles)]
        return await save_chapters(db, one, ChapterSource.PODCAST, listed)

    # A file with a title card alone gives way to the notes, until it is a list.
    assert not await of_the_file("About a")
    assert await chapters() == ["The reef", "The bell", "Fog"]
    assert await of_the_file("Reef", "Bell", "Fog")
    assert await chapters() == ["Reef", "Bell", "Fog"]
    # What the notes said is known still, where the file becomes a card again.
    assert await of_the_file("About a")
    assert await chapters() == ["The reef", "The bell", "Fog"]
    # Notes that lost their list for a card of their own: the file is the more official.
    await poll(db, podcast_id, edited(item("a", chapters=(Chapter(0, "Notes"),)), one))
    assert await chapters() == ["About a"]
    await poll(db, podcast_id, edited(item("a", chapters=noted, chapters_source=ChapterSource.PSC), one))
    assert await chapters() == ["The reef", "The bell", "Fog"]
