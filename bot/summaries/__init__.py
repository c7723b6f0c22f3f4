"""What is said in each chapter of an episode, in a line of its own words."""

from bot.summaries.choosing import Summary, summarise

__all__ = ["Summary", "summarise"]
