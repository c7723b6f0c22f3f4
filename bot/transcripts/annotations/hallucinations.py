"""Lines that nobody said: credits of transcribers, and what a recogniser of speech writes over silence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

# Credits are short; what is longer by far is talk about them.
_MAX_CREDIT_WORDS = 30
_CREDIT = re.compile(
    r"\W*(?:"
    r"(?:(?:this|the|our)\s)?(?:(?:episode|podcast|show|full|auto\w*|machine|ai)\s){0,3}"
    r"(?:transcri(?:bed|pts?|ption)|subtitles?|captions?|captioning|subtitled|captioned|translated|translation)"
    r"(?:\s(?:was|is|were|are|has been|created|provided|generated|made|produced|edited|corrected|and|services?"
    r"|automatically|for you))*\s(?:by|with|using)\b.*"
    r"|untertitel(?:ung)?\b.{0,40}\b(?:von|im auftrag|der|des|für|zdf|ard|swr|wdr|funk)\b.*"
    r"|sous-titr(?:es|age)\b.{0,60}\b(?:par|amara|société|st'? ?501|radio-canada)\b.*"
    r"|sub(?:títulos|titulado)\b.{0,30}\b(?:por|de)\b.*"
    r"|legendas?\b.{0,30}\b(?:por|pela|de)\b.*"
    r"|sottotitoli\b.{0,40}\b(?:di|a cura|dalla|creati)\b.*"
    r"|ondertitel(?:s|d|ing)\b.{0,40}\b(?:door|ingediend|van)\b.*"
    r"|napisy\b.{0,40}\b(?:przez|stworzone|by)\b.*"
    r"|(?:субтитры|редактор субтитров|субтитри)\b.{0,80}"
    r"|字幕(?:由|by|製作|制作|志愿者|提供|:|：).*"
    r"|.{0,60}\bamara\.org\b.{0,60}"
    r")",
    re.IGNORECASE | re.DOTALL,
)
# What recognisers learnt from the ends of videos; a person may say it once.
_FAREWELL = re.compile(
    r"\W*(?:(?:thank you|thanks)(?: so much| very much)? for (?:watching|viewing)(?: (?:this|the|my) video)?"
    r"|(?:please )?(?:don['’]t forget to )?(?:like,? (?:and )?)?subscribe(?: to (?:my|the|our) channel)?"
    r"|ご視聴ありがとうございました|продолжение следует|спасибо за просмотр|vielen dank fürs zuschauen"
    r"|merci d['’]avoir regardé(?: cette vidéo)?|gracias por ver(?: el v[ií]deo)?|obrigado por assistir"
    r"|thank you|thanks|bye|bye[- ]bye|you|you you|okay|谢谢观看|謝謝觀看)\W*",
    re.IGNORECASE,
)
_BLANK = re.compile(r"\W*(?:BLANK[_ ]AUDIO|NO[_ ]SPEECH|no audio|silence)\W*")
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_SENTENCE = re.compile(r"[^.!?。！？…\n]+")

# So often in a row nobody says the same line.
_MIN_REPEATS = 5
_MAX_REPEATED_WORDS = 14
# Inside one turn a person repeats a word sooner: "no, no, no, no".
_MIN_REPEATS_INSIDE = 7


def is_ghost(text: str) -> bool:
    """Whether nobody said `text`, as it alone tells: a credit, a note of silence, a line said over and over."""
    if _BLANK.fullmatch(text):
        return True
    words = text.split(None, _MAX_CREDIT_WORDS)
    if len(words) <= _MAX_CREDIT_WORDS and len(text) <= 500 and _CREDIT.fullmatch(text):
        return True
    return _repeats_itself(text)


def is_farewell(text: str) -> bool:
    """Whether `text` is what recognisers write over silence, and people say at an end."""
    return len(text) <= 80 and _FAREWELL.fullmatch(text) is not None


def repeated_runs(texts: Sequence[str]) -> list[tuple[int, int]]:
    """The runs [from, to) of texts that say one short line again and again."""
    runs: list[tuple[int, int]] = []
    at = 0
    for key, group in groupby(texts, key=_key):
        count = sum(1 for _ in group)
        if count >= _MIN_REPEATS and key:
            runs.append((at, at + count))
        at += count
    return runs


def _key(text: str) -> str:
    if len(text) > 200:
        return ""
    words = [word.casefold() for word in _WORD.findall(text)]
    return " ".join(words) if len(words) <= _MAX_REPEATED_WORDS else ""


# One word again and again, with signs behind it or without.
_MOST_FORMS = 6


def _repeats_itself(text: str) -> bool:
    """One sentence, said at least seven times in a row, that leaves hardly anything else of the text."""
    found = _SENTENCE.findall(text)
    sentences = [key for one in found if (key := _key(one))] if len(found) >= _MIN_REPEATS_INSIDE else []
    if len(sentences) >= _MIN_REPEATS_INSIDE:
        longest = max(sum(1 for _ in group) for _, group in groupby(sentences))
        if longest >= _MIN_REPEATS_INSIDE and longest * 10 >= len(sentences) * 8:
            return True
    if len(set(text[:400].casefold().split())) > _MOST_FORMS:
        return False
    words = [word.casefold() for word in _WORD.findall(text[:400])]
    return len(words) >= 3 * _MIN_REPEATS_INSIDE and len(set(words)) == 1
