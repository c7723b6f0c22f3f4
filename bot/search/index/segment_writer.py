"""Writing a segment: from a stream of words to its tables.

A word's or pair's postings are the places where it was said. Pairs, deletions and phonetic keys are stored in
buckets: the upper bits of a hash name one, which may hold values of other hashes as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.search.index.dtypes import I64, U32, U64, Bools
from bot.search.index.hashing import deletion_hashes_of_text, pair_hashes, phonetic_codes, phonetic_hashes
from bot.search.index.phonetics import phonetic_keys
from bot.search.index.segment import TURN_TABLES, VERSION
from bot.search.index.segment_file import Table, write_file

# Words more frequent than one in so many are stop words: they have no postings, and only pairs find them.
_STOP_WORD_ONE_IN = 400
_STOP_WORD_AT_LEAST = 2_000
# Buckets of pairs with more postings than this are left empty.
_MAX_PAIR_POSTINGS = 4_000
# Pairs are a word with the next one, and with the one after that.
_APART = (1, 2)
_CHUNK = 1 << 17
# Words with fewer letters than this are never looked up by their deletions.
_MIN_FUZZY_LETTERS = 4
_HALF = np.uint64(32)
_NO_BUCKET = 2**32 - 1
# Memory bounds the size of a segment: so many postings are sorted, and so many words are deleted from, at once.
_SORTED_AT_ONCE = 500_000
_WORDS_AT_ONCE = 8_192


@dataclass(frozen=True, slots=True)
class SegmentContent:
    """What a segment holds, before its tables are built.

    Words and speakers are numbered by their places in these lists; the first of each is "", for none. `turns` are the
    tables named in `TURN_TABLES`.
    """

    words: Sequence[str]
    hashes: U64
    stream: U32
    speakers: Sequence[str]
    turns: Mapping[str, Table]
    episodes: I64
    episode_word: U32
    episode_end: U32


def write_segment(folder: Path, content: SegmentContent) -> Path:
    """Write the segment and return its path. Raises OSError. The content's stream is used up."""
    words, hashes, counts = _by_frequency(content)
    stream = content.stream
    speakers, turn_speaker = _by_name(content)
    tables: dict[str, Table] = {"stream": stream, "counts": counts}
    tables |= _vocabulary(words, hashes)
    tables |= _word_postings(stream, counts)
    tables |= _pair_postings(stream, hashes)
    tables |= {name: content.turns[name] for name in TURN_TABLES}
    tables["turn_speaker"] = turn_speaker
    tables["episodes"] = content.episodes
    tables["episode_word"] = content.episode_word
    tables["episode_end"] = content.episode_end
    return write_file(folder, VERSION, tables, speakers)


def _by_frequency(content: SegmentContent) -> tuple[list[str], U64, U32]:
    """Words, hashes and counts by falling frequency, without words that are never said.

    The stream is renumbered where it is, since a copy would be of the size of all that is indexed.
    """
    counts = np.zeros(len(content.words), np.int64)
    for start in range(0, len(content.stream), _CHUNK):
        counts += np.bincount(content.stream[start : start + _CHUNK], minlength=len(counts))
    counts[0] = 0
    order = sorted(range(1, len(content.words)), key=lambda word: (-counts[word], content.words[word]))
    order = [0, *(word for word in order if counts[word])]
    renumbered = np.zeros(len(content.words), np.uint32)
    renumbered[order] = np.arange(len(order))
    for start in range(0, len(content.stream), _CHUNK):
        chunk = content.stream[start : start + _CHUNK]
        chunk[:] = renumbered[chunk]
    return [content.words[word] for word in order], content.hashes[order], counts[order].astype(np.uint32)


def _by_name(content: SegmentContent) -> tuple[list[str], U32]:
    """The names of the speakers who say something, sorted, and the renumbered speaker of each turn."""
    used = np.unique(content.turns["turn_speaker"]).tolist()
    names = ["", *sorted(content.speakers[speaker] for speaker in used if speaker)]
    renumbered = np.zeros(len(content.speakers), np.uint32)
    for number, name in enumerate(names):
        renumbered[content.speakers.index(name)] = number
    return names, renumbered[content.turns["turn_speaker"]]


def _vocabulary(words: list[str], hashes: U64) -> dict[str, Table]:
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    order = np.argsort(hashes[1:], kind="stable") + 1
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    word_ids = np.arange(len(words), dtype=np.uint64)
    deletions, deleted_of = _deletions(words, lengths)
    codes = phonetic_codes(phonetic_keys(words))
    coded = codes > 0
    return {
        "letters": np.frombuffer(b"".join(encoded), np.uint8),
        "letters_end": np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded))).astype(np.uint32),
        "hashes": hashes[order],
        "hash_words": order.astype(np.uint32),
        "sounds": codes,
        **_in_buckets("spelling", "words", deletions, deleted_of),
        **_in_buckets("sound", "words", phonetic_hashes(codes)[coded], word_ids[coded]),
    }


def _deletions(words: list[str], lengths: I64) -> tuple[U64, U64]:
    """The hashes of the words with letters deleted, and the word of each; some words at a time, as there are many."""
    hashes, of_words = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
    for start in range(0, len(words), _WORDS_AT_ONCE):
        of_some = lengths[start : start + _WORDS_AT_ONCE]
        found, valid = deletion_hashes_of_text("".join(words[start : start + _WORDS_AT_ONCE]), of_some)
        valid &= (of_some >= _MIN_FUZZY_LETTERS)[:, None]
        hashes.append(found[valid])
        of_words.append(np.repeat(np.arange(start, start + len(of_some), dtype=np.uint64), valid.sum(1)))
    return np.concatenate(hashes), np.concatenate(of_words)


def _word_postings(stream: U32, counts: U32) -> dict[str, Table]:
    """The postings of each word that is no stop word, sorted for some words at a time."""
    kept = counts <= max(_STOP_WORD_AT_LEAST, len(stream) // _STOP_WORD_ONE_IN)
    kept[0] = False
    ends = np.cumsum(np.where(kept, counts, 0))
    places = _sorted_places([stream], kept, ends)
    return {
        "word_from": np.concatenate((np.zeros(1), ends)).astype(np.uint32),
        "word_places": places,
    }


def _pair_postings(stream: U32, hashes: U64) -> dict[str, Table]:
    """The postings of each pair, except the most common ones; sorted for some buckets at a time."""
    bits = _bits(len(stream) * len(_APART), 4)
    # The bucket of the pair that begins at each place.
    of_places = np.full((len(_APART), len(stream)), _NO_BUCKET, np.uint32)
    sizes = np.zeros(1 << bits, np.int64)
    for row, apart in zip(of_places, _APART, strict=True):
        for keys, places in _pairs(stream, hashes, apart):
            row[places] = keys >> np.uint64(64 - bits)
            sizes += np.bincount(row[places], minlength=len(sizes))
    sizes[sizes > _MAX_PAIR_POSTINGS] = 0
    ends = np.cumsum(sizes)
    posted = _sorted_places(of_places, sizes > 0, ends)
    starts = np.zeros(len(sizes) + 1, np.uint32)
    starts[1:] = ends
    return {"pair_from": starts, "pair_places": posted}


def _sorted_places(numbered: Iterable[U32], kept: Bools, ends: I64) -> U32:
    """The places by their numbers, and by place where these are equal; those whose number is not `kept` are left out.

    `numbered` has a number for each place, once or several times; `ends` counts the places up to each number.
    """
    places = np.empty(int(ends[-1]), np.uint32)
    filled, first = 0, 0
    while filled < len(places):
        last = max(first + 1, int(np.searchsorted(ends, filled + _SORTED_AT_ONCE, "right")))
        keyed = [np.zeros(0, np.uint64)]
        for numbers in numbered:
            for start in range(0, len(numbers), _CHUNK):
                chunk = numbers[start : start + _CHUNK]
                at = np.flatnonzero((chunk >= first) & (chunk < last))
                at = at[kept[chunk[at]]]
                keyed.append(chunk[at].astype(np.uint64) << _HALF | (at + start).astype(np.uint64))
        some = np.concatenate(keyed)
        some.sort()
        places[filled : filled + len(some)] = some.astype(np.uint32)
        filled, first = filled + len(some), last
    return places


def _pairs(stream: U32, hashes: U64, apart: int) -> Iterator[tuple[U64, U64]]:
    """Hashes and places of pairs, a chunk of the stream at a time, as small arrays stay in the CPU's cache."""
    for start in range(0, len(stream) - apart, _CHUNK):
        end = min(start + _CHUNK, len(stream) - apart)
        first, second = stream[start:end], stream[start + apart : end + apart]
        inside = np.flatnonzero((first != 0) & (second != 0))
        keys = pair_hashes(hashes[first[inside]], hashes[second[inside]], apart)
        yield keys, (inside + start).astype(np.uint64)


def _bits(count: int, per_bucket: int) -> int:
    return max(1, (count // per_bucket).bit_length() - 1)


def _keyed(keys: U64, values: U64, bits: int) -> U64:
    """The bucket of each key in the upper half of 64 bits, the value in the lower half."""
    return keys >> np.uint64(64 - bits) << _HALF | values


def _in_buckets(name: str, of: str, keys: U64, values: U64) -> dict[str, Table]:
    """Tables of values by the buckets of their keys, about one value a bucket."""
    bits = _bits(len(keys), 1)
    keyed = _keyed(keys, values, bits)
    keyed.sort()
    sizes = np.bincount((keyed >> _HALF).astype(np.int64), minlength=1 << bits)
    starts = np.zeros(len(sizes) + 1, np.uint32)
    np.cumsum(sizes, out=starts[1:])
    return {f"{name}_from": starts, f"{name}_{of}": keyed.astype(np.uint32)}
