"""What is a name: whether the label before a line is a person's, a role's ("Host 2") or nobody's ("Music")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.text.lexicons import any_word, every_language, pattern_text
from storage.models import TurnMark

MAX_NAME = 200
_MAX_WORDS = 6
_MAX_LABEL_WORDS = 4
# Not the full stop of "Dr." or "B.", and not the comma before "PhD".
_SENTENCE = re.compile(
    r"[?!…。！？]|(\b\w{3,})\.\s|[、，]|,\s(?!(?:Psy|Ph|M|J|Ed|D|Jr|Sr|II|Esq)[\w.]{0,4}$)|,$"
)
# "Kapt. Ada Moore", "Prof. Dr. med. Ada Moore": short words with a full stop each, before a name.
_ABBREVIATED = re.compile(r"^(?:[^\W\d_]{1,4}\.[\s-]?)+(?=[^\W\d_])")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
# "Speaker 2", "SPEAKER_02", "Guest A".
_NUMBER = re.compile(r"(?:[\s_#-]{0,2}\d{1,3}|[\s_#-]{1,2}[A-Za-z])$")
_CHANNEL = re.compile(r"s[\s_#-]?\d{1,3}", re.IGNORECASE)
_AROUND = ' \t\n\r:*_"“”»«<>|'
# Behind a name: "Ada Moore, PhD".
_DEGREE = re.compile(r",\s.*$")
_PRONOUNS = r"(?:he|she|they|ze)(?:\s?/\s?\w{2,6}){1,2}"


def may_be_name(label: str, *, interview: bool = False) -> bool:
    """Whether a label could name a speaker, by its words alone.

    `interview`: the text is nothing but speech, so "Question", "Host" and the like are somebody too.
    """
    # "Ada Moore, host"
    label = _role_patterns().trailing.sub("", label)
    words = label.split()
    if not words or len(words) > _MAX_WORDS or _has_sentence(label):
        return False
    if interview and (is_role(label) or label.casefold() in every_language().interview_labels):
        return True
    # "Yes. Then" has a full stop as "Capt. Moore" has.
    first = {words[0].strip(".").casefold(), _ABBREVIATED.sub("", label).split()[0].casefold()}
    return first.isdisjoint(every_language().not_names) and not is_header_label(label)


def is_header_label(label: str) -> bool:
    """Whether a label begins what a file says of itself: "Transcribed by", "Duration"."""
    return _header_labels().fullmatch(label.strip()) is not None


def _has_sentence(label: str) -> bool:
    """Whether a label has the end of a sentence in it, which the full stop of a title ("Prof.") is not."""
    label = _ABBREVIATED.sub("", label)
    short = every_language().titles | every_language().abbreviations
    return any(not found[1] or found[1].casefold() not in short for found in _SENTENCE.finditer(label))


def is_capitalised(label: str, *, particles: bool = True) -> bool:
    """Whether no word begins small, but for what stands in brackets and, with `particles`, words such as "van"."""
    known = every_language()
    small = known.particles | known.titles if particles else known.titles
    name = _ABBREVIATED.sub("", _IN_BRACKETS.sub("", label))
    return all(not word[0].islower() or word in small for word in name.split())


def is_role(label: str) -> bool:
    """Whether a label is a role and no name: "Host", "Guest 2", "Unidentified male"."""
    return _is_made_of(label, _role_words()) or _CHANNEL.fullmatch(label) is not None


def is_placeholder(label: str) -> bool:
    """Whether a label only tells voices apart, as recognisers do: "Speaker 2", "SPEAKER_02", "S1", "Unknown"."""
    return _is_made_of(label, every_language().unnamed_voices) or _CHANNEL.fullmatch(label) is not None


def is_numbered_role(label: str) -> bool:
    """Whether a label is a role with a number, which nothing but a speaker is called: "Audience 2"."""
    return label[-1:].isdigit() and is_role(label)


def is_person(label: str) -> bool:
    """Whether a label names somebody, and neither a role nor a break."""
    return bool(label) and not is_role(label) and pseudo_mark(label) is None


def pseudo_mark(label: str | None) -> TurnMark | None:
    """What a label names that is nobody, a break or an advertisement ("Outro 2", "Sponsor message"), else None.

    A narrator or an announcer is somebody.
    """
    words = [word.casefold() for word in _WORD.findall(label[:80])] if label else []
    if not 0 < len(words) <= _MAX_LABEL_WORDS:
        return None
    known = every_language()
    if not known.advertisement_labels.isdisjoint(words):
        mark = TurnMark.SPONSOR
    elif not known.break_labels.isdisjoint(words):
        mark = TurnMark.BREAK
    else:
        return None
    return mark if _pseudo_words().issuperset(words) else None


def is_doubtful_pseudo(label: str) -> bool:
    """Whether a label that stands for a break or an advertisement is somebody's name as well."""
    return label.casefold() in every_language().also_names


def without_role(label: str) -> str:
    """`label` without what is no part of a name: spaces, colons, a role beside it; a role alone stays."""
    name = " ".join(label[: 2 * MAX_NAME].split()).strip(_AROUND)
    roles = _role_patterns()
    for form in (roles.bracketed, roles.trailing, roles.leading):
        shorter = form.sub("", name, count=1).strip(_AROUND)
        if shorter and (form is not roles.leading or form.match(name)):
            name = shorter
    return name[:MAX_NAME].rstrip()


def name_parts(name: str) -> list[str]:
    """The words of a name in small letters, without titles before it, degrees and full stops."""
    words = [word.strip(".").casefold() for word in _DEGREE.sub("", name).split()]
    words = [word for word in words if word]
    first = next((n for n, word in enumerate(words) if word not in every_language().titles), len(words))
    return words[first:]


def names_several(parts: list[str]) -> bool:
    """Whether these parts are those of two people who speak at once: "Ada and Bo"."""
    return not every_language().joining_words.isdisjoint(parts)


@dataclass(frozen=True, slots=True)
class _RolePatterns:
    """A role behind a name in brackets, behind it after a dash or comma, and before it."""

    bracketed: re.Pattern[str]
    trailing: re.Pattern[str]
    leading: re.Pattern[str]


@cache
def _role_patterns() -> _RolePatterns:
    word = f"(?:{any_word(_role_words())})"
    role = rf"(?:the )?{word}(?: {word})?(?: ?#?\d{{1,2}})?"
    return _RolePatterns(
        re.compile(rf"\s*[(\[](?:{role}|{_PRONOUNS})[)\]]$", re.IGNORECASE),
        re.compile(rf"\s*[,–—-]\s*{role}$", re.IGNORECASE),
        re.compile(rf"{role}\s*[:–—-]\s+(?=\w)", re.IGNORECASE),
    )


@cache
def _header_labels() -> re.Pattern[str]:
    return re.compile(pattern_text(every_language().header_labels), re.IGNORECASE)


@cache
def _role_words() -> frozenset[str]:
    return every_language().roles | every_language().unnamed_voices


@cache
def _pseudo_words() -> frozenset[str]:
    known = every_language()
    return known.break_labels | known.advertisement_labels | known.beside_labels


def _is_made_of(label: str, words: frozenset[str]) -> bool:
    """Whether a label has no other words than these, at most four, and perhaps a number."""
    name = label.strip().removeprefix("the ").removeprefix("The ")
    found = [word.casefold() for word in _WORD.findall(_NUMBER.sub("", name))]
    return 0 < len(found) <= _MAX_LABEL_WORDS and words.issuperset(found)
