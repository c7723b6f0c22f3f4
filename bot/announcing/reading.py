"""THE ONE PLACE that says who reads notes and talk for an announcement."""

from __future__ import annotations

from bot.announcing.contents import Contents
from storage.database import Database


def open_contents(db: Database) -> Contents:
    """What announcements are made of, read from this database."""
    # To be connected: bot.notes.blurb.blurb and bot.summaries.summarise (with its background bound).
    return Contents(db, blurb=str, summarise=None)
