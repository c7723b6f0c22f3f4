"""The tables of a segment, made of a stream of words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.search.index.hashing import I64, U32, U64, pair_hashes, sound_codes, sound_hashes, spelling_hashes_of
from bot.search.index.phonetics import sounds_of
from bot.search.index.segment import TURN_TABLES, VERSION
from bot.search.index.segment_file import Table, write_file

# Words that are more common than one in so many have no list of their places: pairs find them.
_COMMON = 400
_COMMON_AT_LEAST = 2_000
# Pairs that stand in more places than this have no list either, nor those few that share a bucket with one.
_PAIR_MOST = 4_000
_APART = (1, 2)
_AT_A_TIME = 1 << 19
_SHORTEST_SPELT = 4
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Content:
    """What a segment holds, before its tables are made.

    The first word is none (""), the first speaker nobody (""); they are numbered by their places in these lists.
    `turns` are the tables of that name, those of `TURN_TABLES`.
    """

    words: Sequence[str]
    hashes: U64
    stream: U32
    speakers: Sequence[str]
    turns: Mapping[str, Table]
    episodes: I64
    episode_word: U32
    episode_end: U32


def write_segment(folder: Path, content: Content) -> Path:
    """Write the segment; OSError from the disk."""
    words, hashes, counts, stream = _by_frequency(content)
    speakers, turn_speaker = _by_name(content)
    tables: dict[str, Table] = {"stream": stream, "counts": counts}
    tables |= _vocabulary(words, hashes)
    tables |= _word_places(stream, counts)
    tables |= _pair_places(stream, hashes)
    tables |= {name: content.turns[name] for name in TURN_TABLES}
    tables["turn_speaker"] = turn_speaker
    tables["episodes"] = content.episodes
    tables["episode_word"] = content.episode_word
    tables["episode_end"] = content.episode_end
    return write_file(folder, VERSION, tables, speakers)


def _by_frequency(content: Content) -> tuple[list[str], U64, U32, U32]:
    """Words, hashes, counts and stream, numbered by falling frequency; words that are nowhere are left out."""
    counts = np.bincount(content.stream, minlength=len(content.words))
    counts[0] = 0
    order = sorted(range(1, len(content.words)), key=lambda word: (-counts[word], content.words[word]))
    order = [0, *(word for word in order if counts[word])]
    renumbered = np.zeros(len(content.words), np.uint32)
    renumbered[order] = np.arange(len(order))
    return (
        [content.words[word] for word in order],
        content.hashes[order],
        counts[order].astype(np.uint32),
        renumbered[content.stream],
    )


def _by_name(content: Content) -> tuple[list[str], U32]:
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
    numbers = np.arange(len(words), dtype=np.uint64)
    spellings, counts = spelling_hashes_of("".join(words), lengths)
    counts &= (lengths >= _SHORTEST_SPELT)[:, None]
    sounds = sound_codes(sounds_of(words))
    heard = sounds > 0
    return {
        "letters": np.frombuffer(b"".join(encoded), np.uint8),
        "letters_end": np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded))).astype(np.uint32),
        "hashes": hashes[order],
        "hash_words": order.astype(np.uint32),
        "sounds": sounds,
        **_in_buckets("spelling", "words", spellings[counts], np.repeat(numbers, counts.sum(1))),
        **_in_buckets("sound", "words", sound_hashes(sounds)[heard], numbers[heard]),
    }


def _word_places(stream: U32, counts: U32) -> dict[str, Table]:
    """Where each word stands, but for the most common ones."""
    kept = counts <= max(_COMMON_AT_LEAST, len(stream) // _COMMON)
    kept[0] = False
    places = np.flatnonzero(kept[stream]).astype(np.uint64)
    keyed = np.sort(stream[places].astype(np.uint64) << _HALF | places)
    ends = np.cumsum(np.where(kept, counts, 0))
    return {
        "word_from": np.concatenate((np.zeros(1), ends)).astype(np.uint32),
        "word_places": keyed.astype(np.uint32),
    }


def _pair_places(stream: U32, hashes: U64) -> dict[str, Table]:
    """Where each word stands with the next one, and with the one after that, but for the most common pairs."""
    bits = _bits(len(stream) * len(_APART), 4)
    keyed = [_keyed(keys, places, bits) for apart in _APART for keys, places in _pairs(stream, hashes, apart)]
    return _by_bucket("pair", "places", np.concatenate([np.zeros(0, np.uint64), *keyed]), bits, _PAIR_MOST)


def _pairs(stream: U32, hashes: U64, apart: int) -> Iterator[tuple[U64, U64]]:
    """Keys and places of pairs, a part of the stream at a time: in small parts the work stays in the cache."""
    for start in range(0, len(stream) - apart, _AT_A_TIME):
        end = min(start + _AT_A_TIME, len(stream) - apart)
        first, second = stream[start:end], stream[start + apart : end + apart]
        inside = np.flatnonzero((first != 0) & (second != 0))
        keys = pair_hashes(hashes[first[inside]], hashes[second[inside]], apart)
        yield keys, (inside + start).astype(np.uint64)


def _bits(count: int, per_bucket: int) -> int:
    return max(1, (count // per_bucket).bit_length() - 1)


def _keyed(keys: U64, values: U64, bits: int) -> U64:
    """Buckets, the upper bits of the keys, in the upper and values in the lower half."""
    return keys >> np.uint64(64 - bits) << _HALF | values


def _in_buckets(name: str, of: str, keys: U64, values: U64) -> dict[str, Table]:
    """Values by the upper bits of their keys, about one to a bucket."""
    bits = _bits(len(keys), 1)
    return _by_bucket(name, of, _keyed(keys, values, bits), bits)


def _by_bucket(name: str, of: str, keyed: U64, bits: int, most: int | None = None) -> dict[str, Table]:
    """Tables of `keyed`; buckets with more than `most` are left empty."""
    keyed.sort()
    sizes = np.bincount((keyed >> _HALF).astype(np.int64), minlength=1 << bits)
    if most is not None and sizes.max(initial=0) > most:
        keyed = keyed[np.repeat(sizes <= most, sizes)]
        sizes[sizes > most] = 0
    starts = np.zeros(len(sizes) + 1, np.uint32)
    np.cumsum(sizes, out=starts[1:])
    return {f"{name}_from": starts, f"{name}_{of}": keyed.astype(np.uint32)}
