"""feedparser without its work on authors, categories, dates and chapters, which are not shown or read elsewhere.

It searches authors for addresses with a regular expression, and compares each category with all before it; both take
quadratic time, so that one item of 1 MB could block the parser for hours. A chapter without a start makes it give up
the whole item. Patched for feedparser 6.0.12 to 6.0.14.
"""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def patched_feedparser() -> Any:
    """The module feedparser, imported and patched at the first call: it takes memory that an idle start saves."""
    import feedparser  # noqa: PLC0415
    from feedparser.mixin import _FeedParserMixin  # noqa: PLC0415
    from feedparser.namespaces import _base, psc  # noqa: PLC0415

    _FeedParserMixin._sync_author_detail = _keep_author  # noqa: SLF001
    _FeedParserMixin._add_tag = _keep_last_category  # noqa: SLF001
    _base._parse_date = _no_date  # noqa: SLF001
    psc.Namespace._start_psc_chapters = psc.Namespace._start_psc_chapter = _no_chapter  # noqa: SLF001
    return feedparser


def _keep_author(_parser: Any, _key: str = "author") -> None:
    """Leave the author as it is written."""


def _no_date(_written: str) -> None:
    """Leave the date as it is written."""


def _no_chapter(_parser: Any, _attributes: Any) -> None:
    """Leave chapters to the pass that reads them."""


def _keep_last_category(parser: Any, term: str | None, scheme: str | None, label: str | None) -> None:
    parser._get_context()["tags"] = [{"term": term, "scheme": scheme, "label": label}]  # noqa: SLF001
