"""A moment as it is shown: its words cut out of its turns."""

from collections.abc import Sequence

from bot.search.hits import Moment
from bot.search.snippet import excerpt
from bot.text.tokenizer import word_spans
from storage.models import Quote, SpokenTurn


def quote_of(moment: Moment, turns: Sequence[SpokenTurn]) -> Quote | None:
    """`turns` are those of the moment's episode from its first to its last position.

    None where they are not those that were indexed: the transcript has changed since.
    """
    if not turns:
        return None
    spans = [word_spans(turn.text) for turn in turns[:-1]]
    spans.append(word_spans(turns[-1].text, moment.end_word))
    if moment.first_word >= len(spans[0]) or not 0 < moment.end_word <= len(spans[-1]):
        return None
    start, end = spans[0][moment.first_word][0], spans[-1][moment.end_word - 1][1]
    met = _met(moment, spans)
    shown = excerpt([(turn.speaker, turn.text) for turn in turns], start, end, met)
    return Quote(
        episode_id=moment.episode_id,
        position=moment.first_position,
        speaker=turns[0].speaker,
        start_ms=moment.start_ms,
        end_ms=moment.end_ms,
        text=shown.text,
        match=shown.match,
        score=moment.score,
        marks=shown.marks,
    )


def _met(moment: Moment, spans: Sequence[Sequence[tuple[int, int]]]) -> list[tuple[int, int, int]]:
    """The turn and the characters of the words that were met; of words that follow each other as one."""
    stretches: list[tuple[int, int, int]] = []
    turn, before = 0, 0
    last = (-1, -1)
    for place in moment.met:
        word = moment.first_word + place - before
        while turn + 1 < len(spans) and word >= len(spans[turn]):
            word -= len(spans[turn])
            before += len(spans[turn])
            turn += 1
        if word >= len(spans[turn]):
            break
        start, end = spans[turn][word]
        if last == (turn, word - 1):
            stretches[-1] = (turn, stretches[-1][1], end)
        else:
            stretches.append((turn, start, end))
        last = (turn, word)
    return stretches
