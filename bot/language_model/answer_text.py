"""What of a model's answer is the line that was asked for: without its thinking, its wrapping and its manners."""

from __future__ import annotations

import json
import re

# Ways in which models write down what they think before they answer. The last pattern of each kind is one that was
# never closed: nothing behind it is an answer.
_THOUGHT = re.compile(
    r"<(think|thinking|thought|reasoning|reflection)>.*?</\1>"
    r"|\[(think|thinking|reasoning)\].*?\[/\2\]"
    r"|◁think▷.*?◁/think▷"
    r"|<\|channel\|>\s*(?:analysis|commentary)\b.*?(?=<\|channel\|>\s*final\b|\Z)"
    r"|<\|begin_of_thought\|>.*?<\|end_of_thought\|>"
    r"|<seed:think>.*?</seed:think>",
    re.IGNORECASE | re.DOTALL,
)
_OPENED = re.compile(
    r"<(?:think|thinking|thought|reasoning|reflection|seed:think)>|\[(?:think|thinking|reasoning)\]|◁think▷|<\|begin_of_thought\|>",
    re.IGNORECASE,
)
# A server that cut the beginning off leaves only the end of the thought.
_CLOSED = re.compile(
    r"</(?:think|thinking|thought|reasoning|reflection|seed:think)>|\[/(?:think|thinking|reasoning)\]|◁/think▷|<\|end_of_thought\|>",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"\s*<\|(?:start\|>assistant)?<?\|?channel\|>\s*final\s*(?:<\|message\|>)?", re.IGNORECASE
)
_TOKEN = re.compile(r"<\|[^|<>\n]{1,40}\|>|</?s>|<end_of_turn>")
_SPOKEN_THOUGHT = re.compile(
    r"\A\s*(?:\*\*)?(?:thinking|thoughts?|reasoning|analysis)(?:\*\*)?\s*:.*?\n\s*(?:\*\*)?"
    r"(?:final answer|answer|summary|response|line)\s*:(?:\*\*)?",
    re.IGNORECASE | re.DOTALL,
)
_FENCE = re.compile(r"\A\s*(```|~~~)[^\n`~]*\n?(.*?)\n?\s*\1\s*\Z", re.DOTALL)
_LABEL = re.compile(
    r"\A(?:\*\*|__)?(?:(?:chapter |one[- ]line |short )?(?:summary|line|answer|sentence)|zusammenfassung|kapitel"
    r"|résumé|resumen|riassunto|resumo|samenvatting|要約|摘要|总结|總結)(?:\*\*|__)?\s*[:：]\s*(?:\*\*|__)?\s*",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\A(?:[-*•–]|\d{1,2}[.)])\s+")
_QUOTES = tuple(zip("\"“„«»「『'‘`", "\"”“»«」』'’`", strict=True))
_EMPHASIS = re.compile(r"\A(\*\*|__|\*|_)(?P<inner>(?:(?!\1).)+)\1\Z")
_NONE = re.compile(r"\W*(?:none|null|n/?a|no summary)\W*", re.IGNORECASE)
_KEYS = ("line", "summary", "answer", "sentence", "text", "result", "content")
# More is no line; nothing that takes long is done with it.
_LONGEST = 20_000


def line_of(answer: str) -> str | None:
    """The one line that a model answered with; None where it gave none, or several."""
    text = _without_thinking(answer[:_LONGEST])
    for _ in range(4):
        before = text
        text = _unwrapped(text)
        if text == before:
            break
    if not text or len(text.splitlines()) != 1 or _NONE.fullmatch(text):
        return None
    return text


def _without_thinking(answer: str) -> str:
    text = _THOUGHT.sub("", answer)
    if (opened := _OPENED.search(text)) is not None:
        text = text[: opened.start()]
    if ends := list(_CLOSED.finditer(text)):
        text = text[ends[-1].end() :]
    text = _SPOKEN_THOUGHT.sub("", text)
    return _TOKEN.sub("", _FINAL.sub("", text)).strip()


def _unwrapped(text: str) -> str:
    text = text.strip()
    if (fenced := _FENCE.match(text)) is not None:
        text = fenced[2].strip()
    if text[:1] in ("{", "["):
        text = _from_json(text)
    text = _LABEL.sub("", _BULLET.sub("", text))
    if (emphasised := _EMPHASIS.match(text)) is not None:
        text = emphasised["inner"]
    for opening, closing in _QUOTES:
        inner = text[len(opening) : -len(closing)]
        if (
            len(text) > 1
            and text.startswith(opening)
            and text.endswith(closing)
            and not {opening, closing} & set(inner)
        ):
            return inner.strip()
    return text.strip()


def _from_json(text: str) -> str:
    """The one text in a JSON document; the document itself where there is none or there are several."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    for _ in range(4):
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        elif isinstance(value, dict):
            named = [value[key] for key in _KEYS if key in value]
            value = named[0] if named else next(iter(value.values())) if len(value) == 1 else value
        else:
            break
    if value is None:
        return ""
    return value if isinstance(value, str) else text
