"""Words and phrases that tell what a sentence is: a greeting, a question, half of another one."""

from __future__ import annotations

import re

from bot.summaries.phrase_matcher import Phrases

# What is said to greet, to thank, to lead from one thing to the next, to those who listen, and of the show itself.
CEREMONY = Phrases(
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
    little|brief|short intro|introduction|bio
    we'll|will cover|discuss|explore|hear|learn about|from|how|the|what|why
    we're|are|i'm speaking|chatting|talking with|to
    leave|post|drop a|your|the|- comment|comments
    fill in the
    in here from|with|now|today
    in|on the chat|call|room|stage|space|audience
    good fortune
    episode|podcast that|we|yesterday|today
    got|have|see|find|welcome him|her|you|them|everybody|everyone here|joining
    itunes|rss feed
    google play
    new|my|our course|courses|book on|about|is|for|called
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
PROMPT = Phrases(
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
    ^like|so|and|but|or|well is|are|do|does|did|can|could|would|was|were|should|have it|that|this|there|they|you|
        we|i|he|she|the|a
    if you had|were to|asked|want|wanna|could|like|don't|haven't to|me|you|more|know|read|seen|heard|
        tell|give|one|a
    feel free
    you have|had an|any|a|some opinion|opinions|thoughts|sense|take|favorite|favourite|view|question|questions
    gonna|we'll|i'll|will|should go|get|jump|move|switch|come|dive into|onto|back|over
    one|two more|another|last question|questions|thing
    more question|questions
    i have|had a|one|another|two|some|few - few|quick|- question|questions
    """
)
# What is told of the talk itself and not in it.
EMPTY = Phrases(
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
    """
)
HANGING = re.compile(r"(?:…|\.\.|[-–—,])[\"”'’)]*$")
_LAST_WORDS_TEXT = """
    and or but so like the a an of to that because with for in is are just um uh if then as at from by which
    was were your my our their his its onto into very more than where when what right also we i he
    they there's it's yeah okay
"""
LAST_WORDS = frozenset(_LAST_WORDS_TEXT.split())
_MAY_BE_LAST_TEXT = """
    that in right so like just then more by for there where at what
"""
MAY_BE_LAST = frozenset(_MAY_BE_LAST_TEXT.split())

# Beginnings that lean on what was said before, by how much.
LEANING = (
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
            ^he|she|he's|she's|he'd|she'd|he'll|she'll|they|they're|they've|they'll|they'd
            ^whether|including|until|without|minus|meaning|hopefully|kind|sort|other|unless|whatever|hence
            """
        ),
    ),
    (
        0.45,
        Phrases(
            """
            ^like|that|that's|it|it's|it'll|it'd|its|them|him|her|his|their|those|these|such
            ^neither|both|either|then|again|anyway|anyways|even|another|also|instead|still|theirs|mine|
                ours|yours
            ^this is|was|means|has|one|thing|makes|allows|could|can|would|will
            ^i mean
            ^you know
            ^one|some|most|all|part|none|many|any|each|half|lots of them|those|these|that|it|which
            ^the other|same|latter|former
            ^in that|this case|sense|way|regard
            ^at|on|with|after|before|from|by|for|to|like|about that|this|there|those|it
            ^as a result
            ^there you
            ^here you|we|it
            ^one is|was|for|might|could|would
            ^one|two|three|four|number on|one|two|three
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
FILLER = Phrases(
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
COMMA_FILLER = re.compile(
    r", (?:like|right|so|well|you know|i mean|okay|yeah|no)\b,?|\bright[.,]", re.IGNORECASE
)
STUTTER = re.compile(
    r"\b(?:it|that|there|what|he|she)['’]s (?:I|we|you|he|she|they|it|there|the fact|it['’]s)\b"
    r"|(?<!,) like, (?!you know)"
    r"|\b([^\W\d_]+(?:['’]\w+)?),? \1\b|\b([\w'’]+ [\w'’]+),? \2\b|\bis (?:this|that|it) is\b"
    r"|\b(?:the|a|an|of|is|are|was|were|my|your|their|our|it['’]s|that['’]s|i['’]m|we['’]re|being|doing|going|have|has"
    r"|had"
    r"|kind of|sort of|can|could|would|should|will|might|must),"
    r"|\b(?:the|a|an|my|your) (?:it['’]s|the|a|an|uh|um|you know|i|we|that|and|of|is|to)\b"
    r"|\b(?:in|of|at|for) the in\b"
    # Begun, given up, begun again: "..., I don't, I'm sure ...".
    r"|, (?:i|we|you|they|he|she|it) (?!know|mean|think|guess|say|said|believe|suppose)\w+(?:['’]\w+)?, ",
    re.IGNORECASE,
)
# A sentence that goes on in small letters behind its end: the transcript was cut there and put together again.
CUT_THROUGH = re.compile(r"(?<!\betc)(?<=[a-z]{3})[.!] [a-z]{2}")
PAUSED = re.compile(r"\b(?:um|uh|er|erm|äh|ähm|euh)\b|--", re.IGNORECASE)
PAUSE = re.compile(
    r"\b(?:to|in|that|and|or|but|i|we|you|they|for|with|if|this|so|was|can|by|on|have|has|do|be),",
    re.IGNORECASE,
)
_INTERJECTIONS_TEXT = """
    yeah yep yes no nope right exactly sure okay ok oh ah uh um mm mhm wow hmm haha absolutely totally like
    so well and
"""
INTERJECTIONS = frozenset(_INTERJECTIONS_TEXT.split())
# Said to the guest about the guest.
_TOLD_TO_TEXT = """
    haven't didn't weren't been had were did wrote said went came made built took got found gave left ran spent saw
"""
WANTS_SUBJECT = frozenset(
    {"want", "wanted", "need", "gotta", "gonna", "wanna", "having", "means", "seems", "depends"}
)
TOLD_TO = frozenset(_TOLD_TO_TEXT.split())
_VAGUE_TEXT = """
    it it's that's they they're them he she him this these those stuff something its their theirs there
"""
VAGUE = frozenset(_VAGUE_TEXT.split())
VAGUE_PAIR = Phrases(
    "about|of|on|for|with|do|does|did|to|in|like|at|from|by|is|was|what|doing|did|why|how that"
)
ADDRESS = Phrases(
    """
    you guys|both
    one of your
    i know|saw|heard|read|noticed|assume|love|loved you|your|you've|you're|one
    your company|background|team|product|blog|post|paper|work|career|story|journey|original|previous|
        last|talk|own
    """
)
NO_START = re.compile(r"[^\w\"“'‘«„(¿¡$€£#]")
NOTE = re.compile(
    r"(?:^|[-–—] ?)[A-Z][\w.]+(?: [A-Z]\w+)?: |\[[^\]]*\]|\((?:inaudible|laughs?|laughter|crosstalk"
    r"|music)\)|\binaudible\b|\bcrosstalk\b|\b[Mm]m-?hmm?\b|[♪?]"
)
INTRODUCED = re.compile(
    r"(?:[Tt]his is|(?:[Aa]nd )?[Ii]['’]m) [A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?[,.]"
    r"|[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?, (?:you(?:['’]\w+)?|your|so|what|how|i|do|did|can|thanks?|welcome)\b"
)
NAME = re.compile(r"(?<=[^.!?…]\s)[A-Z][\w&.-]+|\b\d[\d.,]*[%kKMB]?|\b[A-Z]{2,}\w*")

_ENGLISH_TEXT = """
    the and of to a is that in you it for we
"""
ENGLISH = frozenset(_ENGLISH_TEXT.split())
_FINITE_TEXT = """
    is are was were am has have had do does did can could will would should may might must cannot
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
    won lies hear hears heard hunts eat eats ate burn burns drink drinks drank fly flies flew rise rises rose fight
    fights fought draw draws drew catch catches caught carry carries wear wears wore choose chooses chose speaks
    sleep sleeps slept walk walks wait waits watch watches lead leads led follow kills kill dies die moves pull pulls
    push pushes pick picks fix fixes save saves share shares learn teach teaches plan plans explain explains describe
    describes produce produces contain contains cover covers lack lacks earn earns gain gains drop drops fails fail
    belongs belong connects connect controls control protects protect represent represents replace replaces return
    returns suggest suggests develop develops ship ships launch launches scale scales deploy deploys store stores
    process processes handle handles manage manages enable enables prevent prevents force forces reduce reduces
"""
FINITE = frozenset(_FINITE_TEXT.split())
_MARKERS_TEXT = """
    who which that if when because cause where while how what whether why although since whose
"""
MARKERS = frozenset(_MARKERS_TEXT.split())
# What is half a sentence where nothing follows that it belongs to.
_OPENS_HALF_TEXT = """
    if when whenever while although though since once after before because until unless given whether as
"""
OPENS_HALF = frozenset(_OPENS_HALF_TEXT.split())
_OPENS_PHRASE_TEXT = """
    to of for with from by about into in on at like than through between without set talking
"""
OPENS_PHRASE = frozenset(_OPENS_PHRASE_TEXT.split())
# Behind these a word of both kinds is no verb.
_NOMINAL_TEXT = """
    the a an of my your our their his its this these those very more most to for with some all any no every and
"""
NOMINAL = frozenset(_NOMINAL_TEXT.split())
# Verbs where somebody stands before them, else rather nouns.
_NOUN_TOO_TEXT = """
    call use work need show play support cost care love hope look help change matter ends fit hit offer start
    talk turn train drive run set put cut read lead worry mean try build buy feel sound ask keep break fall spend
"""
NOUN_TOO = frozenset(_NOUN_TOO_TEXT.split())
_SUBJECTS_TEXT = """
    i you we they people who that which it he she folks everyone and not also just really can could will would should
    may might must do did don't didn't doesn't can't won't always never actually let's
"""
SUBJECTS = frozenset(_SUBJECTS_TEXT.split())
_HELPING_TEXT = """
    is are was were am have has had do does did can could will would should may might must cannot gonna
"""
HELPING = frozenset(_HELPING_TEXT.split())
# What stands before a comma at a beginning and is no rest of another sentence.
_ADVERBS_TEXT = """
    first second third now then today yesterday tomorrow again here there sometimes often always never one two three
    four so well and but or yes no yeah instead still meanwhile also maybe perhaps indeed overall nowadays later
    before afterwards once however moreover furthermore therefore sadly of course people historically plus besides
"""
ADVERBS = frozenset(_ADVERBS_TEXT.split())
IS = frozenset({"is", "was", "that's", "it's"})
BARE = re.compile(r"[$€£]?[\w'’-]+(?:,\d+)*,(?!\d)")
LIKE = re.compile(r"(?:[\w'’-]+ ){0,2}[\w'’-]+, like\b")
# Another beginning after the first one was given up.
RESTART = re.compile(r"[\w.], (?:he|she|it|they|we|I|you|there|that)(?:['’]\w+)? ")
BARE_START = re.compile(r"(?:[\w'’-]+ ){1,3}[\w'’-]+, (?:he|she|it|they|we|I|you|there|that)\b")
STARTS = frozenset(("i", "we", "you", "they", "he", "she", "it", "that's", "it's"))
TRAILING = re.compile(
    r", (?:like|such as|or|and|right|so|for example|especially|mostly|you know)(?: [\w'’.-]+){1,4}[.!]$"
)
_OPENERS_TEXT = """
    and but so like well now yeah yes no okay just basically actually obviously also maybe
"""
OPENERS = frozenset(_OPENERS_TEXT.split())
_SUPPOSING_TEXT = """
    think guess mean feel believe suppose
"""
SUPPOSING = frozenset(_SUPPOSING_TEXT.split())
