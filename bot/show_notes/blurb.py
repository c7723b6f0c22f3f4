"""Two or three sentences of the notes that tell what an episode is about, and nothing that wants to sell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.text.advertisements import opens_or_offers
from bot.text.sentences import sentence_ends
from bot.text.timecodes import TIMELIKE

MOST_CHARACTERS = 350
_MOST_SENTENCES = 3
# What an episode is about stands at the beginning; so much of it is read.
_READ = 8_000
_LEAST_CHARACTERS = 30
_LEAST_WORDS = 5
# A line without a stop is rather a name.
_LEAST_WORDS_OPEN = 14
_LEAST_WORTH = 0.6
_WORTHLESS = -9.0

# Lines that no text is under but links, names and times.
_LISTS = re.compile(
    r"\W*(?:(?:full|episode|other|useful|more|the|all|key|some|important|relevant)\s+)?"
    r"(?:show\s?-?notes|links?|timestamps?|time ?codes?|chapters?|transcript|credits|resources|references"
    r"|outline|mentioned"
    r"|mentions|topics|socials?|contact|guests?|hosts?|picks|shownotes|kapitel|quellen|liens|enlaces)\b.{0,40}",
    re.IGNORECASE,
)
_SPONSOR = re.compile(
    r"\b(?:sponsors?|sponsored|sponsorship|werbung|anzeige|gesponsert|partenaires?|patrocinador(?:es)?|advertis\w+)\b",
    re.IGNORECASE,
)
# What a sentence says that tells nothing of the episode: calls, offers, thanks, events, the show about itself.
_PROMOTION = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:com|org|net|fm|io|co|ai|tv|me|dev|de|fr|es)/\S|@\w+\.\w|(?:^|\s)[@#]\w"
    r"|\b(?:subscribe|subscribing|subscriptions?|newsletters?|patreon|merch|giveaway|promo|coupon"
    r"|discount|free trial|rsvp|tickets? (?:are|is|now|here|on sale|for|at)|(?:buy|get) (?:your |a )?tickets?"
    r"|early bird|late bird|sold out|sign(?:ing)? up|signup|register(?:ed)? (?:now|here|for)|waitlist"
    r"|pre-?order|use (?:the |our |my )?code|with (?:the )?code"
    r"|% off|percent off|\d\d? ?% (?:off|discount)|save \d|get \d+ ?%|special offer|terms apply"
    r"|ad choices|privacy policy|listener survey|(?:our|a|this|the \w+) survey|survey (?:link|here)"
    r"|(?:five|5)[- ]star|(?:leave|write|leaving|write) (?:us )?(?:a )?(?:reviews?|ratings?)|rate (?:us"
    r"|and review|the show)|review (?:us|on)|apple podcasts|linktree|youtube channel"
    r"|(?:on|via|our|and|or) (?:spotify|itunes|instagram|facebook|tiktok|whatsapp|telegram|twitter"
    r"|mastodon|bluesky)"
    r"|follow (?:us|me|the|him|her|them|along|@)|find (?:us|me|him|her|them) (?:on|at|online)"
    r"|connect with|join (?:us (?:on|in|at|for|online|live)|our|the (?:discord|community|conversation"
    r"|club|slack|chat))|support (?:us|the (?:show|podcast|pod)|this (?:show|podcast)|our)|become a (?:member"
    r"|patron|supporter)|donate (?:to|at|here|now|today)|your donation|tip jar|buy me"
    r"|check (?:it|them|us|this|him|her|that) out|check out (?:the|our|my|his|her)|click (?:here|the|on)"
    r"|link (?:here|below|in)|see (?:the )?(?:show notes|links)|show ?notes|full transcript"
    r"|transcript (?:is|here|below|available)|below the fold|timestamps?"
    r"|(?:get|be|stay) in touch|reach (?:out|us)|e-?mail (?:us|me|\w+@)|contact us|send (?:us|me)"
    r"|let us know|tell (?:us|your friends|a friend)|fill (?:it )?out|submit (?:your|a|questions)"
    r"|see you (?:soon|in|there|at|next|all)|come say hi|say hi|last call|stay tuned|don['’]?t (?:forget"
    r"|miss)|speakpipe"
    r"|(?:leave|send|our) (?:us )?(?:a )?(?:voicemail|hotline)"
    r"|thanks (?:to|for|so)|thank you|big thanks|special thanks|shout-?outs?|brought to you"
    r"|made possible by|(?:show|episode|podcast|series) is (?:\w+ )?(?:supported|presented|powered) by"
    r"|produced by"
    r"|edited by|music (?:by|from|is)"
    r"|theme (?:music|song)|artwork by|mixed by|hosted by|recorded (?:in|at|on|live|by|in-person)"
    r"|executive producers?|all rights reserved|copyright (?:\d|by)|©"
    r"|we(?:['’]re| are)? (?:\w+ )?(?:announc\w+|launching|hosting|running|organizing|hiring|building our"
    r"|ramping up|sitting on|collaborating|incubating|inviting|holding)|we have (?:just |now |also "
    r"|a (?:full|lot)|been)|we(?:['’]ve| have) (?:now |also )?(?:soft-)?launched|our (?:first|second"
    r"|third|next|new|upcoming|dedicated)?\s?(?:\w+ )?(?:discord|youtube|twitter|community|events?"
    r"|meet-?ups?|survey|paper club|livestream|calendar|website|store|shop|slack|inbox|summit|conference"
    r"|studio|feed)"
    r"|(?:events?|community) page|livestream|full slate|upcoming (?:events?|shows?)|meet-?ups?"
    r"|hackathons? (?:this|next)|co-?hosts have been"
    r"|this (?:post|episode) (?:had|was|got|featured)|(?:featured|discussion|discussed) on (?:hn"
    r"|hacker news|twitter|reddit)|on (?:hn|hacker news) and|audio (?:issues?|quality|version|only|-only)"
    r"|we apologi[sz]e|video version|watch (?:on|it|the|this|along)|jump over|listen (?:on|to the|here"
    r"|now|wherever)|available (?:on|wherever|now|at)|tune in|tuned in|as alluded"
    r"|note(?:s)? (?:for|to) (?:the |our )?(?:\w+[ -]){0,3}(?:members|listeners?|subscribers|community)"
    r"|\d{4} (?:note|update)|edit from|editor['’]s note|trailer here|ad[- ]free|early access|wondery"
    r"|helpline|content warning|trigger warning|also recommend|follow-?on|head (?:on )?(?:over )?to"
    r"|(?:at|to|visit|via|see) [\w-]+\.(?:com|org|net)|access until|rehash|if you missed|new episodes?"
    r"|(?:air|drop"
    r"|release)s? (?:weekly|daily|every)|encouraged to|after hours|taking questions|boost us|checking out"
    r"|live stream|picks of the week|and more\W*$(?<=^and more)"
    r"|abonnier\w*|rabatt\w*|gutschein\w*|unterstütz\w* uns|folgt? uns|bewert\w+ uns|mehr infos?"
    r"|datenschutz|impressum|abonnez|suivez|soutenez|suscr[ií]b\w+|síguenos|apóyanos|inscreva|siga-nos"
    r"|assine|iscriviti|seguici|abonneer)\b"
    r"|^(?:welcome|come (?:and|see|meet|join|to|say|hang)|note|notes|warning|joke|ps|p\.s)\b|[🙏👀👇👉🔗📧🎧📺]",
    re.IGNORECASE,
)
# What tells of an episode: that somebody talks, and what about.
_TELLS = re.compile(
    r"\b(?:guests?|joins?|joined|interview\w*|sits? down|sat down|chat(?:s|ted)? (?:with|about)|talk(?:s"
    r"|ed|ing)? (?:with|to|about|through)|speaks? (?:with|to|about)|discuss\w*|explor\w+|cover(?:s|ed)?"
    r"|dive[sd]? into|deep dive|break(?:s|ing)? down|walk(?:s|ed)? (?:us|through)|explains?|tells?"
    r"|shares?|conversation|(?:in )?this (?:episode|week|podcast)|today['’]?s?|examin\w+|looks? (?:at"
    r"|back|into)|reveals?|debates?|unpacks?|reflects?|learn (?:how|why|about|what)"
    r"|the (?:story|history|future|science|art) of|how .{3,80} (?:works?|became|built|made|changed)"
    r"|answers?|recaps?"
    r"|folge|gast|gespräch|sprechen|reden|spricht|erzählt|épisode|invité|entretien|discut\w+|parl\w+|episodio"
    r"|invitad\w+|habl\w+|conversa\w+|convidad\w+|puntata|ospite|aflevering|gesprek)\b",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"(?:it|this|that|these|those|they|he|she|his|her|their|its|however|but|and|so|also|plus|or|because"
    r"|then|instead|again|lastly|finally|of course"
    r"|since then|in other words|as usual|simultaneously|(?:one|some|most) of (?:them|these|those))\b",
    re.IGNORECASE,
)
_ABOUT_US = re.compile(r"\b(?:we['’]?(?:re|ve|ll|d)?|our|us|you|your|i|my)\b", re.IGNORECASE)
_NAMES = re.compile(r"(?<=[^.!?…]\s)[A-Z][\w'’&-]+|\b[A-Z]{2,}\w*|(?<=\s)\d[\d,.]*")
# Breaks that a page lost between two sentences: "See you there!We have been".
_GLUED = re.compile(r"(?<=[a-z]{2}[.!?])(?=[A-Z][a-z])")
_GLUED_TITLE = re.compile(r"[a-z]:[A-Z]")
_STOP = re.compile(r"[.!?…。！？][)\]”’\"']*$")
_LONG_WORD = re.compile(r"[^\W_]{3,}")
# No sentence ends with one of these, so a line that does goes on in the next.
_GOES_ON = re.compile(
    r"(?:,|\b(?:with|and|of|the|a|an|to|in|for|that|or|by|on|at|from|is|are|your|our|und|der|die|de"
    r"|la|et|y))$"
)
_KEY = re.compile(r"[\w-]{1,20}:\s")
_TIME = re.compile(rf"\W*{TIMELIKE}")


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    worth: float


def blurb(intro: str, title: str = "") -> str:
    """What an episode is about, of `Episode.intro`: whole sentences as they stand there, or nothing.

    `title`: what stands in the episode's title is likely to be what it is about.
    """
    titled = frozenset(word.casefold() for word in _LONG_WORD.findall(title[:300]))
    paragraphs = [list(_sentences(text, titled)) for text in _prose(intro[:_READ])]
    best, worth = "", _LEAST_WORTH
    before = 0
    for paragraph in paragraphs:
        for run in _runs(paragraph):
            text = " ".join(sentence.text for sentence in run)
            told = sum(sentence.worth for sentence in run) / len(run) ** 0.5
            found = told + min(1.0, len(text) / 200) - 0.15 * min(before, 10)
            if found > worth:
                best, worth = text, found
        before += bool(paragraph)
    return best or _beginning(paragraphs)


def _beginning(paragraphs: list[list[_Sentence]]) -> str:
    """The first clauses of a sentence that is too long, where there is no other."""
    for paragraph in paragraphs:
        for sentence in paragraph:
            if sentence.worth >= _LEAST_WORTH and len(sentence.text) > MOST_CHARACTERS:
                clause, comma, _ = sentence.text[:MOST_CHARACTERS].rpartition(", ")
                return f"{clause}…" if comma and len(clause) > MOST_CHARACTERS // 2 else ""
    return ""


def _prose(intro: str) -> Iterator[str]:
    """The paragraphs that are running text; a line that a file broke is one with the next."""
    sponsored = False
    for text in _joined(intro):
        if _is_heading(text):
            sponsored = _SPONSOR.search(text) is not None
            continue
        if sponsored or text.startswith(("•", "- ", "*", "–", "|", ">", "#", "[")) or _TIME.match(text):
            continue
        yield _GLUED.sub(" ", text)


def _joined(intro: str) -> Iterator[str]:
    made = ""
    fenced = False
    for number, raw in enumerate(intro.split("\n")):
        text = " ".join(raw.split())
        # Data about a file, as static pages carry it above their text.
        if text == "---" and (number == 0 or fenced):
            fenced = not fenced
            continue
        if fenced or not text:
            continue
        if made and (text[:1].islower() or _GOES_ON.search(made)) and not _STOP.search(made):
            made = f"{made} {text}"
            continue
        if made:
            yield made
        made = text
    if made:
        yield made


def _is_heading(text: str) -> bool:
    if _LISTS.fullmatch(text) and len(text) < 60:
        return True
    words = text.split()
    if _STOP.search(text):
        return False
    return len(words) <= 10 or text.endswith(":") or (len(words) <= 16 and _KEY.match(text) is not None)


def _sentences(text: str, titled: frozenset[str]) -> Iterator[_Sentence]:
    at = 0
    for end in (*sentence_ends(text), len(text)):
        sentence = text[at:end].strip()
        at = end
        if sentence:
            yield _Sentence(sentence, _worth(sentence, titled))


def _worth(text: str, titled: frozenset[str]) -> float:
    """How much a sentence tells of an episode."""
    words = text.count(" ") + 1
    dense = len(text) > words * 20
    if len(text) < _LEAST_CHARACTERS // (3 if dense else 1) or (words < _LEAST_WORDS and not dense):
        return _WORTHLESS
    if text[-1:] in ":,;-–—" or text[:1] in "•|>#":
        return _WORTHLESS
    if _GLUED_TITLE.search(text) or text.count(",") * 4 > words:
        return _WORTHLESS
    if _PROMOTION.search(text[:MOST_CHARACTERS]) or _SPONSOR.search(text) or opens_or_offers(text):
        return _WORTHLESS
    telling = len(_TELLS.findall(text))
    if not telling and words < _LEAST_WORDS_OPEN and _STOP.search(text) is None:
        return _WORTHLESS
    worth = 0.5
    worth += 0.5 * min(2, telling)
    worth += 0.08 * min(5, len(_NAMES.findall(text)))
    worth -= 0.4 * (text[-1:] == "?")
    worth -= 0.15 * min(3, len(_ABOUT_US.findall(text)))
    worth -= 0.3 * (_STOP.search(text) is None)
    worth -= 0.3 * (_LEANS.match(text) is not None)
    if titled:
        worth += 0.3 * min(3, len(titled & {word.casefold() for word in _LONG_WORD.findall(text)}))
    return worth


def _runs(sentences: list[_Sentence]) -> Iterator[list[_Sentence]]:
    """Up to three sentences that follow each other, together no longer than a blurb."""
    for first in range(len(sentences)):
        run: list[_Sentence] = []
        length = -1
        for sentence in sentences[first : first + _MOST_SENTENCES]:
            length += 1 + len(sentence.text)
            if sentence.worth == _WORTHLESS or length > MOST_CHARACTERS:
                break
            if not run and first and _LEANS.match(sentence.text):
                break
            run.append(sentence)
            yield list(run)
