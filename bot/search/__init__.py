"""The quote search: who said these words, and when."""

from bot.search.building import MOST_WORDS, build_segments, merge_segments
from bot.search.engine import SWEPT_AFTER_S, QuoteSearch, Scope
from bot.search.field import Filter, Part
from bot.search.files import SegmentDamagedError, sweep, verify
from bot.search.finding import search
from bot.search.moments import Moment
from bot.search.query import Query, read_query
from bot.search.quoting import quote_of
from bot.search.segment import Segment, open_segment
from bot.search.shelf import TurnSource
from bot.search.verdict import SAID

__all__ = [
    "MOST_WORDS",
    "SAID",
    "SWEPT_AFTER_S",
    "Filter",
    "Moment",
    "Part",
    "Query",
    "QuoteSearch",
    "Scope",
    "Segment",
    "SegmentDamagedError",
    "TurnSource",
    "build_segments",
    "merge_segments",
    "open_segment",
    "quote_of",
    "read_query",
    "search",
    "sweep",
    "verify",
]
