"""The quote search: who said these words, and when."""

from bot.search.engine import QuoteSearch, Scope, TurnSource

__all__ = ["QuoteSearch", "Scope", "TurnSource"]
