"""A moment as it is shown: its words cut out of its turns."""

from collections.abc import Sequence

from bot.search.excerpt import excerpt
from bot.search.moments import Moment
from bot.search.words import word_spans
from storage.models import Quote, SpokenTurn


def quote_of(moment: Moment, turns: Sequence[SpokenTurn]) -> Quote | None:
    """`turns` are those of the moment's episode from its first to its last position.

    None where they are not those that were indexed: the transcript has changed since.
    """
    if not turns:
        return None
    spans = word_spans(turns[0].text)
    last_spans = spans if len(turns) == 1 else word_spans(turns[-1].text)
    if moment.first_word >= len(spans) or not 0 < moment.end_word <= len(last_spans):
        return None
    start, end = spans[moment.first_word][0], last_spans[moment.end_word - 1][1]
    shown = excerpt([(turn.speaker, turn.text) for turn in turns], start, end)
    return Quote(
        episode_id=moment.episode_id,
        position=moment.first_position,
        speaker=turns[0].speaker,
        start_ms=moment.start_ms,
        end_ms=moment.end_ms,
        text=shown.text,
        match=shown.match,
        score=moment.score,
    )
