"""How similar the words of a query are to the words of the windows that are aligned.

Words are compared by OSA distance (optimal string alignment), normalised by the longer word's length, and by phonetic
key.
"""

from collections.abc import Sequence

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from bot.search.index.dtypes import F32, I64, U32, Bools
from bot.search.index.hashing import phonetic_codes
from bot.search.index.index_view import IndexView
from bot.search.index.phonetics import phonetic_keys
from bot.search.matching.alignment import WordSimilarity

# Words that are less similar than this don't match.
_MIN_SIMILARITY = 0.5
# Words written together or apart must be nearly equal, as there are many neighbours to try.
_MIN_COMPOUND_SIMILARITY = 0.8
# The least similarity of words that sound the same.
_SAME_SOUND = 0.8
# A word with a counterpart this similar is misspelt, not split in two.
_MISSPELT = 0.75
_ORDINAL_SHIFT = np.int64(32)
_WORD_ID_MASK = np.int64(0xFFFFFFFF)
_MANY = 150


def compare_words(
    view: IndexView, words: Sequence[str], ordinals: I64, windows: U32, equal: Bools
) -> WordSimilarity:
    """Compare the words that have no equal in a window; `equal` is windows × places × words."""
    missing: Bools = ~np.asarray(equal.any(1))
    missed: list[int] = np.asarray(missing.any(0)).nonzero()[0].tolist()
    single = equal.astype(np.float32)
    if not missed:
        return WordSimilarity(single)
    # Segment ordinals and word ids as one number; if there are many, each is compared once.
    keys: I64 = (ordinals[:, None] << _ORDINAL_SHIFT | windows).ravel()
    columns: I64 = np.arange(len(keys)).reshape(windows.shape)
    if len(keys) > _MANY:
        keys, inverse = np.unique(keys, return_inverse=True)
        columns = inverse.reshape(windows.shape)
    texts = _texts(view, keys)
    wanted = [words[word] for word in missed]
    # Two neighbours in the query, one of them missed, may have been written as one.
    pairs = [word for word in range(len(words) - 1) if word in missed or word + 1 in missed]
    queried = [*wanted, *(words[word] + words[word + 1] for word in pairs)]
    similarities = cdist(
        queried, texts, scorer=OSA.normalized_similarity, score_cutoff=_MIN_SIMILARITY, dtype=np.float32
    )
    by_word, by_pair = similarities[: len(wanted)], similarities[len(wanted) :]
    best: list[float] = by_word.max(1).tolist()
    maybe_split = [word for word, similarity in zip(missed, best, strict=True) if similarity < _MISSPELT]
    codes = phonetic_codes(phonetic_keys(wanted))
    same_sound = np.equal.outer(np.where(codes == 0, 1, codes), _phonetic_codes(view, keys))
    by_word[same_sound] = np.maximum(by_word[same_sound], _SAME_SOUND)
    single[:, :, missed] = np.where(missing[:, None, missed], by_word.T[columns], single[:, :, missed])
    return WordSimilarity(
        single,
        _compare_split(words, maybe_split, texts, columns, single.shape),
        _compare_joined(pairs, by_pair, columns, single.shape),
    )


def _texts(view: IndexView, keys: I64) -> list[str]:
    if len(view.segments) == 1:
        return view.segments[0].words(keys.tolist())
    return [view.segments[key >> 32].word(key & 0xFFFFFFFF) for key in keys.tolist()]


def _phonetic_codes(view: IndexView, keys: I64) -> U32:
    if len(view.segments) == 1:
        return view.segments[0].phonetic_codes[keys]
    ordinals = keys >> _ORDINAL_SHIFT
    codes = np.empty(len(keys), np.uint32)
    for ordinal in np.unique(ordinals).tolist():
        mine = ordinals == ordinal
        codes[mine] = view.segments[ordinal].phonetic_codes[keys[mine] & _WORD_ID_MASK]
    return codes


def _compare_split(
    words: Sequence[str], chosen: Sequence[int], texts: Sequence[str], columns: I64, shape: tuple[int, ...]
) -> F32 | None:
    """Compare words of the query with two neighbours in the window, where the first is about their beginning."""
    found: F32 | None = None
    by_letter: dict[str, list[int]] = {}
    for word in chosen:
        if len(words[word]) > 2:
            by_letter.setdefault(words[word][0], []).append(word)
    begins = [at for at, text in enumerate(texts) if text[:1] in by_letter]
    if not begins:
        return None
    first = np.zeros(len(texts), np.bool_)
    first[begins] = True
    for window, place in np.argwhere(first[columns[:, :-1]]).tolist():
        one, two = texts[columns[window, place]], texts[columns[window, place + 1]]
        for word in by_letter[one[0]]:
            if not two or not _may_be_split(words[word], one, two):
                continue
            similarity = OSA.normalized_similarity(
                words[word], one + two, score_cutoff=_MIN_COMPOUND_SIMILARITY
            )
            if similarity:
                if found is None:
                    found = np.zeros(shape, np.float32)
                found[window, place, word] = similarity
    return found


def _may_be_split(text: str, one: str, two: str) -> bool:
    return one[:3] == text[: len(one)][:3] and abs(len(one) + len(two) - len(text)) <= 2


def _compare_joined(
    pairs: Sequence[int], similarities: F32, columns: I64, shape: tuple[int, ...]
) -> F32 | None:
    """The similarities of joined neighbours in the query, spread over the windows."""
    similarities[similarities < _MIN_COMPOUND_SIMILARITY] = 0
    if not similarities.any():
        return None
    found = np.zeros(shape, np.float32)
    for row, word in enumerate(pairs):
        found[:, :, word] = similarities[row][columns]
    return found
