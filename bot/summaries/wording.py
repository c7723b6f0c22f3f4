"""How a sentence reads by itself: what no reader wants to see of it, and what makes it lean on another one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.speech.sponsors import is_pitch
from bot.summaries.phrases import Phrases, spoken_words

_FUNCTION_TEXT = """
    a about above actually after again all almost already also always am an and another any anybody anyone
    anything are around as at away back basically be because been before being below between both but by
    came can come comes coming could did do does doing done down each either else enough even ever every
    everybody everyone everything exactly far few first for from get gets getting give go goes going gonna
    got great had has have having he her here hers him himself his how however i if in into is it its itself
    just keep kind know last least less let like little lot lots made make makes making many may maybe me
    mean means might mine more most much must my myself need never new next no nobody none not nothing now
    of off often oh okay on once one ones only or other others our ours out over own part people perhaps
    piece pretty probably put quite rather really right said same saw say saying says see seem seems seen
    she should since so some somebody someone something sometimes somewhere sort still stuff such sure take
    takes talk talked talking tell than thank thanks that the their theirs them themselves then there
    therefore these they thing things think thinking this those though thought three through time to today
    together too took totally toward towards trying try tried turn two um uh under until up upon us use used
    using usually very via wanna want wanted wants was way ways we well went were what whatever when where
    whether which while who whole whom whose why will with within without won would yeah yep yes yet you
    your yours yourself dont doesnt didnt isnt arent wasnt werent havent hasnt hadnt wont wouldnt cant
    couldnt shouldnt thats theres whats hes shes lets heres 1 2 3 4 5 1st 2nd 3rd 10 100 1000 good bad big
    cool nice guy guys super interesting definitely absolutely obviously literally day days long look
    looking looks looked work works working start started happen happens happened feel feels felt love guess
    able bit years year able ago percent plus

    der die das und ist nicht ich du er sie es wir ihr ein eine einen einem einer zu mit auf für von im den
    dem des auch so dass wie als an bei aus nach noch nur oder aber man hat haben war sind sich ja nein halt
    eben mal doch dann da hier wenn was wer kann wird werden habe vom zum zur über schon immer sehr mehr
    diese dieser dieses le la les un une des du de et est pas je tu il elle nous vous ils elles que qui dans
    sur pour avec ce cette ces mais ou donc on ne se son sa ses au aux plus être avoir fait c qu el los las
    una unos unas y es no yo tú él ella nosotros que en por para con su sus pero o se al del lo más como muy
    ya o os a as um uma e é não eu ele ela nós em no na nos nas por com seu sua mas ou do da dos das di il
    lo gli uno e è non io lui lei noi che in per con ma o si del della het een en is niet ik je hij zij wij
    van op voor met dat die maar of om te er
"""
FUNCTION_WORDS = frozenset(_FUNCTION_TEXT.split())

# What is said to greet, to thank, to lead from one thing to the next, to those who listen, and of the show itself.
_CEREMONY = Phrases(
    """
    ^welcome
    welcome back|to|everyone|everybody|aboard
    thank you|everyone|everybody
    ^thanks
    thanks for|so|again|everyone|everybody|guys
    thanks to you|our|all|everyone|everybody
    thanks a lot|ton|bunch
    thanks very much
    thanks, man
    appreciate it|you|that|the|your|how
    congrats
    congratulations
    how are you doing|today|feeling|guys
    how's it going
    how you doing
    good morning|afternoon|evening
    nice|great|good|lovely|awesome|wonderful|cool|happy|excited|thrilled|glad|honored|honoured|
        delighted|pleased to meet|see|have|be|chat|talk|hear|finally|welcome|announce|share|present
    glad|happy|excited that you|we|to
    join|joins|joined us|me
    pleasure
    an honor|honour
    catch you
    looking forward to
    ^hi|hey|hello|howdy|yo|greetings|bye|goodbye|cheers
    hello|hi|hey everyone|everybody|folks|guys|there|all|listeners
    ^hallo|willkommen|bonjour|bienvenue|hola|bienvenido|bienvenidos|bienvenidas|olá|ciao|benvenuti|
        benvenuto|salut|moin|servus|tschüss|adiós
    guten tag|morgen|abend
    herzlich|schön willkommen|dass
    vielen|danke dank|für|fürs
    merci d'être|beaucoup|à|de
    muchas|gracias gracias|por
    my name is
    my name's
    i'm|as your host
    your|my|other|usual|our co-host|cohost|co-hosts
    i'm|we're|am|are joined
    joined today|- by
    joining us|me
    i'm|am here|back|joined with
    our|my|today's first|next|special|other|amazing|- guest|guests
    the next|first|last|other|special|previous guest
    to our|my good|dear|- friend|friends|guests
    my good|dear friend
    on the|this|our|your|my pod|podcast|show|program|episode|stream
    this|our|today's|next|last|previous|future|the|an|your podcast|pod|episode|stream|program|interview|
        recording
    this|our show|conversation|chat|discussion
    today|tonight with us|me
    today|tonight we|we're|i'm|i|you're|is
    here with us|me|you|today
    with us|me today|here|tonight
    in today's
    listeners|listener|audience|viewers
    for listening|watching|tuning|joining|coming|being|having|hosting|doing
    if you're listening|watching|tuning|new|just
    tune|tuning in|into
    see|talk|speak you|to|with you|soon|later|next|in|there|around|all next|soon|later|the|then|guys|
        again|all|around|there
    until next time|week
    signing off
    that's it|all for|we
    wrap|wrapping up|it|this|things
    we'll be right|back
    be right back
    stay tuned
    hope you|everyone enjoy|enjoyed|like|liked|have|had
    enjoy the|this
    let's dive|get|jump|go|start|kick|do|talk|move|turn|shift|switch|see|begin|take|hear|bring|come|
        keep|touch|chat|dig|pause|cut|wrap|continue|just
    lets dive|get|jump|go|start|kick|talk|move
    let me ask|introduce|start|jump|know|tell|see|give|just
    dive|dig|jump|jumping|diving|digging|get|getting|going right|deeper|straight|- into|in
    kick|kicking|start us|it|things|this off|out
    without further
    show notes
    shownotes
    subscribe|subscribed|subscriber|subscribers|subscribing
    newsletter|patreon|substack|merch|giveaway|sponsors|sponsor|sponsored
    follow us|me|you|him|her
    find us|me|you|him|her on|at|online|there
    people|folks|listeners|everyone|anyone|they find|reach|follow|contact you|us|me|out
    reach out
    star|leave|rate|review us|a|on review|rating|star|five
    link|links in|to|below
    check it|that|this|them|us|him|her|me out
    check out
    lightning|rapid round|fire
    last|first|next|final|second|third|one|quick|great|good|interesting|closing|another|obvious|fair|
        follow-up|followup|tough|hard|other|big question|questions|topic|thoughts
    question is|for|about|that|i|you|to|from|here
    questions is|for|about|that|i|you|to|from|here
    follow up|ups on|question
    quick intro|introduction|shout|note|update|announcement|plug
    introduce|introducing yourself|ourselves|us|himself|herself|and|you|my|our|myself|everyone|everybody
    shout out|outs
    shoutout|shoutouts
    can you hear
    hear me
    share|sharing my|your|the screen
    on mute
    unmute
    raise your hand
    on|up stage
    bring|brought|bringing him|her|you|them|up|on|- up|on|in|back
    sound check
    by the way
    happy to take
    got in|in here
    fun fact
    full disclosure
    quick reminder
    before we
    we're|we run|running|are out|short|over|at of|on|- time
    """
)
# A question without its sign, and what asks for an answer.
_PROMPT = Phrases(
    """
    i'm|am|was|be|just|also|i really|also|just|super|very|kind|always|- curious|wondering|interested
    curious about|to|how|what|if|whether|on|for
    i|we|and wonder|wondered if|how|what|whether|why|about
    tell|walk|take|remind|guide|run us|me|people|everyone|folks|everybody
    ^take|tell|walk|introduce|remind|imagine|give|explain|describe|talk|share|maybe|remind
    talk to us|me
    talk us through
    talk about a|- little|bit
    a little bit about|more
    love|like to hear|get|ask|know|dig|dive|touch|understand|pick|go|start|talk|kind|just|double|learn
    love for you
    want|wanted|like|going|have|need to ask|touch|double|double-click|mention|plug|shout|bring|round|
        highlight|acknowledge|clarify|transition|pause|briefly|quickly|clue
    want|wanted|like|going to talk|start|go|dig|come|jump|pick about|with|back|into|in|your
    ^let's|lets
    i|we wanna|want ask|talk|touch|dig|go|bring|to
    can|could|would|will|do|did|are|have|were you tell|talk|share|explain|give|walk|describe|speak|
        elaborate|maybe|just|kind|guys|see|think|want|have|feel|find|know|mind|say
    any thoughts|advice|other|closing|last|final|questions|tips|plans
    how|what|where|why|when|who do|did|does|are|is|was|were|would|should|can|could|about|have you|that|
        your|the|it|they|we
    ^what|who|where|why|how|whose|which
    ^is|are|do|does|did|can|could|would|should|have|has|was|were|will|am
    ^any
    your thoughts|take|opinion|view|views|reaction|perspective|advice|favorite|favourite
    i'll ask|let|hand|pass|throw|just|start|go|leave|stop
    you mentioned|said|talked|wrote|tweeted|hinted|alluded|posted|touched|asked|brought|describe|
        described|demonstrated|published|sort|guys|both|also
    you were|are|had saying|talking|mentioning|telling|describing|joking|gonna
    you've been|had|done|got|also|talked|written|said|mentioned|worked|built|seen
    you started|worked|joined|founded|launched|announced|left|went|released|raised|did|built|dropped|
        grew|studied|spent|came|became|moved|decided
    the way you
    give us|me|people a|an|some|your|the
    what's your|the|next|it|that|like
    right or|?
    if you had|were to|asked|want|wanna|could|like|don't|haven't to|me|you|more|know|read|seen|heard|
        tell|give|one|a
    feel free
    i have|had a|one|another|two|some|few - few|quick|- question|questions
    """
)
# What is told of the talk itself and not in it.
_EMPTY = Phrases(
    """
    ^that's|it's|this is|- so|such|really|very|pretty|a|an|the|super|- good|great|cool|awesome|amazing|
        true|right|interesting|fair|funny|crazy|wild|fun|nice|fascinating|exciting|incredible|wonderful|
        brilliant|hilarious
    ^that|it is|was so|such|really|very|pretty|a|an|the|super|- good|great|cool|awesome|amazing|true|
        right|interesting|fair|funny|crazy|wild|fun|nice|fascinating|exciting|incredible|wonderful
    i totally|completely|definitely|fully|absolutely|- agree
    i don't|can't|can even|- remember|recall|know
    as i|you|we said|mentioned
    like i|you said|mentioned
    i'll just|- say
    if that makes
    that makes sense
    long story
    does that
    ladies and gentlemen
    go on|ahead and|with|-
    good|great|fair|excellent point
    good luck
    sounds|sound good|great|like
    no worries|idea|problem
    no, no
    i forget|forgot|guess
    sort of|- asking
    you're right|welcome|good
    i'm sorry|kidding|not|done
    excuse me
    hold on
    oh my
    my god|bad
    let you
    anything else
    as well as
    """
)
_HANGING = re.compile(r"(?:…|\.\.|[-–—,])[\"”'’)]*$")
_LAST_WORDS_TEXT = """
    and or but so like the a an of to that because with for in is are just um uh if then as at from by which
    was were" " your my our their very more than where when what right also we i he they there's it's yeah
    okay
"""
_LAST_WORDS = frozenset(_LAST_WORDS_TEXT.split())
_MAY_BE_LAST_TEXT = """
    that in right so like just then more by for there where at what
"""
_MAY_BE_LAST = frozenset(_MAY_BE_LAST_TEXT.split())

# Beginnings that lean on what was said before, by how much.
_LEANING = (
    (
        0.6,
        Phrases(
            """
            ^and|but|so|because|or|like|well|now so|then|that|this|it|it's|that's|he|she|they|they're|
                those|these|i|i'm|you|you're|we|like|yeah|again|which|also|obviously|basically|actually|
                kind|sort|there|there's|anyway|anyways|yes|no|not|what|to|of|for|in|even|as|at|maybe|
                just|um|uh
            ^because|'cause|cause|cuz|coz|which|yeah|yep|yes|no|nope|right|exactly|sure|okay|ok|oh|ah|
                uh|um|mm|mhm|mm-hmm|wow|hmm|haha
            ^absolutely|totally|correct|true|agreed|gotcha|cool|nice|awesome|wait|not|than|though|
                although|who|whose|where|whereas|except
            ^especially|rather|versus|similarly|same|ditto|otherwise|hence|thus|therefore|or|plus|weil|
                ja|nein|genau|also|denn|parce|oui
            ^non|donc|porque|sí|entonces|então|sim|definitely|interesting|great|good|of course|fair|
                perfect|yet|nor|unlike|besides
            ^whether|including|until|without|minus|meaning|hopefully|kind|sort|other|unless|whatever|hence
            """
        ),
    ),
    (
        0.45,
        Phrases(
            """
            ^like|that|that's|it|it's|it'll|it'd|its|he|she|he's|she's|they|they're|they've|they'll|
                them|him|her|his|their|those|these|such
            ^neither|both|either|then|again|anyway|anyways|even|another|also|instead|still|theirs|mine|
                ours|yours
            ^this is|was|means|has|one|thing
            ^i mean
            ^you know
            ^one|some|most|all|part|none|many|any|each|half|lots of them|those|these|that|it|which
            ^the other|same|latter|former
            ^in that|this case|sense|way|regard
            ^at|on|with|after|before|from|by|for|to|like|about that|this|there|those|it
            ^as a result
            ^there you
            ^here you|we|it
            ^one is|was|of
            ^to me|be|your|answer|some
            ^just to
            ^the answer|reason|idea|point|thing|question|problem|result|fact|other|second|third|latter|
                former is|was|that
            """
        ),
    ),
    (0.4, Phrases("^and|but|so|und|aber|oder|et|mais|y|pero|e|mas|ma|en|maar|alors")),
    (
        0.2,
        Phrases(
            """
            ^well|now|this|there|there's|actually|obviously|basically|look|see|listen|first|second|
                third|secondly|thirdly|finally|maybe
            ^perhaps|honestly|here|here's|something|you|you're|you've|you'd|you'll|your|sometimes|
                essentially|ultimately|clearly|literally
            ^for example|instance
            ^let me
            ^to be fair|honest|clear
            """
        ),
    ),
    (0.08, Phrases("^i|i'm|i've|i'd|i'll|my|we|we're|we've|we'd|we'll|our")),
)
_FILLER = Phrases(
    """
    you know
    i mean
    kind|sort of
    kinda|sorta|um|uh|basically|literally|whatever|stuff|thing|things|blah|whatnot|yeah|obviously|
        actually|somehow|gonna|wanna|okay|hey|oh|anyway
    or something|anything|so
    and so on
    et cetera
    really really
    very very
    i guess
    i don't know
    i'm|was|were|is|are|it's|he's|they're|be|just|have|has|had|a|the|in|some|of|do|or|and|would|think|
        really|to|with|that's|we're|you're|at|on|not|there's|like|but|this|that|more|very|probably|so|
        maybe|from|for|by like
    i feel like
    to be honest
    end of the day
    all of that
    all that
    those kinds|types|sorts|things
    that kind|type|sort
    so to speak
    quote unquote
    """
)
_COMMA_FILLER = re.compile(
    r", (?:like|right|so|well|you know|i mean|okay|yeah|no)\b,?|\bright[.,]", re.IGNORECASE
)
_STUTTER = re.compile(
    r"\b([^\W\d_]+(?:['’]\w+)?),? \1\b|\b(\w+ \w+),? \2\b"
    r"|\b(?:the|a|an|of|to|is|are|in|that|and|or|but|i|we|it['’]s|for|with|if|this|so|was|can|by|on),"
    r"|\b(?:the|a|an|my|your) (?:it['’]s|the|a|an|uh|um|you know|i|we|that|and|of|is|to)\b",
    re.IGNORECASE,
)
_INTERJECTIONS_TEXT = """
    yeah yep yes no nope right exactly sure okay ok oh ah uh um mm mhm wow hmm haha absolutely totally like
    so well and
"""
_INTERJECTIONS = frozenset(_INTERJECTIONS_TEXT.split())
_VAGUE_TEXT = """
    it it's that's they they're them he she him this these those stuff something its their theirs there
"""
_VAGUE = frozenset(_VAGUE_TEXT.split())
_VAGUE_PAIR = Phrases(
    "about|of|on|for|with|do|does|did|to|in|like|at|from|by|is|was|what|doing|did|why|how that"
)
_ADDRESS = Phrases(
    """
    you guys|both
    your company|background|team|product|blog|post|paper|work|career|story|journey|original|previous|
        last|talk|own
    """
)
_NOTE = re.compile(
    r"\[[^\]]*\]|\((?:inaudible|laughs?|laughter|crosstalk|music)\)|\binaudible\b|[♪?]", re.IGNORECASE
)
_INTRODUCED = re.compile(
    r"(?:[Tt]his is|(?:[Aa]nd )?[Ii]['’]m) [A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?[,.]"
    r"|[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?, (?:you(?:['’]\w+)?|your|so|what|how|i|do|did|can|thanks?|welcome)\b"
)
_NAME = re.compile(r"(?<=[^.!?…]\s)[A-Z][\w&.-]+|\b\d[\d.,]*[%kKMB]?|\b[A-Z]{2,}\w*")

_ENGLISH_TEXT = """
    the and of to a is that in you it for we
"""
_ENGLISH = frozenset(_ENGLISH_TEXT.split())
_FINITE_TEXT = """
    is are was were am be been has have had do does did can could will would should may might must cannot
    gets get got goes go went makes make made takes take took comes come came sees see saw knows know knew
    thinks think thought says say said gives give gave finds find found works work needs need wants want
    uses use used tells tell told keeps keep kept lets let begins begin began starts start runs run ran
    means mean meant leaves leave left puts put sets set brings bring brought holds hold held writes write
    wrote stands stand stood loses lose lost pays pay paid meets meet met builds build built sends send sent
    falls fall fell cuts sells sell sold reads read speaks speak spoke grows grow grew wins win won teaches
    teach taught buys buy bought spends spend spent feels feel felt learns learn learnt shows show turns
    turn looks look helps help lives live believes believe happens happen includes include continues
    continue allows allow adds add offers offer remembers remember considers consider appears appear serves
    serve expects expect stays stay reaches reach remains remain requires require depends depend trains
    train tends tend generates generate creates create understands understand understood breaks break broke
    became becomes become talks talk asks ask calls call tries try hopes hope cares care loves love hates
    hate exists exist seems seem plays play supports support improves improve hits hit costs cost follows
    follow provides provide moves move wanna gotta refers refer applies apply beats beat throws throw threw
    drives drive drove sits sit sat solves solve fits fit gonna ends changes change matters matter rather
    won lies
"""
_FINITE = frozenset(_FINITE_TEXT.split())
_MARKERS_TEXT = """
    who which that if when because where while how what whether why although since whose
"""
_MARKERS = frozenset(_MARKERS_TEXT.split())
# What is half a sentence where nothing follows that it belongs to.
_OPENS_HALF_TEXT = """
    if when whenever while although though since once after before because until unless given whether as
"""
_OPENS_HALF = frozenset(_OPENS_HALF_TEXT.split())
_OPENS_PHRASE_TEXT = """
    to of for with from by about into in on at like than through between without set talking
"""
_OPENS_PHRASE = frozenset(_OPENS_PHRASE_TEXT.split())
# Behind these a word of both kinds is no verb.
_NOMINAL_TEXT = """
    the a an of my your our their this these very more
"""
_NOMINAL = frozenset(_NOMINAL_TEXT.split())
_OPENERS_TEXT = """
    and but so like well now yeah yes no okay just basically actually obviously also maybe
"""
_OPENERS = frozenset(_OPENERS_TEXT.split())
_SUPPOSING_TEXT = """
    think guess mean feel believe suppose
"""
_SUPPOSING = frozenset(_SUPPOSING_TEXT.split())
NEVER = 10.0


def is_common(word: str) -> bool:
    """Whether a normalised word is said about anything."""
    return word in FUNCTION_WORDS


def faults(text: str, *, cased: bool, leaning: bool = True) -> float:
    """What speaks against showing a sentence: 0 nothing, NEVER that it is shown at all.

    `cased`: the transcript begins its sentences with capitals. `leaning`: what it leans on is not shown before it.
    """
    if (cased and text[:1].islower()) or _NOTE.search(text) or _HANGING.search(text):
        return NEVER
    if _INTRODUCED.match(text):
        return NEVER
    words = spoken_words(text)
    if not words or (words[-1] in _LAST_WORDS and words[-1] not in _MAY_BE_LAST):
        return NEVER
    if _PROMPT.stands(words) or _CEREMONY.stands(words) or _EMPTY.stands(words) or is_pitch(text):
        return NEVER
    fault = next((weight for weight, form in _LEANING if form.begins(words)), 0.0) if leaning else 0.0
    fault += 0.13 * (_FILLER.count(words) + len(_COMMA_FILLER.findall(text)))
    fault += 0.3 * len(_STUTTER.findall(text))
    fault += 0.5 * (words[0] in _INTERJECTIONS and not leaning)
    vague = sum(word in _VAGUE for word in words) + _VAGUE_PAIR.count(words)
    fault += 0.12 * max(0, vague - 1)
    fault += 0.3 * _ADDRESS.stands(words)
    return fault + _unfinished(text, words)


def _unfinished(text: str, words: Sequence[str]) -> float:
    """What speaks for half an English sentence: no verb of its own, or a condition without what follows from it."""
    if sum(word in _ENGLISH for word in words) * 12 < len(words):
        return 0.0
    words = _without_opening(words)
    verbs = sum(
        word not in _NOMINAL
        and (after in _FINITE or "'" in after or (after.endswith("ed") and after[:2] != "un"))
        for word, after in zip(("", *words), words, strict=False)
    )
    own = verbs - sum(word in _MARKERS for word in words[1:])
    if verbs == 0:
        # Verbs are without number, so a word that has the form of one is half an excuse.
        fault = 0.25 if any(word.endswith("s") and len(word) > 3 for word in words[1:]) else 0.7
    else:
        fault = 0.5 if own < 1 else 0.0
    if not words:
        return fault
    if words[0] in _OPENS_HALF and ("," not in text or verbs < 2):
        fault += 0.6
    if (words[0] in _OPENS_PHRASE or words[0].endswith("ing")) and (verbs < 2 or "," not in text):
        fault += 0.3
    return fault


def _without_opening(words: Sequence[str]) -> Sequence[str]:
    """Without "I think" and what else has a verb and says nothing."""
    at = 0
    while at < len(words) and words[at] in _OPENERS:
        at += 1
    if list(words[at : at + 1]) == ["i"] and words[at + 1 : at + 2] and words[at + 1] in _SUPPOSING:
        at += 2
    return words[at:]


def names(text: str) -> int:
    """How many names and numbers it tells."""
    return len(_NAME.findall(text))
