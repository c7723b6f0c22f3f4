"""Parsing a query."""

import re
from dataclasses import dataclass

from bot.text.tokenizer import normal_words

# Longer queries are cut: people quote a sentence or two.
MAX_WORDS = 40
MAX_CHARACTERS = 1_000
_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|«([^»]*)»|„([^“”]*)[“”]')


@dataclass(frozen=True, slots=True)
class Query:
    """Normalised words; `exact` are the ranges [start, end) of words that stood in quotation marks."""

    words: tuple[str, ...]
    exact: tuple[tuple[int, int], ...] = ()


def parse_query(text: str) -> Query:
    text = text.strip()[:MAX_CHARACTERS]
    words: list[str] = []
    exact: list[tuple[int, int]] = []
    end = 0
    for quoted in _QUOTED.finditer(text):
        words += normal_words(text[end : quoted.start()])
        inner = normal_words(quoted[quoted.lastindex or 0])
        if inner and len(words) < MAX_WORDS:
            exact.append((len(words), min(MAX_WORDS, len(words) + len(inner))))
        words += inner
        end = quoted.end()
    words += normal_words(text[end:])
    return Query(tuple(words[:MAX_WORDS]), tuple(exact))
