"""How alike the words of a query are to those of the windows that are looked at closely."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from bot.search.index.hashing import I64, U32, sound_codes
from bot.search.index.index_view import Field
from bot.search.index.phonetics import sounds_of
from bot.search.matching.alignment import Floats, Likeness

# Below this two words are different words.
_ALIKE = 0.5
# Words written together or apart must be nearly the same: there are many neighbours to try.
_JOINED_ALIKE = 0.8
# What is spelt otherwise but sounds the same is this much alike at least.
_SAME_SOUND = 0.8
_MISSPELT = 0.75
_HALF = np.int64(32)
_MANY = 150
_NUMBER = np.int64(0xFFFFFFFF)


def compare(
    field: Field, words: Sequence[str], of_part: I64, windows: U32, same: npt.NDArray[np.bool_]
) -> Likeness:
    """`same` tells by window, place and word which are equal; words that are not met in a window are compared."""
    missing: npt.NDArray[np.bool_] = ~np.asarray(same.any(1))
    missed: list[int] = np.asarray(missing.any(0)).nonzero()[0].tolist()
    alike = same.astype(np.float32)
    if not missed:
        return Likeness(alike)
    # Words by part and number; of many each once.
    keys: I64 = (of_part[:, None] << _HALF | windows).ravel()
    places: I64 = np.arange(len(keys)).reshape(windows.shape)
    if len(keys) > _MANY:
        keys, inverse = np.unique(keys, return_inverse=True)
        places = inverse.reshape(windows.shape)
    texts = _texts(field, keys)
    wanted = [words[word] for word in missed]
    # Two neighbours of the query, one of them not met, may be written as one.
    pairs = [word for word in range(len(words) - 1) if word in missed or word + 1 in missed]
    asked = [*wanted, *(words[word] + words[word + 1] for word in pairs)]
    all_likes = cdist(asked, texts, scorer=OSA.normalized_similarity, score_cutoff=_ALIKE, dtype=np.float32)
    likes, together = all_likes[: len(wanted)], all_likes[len(wanted) :]
    best: list[float] = likes.max(1).tolist()
    # What is misspelt is no word that was written apart.
    apart = [word for word, like in zip(missed, best, strict=True) if like < _MISSPELT]
    codes = sound_codes(sounds_of(wanted))
    same_sound = np.equal.outer(np.where(codes == 0, 1, codes), _sounds(field, keys))
    likes[same_sound] = np.maximum(likes[same_sound], _SAME_SOUND)
    alike[:, :, missed] = np.where(missing[:, None, missed], likes.T[places], alike[:, :, missed])
    return Likeness(
        alike,
        _written_apart(words, apart, texts, places, alike.shape),
        _written_together(pairs, together, places, alike.shape),
    )


def _texts(field: Field, keys: I64) -> list[str]:
    """The words by part and number."""
    if len(field.segments) == 1:
        return field.segments[0].texts(keys.tolist())
    return [field.segments[key >> 32].word(key & 0xFFFFFFFF) for key in keys.tolist()]


def _sounds(field: Field, keys: I64) -> U32:
    """The sound of each word, by part and number."""
    if len(field.segments) == 1:
        return field.segments[0].sounds[keys]
    of_part = keys >> _HALF
    sounds = np.empty(len(keys), np.uint32)
    for part in np.unique(of_part).tolist():
        mine = of_part == part
        sounds[mine] = field.segments[part].sounds[keys[mine] & _NUMBER]
    return sounds


def _written_apart(
    words: Sequence[str], missed: Sequence[int], texts: Sequence[str], places: I64, shape: tuple[int, ...]
) -> Floats | None:
    """Words of the query against two neighbours of the window, the first of which they begin with, about."""
    found: Floats | None = None
    starts: dict[str, list[int]] = {}
    for word in missed:
        if len(words[word]) > 2:
            starts.setdefault(words[word][0], []).append(word)
    begins = [at for at, text in enumerate(texts) if text[:1] in starts]
    if not begins:
        return None
    first = np.zeros(len(texts), np.bool_)
    first[begins] = True
    for window, place in np.argwhere(first[places[:, :-1]]).tolist():
        one, two = texts[places[window, place]], texts[places[window, place + 1]]
        for word in starts[one[0]]:
            text = words[word]
            if not two or one[:3] != text[: len(one)][:3] or abs(len(one) + len(two) - len(text)) > 2:
                continue
            alike = OSA.normalized_similarity(text, one + two, score_cutoff=_JOINED_ALIKE)
            if alike:
                if found is None:
                    found = np.zeros(shape, np.float32)
                found[window, place, word] = alike
    return found


def _written_together(
    pairs: Sequence[int], likes: Floats, places: I64, shape: tuple[int, ...]
) -> Floats | None:
    """Two neighbours of the query against words of the window."""
    likes[likes < _JOINED_ALIKE] = 0
    if not likes.any():
        return None
    found = np.zeros(shape, np.float32)
    for row, word in enumerate(pairs):
        found[:, :, word] = likes[row][places]
    return found
