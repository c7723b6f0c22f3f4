"""The sentences in English.

Each is whole, for it can't be translated in parts. What follows a colon, or stands in a list, is a clause of its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.status_messages.found_instead import FOUND_INSTEAD
from bot.status_messages.language import Language, Plural


def _plural(one: str, other: str) -> Plural:
    return {"one": one, "other": other}


_ANY: Mapping[str, str | Plural] = {"text": "{text}"}

# How a poll of a feed ended, and why it is paused: bot.polling.feed_outcomes.
_OUTCOMES: Mapping[str, str | Plural] = {
    "feed.unchanged": "unchanged",
    "feed.nothing_new": "nothing new",
    "feed.added": _plural("added with {count} episode", "added with {count} episodes"),
    "feed.changes": "{changes:, }",
    "feed.new": _plural("{count} new episode", "{count} new episodes"),
    "feed.changed": "{count} changed",
    "feed.moved": "{count} known again under a new id",
    "feed.repeated": _plural(
        "{count} item is there twice and counts once", "{count} items are there twice and count once"
    ),
    "feed.shared_ids": "{count} items share their ids, so other signs tell them apart",
    "feed.ahead": _plural("{count} waits for its date", "{count} wait for their dates"),
    "feed.held": "{count} held, as most of the feed looks new at once",
    "feed.notes_unread": _plural(
        "the notes of {count} episode can't be read", "the notes of {count} episodes can't be read"
    ),
    "feed.left_unread": _plural(
        "{count} older item is left unread, as the newest {most} of a feed are kept",
        "{count} older items are left unread, as the newest {most} of a feed are kept",
    ),
    "feed.with_remarks": "{outcome}; {remarks:; }",
    "feed.new_address_fails": (
        "the feed names {address} as its new address, which can't be followed: {failure}"
    ),
    "feed.new_address_empty": (
        "the feed names {address} as its new address, which can't be followed: it holds no episodes."
    ),
    "feed.new_address_other": (
        "the feed names {address} as its new address, which is not followed: it holds another show, “{title}”."
    ),
    "feed.new_address_keyless": (
        "the feed names {address} as its new address, which is not followed: that one has no key, and this one has."
    ),
    "feed.another_show": (
        "The address shows another show, “{title}”, without a known episode: nothing of it was taken. "
        "If it is to be followed, remove this podcast and add the address again."
    ),
    "feed.false_304": (
        "its host answers “not changed” although the feed has changed, so it is asked for all of it at each look"
    ),
    "feed.pages_read": _plural("read {count} page", "read {count} pages"),
    "feed.pages_left": "older pages are left unread, as that is enough at once",
    "feed.page_fails": "page {page} can't be read, nor what is behind it: {failure}",
    "feed.page_elsewhere": "its older items are on another host, {address}, and are left unread",
    "feed.no_episodes": "The feed “{title}” has no episodes: no item has audio or video.",
    "feed.no_readable_episodes": "The feed “{title}” has no episodes: {remarks:; }",
    "feed.no_episodes_any_more": "The feed has no episodes any more: no item has audio or video.",
    "feed.no_readable_episodes_any_more": "The feed has no episodes any more: {remarks:; }",
    "feed.read_at_once": "The feed was read by several processes at once; the next look settles it.",
    "feed.fault": "The last look failed inside Earmark; its log says why.",
    "feed.gone": "the host says that the feed is gone for good",
    "feed.paused_as_gone": (
        "{failure} It is not looked at any more, as the host says that the feed is gone for good; "
        "adding it again takes it up."
    ),
    "feed.paused_as_failing": (
        "{failure} It is not looked at any more, as it has failed for {days} days; "
        "adding it again takes it up."
    ),
}

# Why the next poll is due when it is: bot.feeds.schedule.
_SCHEDULE: Mapping[str, str | Plural] = {
    "schedule.every": "every {wait:span}",
    "schedule.host_asks": "the host asks for {wait:span} between two looks",
    "schedule.silent": "nothing new for {days} days: every {wait:span}",
    "schedule.usual_hour": "around its usual hour: every {wait:span}",
    "schedule.skipped": "the feed asks not to be read at this hour",
    "schedule.skipped_too_long": (
        "the feed asks not to be read at this hour; after an hour it is all the same"
    ),
    "schedule.failed": "it failed: tried again after the usual time",
    "schedule.failing": "it has failed for {failing:span}: tried again after {wait:span}",
    "schedule.retry_after": "the host asks to wait for {wait:span}",
    "schedule.paused": "paused",
    "schedule.failed_for_days": "it has failed for {days} days",
}

# What becomes of an item of a feed: bot.feeds.changes.
_DECISIONS: Mapping[str, str | Plural] = {
    "item.edited": "the feed tells it differently",
    "item.same_audio_file": "the same episode under a new id: same audio file",
    "item.same_file_name": "the same episode under a new id: same file name",
    "item.same_title_and_date": "the same episode under a new id: same title and date",
    "item.same_title_and_duration": "the same episode under a new id: same title and length",
    "item.same_title": "the same episode under a new id: same title",
    "item.same_date_and_duration": "the same episode under a new id: same date and duration",
    "item.baseline": "not announced: it was there when the podcast was first read",
    "item.new": "announced: it is new in the feed",
    "item.new_without_date": "announced: it is new in the feed, which gives no date",
    "item.new_with_wrong_date": "announced: it is new in the feed, and the date that it gives can't be right",
    "item.new_on_top": ("announced: it is new on top of the feed, though it is dated {days} days back"),
    "item.ahead": "not announced yet: it waits for the date that its feed gives, {date}",
    "item.date_came": "announced: it is new in the feed, which dated it ahead, and its date has come",
    "item.below_known": "not announced: it appeared now below what is known, without a date that can be right",
    "item.hidden": "not announced: it was there before, but another item had its id",
    "item.new_but_old": "not announced: it appeared now but is dated {days} days back",
    "item.waits": "it waits for a decision: it looked new together with most of the feed",
    "item.crowd": "{new} of {listed} items look new at once, and this one is like no stored episode",
    "move.redirect": "the host says that it moved for good",
    "keyed.credentials": "This feed is private: its address has a user or a password in it.",
    "keyed.private_host": "This feed is private: its host serves single members at such an address.",
    "keyed.query": "This feed may be private: what stands after the “?” or “;” of its address looks like a key.",
    "keyed.path": "This feed may be private: a part of its address looks like a key.",
    "move.spelt": "it was added so, and can't be read as it was spelt before",
    "move.new_feed_url": "the feed names its new address",
}

# Why a document is no feed, or what is left out of one: bot.feeds.parsing.
_PARSING: Mapping[str, str | Plural] = {
    "document.empty": "This is no podcast feed: it is empty.",
    "document.no_feed": "This is no podcast feed: it holds neither RSS nor Atom.",
    "document.no_json_feed": "This is no podcast feed: it is JSON, but no JSON Feed.",
    "document.json_broken": "This is no podcast feed: it begins like JSON, and can't be read as that.",
    "document.json_too_large": "The feed is JSON of more than {mib} MiB; so much is not read.",
    "document.entities_grow": (
        "The feed's DTD defines “{name}”, which grows beyond all measure; such a feed is not read."
    ),
    "document.cut_off": "The feed ends in the middle; nothing of it was stored.",
    "document.broken": "The feed is too broken to be read.",
    "document.too_many_pieces": "The feed is cut into too many pieces to be read.",
    "document.too_many_items": "The feed has more than {most} items; so many are not read.",
    "document.frame_too_large": "The feed says more than {mib} MiB beside its items; so much is not read.",
    "document.takes_too_long": "The feed takes too long to be read.",
    "document.not_converted": (
        "The feed is not in UTF-8 and larger than {mib} MiB; so much is not converted."
    ),
    "document.items_too_large": _plural(
        "{count} item is too large to be read.", "{count} items are too large to be read."
    ),
    "document.items_broken": _plural(
        "{count} item is too broken to be read.", "{count} items are too broken to be read."
    ),
    "document.items_silent": _plural(
        "{count} item links no audio or video, only a picture, a paper or a page.",
        "{count} items link no audio or video, only pictures, papers or pages.",
    ),
    "document.too_much_markup": (
        "The notes of “{title}” can't be read: their HTML would take far more memory than its length says."
    ),
    "document.notes_too_heavy": "The notes of “{title}” can't be read: {failure}",
    "document.notes_wait": _plural(
        "{count} item is new with so many others that the notes wait for a later look.",
        "{count} items are new with so many others that the notes wait for a later look.",
    ),
}

# Why the process that reads documents gave one up: bot.reading.
_READING: Mapping[str, str | Plural] = {
    "reading.takes_too_much_memory": "Reading it takes more than {mib} MiB of memory.",
    "reading.takes_too_much_time": "Reading it takes more than {seconds} s of computing.",
    "reading.ends_the_reader": "Whatever reads it breaks down, twice in a row.",
}

# Why a file beside an episode can't be used: bot.polling, bot.transcripts, bot.chapters.
_FILES: Mapping[str, str | Plural] = {
    "file.broken": "It is too broken to be read.",
    "file.chapters_unusable": "The chapters of “{title}” can't be used: {failure}",
    "file.transcript_unusable": "The transcript of “{title}” can't be used: {failure}",
    "file.host_put_off": {
        "one": "A file waits: {failure}",
        "other": "{count} files wait: {failure}",
    },
    "file.text_bound": (
        "{mb} MB of text are stored of this podcast, which is as much as is kept (EARMARK_PODCAST_TEXT_MB)"
    ),
    "file.no_readable_format": "The transcript of “{title}” is in no format that can be read.",
    "transcript.too_large": "The transcript has {size} bytes; more than {most} are not read.",
    "transcript.empty": "The transcript is empty.",
    "transcript.found_instead": "The file is no transcript but {found}.",
    "found.pdf": "a PDF document",
    "found.rtf": "an RTF document",
    "found.archive": "an archive, or an office document, which is one",
    "found.media": "a recording or a picture",
    "found.sign_in": "a page that asks to sign in",
    "found.not_found": "a page that says that nothing was found",
    "found.error": "an error message of its host",
    "found.xml": "another kind of XML (<{root}>)",
    "found.table": "a table of {columns} columns",
    "found.code": "program code, settings or a log",
    "found.playlist": "a playlist",
    "found.frame_captions": "captions that count frames of a video, whose times nobody tells",
    "found.encoded": "encoded data",
    "transcript.no_text": "The file, of the type {media_type}, is no text.",
    "transcript.not_published_so": "No transcript is published as {format}.",
    "transcript.too_many_pieces": "The transcript is cut into more pieces than any speech has.",
    "transcript.too_much_markup": "The page would take far more memory than its length says.",
    "transcript.no_words": "The transcript has no words.",
    "transcript.no_cues": "The {format} file has no cues.",
    "transcript.no_speech": "The page has no words of speech.",
    "transcript.invalid_json": "The file begins like JSON, but is not valid JSON.",
    "transcript.invalid_xml": "The file begins like XML, but is not well-formed XML of captions.",
    "transcript.no_segments": "The JSON has no list of segments with a text, as transcripts have.",
    "transcript.error_document": "The host sent an error in JSON instead of a transcript: “{said}”.",
    "transcript.not_done": "The JSON has no transcript yet; it says “{said}”.",
    "transcript.other_document": "The JSON has no list of segments with a text, as transcripts have; it has {keys}.",
    "chapters.too_large": "The chapters file has {size} bytes; more than {most} are not read.",
    "chapters.invalid_json": "The chapters file is not valid JSON.",
    "chapters.no_list": 'The chapters file has no list of "chapters".',
    "chapters.none": "The chapters file lists no chapters.",
    "chapters.no_tag": "The file does not begin with an ID3v2 tag.",
    "chapters.broken_tag": "The ID3 tag is too broken to be read.",
}

# Why a transcript is the best of an episode's: bot.transcripts.selection.
_CHOICES: Mapping[str, str | Plural] = {
    "choice.chosen": "{format}: {speakers}, {times}",
    "choice.chosen_of_several": "{format}: {speakers}, {times}; rather than {others:, }",
    "choice.other": "{format} ({shortcoming})",
    "choice.no_speakers": "no speakers",
    "choice.speakers": _plural("{count} speaker", "{count} speakers"),
    "choice.unnamed": "speakers without names",
    "choice.no_times": "no times",
    "choice.times": "a time every {every} s",
    "choice.only_words": "only {words} words",
    "choice.words": "{words} words",
    "choice.no_better": "no better",
}

# Why an address can't be read: bot.feeds.http.
_FETCHING: Mapping[str, str | Plural] = {
    "fetch.address_too_long": "The address of a feed may have {most} bytes; this one is longer.",
    "fetch.no_web_address": "{address} can't be read: it is, or leads to, no http or https address.",
    "fetch.private_address": (
        "{address} can't be read: it leads to a private address; "
        "the operator can allow it in EARMARK_ALLOW_PRIVATE_FEEDS."
    ),
    "fetch.too_many_redirects": "{address} can't be read: it redirects more than {most} times.",
    "fetch.host_busy": "{address} can't be read: its host is busy with other requests.",
    "fetch.timeout": "{address} can't be read: the host did not answer in time.",
    "fetch.too_slow": "{address} can't be read: the host sends it too slowly.",
    "fetch.host_put_off": "{host} answers too slowly; tried again at {until:time}.",
    "fetch.headers_too_large": (
        "{address} can't be read: its answer has too many headers, or too long ones."
    ),
    "fetch.no_http": "{address} can't be read: its answer is no HTTP that can be read.",
    "fetch.cut_off": "{address} can't be read: the answer ended in the middle.",
    "fetch.closed": "{address} can't be read: the host closed the connection.",
    "fetch.certificate": "{address} can't be read: the host's certificate can't be trusted.",
    "fetch.no_tls": "{address} can't be read: no secure connection to the host can be made.",
    "fetch.unknown_host": "{address} can't be read: the host's name is not known.",
    "fetch.lookup_failed": "{address} can't be read: the host's name can't be looked up just now.",
    "fetch.unreachable": "{address} can't be read: the host can't be reached.",
    "fetch.connection_failed": "{address} can't be read: the connection failed ({error}).",
    "fetch.refused": "{address} can't be read: the host answered {answer}.",
    "fetch.unasked_304": "{address} can't be read: the host answered 304 to a plain request.",
    "fetch.other_part": "{address} can't be read: the host sent another part of it than was asked for.",
    "fetch.no_parts": "{address} can't be read: the host sends no parts of it.",
    "fetch.too_large": "{address} can't be read: it is larger than {mib} MiB.",
    "fetch.unasked_packing": "{address} can't be read: it is packed in a way that is not known here.",
    "fetch.not_unpacked": "{address} can't be read: it can't be unpacked.",
    "fetch.no_file": "{address} can't be read: it is no ordinary file.",
    "fetch.file_error": "{address} can't be read: {error}.",
}


# Why an announcement was not posted, or a destination is paused: bot.announcing, bot.present.permissions.
_DELIVERIES: Mapping[str, str | Plural] = {
    "delivery.not_in_server": "I am not in this server any more.",
    "delivery.outage": "Discord has an outage that this server is part of.",
    "delivery.channel_gone": "The channel is gone, or I may not see it.",
    "delivery.gone_since": (
        "The channel is gone: Discord does not show it to me since {since:date}. `/podcast remove` ends this."
    ),
    "delivery.in_other_server": "This channel is in another server by now.",
    "delivery.channel_not_told": "Discord did not tell about the channel.",
    "delivery.takes_no_messages": "This kind of channel takes no messages.",
    "delivery.missing_permissions": (
        "I lack **{missing:**, **}** in {channel}: open the channel's settings → Permissions, "
        "add my role there and allow it."
    ),
    "delivery.no_usable_tag": (
        "{forum} demands a tag, and has none that I may use: add one in the forum's settings."
    ),
    "delivery.refused": "Discord refused: {answer}.",
    "delivery.answered": "Discord answered {status}: {answer}.",
    "delivery.answer_lost": "The answer was lost: {error}.",
    "delivery.asked_to_wait": "Discord asked to wait.",
    "delivery.discord_error": "Discord had an error.",
    "delivery.publishing_limited": "Discord limits publishing in a channel.",
    "delivery.search_failed": "The channel can't be looked at: {error}.",
    "delivery.too_many_posts": "The forum has too many new posts to be looked through.",
    "delivery.too_busy": (
        "This channel has too many messages to see whether the episode was announced before I was restored from a "
        "backup: it is not announced again by itself."
    ),
    "delivery.not_logged_in": "Discord has not said yet who I am.",
    "delivery.not_stored": "The episode is not stored any more.",
    "delivery.fault": "An error of Earmark's own ({error}); its log says more.",
}

# What a setting of a channel can't do, and why what follows a message was not done: bot.present.permissions,
# bot.announcing.follow_ups.
_SETTINGS: Mapping[str, str | Plural] = {
    "setting.no_thread": "No thread is opened under announcements: {how}",
    "setting.nobody_notified": (
        "I may not mention {role}, so nobody is notified: allow everybody to mention it in the role's settings, or "
        "give me **{permission}** in {channel}."
    ),
    "setting.role_gone": "The role to mention is gone: choose another one with `/podcast looks`.",
    "setting.tags_left_out": "The tags {tags:, } are left out, as only moderators may set them: {how}",
    "setting.tags_gone": "Some of the chosen tags are gone from the forum: choose again with `/podcast looks`.",
    "follow_up.thread": "No thread was opened under an announcement: {why}",
    "follow_up.publish": "An announcement was not published: {why}",
    "follow_up.edit": "An announcement was not edited: {why}",
}

# Why the database can't be used just now: storage.engine.unavailable.
_DATABASE: Mapping[str, str | Plural] = {
    "database.busy": "My database is busy just now, so nothing was changed; try again in a minute.",
    "database.full": (
        "The disk under my database is full, so nothing was changed; whoever runs this bot has to make room."
    ),
    "database.read_only": (
        "My database can't be written to, so nothing was changed; whoever runs this bot has to allow it."
    ),
    "database.failing": (
        "The disk under my database fails, so nothing was changed; whoever runs this bot has to look at it."
    ),
    "database.away": "My database can't be reached just now; try again in a minute.",
}


def _span(span: timedelta) -> str:
    """`90 s`, `10 min`, `3 h`, `8 days`: what is not exact is rounded."""
    seconds = math.ceil(span.total_seconds())
    if seconds < 120 or (seconds < 300 and seconds % 60):
        return f"{seconds} s"
    if seconds < 2 * 3600:
        return f"{round(seconds / 60)} min"
    if seconds < 2 * 86_400:
        return f"{round(seconds / 3600)} h"
    return f"{seconds // 86_400} days"


def _date(moment: datetime) -> str:
    return f"{moment:%d %B %Y}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%H:%M} UTC"


def _plural_category(count: int) -> str:
    return "one" if count == 1 else "other"


# What is in the way of a model's summaries: bot.chapter_summaries.
_SUMMARIES: Mapping[str, str | Plural] = {
    "summary.budget_used_up": (
        "the tokens of this month are used up (EARMARK_SUMMARY_TOKENS_PER_MONTH); it goes on with the next"
    ),
    "summary.no_answer": "{problem}",
}

ENGLISH = Language(
    sentences={
        **_ANY,
        **_OUTCOMES,
        **_SCHEDULE,
        **_DECISIONS,
        **_PARSING,
        **FOUND_INSTEAD,
        **_READING,
        **_FILES,
        **_CHOICES,
        **_FETCHING,
        **_DELIVERIES,
        **_SETTINGS,
        **_DATABASE,
        **_SUMMARIES,
    },
    plural_category=_plural_category,
    span=_span,
    date=_date,
    time=_time,
)
