"""The headings that people write above a list of chapters, in the languages of podcasts."""

from __future__ import annotations

import re

_WORDS = r"""
    time\s?-?stamps?|time\s?-?codes?|time\s?line|timings|chapters?(?:\s(?:markers?|list|marks?))?|sections|segments|outline
    |table\sof\scontents|contents|in\sthis\sepisode|episode\s(?:breakdown|guide|structure|contents)|topics|jump\sto
    |rundown|show\srundown|agenda\sof\sthe\sepisode
    |kapitel(?:marken|marker|übersicht|liste)?|zeitmarken|zeitstempel|sprungmarken|inhalt(?:sverzeichnis|e)?|themen
    |chapitres|chapitrage|sommaire|minutage|horodatages?|au\sprogramme|plan\sde\sl['’]épisode
    |cap[ií]tulos(?:\s(?:del|de\sla|do|da)\s\w+)?|[ií]ndice(?:\s(?:del|de\sla|do)\s\w+)?|minutos|minutado|minutagem
    |marcas\sde\stiempo|tiempos|temas|contenido|conte[uú]do|sum[aá]rio|tempos
    |capitoli|minutaggio|sommario|argomenti|contenuti
    |hoofdstukken|tijdlijn|tijdstempels|inhoud(?:sopgave)?|kapittel|kapitler|innhold|indhold|innehåll|tidsstämplar
    |rozdziały|spis\streści|znaczniki\sczasu|kapitoly|obsah|bölümler|zaman\s(?:damgaları|kodları)|i̇çindekiler|içindekiler
    |daftar\sisi|mục\slục
    |тайм\s?-?коды|тайминг[и]?|содержание|главы|темы|оглавление|навигация|таймкоди|зміст|розділи
    |チャプター(?:リスト)?|目次|もくじ|タイムスタンプ|タイムライン|トピック(?:ス)?
    |时间轴|时间线|时间戳|章节|目录|本期(?:内容|话题|要点)|内容提要|時間軸|時間戳|時間碼|章節|目錄|本集內容
    |챕터|목차|타임스탬프|타임라인|타임코드
    |الفصول|فصول\s(?:الحلقة|الفيديو)|محتويات\s(?:الحلقة|الفيديو)|المحتويات|محاور\sالحلقة|التوقيت(?:ات)?
"""
_ALL = "(?:" + "".join(line.strip() for line in _WORDS.splitlines()) + ")"
_BEFORE = r"(?:(?:podcast|episode|video|audio|youtube|full|detailed|rough|key|main|the|show|quick)\s+){0,3}"
# A heading may be decorated: "⏱️ Timestamps:", "-- CHAPTERS --", "【目次】", "Chapters (click to jump)".
_DECORATION = r"[^\w(]{0,12}"
_HEADING = re.compile(
    rf"{_DECORATION}{_BEFORE}{_ALL}(?:\s*[(（][^()（）]{{0,60}}[)）])?{_DECORATION}", re.IGNORECASE
)
_MAX_LENGTH = 120


def is_chapters_heading(text: str) -> bool:
    """Whether `text` is nothing but the heading of a list of chapters."""
    return len(text) <= _MAX_LENGTH and _HEADING.fullmatch(text) is not None
