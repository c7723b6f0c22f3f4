"""What is asked, read from what a member typed."""

import re
from dataclasses import dataclass

from bot.text.tokenizer import normal_words

# Of a query this much is used: people quote a sentence or two.
MOST_WORDS = 40
MOST_CHARACTERS = 1_000
_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|«([^»]*)»|„([^“”]*)[“”]')


@dataclass(frozen=True, slots=True)
class Query:
    """Words as they are compared; of them those [from, to) that stood in quotes and are wanted as they are."""

    words: tuple[str, ...]
    exact: tuple[tuple[int, int], ...] = ()


def read_query(text: str) -> Query:
    text = text.strip()[:MOST_CHARACTERS]
    words: list[str] = []
    exact: list[tuple[int, int]] = []
    behind = 0
    for found in _QUOTED.finditer(text):
        words += normal_words(text[behind : found.start()])
        quoted = normal_words(found[found.lastindex or 0])
        if quoted and len(words) < MOST_WORDS:
            exact.append((len(words), min(MOST_WORDS, len(words) + len(quoted))))
        words += quoted
        behind = found.end()
    words += normal_words(text[behind:])
    return Query(tuple(words[:MOST_WORDS]), tuple(exact))
