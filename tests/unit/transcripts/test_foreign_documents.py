"""What is no transcript is told for what it is; what resembles such a thing is read."""

from __future__ import annotations

import pytest

from bot.transcripts.reader import read_transcript
from bot.transcripts.turns.cues import TranscriptError
from storage.models import TranscriptSource

LOGIN = '<form action="/login"><input type="email"><input type="password"><button>Weiter</button></form>'
WORDS = " ".join(["The kettle is on and the lamp is lit."] * 30)

FOREIGN: list[tuple[str | bytes, str]] = [
    ("{\\rtf1\\ansi Ada: Lamps.\\par Bo: Kettles.}", "an RTF document"),
    (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + b"lamp " * 50, "a PDF document"),
    (b"PK\x03\x04" + bytes(range(256)), "an archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "an office document"),
    (b"\xff\xfb\x90\x64" + bytes(range(256)), "a recording"),
    (b"\0\0\0\x20ftypM4A " + bytes(range(256)), "a recording"),
    ("<html><title>Konto</title><body><h1>Anmelden</h1>" + LOGIN + "</body></html>", "asks to sign in"),
    (
        "<html><title>Mi cuenta</title><body><h2>Inicia sesión</h2><p>Escribe tu correo.</p></body></html>",
        "sign in",
    ),
    (
        "<html><head><title>Seite nicht gefunden</title></head><body><p>Zur Startseite</p></body></html>",
        "nothing was",
    ),
    ("<html><body><h1>Страница не найдена</h1><a href='/'>На главную</a></body></html>", "nothing was found"),
    ("<html><body><h1>ページが見つかりません</h1></body></html>", "nothing was found"),
    (
        "<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>",
        "an error message",
    ),
    (
        "<html><head><title>Just a moment...</title></head><body>Enable JavaScript and cookies</body></html>",
        "error",
    ),
    ("404: Not Found", "nothing was found"),
    ("Access denied.\n\nRequest ID: 7f3a", "an error message"),
    (
        "Traceback (most recent call last):\n  File \"app.py\", line 3, in x\nKeyError: 'a'\n",
        "an error message",
    ),
    ('<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Key>a.vtt</Key></Error>', "an error message"),
    ('<?xml version="1.0"?><rss version="2.0"><channel><title>Lamps</title></channel></rss>', "XML (<rss>)"),
    ('<svg xmlns="http://www.w3.org/2000/svg"><text>Lamps</text></svg>', "XML (<svg>)"),
    ('{"error": {"code": 403, "message": "The key is not valid"}}', "an error message"),
    ('{"message": "Not Found", "documentation_url": "https://docs.example"}', "an error message"),
    ('{"detail": "Authentication credentials were not provided."}', "an error message"),
    ("day,show,plays\n2026-01-01,a,4\n2026-01-02,b,5\n", "a table of 3 columns"),
    ("Land;Tag;Hörer\nDE;1;1204\nFR;2;310\nNL;3;95\n", "a table of 3 columns"),
    ("name\tplays\tsince\nLamps\t12\t2020\nKettles\t9\t2021\n", "a table of 3 columns"),
    (
        '"when","who","note"\n"May","Ada","I like this show a lot"\n"June","Bo","It is fine, I think"\n',
        "a table",
    ),
    ("function lamp() {\n  const oil = 3;\n  return oil;\n}\nlamp();\n", "program code"),
    ("import os\n\ndef lamp(oil):\n    return os.environ[oil]\n\nclass Lamp:\n    oil = 3\n", "program"),
    ("#!/bin/sh\necho lamps", "program code"),
    ("body { color: red; }\n.lamp { width: 3px; }\n@media print { a { color: black } }\n", "program code"),
    ("#EXTM3U\n#EXT-X-VERSION:3\nlamps0.vtt\n", "a playlist"),
    ("{10}{60}The kettle is on.\n{70}{99}At last.\n", "count frames"),
    (
        "2026-01-01 10:00:00 INFO started\n2026-01-01 10:00:01 WARN slow\n2026-01-01 10:00:02 INFO ok\n",
        "a log",
    ),
    ("TGFtcHMgYXJlIG5vIHNtYWxsIG1hdHRlci4" * 30, "encoded data"),
]


@pytest.mark.parametrize(("body", "says"), FOREIGN)
def test_what_is_no_transcript(body: str | bytes, says: str) -> None:
    raw = body if isinstance(body, bytes) else body.encode()
    with pytest.raises(TranscriptError) as caught:
        read_transcript(raw, "text/vtt")
    assert str(caught.value).startswith("The file is no transcript but ")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        "404 is what Ada said when she could not find it.\n\n" + WORDS,
        "Ada: Access denied, it said.\n\nBo: Not found?\n\nAda: Yes.",
        f"<html><head><title>The 404 page</title></head><body><h1>Lamps</h1><p>{WORDS}</p></body></html>",
        "<html><head><title>Not found</title></head><body><h1>Not found</h1><p>Ada: 1.<p>Bo: 2.<p>Ada: 3.",
        "First, lamps, then kettles.\n\nNow, well, then stones.\n\nSo, yes, and salt.",
        "<ada> The kettle is on.\n<bo> At last.\n",
        "Lamps; kettles; stones.\n\nAnd salt.",
        '{"error": null, "segments": [{"start": 1, "text": "Lamps."}]}',
        "Ada\t00:01\tThe kettle is on now.\nBo\t00:02\tAt last it is.\nAda\t00:03\tSo it is now.\n",
    ],
)
def test_what_resembles_it_and_is_read(body: str) -> None:
    assert read_transcript(body.encode(), None).turns


def test_a_format_that_is_forced_is_read_whatever_it_resembles() -> None:
    assert read_transcript(b"404: Not Found", None, forced=TranscriptSource("text")).turns
