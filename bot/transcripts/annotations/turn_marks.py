"""What a turn is beside talk: a break, a sound, an advertisement, or a line that nobody said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bot.transcripts.annotations.ads import find_sponsors
from bot.transcripts.annotations.hallucinations import is_farewell, is_ghost, repeated_runs
from bot.transcripts.annotations.sound_notes import is_sound, sound_notes
from storage.models import Turn, TurnMark

__all__ = ["mark_turns", "pseudo_mark", "sound_notes"]

# What is written where a speaker's name stands, and is nobody. A narrator or an announcer is somebody.
_BREAK_TEXT = """
    break breaks intro outro music jingle jingles theme sting stinger bumper interlude intermission transition sfx
    song songs applause laughter silence pause credits
    musik abspann einspieler pausenmusik titelmusik pausa intervalo interludio musique générique música musica sigla
    intermezzo entracte muziek pauze musikk taukomusiikki przerwa muzyka czołówka заставка музыка пауза джингл перерыв
    перебивка 音楽 音乐 音樂 休憩 음악
"""
_SPONSOR_TEXT = """
    sponsor sponsors sponsored sponsorship ad ads advert adverts advertisement advertisements advertising commercial
    commercials promo midroll preroll postroll mid-roll pre-roll post-roll
    werbung anzeige werbeblock publicité pub réclame publicidad anuncio anuncios publicidade anúncio pubblicità
    reclame
    reklame reklam reklama mainos реклама 広告 广告 廣告 광고
"""
# These stand beside one of those, and alone they are no pseudo-speaker.
_BESIDE_TEXT = """
    a again and back background begins begin block clip closing effect effects end ending ends excerpt extract fades
    message messages note of opening out plays playing read roll segment snippet sound spot start starts station id
    the time title track transition transitional
"""
_BREAKS = frozenset(_BREAK_TEXT.split())
_SPONSORS = frozenset(_SPONSOR_TEXT.split())
_BESIDE = frozenset(_BESIDE_TEXT.split())
# Somebody's name as well: nobody only where nothing is said.
_DOUBTFUL = frozenset({"song", "songs", "ad", "pub", "theme", "sigla", "pause"})
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_LABEL = re.compile(r"\W*(\w[\w\s'’-]{0,60}?)\W*")
_MAX_LABEL_WORDS = 4

_FAREWELLS = 2


def pseudo_mark(speaker: str | None) -> TurnMark | None:
    """The mark of what a pseudo-speaker ("Break", "Outro 2", "Sponsor message") names; None for a person."""
    words = [word.casefold() for word in _WORD.findall(speaker[:80])] if speaker else []
    if not 0 < len(words) <= _MAX_LABEL_WORDS:
        return None
    if not all(word in _BREAKS or word in _SPONSORS or word in _BESIDE for word in words):
        return None
    if any(word in _SPONSORS for word in words):
        return TurnMark.SPONSOR
    return TurnMark.BREAK if any(word in _BREAKS for word in words) else None


def mark_turns(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns with their marks; one that has a mark keeps it."""
    marks: dict[int, TurnMark] = dict.fromkeys(find_sponsors(turns), TurnMark.SPONSOR)
    for number in _ghosts(turns):
        marks[number] = TurnMark.GHOST
    for number, turn in enumerate(turns):
        if mark := _pseudo(turn):
            marks[number] = mark
        elif marks.get(number) is not TurnMark.GHOST and is_sound(turn.text):
            marks[number] = TurnMark.SOUND
    return tuple(
        replace(turn, mark=marks[number]) if turn.mark is None and number in marks else turn
        for number, turn in enumerate(turns)
    )


def _pseudo(turn: Turn) -> TurnMark | None:
    mark = pseudo_mark(turn.speaker)
    if mark is None or turn.speaker is None:
        return None
    if turn.speaker.casefold() in _DOUBTFUL and not (is_sound(turn.text) or _repeats_label(turn)):
        return None
    return mark


def _repeats_label(turn: Turn) -> bool:
    """Whether the turn says no more than its label: what a break without words is written as."""
    found = _LABEL.fullmatch(turn.text[:80])
    return found is not None and found[1] == turn.speaker


def _ghosts(turns: Sequence[Turn]) -> set[int]:
    ghosts = {number for number, turn in enumerate(turns) if is_ghost(turn.text)}
    for start, end in repeated_runs([turn.text for turn in turns]):
        # People who answer each other may say the same thing for a while.
        if len({turn.speaker for turn in turns[start:end]}) == 1:
            ghosts.update(range(start, end))
    farewells = [
        number for number, turn in enumerate(turns) if turn.speaker is None and is_farewell(turn.text)
    ]
    counts = Counter(turns[number].text for number in farewells)
    ghosts.update(number for number in farewells if counts[turns[number].text] >= _FAREWELLS)
    return ghosts
