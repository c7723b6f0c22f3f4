"""Which leaves of one list belong to the word before them: punctuation, and words that carry their own spaces."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.transcripts.structured.leaves import Leaf

# Punctuation as an entry of its own, which belongs to the word before it; an opening bracket belongs to the next.
_PUNCTUATION = re.compile(r"[^\w\s(\[{“«„¿¡‘「『（【《〈]{1,3}")
_OPENING = re.compile(r"[(\[{“«„¿¡‘「『（【《〈]{1,2}")


def is_punctuation(text: str) -> bool:
    """Whether a text is nothing but signs that close something."""
    if len(text) > 5:
        return False
    return _PUNCTUATION.fullmatch(text.strip()) is not None


def is_opening(text: str) -> bool:
    """Whether a text is nothing but signs that open something: the next word belongs to them."""
    if len(text) > 5:
        return False
    return _OPENING.fullmatch(text.strip()) is not None


def glue(leaves: Sequence[Leaf], *, inline: bool) -> None:
    """Mark the leaves of one list that go on without a space; what `attaches_to` says stays.

    inline: they are runs of one paragraph, which may be cut anywhere.
    """
    carry = _inline_spaces(leaves) if inline else _carry_spaces(leaves)
    before: str | None = None
    for leaf in leaves:
        text = leaf.text
        if not text:
            continue
        if before is not None and not leaf.glued:
            if carry:
                leaf.glued = not before[-1].isspace() and not text[0].isspace()
            else:
                leaf.glued = is_punctuation(text) or (is_opening(before) and not text[0].isspace())
        before = text


def _inline_spaces(leaves: Sequence[Leaf]) -> bool:
    return any(leaf.text[-1:].isspace() for leaf in leaves[:-1]) or any(
        leaf.text[:1].isspace() for leaf in leaves[1:]
    )


def _carry_spaces(leaves: Sequence[Leaf]) -> bool:
    """Whether these are words that carry their own spaces, so that those without one belong together."""
    if any(leaf.text.isspace() for leaf in leaves):
        return True
    words = [leaf.text for leaf in leaves if leaf.text and " " not in leaf.text.strip()]
    before = sum(text[0].isspace() for text in words)
    behind = sum(text[-1].isspace() for text in words)
    return 2 * len(words) > len(leaves) and 2 * max(before, behind) > len(words)
