"""The form of what a model wrote: plain text, one sentence in the third person, that leads nowhere and has an end."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import pairwise

from bot.language_model.grounding import is_pair
from bot.text.sentences import sentence_ends
from bot.text.stems import common_words, word_set
from bot.text.tokenizer import normal_words

# Letters of Arabic and of India's scripts are joined or kept apart by these, which are no letters themselves.
_JOINER = re.compile(r"(?<=[\u0600-\u0dff])[\u200c\u200d](?=[\u0600-\u0dff])")
_HIDDEN_CATEGORIES = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
# Letters and marks that show nothing: fillers of Hangul, an empty braille cell, joiners and selectors of forms.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_PILED_MARKS = 3

_ADDRESS = re.compile(r"\w:/{1,2}\S|\bwww\.|\b(?:https?|mailto|discord|javascript|data):", re.IGNORECASE)
_HOST = re.compile(r"(?<![\w@.-])(?:[\w-]{1,63}\.)+(?P<last>[^\W\d_]{2,24})(?![\w-])(?P<path>/\S)?")
# Endings of hosts that are dictated; a name of the titles may have one ("Fast.ai").
_TOP_LEVEL = word_set(
    "com net org info biz edu gov io ai app dev xyz site online shop store club live link page gg me tv co fm so to"
    " ly us uk eu de at ch fr it es pt nl be pl ru se no dk fi jp cn kr in br ca au nz tr top icu vip bet zip"
)
_SPELT_HOST = re.compile(r"\b(?:dot|punkt|point|punto|ponto) ?(?:com|net|org|de|io|gg|info)\b", re.IGNORECASE)
_MENTION = re.compile(r"@|(?<![^\W_])#\w|<[@#:a-z/]", re.IGNORECASE)
_MARKUP = re.compile(r"[*`~|\\<>\[\]{}^]|__|(?<![^\W_])_|_(?![^\W_])|\A\s*(?:#|[-+•–—] |\d{1,2}[.)] )")
_CODE = re.compile(r"\w\(\)|=>|->|[=!:]=|==|::|&&|//|;\s*\Z|\b(?:def|function|import|SELECT) \w+\s*[(;*]")
_THRICE = re.compile(r"([^\W\d].{1,39}?)\1\1")
_QUESTION = re.compile(r"[?？؟¿][\s\"'”’»」』)]*\Z")

# How somebody speaks of themselves and to their reader, by language.
_PERSONS = {
    language: word_set(words)
    for language, words in {
        "en": "i im ive i'm i've i'd i'll me my myself we us our ours ourselves we're we've we'd we'll let's"
        " you your yours yourself you're you've you'd you'll",
        "de": "ich mich mir mein meine meinen meinem meiner meines wir uns unser unsere unseren unserem unserer"
        " unseres du dich dir dein deine deinen deinem deiner euch euer eure euren eurem eurer",
        "fr": "je j'ai moi mon ma mes nous notre nos tu toi vous votre vos",
        "es": "yo mí mi mis nosotros nosotras nuestro nuestra nuestros nuestras tú tu tus usted ustedes vosotros",
        "it": "io mio mia miei mie noi nostro nostra nostri nostre tu tuo tua voi vostro vostra",
        "pt": "eu meu minha meus minhas nós nosso nossa nossos nossas você vocês",
        "nl": "ik mij mijn wij ons onze jij jou jouw jullie",
        "sv": "jag mig min mitt mina vi oss vår vårt våra du dig ditt ni er",
        "da": "jeg mig min mit mine vi os vores du dig din dit jer",
        "no": "jeg meg min mitt mine vi oss vår vårt våre du deg din ditt dere",
        "tr": "ben benim bana biz bizim bize sen senin siz sizin",
        "ru": "я мне меня мой моя мы нам нас наш наша ты вы вас вам ваш",
        "uk": "я мені мене мій моя ми нам нас наш наша ти ви вас вам ваш",
        "pl": "ja mnie mój moja my nam nas nasz nasza ty wy was wam wasz",
    }.items()
}
# Not in "self", "injury", "private", or inside a Korean word.
_PERSON_SIGNS = re.compile(
    r"(?<![自怪])我(?!慢)|(?<!公)私(?![立的有鉄服営])|僕|俺|われわれ|あなた|您|你|咱|(?<![가-힣])(?:저는|제가|나는|내가|우리)"
)


def has_hidden_characters(text: str) -> bool:
    """Whether there is anything in the text that a reader doesn't see, or that moves what is seen."""
    text = _JOINER.sub("", text)
    if _BLANK.search(text):
        return True
    piled = 0
    for sign in unicodedata.normalize("NFC", text):
        category = unicodedata.category(sign)
        if category in _HIDDEN_CATEGORIES:
            return True
        piled = piled + 1 if category in ("Mn", "Me") else 0
        if piled > _PILED_MARKS:
            return True
    return False


def leads_elsewhere(text: str, titles: str) -> bool:
    """Whether there is an address in the text, but for a name that the titles have."""
    if _ADDRESS.search(text) or _SPELT_HOST.search(text):
        return True
    known = titles.casefold()
    return any(
        found["path"] or (found["last"].casefold() in _TOP_LEVEL and found[0].casefold() not in known)
        for found in _HOST.finditer(text)
    )


def addresses_somebody(text: str) -> bool:
    """Whether it names a member, a channel or a tag as Discord writes them."""
    return _MENTION.search(text) is not None


def is_marked_up(text: str) -> bool:
    """Whether there is Markdown, code or a picture in it."""
    return (
        _MARKUP.search(text) is not None
        or _CODE.search(text) is not None
        or any(unicodedata.category(sign) == "So" and ord(sign) > 0x2190 for sign in text)
    )


def sentence_count(text: str) -> int:
    """How many sentences there are; one that is not ended counts."""
    ends = list(sentence_ends(text))
    return len(ends) + bool(text[ends[-1] if ends else 0 :].strip())


def is_question(text: str) -> bool:
    """Whether it asks something."""
    return _QUESTION.search(text) is not None


def speaks_to_the_reader(text: str, language: str | None) -> bool:
    """Whether somebody speaks of themselves or to the reader in it, as far as the language's words tell."""
    if _PERSON_SIGNS.search(text):
        return True
    persons = _PERSONS.get((language or "en").lower().replace("_", "-").partition("-")[0], frozenset())
    words = re.findall(r"[^\W_]+(?:['’][^\W_]+)?", text)
    # "US", "IT" and the like are names.
    return any(
        word.casefold().replace("’", "'") in persons for word in words if len(word) == 1 or not word.isupper()
    )


def goes_round(text: str) -> bool:
    """Whether it says a word or a phrase again and again."""
    words = normal_words(text)
    common = common_words(None)
    telling = (word for word in words if word not in common and not word.isdecimal() and not is_pair(word))
    again = Counter([*telling, *pairwise(word for word in words if not is_pair(word))])
    most = 2 + len(words) // 30
    return any(count > most for count in again.values()) or _THRICE.search(text) is not None
