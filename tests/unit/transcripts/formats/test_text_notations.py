"""The notations in which tools write labels, each with talk in many languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.transcripts.reader import read_transcript
from bot.transcripts.turns.cues import TranscriptError
from tests.unit.transcripts.expectations import Expectation, Stretch, letters, problems

STARTS = (3, 11, 64, 93, 3_605, 3_671)
TALKS: dict[str, tuple[tuple[str, str], tuple[str, ...]]] = {
    "de": (
        ("Greta Vogel", "Jonas Krüger"),
        (
            "Guten Abend, hier ist wieder die Mühle am Bach.",
            "Danke, dass ich dabei sein darf, ich freue mich sehr.",
            "Um 10:30 sind wir heute losgegangen, wie war der Weg?",
            "Er war steil: oben lag noch Schnee.",
            "Und wer mahlt das Korn heute?",
            "Niemand mehr, seit dem Frost.",
        ),
    ),
    "en": (
        ("Prof. Una Blake", "Dr. Otto Quill"),
        (
            "Good evening, here is the old mill again.",
            "Thanks for the invitation, I waited long for it.",
            "There is one thing: who built these walls?",
            "My great-grandfather did, in twelve years.",
            "And does the wheel still turn?",
            "Only when the river is high.",
        ),
    ),
    "fr": (
        ("Élodie Marchand", "Luc Béranger"),
        (
            "Bonsoir à tous, nous revoici au vieux moulin.",
            "Merci de me recevoir, c'est un plaisir.",
            "Il y a une chose que je veux savoir : qui l'a bâti ?",
            "Mon arrière-grand-père, avec trois amis.",
            "Et la roue tourne encore aujourd'hui ?",
            "Seulement quand la rivière est haute.",
        ),
    ),
    "es": (
        ("Lucía Campos", "Íñigo Ferrer"),
        (
            "Buenas noches, volvemos al molino viejo del río.",
            "Gracias por invitarme, tenía muchas ganas.",
            "¿Quién levantó estas paredes tan gruesas?",
            "Mi bisabuelo, piedra a piedra, en doce años.",
            "¿Y ahora quién vive allí arriba?",
            "Nadie más que las golondrinas.",
        ),
    ),
    "ru": (
        ("Ольга Ветрова", "Иван Стужин"),
        (
            "Добрый вечер, мы снова у старой мельницы.",
            "Спасибо, что пригласили, я давно этого ждал.",
            "Кто построил эти толстые стены?",
            "Мой прадед, камень за камнем, двенадцать лет.",
            "А колесо ещё вертится?",
            "Только когда река высокая.",
        ),
    ),
    "ja": (
        ("佐藤", "高橋"),
        (
            "みなさんこんばんは、水車小屋の時間です。",
            "お招きいただきありがとうございます。",
            "この水車は誰が作ったのですか。",
            "曽祖父が十二年かけて作りました。",
            "今でも回っているのですか。",
            "川の水が多い日だけ回ります。",
        ),
    ),
    "zh": (
        ("王芳", "陈建国"),
        (
            "各位听众晚上好，欢迎来到老磨坊。",
            "谢谢你们请我来，我很高兴。",
            "这个水车是谁修的呢？",
            "是我的曾祖父，花了十二年。",
            "现在它还转吗？",
            "只有河水涨的时候才转。",
        ),
    ),
    "ko": (
        ("김하늘", "박준호"),
        (
            "안녕하세요, 물레방아 이야기 시간입니다.",
            "초대해 주셔서 감사합니다.",
            "이 물레방아는 누가 만들었나요?",
            "증조할아버지가 십이 년 동안 만드셨어요.",
            "지금도 돌아가나요?",
            "강물이 많은 날에만 돌아갑니다.",
        ),
    ),
}


def clock(start_s: int) -> str:
    return f"{start_s // 3600:02}:{start_s // 60 % 60:02}:{start_s % 60:02}"


def short(start_s: int) -> str:
    return f"{start_s // 60:02}:{start_s % 60:02}" if start_s < 3600 else clock(start_s).removeprefix("0")


def units(start_s: int) -> str:
    hours = f"{start_s // 3600}h" if start_s >= 3600 else ""
    return f"{hours}{start_s // 60 % 60}m{start_s % 60:02}s"


def wide(start_s: int) -> str:
    return clock(start_s).translate(str.maketrans("0123456789:", "０１２３４５６７８９："))


Written = Callable[[str, int, str], str]
# Each with whether it names speakers and times.
NOTATIONS: dict[str, tuple[bool, bool, Written]] = {
    "Name: time, words below": (True, True, lambda n, s, t: f"{n}: {clock(s)}\n{t}"),
    "Name : time, words behind a gap": (True, True, lambda n, s, t: f"{n} : {short(s)}\n\n{t}"),
    "a wide colon": (True, True, lambda n, s, t: f"{n}：{clock(s)}\n{t}"),
    "bold, time behind the colon": (True, True, lambda n, s, t: f"**{n}:** {short(s)} {t}"),
    "bold, time behind": (True, True, lambda n, s, t: f"**{n}** {short(s)}\n{t}"),
    "bold, time in brackets": (True, True, lambda n, s, t: f"**{n}** ({short(s)}) {t}"),
    "bold, time inside": (True, True, lambda n, s, t: f"**{n} [{clock(s)}]:** {t}"),
    "bold without colon": (True, False, lambda n, s, t: f"__{n}__ {t}"),
    "bold above": (True, False, lambda n, s, t: f"**{n}**\n{t}"),
    "italic": (True, False, lambda n, s, t: f"*{n}:* {t}"),
    "[Name] time": (True, True, lambda n, s, t: f"[{n}] {clock(s)} {t}"),
    "[Name] [time]": (True, True, lambda n, s, t: f"[{n}] [{short(s)}] {t}"),
    "[Name]:": (True, False, lambda n, s, t: f"[{n}]: {t}"),
    "Name [time] above": (True, True, lambda n, s, t: f"{n} [{short(s)}]\n{t}"),
    "(time) Name:": (True, True, lambda n, s, t: f"({short(s)}) {n}: {t}"),
    "Name - time above": (True, True, lambda n, s, t: f"{n} - {clock(s)}\n{t}"),
    "Name, time above": (True, True, lambda n, s, t: f"{n}, {short(s)}\n{t}"),
    "frames": (True, True, lambda n, s, t: f"{clock(s)}:14 {n}: {t}"),
    "a range in drop frames": (True, True, lambda n, s, t: f"{clock(s)};02 - {clock(s + 4)};11\n{n}\n{t}"),
    "frames without a name": (False, True, lambda n, s, t: f"{clock(s)}:14 - {clock(s + 3)}:02\n{t}"),
    "units in brackets": (True, True, lambda n, s, t: f"[{units(s)}] {n}: {t}"),
    "units behind the name": (True, True, lambda n, s, t: f"{n} ({units(s)}): {t}"),
    "units alone": (False, True, lambda n, s, t: f"{units(s)} {t}"),
    "seconds": (True, True, lambda n, s, t: f"{s}.2s {n}: {t}"),
    "a range of seconds": (False, True, lambda n, s, t: f"[{s}.00s -> {s + 4}.20s] {t}"),
    "a comma": (True, True, lambda n, s, t: f"{clock(s)},250 {n}: {t}"),
    "whisper in a terminal": (False, True, lambda n, s, t: f"[{clock(s)}.000 --> {clock(s + 3)}.480]   {t}"),
    "whisper with names": (True, True, lambda n, s, t: f"[{clock(s)}.000 --> {clock(s + 3)}.480] [{n}] {t}"),
    "[time] - Name": (True, True, lambda n, s, t: f"[{clock(s)}.37] - {n}\n{t}"),
    "tabs": (True, True, lambda n, s, t: f"{clock(s)}\t{n}\t{t}"),
    "a table": (True, True, lambda n, s, t: f"| {short(s)} - {short(s + 4)} | **{n}** | {t} |"),
    "a table without edges": (True, True, lambda n, s, t: f"{n} | {short(s)} | {t}"),
    "wide brackets": (True, True, lambda n, s, t: f"{n}（{clock(s)}）{t}"),
    "wide square brackets": (True, True, lambda n, s, t: f"［{short(s)}］{n}：{t}"),
    "【time Name】": (True, True, lambda n, s, t: f"【{clock(s)} {n}】{t}"),
    "【Name】time": (True, True, lambda n, s, t: f"【{n}】{short(s)}\n{t}"),
    "【Name】above": (True, False, lambda n, s, t: f"【{n}】\n{t}"),
    "（Name）": (True, False, lambda n, s, t: f"（{n}）{t}"),
    "<Name>": (True, True, lambda n, s, t: f"{short(s)} <{n}> {t}"),
    "wide digits": (True, True, lambda n, s, t: f"{wide(s)}　{n}：{t}"),
    "Chinese units": (
        True,
        True,
        lambda n, s, t: f"{s // 3600}小时{s // 60 % 60}分{s % 60}秒 {n}：{t}",
    ),
    "a heading with its time": (True, True, lambda n, s, t: f"### {n} ({short(s)})\n\n{t}"),
    "capitals": (True, False, lambda n, s, t: f"{n.upper()}: {t}"),
    "the name alone": (True, False, lambda n, s, t: f"{n}\n{t}"),
    "quoted": (True, True, lambda n, s, t: f"> **{n}** [{short(s)}]: {t}"),
    "a dash": (True, False, lambda n, s, t: f"{n} — {t}"),
}


def expected(language: str, *, named: bool, timed: bool) -> Expectation:
    names, said = TALKS[language]
    return Expectation(
        said=tuple(
            Stretch((names[number % 2],) if named else (), start if timed else None, text)
            for number, (start, text) in enumerate(zip(STARTS, said, strict=True))
        )
    )


def found_problems(text: str, expectation: Expectation) -> list[str]:
    return problems(expectation, read_transcript(text.encode(), "text/plain").turns)


@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_notation_in_every_language(notation: str) -> None:
    named, timed, written = NOTATIONS[notation]
    for language, (names, said) in TALKS.items():
        blocks = [
            written(names[n % 2], start, text)
            for n, (start, text) in enumerate(zip(STARTS, said, strict=True))
        ]
        text = ("\n" if "\t" in blocks[0] or "|" in blocks[0] else "\n\n").join(blocks)
        assert found_problems(text, expected(language, named=named, timed=timed)) == [], language


@pytest.mark.parametrize(("opening", "closing"), [("「", "」"), ("『", "』"), ("：「", "」")])
def test_words_in_quotation_marks(opening: str, closing: str) -> None:
    for language in ("ja", "zh"):
        names, said = TALKS[language]
        text = "\n".join(f"{names[n % 2]}{opening}{words}{closing}" for n, words in enumerate(said))
        assert found_problems(text, expected(language, named=True, timed=False)) == []


HEADERS = (
    "Episode: 41\nTitle: The mill\nDate: 3 March 2026\nHost: Una Blake\nGuests: Otto Quill\nEdited by: Kit Moss\n",
    "Folge: 41\nThema: Die Mühle\nDatum: 3. März 2026\nMusik: Wasserlied\nTranskription von: Kit Moos\n",
    "Épisode : 41\nTitre : Le moulin\nDurée : 00:45:12\nInvité : Luc Béranger\nMontage : Kit Mousse\n",
    "Episodio: 41\nTema: El molino\nFecha: 3 de marzo\nInvitado: Íñigo Ferrer\nMúsica: Canción del agua\n",
    "Выпуск: 41\nТема: Мельница\nДата: 3 марта\nГости: Иван Стужин\nМонтаж: Кит Мохов\n",
    "タイトル：水車小屋\n収録日：三月三日\nゲスト：高橋\n編集：森\n",
    "标题：老磨坊\n日期：三月三日\n时长：00:45:12\n嘉宾：陈建国\n剪辑：小林\n",
)


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: header.split()[0].rstrip(":："))
@pytest.mark.parametrize("named", [True, False])
def test_what_a_file_says_of_itself_is_nobodys(header: str, *, named: bool) -> None:
    for language, (names, said) in TALKS.items():
        blocks = [f"{names[n % 2]}: {text}" if named else text for n, text in enumerate(said)]
        text = "\n\n".join([header, *blocks])
        assert found_problems(text, expected(language, named=named, timed=False)) == [], language


@pytest.mark.parametrize(
    "line", ["Music: Water Song by The Weirs", "Venue: North Hall", "Slides: https://a.example"]
)
def test_a_single_label_speaks_no_talk_without_names(line: str) -> None:
    for said in (said for _, said in TALKS.values()):
        turns = read_transcript("\n\n".join([line, *said]).encode(), "text/plain").turns
        assert {turn.speaker for turn in turns if letters(said[1]) in letters(turn.text)} == {None}


SAID = TALKS["en"][1]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Prof. Dr. med. Greta Vogel", "Dipl.-Ing. Jonas Krüger"),
        ("Mme Claire Petit", "M. Luc Béranger"),
        ("Frau Vogel", "Herr Krüger"),
        ("проф. Иван Стужин", "д-р Ольга Ветрова"),
        ("Kapt. Ada Moore", "St. John Rivers"),
        ("Ada B. Moore", "J. R. Lind"),
    ],
)
@pytest.mark.parametrize("written", ["{}: {}", "{}\n{}"])
def test_titles_are_a_part_of_names(first: str, second: str, written: str) -> None:
    names = (first, second)
    text = "\n\n".join(written.format(names[n % 2], text) for n, text in enumerate(SAID))
    assert (
        found_problems(
            text, Expectation(tuple(Stretch((names[n % 2],), None, t) for n, t in enumerate(SAID)))
        )
        == []
    )


@pytest.mark.parametrize(
    "aside",
    [
        "there is one thing: light",
        "Result: nothing.",
        "One rule: no nets.",
        "有一点：我们都很累。",
        "我想说的是：海很大。",
    ],
)
def test_words_before_a_colon_are_said(aside: str) -> None:
    names = ("Ada Moore", "Bo Lind")
    blocks = [f"{names[n % 2]}: {text}" for n, text in enumerate(SAID)]
    said = [Stretch((names[n % 2],), None, text) for n, text in enumerate(SAID)]
    said.insert(4, Stretch(("Bo Lind",), None, aside))
    text = "\n\n".join([*blocks[:4], aside, *blocks[4:]])
    assert found_problems(text, Expectation(tuple(said))) == []


def test_keys_that_nobody_knows_are_no_speakers() -> None:
    for blocks in (SAID, [f"{'AB'[n % 2]}da: {text}" for n, text in enumerate(SAID)]):
        text = "\n\n".join(["Berth: Two\nTide: none\nCatering: late", *blocks])
        assert not {"Berth", "Tide", "Catering"} & {
            turn.speaker for turn in read_transcript(text.encode(), "text/plain").turns
        }


SIGNS = st.sampled_from(
    [
        *"[]【】（）「」:：|\t\n ",
        "**",
        "\n\n",
        " - ",
        "-->",
        "0:05",
        "00:00:05:12",
        "5.2s",
        "Ada",
        "Bo Lind",
        "words of a talk",
    ]
)


@settings(max_examples=2 * settings().max_examples)
@given(st.lists(SIGNS, max_size=60).map("".join))
def test_any_mixture_is_read_or_refused(text: str) -> None:
    try:
        turns = read_transcript(text.encode(), "text/plain").turns
    except TranscriptError:
        return
    starts = [turn.start_ms for turn in turns if turn.start_ms is not None]
    assert starts == sorted(starts)
    # Nothing is said twice: each piece of the talk comes at most as often as in the text.
    said = " ".join(turn.text for turn in turns)
    assert said.count("words of a talk") <= text.count("words of a talk")


WORDS = st.lists(st.sampled_from("wheel river stone lamp mill bread snow".split()), min_size=3, max_size=9)  # noqa: SIM905


@given(st.lists(WORDS, min_size=4, max_size=10), st.sampled_from(sorted(NOTATIONS)))
def test_words_come_once_and_in_order(said: list[list[str]], notation: str) -> None:
    written = NOTATIONS[notation][2]
    texts = [" ".join(words).capitalize() + "." for words in said]
    blocks = [written(("Una Blake", "Otto Quill")[n % 2], 7 * n, text) for n, text in enumerate(texts)]
    text = ("\n" if "\t" in blocks[0] or "|" in blocks[0] else "\n\n").join(blocks)
    turns = read_transcript(text.encode(), "text/plain").turns
    assert letters(" ".join(turn.text for turn in turns)) == letters(" ".join(texts))


@pytest.mark.parametrize(
    ("form", "title"),
    [
        ("### {who}: 00:0{at}\n\n{text}", ""),
        ("{who}, 00:00:0{at}: {text}", ""),
        ("{who} <00:00:0{at}> {text}", ""),
        ("{who} ▶ 0:0{at} {text}", ""),
        ("**{who}** — {text}", ""),
        ("### {who}: 00:0{at}\n\n{text}", "## The old mill: 00:01\n\n"),
    ],
)
def test_labels_that_few_tools_write(form: str, title: str) -> None:
    said = [
        ("Una Blake", "The mill turns."),
        ("Otto Quill", "Only at night."),
        ("Una Blake", "And by day?"),
        ("Otto Quill", "Never."),
    ]
    body = title + "\n\n".join(
        form.format(who=who, at=at, text=text) for at, (who, text) in enumerate(said, 2)
    )
    turns = read_transcript(body.encode(), None).turns
    assert [(turn.speaker, turn.text) for turn in turns] == said


def test_a_quotation_behind_a_time_and_a_name() -> None:
    said = [("山田", "水車は回っています。"), ("佐藤", "夜だけです。"), ("山田", "昼間は？")]
    body = "\n".join(f"00:0{at} {who}「{text}」" for at, (who, text) in enumerate(said, 2))
    turns = read_transcript(body.encode(), None).turns
    assert [(turn.speaker, turn.text) for turn in turns] == said
