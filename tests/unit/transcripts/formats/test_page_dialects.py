"""Pages as hosts and blogs write them, with menus, comments and footers around talk in many languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transcripts.reader import read_transcript
from bot.transcripts.turns.cues import TranscriptError
from tests.unit.transcripts.expectations import Expectation, Stretch, problems
from tests.unit.transcripts.formats.test_text_notations import STARTS, TALKS, clock, expected, short

AROUND = (
    "<!DOCTYPE html><html><head><title>Part 41 | The mill</title><style>.a{{color:red}}</style></head>"
    '<body class="single has-sidebar comments-open"><a class="skip-link" href="#main">Skip to content</a>'
    '<header class="top"><nav><ul><li><a href="/">Home</a></li><li><a href="/a">About</a></li></ul></nav></header>'
    '<div class="page-wrap">{}</div>'
    '<aside><h3>Latest</h3><ul><li><a href="/1">The old bridge</a></li><li><a href="/2">Weirs</a></li></ul></aside>'
    '<div id="comments"><h2>2 comments</h2><ol class="commentlist"><li><cite class="fn">Mara</cite>'
    '<time datetime="2026-03-04T10:12:00Z">10:12</time><p>I loved this one.</p></li>'
    '<li><cite class="fn">Tom</cite><p>So did I.</p></li></ol></div>'
    '<div class="cookie-notice">We use cookies. <button>Accept</button></div>'
    '<footer><p>© 2026 The Mill Show. All rights reserved.</p></footer><script>var x="Ada: hi";</script></body>'
)
NOWHERE = (
    "Home",
    "cookies",
    "rights",
    "loved",
    "So did I",
    "old bridge",
    "color",
    "Accept",
    "Skip",
    "Part 41",
    "var x",
)
POST = (
    '<div class="entry-content"><p class="post-meta">Posted on <time datetime="2026-03-04">March 4</time></p>'
    "<h1>The mill</h1>{}</div>"
)
NOTES = (
    "<main><div><h2>Notes</h2><p>We loved to talk about mills, the people who keep them, and the winter in which "
    'the river froze.</p></div><section id="transcript"><h2>Transcript</h2>{}</section></main>'
)

Written = Callable[[str, int, str], str]
# Each with whether it names speakers and times, and what stands around all and each of the lines.
DIALECTS: dict[str, tuple[bool, bool, str, Written]] = {
    "cite, time, p": (
        True,
        True,
        "{}",
        lambda n, s, t: f"<cite>{n}:</cite> <time>{short(s)}</time><p>{t}</p>",
    ),
    "cite alone": (True, False, "<article>{}</article>", lambda n, _s, t: f"<p><cite>{n}</cite> {t}</p>"),
    "classes of spans": (
        True,
        True,
        "{}",
        lambda n, s, t: (
            f'<p><span class="c1">{n}</span> <span class="c2">{clock(s)}</span> <span class="c3">{t}</span></p>'
        ),
    ),
    "classes of divs": (
        True,
        True,
        POST,
        lambda n, s, t: (
            f'<div class="r"><div class="who">{n}</div><div class="tc">[{short(s)}]</div><p>{t}</p></div>'
        ),
    ),
    "items of a list": (
        True,
        True,
        "<ul>{}</ul>",
        lambda n, s, t: (
            f'<li><span class="t">{short(s)}</span><span class="n">{n}</span><span class="x">{t}</span></li>'
        ),
    ),
    "a table": (
        True,
        True,
        "<table><tr><th>Start</th><th>End</th><th>Wer</th><th>Was</th></tr>{}</table>",
        lambda n, s, t: (
            f"<tr><td>{clock(s)}</td><td>{clock(s + 3)}</td><td><b>{n}</b></td><td><p>{t}</p></td></tr>"
        ),
    ),
    "a table, times beside names": (
        True,
        True,
        "<table>{}</table>",
        lambda n, s, t: f"<tr><td>{n} ({short(s)})</td><td>{t}</td></tr>",
    ),
    "terms": (True, False, "<dl>{}</dl>", lambda n, _s, t: f"<dt>{n}</dt><dd><p>{t}</p></dd>"),
    "terms with times": (
        True,
        True,
        "<dl>{}</dl>",
        lambda n, s, t: f"<dt>{n} <small>{short(s)}</small></dt><dd>{t}</dd>",
    ),
    "attributes": (True, True, "{}", lambda n, s, t: f'<p data-speaker="{n}" data-start="{s}.0">{t}</p>'),
    "milliseconds": (
        True,
        True,
        "<main>{}</main>",
        lambda n, s, t: f'<span data-start-time="{s * 1000}"><strong>{n}:</strong> {t}</span><br>',
    ),
    "headings": (True, True, POST, lambda n, s, t: f"<h3>{n} <span>{short(s)}</span></h3><p>{t}</p>"),
    "headings alone": (True, False, POST, lambda n, _s, t: f"<h4>{n}</h4><p>{t}</p>"),
    "buttons": (
        True,
        True,
        "{}",
        lambda n, s, t: f'<div><button data-seek="{s}">{short(s)}</button> <b>{n}</b> <span>{t}</span></div>',
    ),
    "links to times": (
        True,
        True,
        POST,
        lambda n, s, t: f'<p><b>{n}</b> <a href="https://v.example/?t={s}">({short(s)})</a><br>{t}</p>',
    ),
    "bold, colon outside": (True, False, POST, lambda n, _s, t: f"<p><strong>{n}</strong>: {t}</p>"),
    "bold without colon": (True, False, POST, lambda n, _s, t: f"<p><strong>{n}</strong> {t}</p>"),
    "bold above": (True, False, POST, lambda n, _s, t: f"<p><b>{n}</b></p><p>{t}</p>"),
    "plain": (True, False, POST, lambda n, _s, t: f"<p>{n}: {t}</p>"),
    "plain, times above": (True, True, POST, lambda n, s, t: f"<p>{n}: {clock(s)}</p><p>{t}</p>"),
    "plain, wide brackets": (True, True, POST, lambda n, s, t: f"<p>【{clock(s)}】{n}：{t}</p>"),
    "lines of one paragraph": (True, True, "<p>{}</p>", lambda n, s, t: f"{n} ({short(s)}): {t}<br>"),
    "preformatted": (True, True, "<pre>{}</pre>", lambda n, s, t: f"[{clock(s)}] {n}: {t}\n"),
    "quotes": (
        True,
        True,
        POST,
        lambda n, s, t: f"<blockquote><p><b>{n} [{short(s)}]:</b> {t}</p></blockquote>",
    ),
    "times alone": (
        False,
        True,
        "{}",
        lambda _n, s, t: f'<p><span class="timestamp">{short(s)}</span> {t}</p>',
    ),
    "nobody named": (False, False, POST, lambda _n, _s, t: f"<p>{t}</p>"),
    "comments without a name": (
        True,
        False,
        '<div class="txt">{}</div><div class="talk"><p><cite>Mara</cite> says: I loved this one.</p></div>',
        lambda n, _s, t: f"<p>{n}: {t}</p>",
    ),
    "notes above": (
        True,
        False,
        NOTES,
        lambda n, _s, t: f"<p><strong>{n}:</strong> {t}</p>",
    ),
}


def page(dialect: str, language: str) -> str:
    _, _, around, written = DIALECTS[dialect]
    names, said = TALKS[language]
    lines = (written(names[n % 2], s, t) for n, (s, t) in enumerate(zip(STARTS, said, strict=True)))
    return AROUND.format(around.format("".join(lines)))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_in_every_language(dialect: str) -> None:
    named, timed, *_ = DIALECTS[dialect]
    for language in ("de", "fr", "es", "ru", "ja", "zh", "en"):
        expectation = replace(
            expected(language, named=named, timed=timed), head=True, nowhere=NOWHERE, untimed=not timed
        )
        turns = read_transcript(page(dialect, language).encode(), "text/html").turns
        assert problems(expectation, turns) == [], language
        assert {turn.speaker for turn in turns} <= {*TALKS[language][0], None}


NAMES, SAID = ("Ada Moore", "Bo Lind"), TALKS["en"][1]
BOLD = "".join(f"<p><strong>{NAMES[n % 2]}:</strong> {text}</p>" for n, text in enumerate(SAID))
PLAIN = "".join(f"<p>{NAMES[n % 2]}: {text}</p>" for n, text in enumerate(SAID))
# What is no speaker, no time and no talk.
ODD = {
    "a book's title above": f"<p><cite>The Sea Book</cite> is what we talk about.</p>{PLAIN}",
    "a post's date": f'<p><time datetime="2024-03-02">10:15</time></p>{BOLD}',
    "an author": f'<div class="meta"><i class="date">12:45</i> <i class="author">Kit Moss</i></div>{BOLD}',
    "comments": f"<div><div>{BOLD}</div><div><p><time>10:12</time> <b>Mara</b> Nice.</p></div></div>",
    "a copyright below": f"{BOLD}<p>© 2026 The Sea Show. All rights reserved.</p><p>We use cookies.</p>",
    "a note below": f'{PLAIN}<p>Wir verwenden Cookies auf dieser Seite.</p><p><a href="/i">Impressum</a></p>',
    "links below": f'{BOLD}<p><a href="/1">Older episode</a> | <a href="/2">Newer episode</a></p>',
    "a list of links": f'<article>{BOLD}<h2>Links</h2><ul><li><a href="x">The Sea Book</a></li></ul></article>',
    "buttons": f"<div><button>Share</button></div><div>{BOLD}</div><div><button>Share</button></div>",
    "a player": f"<div><button>Play</button> <span>0:00</span> / <span>45:12</span></div><div>{BOLD}</div>",
    "chapters above": f'<ul><li><a href="#a">0:00</a> Boats</li><li><a href="#b">12:30</a> Nets</li></ul>{BOLD}',
    "two parts": f"<section><h2>One</h2>{BOLD.replace('</p><p>', '</p></section><section><p>', 1)}</section>",
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_talk_on_a_page(odd: str) -> None:
    turns = read_transcript(f"<html><body>{ODD[odd]}</body></html>".encode(), "text/html").turns
    said = tuple(Stretch((NAMES[n % 2],), None, text) for n, text in enumerate(SAID))
    assert problems(Expectation(said=said, head=True, untimed=True), turns) == []
    assert {turn.speaker for turn in turns} <= {*NAMES, None}


def test_words_with_a_time_each_become_turns() -> None:
    page = "".join(
        f'<p><span class="speaker">{NAMES[n % 2]}: </span>'
        + " ".join(
            f'<span data-m="{n * 9000 + k * 300}">{word}</span>' for k, word in enumerate(text.split())
        )
        + "</p>"
        for n, text in enumerate(SAID)
    )
    turns = read_transcript(f"<html><body>{page}</body></html>".encode(), "text/html").turns
    said = tuple(Stretch((NAMES[n % 2],), n * 9, text) for n, text in enumerate(SAID))
    assert problems(Expectation(said=said), turns) == []
    assert len(turns) == len(SAID)


TAGS = (
    "p",
    "cite",
    "/cite",
    "time",
    "/time",
    "table",
    "tr",
    "td",
    "/table",
    "dl",
    "dt",
    "dd",
    "b",
    "/b",
    "footer",
    "pre",
)
PIECES = st.sampled_from(
    [
        *(f"<{tag}>" for tag in TAGS),
        "<div class=who>",
        "<p data-start=5>",
        "Ada",
        "Bo:",
        "0:05",
        " mill ",
        "\n",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_page_is_read_or_refused(markup: str) -> None:
    try:
        turns = read_transcript(f"<html><body>{markup}".encode(), "text/html").turns
    except TranscriptError:
        return
    assert " ".join(turn.text for turn in turns).count("mill") <= markup.count("mill")
    starts = [turn.start_ms for turn in turns if turn.start_ms is not None]
    assert starts == sorted(starts)
