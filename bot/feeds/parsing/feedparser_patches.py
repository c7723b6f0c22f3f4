"""feedparser without its work on authors and categories, which Earmark does not show.

It searches authors for addresses with a regular expression, and compares each category with all before it; both take
quadratic time, so that one item of 1 MB could block the parser for hours. Patched for feedparser 6.0.12 to 6.0.14.
"""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def patched_feedparser() -> Any:
    """The module feedparser, imported and patched at the first call: it takes memory that an idle start saves."""
    import feedparser  # noqa: PLC0415
    from feedparser.mixin import _FeedParserMixin  # noqa: PLC0415

    _FeedParserMixin._sync_author_detail = _keep_author  # noqa: SLF001
    _FeedParserMixin._add_tag = _keep_last_category  # noqa: SLF001
    return feedparser


def _keep_author(_parser: Any, _key: str = "author") -> None:
    """Leave the author as it is written."""


def _keep_last_category(parser: Any, term: str | None, scheme: str | None, label: str | None) -> None:
    parser._get_context()["tags"] = [{"term": term, "scheme": scheme, "label": label}]  # noqa: SLF001
