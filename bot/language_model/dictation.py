"""Speech that is meant for whoever writes about it: orders to a model, which are no matter of a chapter.

Nothing that is said around such a sentence counts as said, so that a line can't be made of it. Where a language's
words are not known here, the checks of stretches still hold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# An order goes on for some sentences, and may begin before the one that gives it away.
_BEFORE, _BEHIND = 1, 4

_ORDERS = (
    # To forget what was asked.
    r"\b(?:ignore|disregard|forget|override|skip)\b[^.!?]{0,40}\b(?:instructions?|prompts?|rules|guidelines|orders)\b",
    r"\b(?:ignorier|vergiss|vergesst|missachte)\w*\b[^.!?]{0,40}\b(?:anweisung|vorgabe|regel|befehl|prompt)\w*",
    r"\b(?:ignore[zrs]?|oublie[zrs]?)\b[^.!?]{0,40}\b(?:instructions?|consignes?|règles)\b",
    r"\b(?:ignor|olvid|dimentic|esqueç)\w*\b[^.!?]{0,40}\b(?:instruc|istruzion|instruç|reglas|regole|regras)\w*",
    r"(?:指示|命令|指令|プロンプト).{0,8}(?:無視|忘れ)",
    r"(?:忽略|无视|無視|忘记|忘記).{0,12}(?:指令|指示|提示|规则|規則)",
    # To write something into a summary.
    (
        r"\b(?:write|say|put|output|print|answer|respond|reply|state|mention|include|summari[sz]e|describe)\b[^.!?]{0,60}"
        r"\b(?:summary|summaries|description|(?:one|single|this|the following|exact|next) (?:sentence|line|words?))\b"
    ),
    (
        r"\b(?:summary|summari[sz]er|description|one[- ]liner)\b[^.!?]{0,40}\b(?:must|should|has to|shall|will) "
        r"(?:say|read|be|state|mention|contain|include|write)\b"
    ),
    (
        r"\b(?:schreib|sag|antwort|nenn|erwähn|fass)\w*\b[^.!?]{0,60}"
        r"\b(?:zusammenfassung|beschreibung|folgenden? satz|diesen satz)\b"
    ),
    (
        r"\b(?:zusammenfassung|beschreibung)\b[^.!?]{0,40}\b(?:muss|soll|sollte)\w*\b[^.!?]{0,60}"
        r"\b(?:lauten|heißen|enthalten|sagen|schreiben|stehen|nennen|erwähnen)\b"
    ),
    r"\b(?:écri|rédige|réponds?|dis)\w*\b[^.!?]{0,60}\b(?:résumé|phrase suivante)\b",
    r"\b(?:escrib|respond|di|scriv|rispond|escrev)\w*\b[^.!?]{0,60}\b(?:resumen|riassunto|resumo)\b",
    r"(?:要約|まとめ|概要)[にはで].{0,60}(?:書け|書いて|書くこと|書きなさい|述べ|入れて)",
    r"(?:摘要|总结|總結|概要).{0,20}(?:写|寫|输出|輸出)",
    # To be something else.
    r"\byou are (?:now|no longer|from now on)\b|\bfrom now on,? you\b",
    r"\b(?:pretend|act|behave)\b[^.!?]{0,20}\b(?:you are|as if|as an?)\b",
    r"\bdu bist (?:jetzt|nun|ab jetzt|ab sofort)\b|\bstell dir vor,? du\b|\bab (?:jetzt|sofort) (?:bist|sollst) du\b",
    r"\btu es (?:maintenant|désormais)\b|\b(?:ahora|a partir de ahora) eres\b|\bora sei\b",
    r"(?:あなた|君|お前)は(?:今から|これから)|[你您](?:现在|現在)是|从现在(?:开始|起)",
    # To the machine by name.
    (
        r"\b(?:dear|hey|hello|attention|(?:note|message|instructions?) (?:to|for))[\s,:]{1,3}(?:the |any |all )?"
        r"(?:ai|a\.i\.|language models?|llms?|chatbots?|assistants?|summari[sz]ers?|machines?|bots?)\b"
    ),
    r"\b(?:liebe|hallo|achtung|an)[\s,:]{1,3}(?:die |alle |das )?(?:ki|sprachmodelle?|künstliche intelligenz)\b",
    r"\b(?:system|assistant|user) ?(?:prompt|message)?:|\brepeat after me\b|\b(?:sprich|sprecht) mir nach\b",
)
# Each order has one of these in it.
_HINTS = (
    *(
        "instruc",
        "prompt",
        "rules",
        "guideline",
        "orders",
        "anweis",
        "vorgabe",
        "regel",
        "befehl",
        "consigne",
        "règle",
    ),
    *("istruz", "instruç", "regla", "regol", "regra", "指", "命令", "プロンプト", "提示", "规则", "規則"),
    *(
        "summar",
        "description",
        "one-liner",
        "one liner",
        "sentence",
        " line",
        " word",
        "zusammenfass",
        "beschreib",
    ),
    *(
        "satz",
        "résumé",
        "phrase",
        "resumen",
        "riassunto",
        "resumo",
        "要約",
        "まとめ",
        "概要",
        "摘要",
        "总结",
        "總結",
    ),
    *("you are now", "you are no longer", "you are from", "from now on", "pretend", "act as", "behave"),
    *("du bist", "stell dir vor", "ab jetzt", "ab sofort", "tu es", "eres", "ora sei"),
    *("あなたは", "君は", "お前は", "现在", "現在"),
    *(
        "dear",
        "hey",
        "hello",
        "attention",
        "note",
        "message",
        "liebe",
        "hallo",
        "achtung",
        "an die ",
        "an alle ",
    ),
    *("system", "assistant", "user", "repeat after", "mir nach"),
)
_STOPS = " .!?…。"
_ORDER = re.compile("|".join(_ORDERS))


def without_dictation(sentences: Sequence[str]) -> list[str]:
    """The sentences without what is said around an order to whoever writes about them."""
    small = [sentence.lower() for sentence in sentences]
    hinted = [any(hint in sentence for hint in _HINTS) for sentence in small]
    orders = [
        hint and _ORDER.search(sentence) is not None for hint, sentence in zip(hinted, small, strict=True)
    ]
    # An order may be spread over two sentences, by one person or two.
    halves = [
        place
        for place in range(1, len(sentences))
        if (hinted[place - 1] or hinted[place])
        and not (orders[place - 1] or orders[place])
        and _ORDER.search(f"{small[place - 1].rstrip(_STOPS)} {small[place]}")
    ]
    signs = [*halves, *(place for place, order in enumerate(orders) if order)]
    near = {one for sign in signs for one in range(sign - _BEFORE, sign + _BEHIND + 1)}
    return [sentence for place, sentence in enumerate(sentences) if place not in near]
