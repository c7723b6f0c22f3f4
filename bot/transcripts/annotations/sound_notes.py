"""Notes about sounds inside a text: `[laughs]`, `(applause)`, `*laughter*`, `♪ ... ♪`."""

from __future__ import annotations

import re

from bot.text.timecodes import TIMELIKE

_SOUNDS_TEXT = """
    alarm alert applauds applause barking barks beat beep beeping beeps bell bells birdsong blank_audio bleep boo
    booing
    breath breathes breathing breaths buzzer buzzing cheer cheering cheers chime chimes chirping chuckle chuckles
    chuckling clap clapping claps cough coughing coughs cries crosstalk cross-talk crying ding exhale exhales fanfare
    gasp gasping gasps giggle giggles giggling groan groaning groans grunt grunts gunshot gunshots hissing howl
    howling
    howls hum humming hums inaudible indistinct inhale inhales inhaling instrumental jingle kissing laugh laughing
    laughs laughter laugher moan moans mumbles mumbling murmuring music musical no_speech noise noises pause pauses
    rustling scoffs scream screaming screams shout shouting shouts sigh sighing sighs silence singing sings siren
    sirens sneeze sneezes sniff sniffing sniffles sniffs snore snores snort snorts sob sobbing sobs song sound sounds
    static tada thud thunder ticking unclear unintelligible whispering whispers whistle whistles whistling yawn
    yawning
    yawns yells
    applaudissements gelächter geräusch geräusche gelache gelach lachen lacht lachend klatschen klingeln musik
    musikeinspieler räuspern räuspert seufzt stille unverständlich applaus beifall schmunzelt
    musique rire rires rit riant silence soupir toux inaudible
    aplauso aplausos música musica ríe risa risas risos suspiro silencio silêncio tos
    applausi applauso risa risate risata ride sospira sospiro
    muziek gelach applaus gelächter latter musikk skratt skrattar applåder bifall naurua musiikkia
    śmiech śmieje muzyka oklaski brawa cisza westchnienie
    смех смеется смеётся смеются музыка аплодисменты вздох пауза тишина неразборчиво
    сміх музика оплески
    笑 笑い 笑い声 笑声 拍手 音楽 音乐 音樂 掌声 掌聲 鼓掌 音楽 웃음 음악 박수
    γέλια μουσική χειροκρότημα kahkaha gülüşmeler müzik alkış alkışlar
"""
_SOUNDS = frozenset(_SOUNDS_TEXT.split())
# What may stand beside a sound; nothing of this is one alone.
_BESIDE_TEXT = """
    a again all an and at audience background band big both briefly continues continuing crowd dog door dramatic drum
    effect effects electronic end ends ending everyone excerpt fade fades fading faint fast foreign funky gentle group
    guitar happy heavily heavy host hosts in intro into jazzy lightly lively loud loudly mellow mid
    musical nervous nervously of off offscreen on opening out outro over phone piano playful playing plays pop public
    quiet quietly ringing rings rock sad sample slow soft softly sound speaker starts stops suspenseful synth techno
    the theme they throat together transition up upbeat win fail wolf
    clears clearing speaks speaking language voices interposing overlapping simultaneous talk
"""
_BESIDE = frozenset(_BESIDE_TEXT.split())
_PHRASES = frozenset(
    {
        "clears throat", "clearing throat", "foreign language", "interposing voices", "overlapping voices",
        "phone ringing", "phone rings", "speaking foreign language", "speaks foreign language", "no audio",
        "cross talk", "overlapping speech", "simultaneous speech", "blank audio", "no speech", "drum roll",
        "record scratch",
    }
)  # fmt: skip

_BRACKETED = re.compile(
    r"\[([^\[\]\n]{1,80})\]|\(([^()\n]{1,60})\)|(?<![\w*])\*([^\s*][^*\n]{0,40})\*(?![\w*])"
)
_OPENS = re.compile(r"[\[(*]")
_NOTES = re.compile(r"[♪♫♬🎵🎶]")
_MAX_SUNG = 2000
# The time of what could not be understood: "[unintelligible 00:12:33.20]".
_TIMES = re.compile(rf"\\?e?{TIMELIKE}")
_WORDS = re.compile(r"[^\W\d]+(?:['’-][^\W\d]+)*")
_MAX_WORDS = 6


def sound_notes(text: str) -> list[tuple[int, int]]:
    """The spans [from, to) of the notes about sounds in `text`, in order and apart."""
    spans = []
    if _OPENS.search(text) is not None:
        spans = [found.span() for found in _BRACKETED.finditer(text) if _is_note(found)]
    if sung := _sung(text):
        spans = _joined(sorted(spans + sung))
    return spans


def is_sound(text: str) -> bool:
    """Whether `text` says nothing but notes about sounds."""
    spans = sound_notes(text)
    if not spans:
        return False
    at = 0
    for start, end in spans:
        if any(character.isalnum() for character in text[at:start]):
            return False
        at = end
    return not any(character.isalnum() for character in text[at:])


def _is_note(found: re.Match[str]) -> bool:
    inside = found[1] or found[2] or found[3]
    words = [word.casefold() for word in _WORDS.findall(_TIMES.sub(" ", inside))]
    if not 0 < len(words) <= _MAX_WORDS:
        return False
    if " ".join(words) in _PHRASES:
        return True
    if not any(word in _SOUNDS for word in words):
        return False
    if found[1] is None:
        # In round brackets people say things: every word must speak of a sound.
        return all(word in _SOUNDS or word in _BESIDE for word in words) and not re.search(r"\d", inside)
    # In square brackets an editor speaks, unless it is a link's text or a word put in.
    return len(words) < 3 or sum(word in _SOUNDS or word in _BESIDE for word in words) * 2 >= len(words)


def _sung(text: str) -> list[tuple[int, int]]:
    """From one musical note to the next, and the whole text where it begins with one that nothing closes."""
    notes = [found.start() for found in _NOTES.finditer(text)]
    spans: list[tuple[int, int]] = []
    number = 0
    while number < len(notes):
        start = notes[number]
        closing = number + 1
        if closing < len(notes) and notes[closing] - start <= _MAX_SUNG:
            spans.append((start, notes[closing] + 1))
            number += 2
            continue
        whole = not text[:start].strip() and len(text) <= _MAX_SUNG
        spans.append((start, len(text) if whole else start + 1))
        number += 1
    return spans


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
