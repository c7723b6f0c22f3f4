"""Scripts that are written without spaces between their words: Thai, Lao, Myanmar, Khmer, Japanese, Chinese."""

from __future__ import annotations

import re

# The inside of a class of characters in a regular expression.
SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_SPACELESS = re.compile(rf"[{SPACELESS}]")


def spaceless_at(text: str, at: int = 0) -> bool:
    """Whether the character there is of a script without spaces; not behind the end."""
    return _SPACELESS.match(text, at) is not None


def spaceless_count(text: str) -> int:
    """How many characters of the text are of a script without spaces."""
    return 0 if text.isascii() else len(_SPACELESS.findall(text))


def is_spaceless(text: str) -> bool:
    """Whether a text is written mostly in such a script, where a character says as much as three elsewhere."""
    return spaceless_count(text) * 2 > len(text)
