"""Restore the lines of notes that a page delivered as one line, without line breaks.

    ...Timestamps* 00:00:00 Introductions* 00:02:08 HiringTranscriptAda [00:00:00]: Hey.Bob [00:00:11]: Hi.

Inside a block there are spaces, but between two blocks nothing is left: a letter touches a time, or a bullet touches
a word. Lines are broken in such places.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.chapters.inline_lists import ends_with_its_times
from bot.text.html_lines import Line, without_bold
from bot.text.timecodes import STAMP, TIME, to_ms

_STAMP = re.compile(STAMP)
_ANY_TIME = re.compile(rf"{STAMP}|{TIME}")
_GLUED_BULLET = re.compile(r"(?<![\s*])[*•] (?=\S)")
_TRANSCRIPT = re.compile(
    r"(?:Full |Episode |Podcast )?Transcripts?:?(?=\s?[\[(*]|[^\W\d_]|\s?$|\s[^\s]{1,20} [\[(])"
)
_HEADING_BEFORE_LIST = re.compile(
    r"(?:Podcast |Episode |Video )?(?:Time\s?[Ss]tamps|Chapters|Sections|Outline):?(?=\s?(?:\* |[\[(]?\d))"
)
_SECTION = re.compile(
    r"(?<=[^\s\W_]|[.!?…)”\"'’:])"
    r"(?:Show [Nn]otes|Full Video|Video [Pp]odcast|Video [Ee]pisode|Full Episode|Transcripts?|Links|References"
    r"|Resources|Related|Recommended|Mentioned|AI Summary|Watch|Subscribe|Further [Rr]eading|Companies and|People"
    r"|Timestamps|Chapters|Like and subscribe)\b"
)

_NAME_WORD = r"(?:[A-Z][^\W_]*(?:[’'&-][^\W_]+)*|(?:[A-Z]|Dr|Mr|Mrs|Ms|Prof|St|Jr|Sr)\.)"
_NAME = (
    rf"{_NAME_WORD}(?: (?:{_NAME_WORD}|[#&]?\d{{1,2}}|&|de|da|van|von|der)){{0,4}}"
    r"|speaker \d{1,2}|[a-z][a-z0-9]{1,15}"
)
_ENDS = re.escape(".!?…,;:-—–\"”’')]")
# A name right behind the end of a sentence, or behind a space where the block before it ended with one.
_TAIL = re.compile(rf"(?:^|(?<=[{_ENDS}]))(?P<name>{_NAME})$")
_TAIL_SPACED = re.compile(rf"(?<=[{_ENDS}])\s(?P<name>{_NAME})$")
_TAIL_CAMEL = re.compile(rf"(?<=[^\W\dA-Z_])(?P<name>{_NAME_WORD}(?: {_NAME_WORD}){{0,3}})$")
_TAIL_WORD = re.compile(rf"(?P<name>{_NAME})$")
_STAMP_BEFORE = re.compile(rf"{STAMP}\s$")
_SPACES_BEFORE = re.compile(r"\s+$")
_AFTER_STAMP = re.compile(r"\s?:")
_GLUED_NAME = re.compile(rf"(?:(?<=[^\s(\[])|(?<=\]\s))(?P<name>{_NAME}):(?=\s)")

_BRACKETED_NAME = re.compile(r"\]\s?([a-z][a-z0-9]{1,15}):")
_COLON_BEFORE = re.compile(r"\s?:\s?$")
_LOWER_WORD = re.compile(r"\b[^\W\d_A-Z][^\W_]*")

_NAME_WINDOW = 64
_MAX_NAMES = 60
_TITLE_GAP = 300


def is_flattened(lines: Sequence[Line]) -> bool:
    """Whether most times of the notes are in a single line."""
    counts = [len(_ANY_TIME.findall(line.text)) for line in lines]
    most = max(counts, default=0)
    return most >= 3 and most * 2 > sum(counts)


def unflatten(text: str) -> list[str]:
    """The lines of `text`."""
    text = without_bold(text.replace("\xa0", " "))
    breaks: set[int] = set()
    start = _transcript_start(text, breaks)
    list_end = _break_list(text[:start], breaks)
    speech = start if start < len(text) else list_end
    names = _break_names(text, list_end, speech, breaks)
    _break_stamps(text, speech, names, breaks)
    breaks.update(_named_breaks(text, speech, names, frozenset(breaks)))
    cuts = sorted({0, len(text), *breaks})
    return [text[left:right] for left, right in pairwise(cuts)]


def _transcript_start(text: str, breaks: set[int]) -> int:
    """Where the speech below a heading "Transcript" begins; the end of the text if there is no such heading."""
    for found in _TRANSCRIPT.finditer(text):
        before = text[max(0, found.start() - 2) : found.start()]
        # With a space before the word, and no full stop before the space, it is part of a sentence.
        if before and before[-1] == " " and before[0] not in '.!?…:)”"':
            continue
        window = text[found.end() : found.end() + 6000]
        end = found.end()
        # In "Transcriptsam" the s belongs to the speaker's name.
        if found.group().endswith("s") and re.match(r"[a-z]", window) and not re.match(r"[A-Z\[]", window):
            end -= 1
        if _STAMP.search(window) or _GLUED_NAME.search(window):
            breaks.update((found.start(), end))
            return end
    return len(text)


def _break_list(text: str, breaks: set[int]) -> int:
    """Break the list of chapters into lines. Returns where it ends, 0 if there is no list."""
    for found in _GLUED_BULLET.finditer(text):
        breaks.add(found.start())
    if ends_with_its_times(text):
        # Each title would get the time of the one before it.
        return 0
    times = [found for found in _ANY_TIME.finditer(text) if not _is_speaker_stamp(text, found)]
    glued = [found for found in times if _is_glued(text, found)]
    run = _longest_run(glued) or _longest_run(_below_heading(text, times))
    if not run:
        return 0
    if heading := _last_heading(text, run[0].start()):
        breaks.update(heading)
    titles_first = all(_touches_right(text, found) or found.end() == len(text) for found in run)
    for found in run:
        if titles_first:
            breaks.add(found.end())
        elif text[max(0, found.start() - 2) : found.start()] in {"* ", "• "}:
            breaks.add(found.start() - 2)
        else:
            breaks.add(found.start())
    if not titles_first:
        longest = max(right.start() - left.end() for left, right in pairwise(run))
        end = _title_end(text, run[-1].end(), longest)
        breaks.add(end)
        return end
    return run[-1].end()


def _below_heading(text: str, times: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """The times below a heading or from 0:00 on; without either, "from 2:00 to 4:00 to 7:00" is prose."""
    heading = _HEADING_BEFORE_LIST.search(text)
    begins = (found.start() for found in times if to_ms(found.group()) == 0)
    begin = heading.start() if heading else next(begins, len(text))
    return [found for found in times if found.start() >= begin]


def _last_heading(text: str, end: int) -> tuple[int, int] | None:
    begin = max(0, end - 200)
    found = [*_HEADING_BEFORE_LIST.finditer(text, begin, min(len(text), end + 3))]
    return found[-1].span() if found else None


def _longest_run(times: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """The longest run of ascending times that are no further apart than a title is long."""
    best: list[re.Match[str]] = []
    run: list[re.Match[str]] = []
    last_ms = 0
    for found in times:
        ms = to_ms(found.group())
        if run and (ms < last_ms - 60_000 or found.start() - run[-1].end() > _TITLE_GAP):
            run = []
        run.append(found)
        last_ms = ms
        if len(run) > len(best):
            best = run
    return best if len(best) >= 2 else []


def _is_speaker_stamp(text: str, found: re.Match[str]) -> bool:
    """Whether this is the time of `Name [00:00:12]:`, rather than of `[00:00:12]: Title`, which follows no letter."""
    before = text[max(0, found.start() - 2) : found.start()]
    return bool(
        _AFTER_STAMP.match(text, found.end())
        and text[found.start()] in "[("
        and re.search(r"\w\s?$", before)
        and before[-1:] == " "
    )


def _is_glued(text: str, found: re.Match[str]) -> bool:
    start = found.start()
    if start == 0 or text[max(0, start - 2) : start] in {"* ", "• "}:
        return True
    return text[start - 1] not in " ([-–—" or _touches_right(text, found)


def _touches_right(text: str, found: re.Match[str]) -> bool:
    """Whether nothing separates a bracketed time from what follows it."""
    if found.group()[-1] not in "])" or found.end() == len(text):
        return False
    return text[found.end()] not in " :.,;?!)]-–—"


def _break_names(text: str, list_end: int, speech: int, breaks: set[int]) -> list[str]:
    """Break before paragraphs that begin with a speaker and a time. Returns the speakers, the longest name first."""
    ends = [
        end
        for found in _STAMP.finditer(text, list_end)
        if (end := _name_end(text, found, speech)) is not None
    ]
    names = _learn_names(text, ends, speech)
    for end in ends:
        tail = _tail(text, end, speech)
        if name := _name_before(tail, names):
            breaks.add(end - (len(tail) - tail.rindex(name)))
    return names


def _name_end(text: str, found: re.Match[str], speech: int) -> int | None:
    """Where the name before a time ends: `Name [00:00:12]:` or `Name: [00:00:12] `."""
    if _AFTER_STAMP.match(text, found.end()):
        if found.start() < speech and not _is_speaker_stamp(text, found):
            return None
        spaces = _SPACES_BEFORE.search(text, max(0, found.start() - _NAME_WINDOW), found.start())
        return spaces.start() if spaces else found.start()
    if before := _COLON_BEFORE.search(text, max(0, found.start() - 4), found.start()):
        return before.start() if found.start() >= speech else None
    return None


def _learn_names(text: str, ends: Sequence[int], speech: int) -> list[str]:
    counts: Counter[str] = Counter()
    for end in ends:
        tail = _tail(text, end, speech)
        if found := _TAIL.search(tail) or _TAIL_SPACED.search(tail) or _TAIL_CAMEL.search(tail):
            counts[found["name"]] += 1
    glued = Counter(found["name"] for found in _GLUED_NAME.finditer(text, speech))
    bracketed = Counter(found[1] for found in _BRACKETED_NAME.finditer(text, speech))
    lower = set(_LOWER_WORD.findall(text))
    for name, count in glued.items():
        # A lower-case name needs a bracket before it; a name used once must not occur as an ordinary word.
        known = bracketed[name] > 1 if name[0].islower() else count > 1 or name.lower() not in lower
        if known and len(name) > 1:
            counts[name] += max(2, count)
    names = [
        name for name, count in counts.items() if count > 1 and not _has_glued_suffix(name, count, counts)
    ]
    return sorted(
        sorted(names, key=lambda name: -counts[name])[:_MAX_NAMES], key=lambda name: (-len(name), name)
    )


def _has_glued_suffix(name: str, count: int, counts: Counter[str]) -> bool:
    """Whether `name` is another name with the end of a sentence before it: "IAda Moore"."""
    return any(name[at - 1] != " " and counts[name[at:]] > count for at in range(1, len(name) - 1))


def _tail(text: str, end: int, speech: int) -> str:
    """The text before the time at `end`, no further back than the beginning of the speech."""
    begin = max(0, end - _NAME_WINDOW)
    return text[max(begin, speech) if speech < end else begin : end].rstrip()


def _name_before(tail: str, names: Sequence[str]) -> str | None:
    """The speaker's name at the end of `tail`."""
    for name in names:
        if tail.endswith(name):
            return name
    for form in (_TAIL, _TAIL_CAMEL, _TAIL_SPACED, _TAIL_WORD):
        if found := form.search(tail):
            return found["name"]
    return None


def _named_breaks(text: str, speech: int, names: Sequence[str], breaks: frozenset[int]) -> Iterator[int]:
    """Where `Name: ` begins a paragraph, for known names."""
    if not names:
        return
    known = "|".join(map(re.escape, names))
    form = re.compile(rf"(?:(?<=[^\s(\[])|(?<=[{_ENDS}]\s))(?:{known})\s?:(?=[\s\[.A-Z])")
    for found in form.finditer(text, speech):
        # In "[00:00:12] Name:" the line begins at the time, unless that time ends the previous line.
        before = _STAMP_BEFORE.search(text, max(0, found.start() - 24), found.start())
        if before is None or before.start() not in breaks:
            yield found.start()


def _break_stamps(text: str, speech: int, names: Sequence[str], breaks: set[int]) -> None:
    """Break before times that begin a paragraph, and behind those that end one.

    Which it is shows in where they touch their neighbour: a time that ends a paragraph touches the next one.
    """
    stamps = [found for found in _STAMP.finditer(text, speech) if not _AFTER_STAMP.match(text, found.end())]
    left = [found for found in stamps if found.start() == speech or text[found.start() - 1] not in " (["]
    right = [found for found in stamps if _touches_right(text, found)]
    leading = len(left) > len(right) and len(left) * 10 >= len(stamps) * 7
    touching = {found.start() for found in right}
    named = tuple(names)
    for found in stamps:
        is_left = text[found.start() - 1 : found.start()] not in {" ", "(", "["}
        if found.start() in touching and (not is_left or (named and text.startswith(named, found.end()))):
            breaks.add(found.end())
        elif is_left or leading:
            before = text[max(0, found.start() - 40) : found.start()]
            # In "Name: [00:00:12]" the line begins at the name.
            if not re.search(r":\s?$", before):
                breaks.add(found.start())


_AROUND = ".,;:!?()[]“”\"'’"
# "McKay", "iPhone".
_ODD_CASE = re.compile(r"Mc|Mac[A-Z]|[ie][A-Z]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z](?:[a-z]|\s))")
_GLUED_SENTENCE = re.compile(
    r"(?<=[a-z0-9)”\"'’][.!?…])(?=[“\"]?[A-Z](?:[a-z]|\s))|(?<=[\w.?!)][)”\"?!])(?=[“\"]?[A-Z](?:[a-z]|\s))"
    r"|(?<=[A-Z])(?=(?:The|What|How|Why|When|In|We|This|That|Our|As|For|Today)\s)"
)
_MAX_LAST_TITLE = 600


def _title_end(text: str, start: int, longest: int) -> int:
    """Where the last chapter's title, which begins at `start`, ends and the next block touches it.

    `longest` is the length of the longest other title. A word like "LangChain" is taken for one word, and not for the
    end of a title and the next block, if the text has it more than once.
    """
    following = _STAMP.search(text, start, start + _MAX_LAST_TITLE)
    title = text[start : following.start() if following else start + _MAX_LAST_TITLE]
    if found := _SECTION.search(title):
        title = title[: found.start()]
    if (found := _GLUED_SENTENCE.search(title)) and text.count(_token_at(title, found.start())) < 2:
        title = title[: found.start()]
    for found in _CAMEL.finditer(title):
        token = _token_at(title, found.start())
        if text.count(token.strip(_AROUND)) < 2 and not re.match(
            rf"[{re.escape(_AROUND)}]*(?:Mc|Mac|[ie][A-Z])", token
        ):
            title = title[: found.start()]
            break
    if len(title) > max(120, 2 * longest):
        # Prose follows behind a space, so only the end of its first sentence can be found.
        title = re.split(r"(?<=[.!?])\s", title, maxsplit=1)[0]
    return start + len(title)


def _token_at(text: str, at: int) -> str:
    begin = text.rfind(" ", 0, at) + 1
    end = text.find(" ", at)
    return text[begin : end if end >= 0 else len(text)]
