"""From a hit to a quote: the text around it, with the matched words highlighted."""

from collections.abc import Sequence

from bot.search.hits import IndexHit
from bot.search.snippet import cut_snippet
from bot.text.tokenizer import word_spans
from storage.models import Quote, SpokenTurn


def quote_of(hit: IndexHit, turns: Sequence[SpokenTurn]) -> Quote | None:
    """`turns` are those of the hit's episode from its first to its last position.

    None if they aren't those that were indexed, because the transcript has changed since.
    """
    if not turns:
        return None
    spans = [word_spans(turn.text) for turn in turns[:-1]]
    spans.append(word_spans(turns[-1].text, hit.end_word))
    if hit.first_word >= len(spans[0]) or not 0 < hit.end_word <= len(spans[-1]):
        return None
    start, end = spans[0][hit.first_word][0], spans[-1][hit.end_word - 1][1]
    shown = cut_snippet([(turn.speaker, turn.text) for turn in turns], start, end, _matched(hit, spans))
    return Quote(
        episode_id=hit.episode_id,
        position=hit.first_position,
        speaker=turns[0].speaker,
        start_ms=hit.start_ms,
        end_ms=hit.end_ms,
        text=shown.text,
        match=shown.match,
        score=hit.score,
        highlights=shown.highlights,
    )


def _matched(hit: IndexHit, spans: Sequence[Sequence[tuple[int, int]]]) -> list[tuple[int, int, int]]:
    """The matched words as turn, first character and end; adjacent words as one."""
    matched: list[tuple[int, int, int]] = []
    turn, before = 0, 0
    last = (-1, -1)
    for index in hit.matched:
        word = hit.first_word + index - before
        while turn + 1 < len(spans) and word >= len(spans[turn]):
            word -= len(spans[turn])
            before += len(spans[turn])
            turn += 1
        if word >= len(spans[turn]):
            break
        start, end = spans[turn][word]
        if last == (turn, word - 1):
            matched[-1] = (turn, matched[-1][1], end)
        else:
            matched.append((turn, start, end))
        last = (turn, word)
    return matched
