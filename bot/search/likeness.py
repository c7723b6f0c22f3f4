"""How alike the words of a query are to those of the windows that are looked at closely."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from bot.search.alignment import Floats, Likeness
from bot.search.field import Field
from bot.search.hashing import I64, U32
from bot.search.sounds import sounds_of

# Below this two words are different words.
_ALIKE = 0.5
# Words written together or apart must be nearly the same: there are many neighbours to try.
_JOINED_ALIKE = 0.8
# What is spelt otherwise but sounds the same is this much alike at least.
_SAME_SOUND = 0.8


def compare(
    field: Field, words: Sequence[str], of_part: I64, windows: U32, same: npt.NDArray[np.bool_]
) -> Likeness:
    """`same` tells by window, place and word which are equal; the words that are not met in every window are compared."""
    missed = np.flatnonzero(~same.any(1).all(0)).tolist()
    alike = same.astype(np.float32)
    if not missed:
        return Likeness(alike)
    # Each word once, by part and number.
    keyed = of_part[:, None] << 32 | windows
    unique, places = np.unique(keyed, return_inverse=True)
    places = places.reshape(windows.shape)
    texts = [field.segments[key >> 32].word(key & 0xFFFFFFFF) for key in unique.tolist()]
    wanted = [words[word] for word in missed]
    likes = cdist(wanted, texts, scorer=OSA.normalized_similarity, score_cutoff=_ALIKE, dtype=np.float32)
    _raise_same_sounds(likes, wanted, texts)
    missing = ~same.any(1)
    for row, word in enumerate(missed):
        alike[:, :, word] = np.where(missing[:, word, None], likes[row][places], alike[:, :, word])
    return Likeness(
        alike,
        _written_apart(words, missed, texts, places, alike.shape),
        _written_together(words, missed, texts, places, alike.shape),
    )


def _raise_same_sounds(likes: Floats, wanted: Sequence[str], texts: Sequence[str]) -> None:
    sounds = sounds_of([*wanted, *texts])
    where: dict[str, list[int]] = {}
    for place, sound in enumerate(sounds[len(wanted) :]):
        if len(sound) > 1:
            where.setdefault(sound, []).append(place)
    for row, sound in enumerate(sounds[: len(wanted)]):
        for place in where.get(sound, ()):
            likes[row, place] = max(likes[row, place], _SAME_SOUND)


def _written_apart(
    words: Sequence[str], missed: Sequence[int], texts: Sequence[str], places: I64, shape: tuple[int, ...]
) -> Floats | None:
    """Words of the query against two neighbours of the window, as far as they begin alike."""
    found: Floats | None = None
    heads: dict[str, list[int]] = {}
    for word in missed:
        if len(words[word]) > 2:
            heads.setdefault(words[word][0], []).append(word)
    first = np.fromiter((text[:1] in heads for text in texts), np.bool_, len(texts))
    for window, place in np.argwhere(first[places[:, :-1]]).tolist():
        one, two = texts[places[window, place]], texts[places[window, place + 1]]
        if not two:
            continue
        for word in heads[one[0]]:
            if abs(len(one) + len(two) - len(words[word])) > 2:
                continue
            alike = OSA.normalized_similarity(words[word], one + two, score_cutoff=_JOINED_ALIKE)
            if alike:
                if found is None:
                    found = np.zeros(shape, np.float32)
                found[window, place, word] = alike
    return found


def _written_together(
    words: Sequence[str], missed: Sequence[int], texts: Sequence[str], places: I64, shape: tuple[int, ...]
) -> Floats | None:
    """Two neighbours of the query, one of them not met, against words of the window."""
    starts = [
        word for word in {place - after for place in missed for after in (0, 1)} if 0 <= word < len(words) - 1
    ]
    if not starts:
        return None
    joined = [words[word] + words[word + 1] for word in starts]
    likes = cdist(
        joined, texts, scorer=OSA.normalized_similarity, score_cutoff=_JOINED_ALIKE, dtype=np.float32
    )
    if not likes.any():
        return None
    found = np.zeros(shape, np.float32)
    for row, word in enumerate(starts):
        found[:, :, word] = likes[row][places]
    return found
