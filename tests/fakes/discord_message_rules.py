"""Discord's rules for messages that are not in its published schema, and one rule of this project's.

The project's rule: every message and every edit has `allowed_mentions`, which name nobody but the roles that the
test allows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from enum import Enum
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.discord_messages import COMPONENTS_V2, Json, walk
from tests.fakes.discord_rules import (
    Path,
    Violation,
    items,
    missing,
    repeated,
    too_many,
    unknown_fields,
    wrong_length,
)

_COMMON = ("content", "embeds", "allowed_mentions", "components", "attachments", "flags", "tts")

ACTION_ROW, BUTTON, STRING_SELECT, SECTION, TEXT_DISPLAY, GALLERY = 1, 2, 3, 9, 10, 12
TEXT_INPUT, LABEL = 4, 18
SELECTS = (3, 5, 6, 7, 8)
TOP_V2 = (1, 9, 10, 12, 13, 14, 17)
LINK_STYLE, PREMIUM_STYLE = 5, 6


class Shape(Enum):
    """The kind of request that writes a message; `_FIELDS` has the fields that each accepts."""

    CREATE = "create"
    EDIT = "edit"
    FORUM_POST = "forum post"
    FOLLOW_UP = "follow-up"
    ANSWER = "answer"
    ANSWER_EDIT = "edit of an answer"


# discord.py sends `tts` with edits too, and Discord ignores it.
_FIELDS = {
    Shape.CREATE: (*_COMMON, "nonce", "enforce_nonce", "message_reference", "sticker_ids", "poll"),
    Shape.EDIT: (*_COMMON, "sticker_ids"),
    Shape.FORUM_POST: (*_COMMON, "sticker_ids"),
    Shape.FOLLOW_UP: (*_COMMON, "poll", "username", "avatar_url", "thread_name", "applied_tags"),
    Shape.ANSWER: (*_COMMON, "poll"),
    Shape.ANSWER_EDIT: (*_COMMON, "poll"),
}


def message_violations(
    body: Json, shape: Shape, *, current: Json | None = None, allowed_roles: Collection[int] = ()
) -> Iterator[Violation]:
    """Check a message's body; for an edit, `current` has the fields of the message as it is."""
    after = {**(current or {}), **body}
    flags = (body.get("flags") or 0) | ((current or {}).get("flags") or 0)
    yield from unknown_fields(body, _FIELDS[shape])
    yield from mention_violations(body.get("allowed_mentions"), allowed_roles)
    yield from _nonce_violations(body)
    if flags & COMPONENTS_V2:
        yield from _components_v2_violations(after, body)
    else:
        yield from wrong_length(body.get("content"), ("content",), 2000)
        yield from embed_violations(items(body, "embeds"))
        yield from _classic_violations(items(body, "components"))
        if not any(
            after.get(name)
            for name in ("content", "embeds", "components", "attachments", "poll", "sticker_ids")
        ):
            yield Violation((), "EMPTY", "Cannot send an empty message", code=50006)
    parts = list(walk(items(body, "components")))
    yield from chain.from_iterable(
        _button_violations(path, part) for path, part in parts if part.get("type") == BUTTON
    )
    yield from chain.from_iterable(
        _select_violations(path, part) for path, part in parts if part.get("type") in SELECTS
    )
    ids = (((*path, "custom_id"), part["custom_id"]) for path, part in parts if part.get("custom_id"))
    yield from repeated(ids, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id")
    numbers = (((*path, "id"), part["id"]) for path, part in parts if part.get("id"))
    yield from repeated(numbers, "COMPONENT_ID_DUPLICATED", "Component id")


def modal_violations(modal: Json) -> Iterator[Violation]:
    """Check a modal with text inputs."""
    for name, most in (("title", 45), ("custom_id", 100)):
        yield from missing(modal.get(name), (name,))
        yield from wrong_length(modal.get(name), (name,), most, 1)
    labels = items(modal, "components")
    yield from missing(labels, ("components",))
    yield from too_many(labels, ("components",), 5)
    for index, label in enumerate(labels):
        path: Path = ("components", index)
        held = label.get("component") or {}
        if label.get("type") != LABEL or held.get("type") != TEXT_INPUT:
            yield Violation(path, "UNION_TYPE_CHOICES", "Must be a label with an input.")
        yield from missing(label.get("label"), (*path, "label"))
        yield from wrong_length(label.get("label"), (*path, "label"), 45)
        yield from wrong_length(label.get("description"), (*path, "description"), 100)
        yield from missing(held.get("custom_id"), (*path, "component", "custom_id"))
        yield from wrong_length(held.get("custom_id"), (*path, "component", "custom_id"), 100)
        yield from wrong_length(held.get("placeholder"), (*path, "component", "placeholder"), 100)
        if not 1 <= (held.get("max_length") or 4000) <= 4000:
            yield Violation(
                (*path, "component", "max_length"), "NUMBER_TYPE_MAX", "Must be between 1 and 4000."
            )


def mention_violations(allowed: Any, allowed_roles: Collection[int]) -> Iterator[Violation]:
    """Check that a message has `allowed_mentions`, and that they name nobody but the allowed roles."""
    path: Path = ("allowed_mentions",)
    if not isinstance(allowed, dict):
        yield Violation(path, "PROJECT_RULE", "Must be sent with every message and every edit.")
        return
    for name in allowed.get("parse") or ():
        yield Violation((*path, "parse"), "PROJECT_RULE", f"Must not name {name!r}.")
    for user in allowed.get("users") or ():
        yield Violation((*path, "users"), "PROJECT_RULE", f"Must not name the user {user}.")
    for role in allowed.get("roles") or ():
        if int(role) not in allowed_roles:
            yield Violation((*path, "roles"), "PROJECT_RULE", f"Must not name the role {role}.")
    if allowed.get("replied_user"):
        yield Violation(
            (*path, "replied_user"), "PROJECT_RULE", "Must not notify the author of the answered message."
        )


def _nonce_violations(body: Json) -> Iterator[Violation]:
    nonce = body.get("nonce")
    yield from wrong_length(str(nonce) if nonce is not None else None, ("nonce",), 25, 1)
    if body.get("enforce_nonce") and nonce is None:
        yield from missing(nonce, ("nonce",))


def embed_violations(embeds: list[Json]) -> Iterator[Violation]:
    """Check the embeds of a message, each one and their total size."""
    yield from too_many(embeds, ("embeds",), 10)
    total = 0
    for index, embed in enumerate(embeds):
        path: Path = ("embeds", index)
        author, footer = embed.get("author") or {}, embed.get("footer") or {}
        yield from wrong_length(embed.get("title"), (*path, "title"), 256)
        yield from wrong_length(embed.get("description"), (*path, "description"), 4096)
        yield from wrong_length(author.get("name"), (*path, "author", "name"), 256, 1)
        yield from wrong_length(footer.get("text"), (*path, "footer", "text"), 2048)
        yield from too_many(embed.get("fields"), (*path, "fields"), 25)
        texts = [embed.get("title"), embed.get("description"), author.get("name"), footer.get("text")]
        for place, pair in enumerate(items(embed, "fields")):
            for name, most in (("name", 256), ("value", 1024)):
                yield from missing(pair.get(name), (*path, "fields", place, name))
                yield from wrong_length(pair.get(name), (*path, "fields", place, name), most)
                texts.append(pair.get(name))
        total += sum(len(text) for text in texts if isinstance(text, str))
        yield from _embed_address_violations(embed, path)
        yield from _timestamp_violations(embed.get("timestamp"), (*path, "timestamp"))
    if total > 6000:
        message = f"Embed size exceeds maximum size of 6000, is {total}."
        yield Violation(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", message)


def _embed_address_violations(embed: Json, path: Path) -> Iterator[Violation]:
    yield from _address_violations(embed.get("url"), (*path, "url"), ("http", "https"))
    for part, name in (
        ("author", "url"),
        ("author", "icon_url"),
        ("footer", "icon_url"),
        ("image", "url"),
        ("thumbnail", "url"),
    ):
        schemes = ("http", "https") if name == "url" and part == "author" else ("http", "https", "attachment")
        yield from _address_violations((embed.get(part) or {}).get(name), (*path, part, name), schemes)


def _address_violations(
    address: Any, path: Path, schemes: Collection[str], most: int = 2048
) -> Iterator[Violation]:
    if not isinstance(address, str) or not address:
        return
    yield from wrong_length(address, path, most)
    try:
        split = urlsplit(address)
    except ValueError:
        yield Violation(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        return
    if split.scheme not in schemes:
        yield Violation(
            path, "URL_TYPE_INVALID_SCHEME", f'Scheme "{split.scheme}" must be one of {tuple(schemes)}.'
        )
    elif not split.netloc or any(mark.isspace() for mark in address):
        yield Violation(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")


def _timestamp_violations(value: Any, path: Path) -> Iterator[Violation]:
    if isinstance(value, str):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            yield Violation(path, "DATE_TIME_TYPE_PARSE", "Could not parse. Should be ISO8601.")


def _classic_violations(components: list[Json]) -> Iterator[Violation]:
    yield from too_many(components, ("components",), 5)
    for index, row in enumerate(components):
        path: Path = ("components", index)
        if row.get("type") != ACTION_ROW:
            yield Violation(
                (*path, "type"), "UNION_TYPE_CHOICES", "Must be an action row without the V2 flag."
            )
            continue
        yield from _row_violations(row, path)


def _row_violations(row: Json, path: Path) -> Iterator[Violation]:
    children = items(row, "components")
    yield from missing(children, (*path, "components"))
    yield from too_many(children, (*path, "components"), 5)
    kinds = {child.get("type") for child in children}
    if kinds - {BUTTON} and len(children) > 1:
        yield Violation(
            (*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A select menu fills its row."
        )


def _components_v2_violations(after: Json, body: Json) -> Iterator[Violation]:
    for name in ("content", "embeds", "poll", "sticker_ids"):
        if after.get(name):
            kind = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            yield Violation((name,), kind, f"The {name} field cannot be used with the V2 flag.")
    yield from missing(after.get("components"), ("components",))
    parts = list(walk(items(body, "components")))
    if len(parts) > 40:
        message = f"A message has 40 components at most, nested ones counted; has {len(parts)}."
        yield Violation(("components",), "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message)
    total = sum(len(part.get("content") or "") for _, part in parts if part.get("type") == TEXT_DISPLAY)
    if total > 4000:
        message = f"A message displays 4000 characters at most, has {total}."
        yield Violation(("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)
    for path, part in parts:
        if len(path) == 2 and part.get("type") not in TOP_V2:
            yield Violation(
                (*path, "type"), "UNION_TYPE_CHOICES", f"Type {part.get('type')} cannot be at the top level."
            )
        yield from _part_violations(part, path)


def _part_violations(part: Json, path: Path) -> Iterator[Violation]:
    """What one component breaks by itself."""
    if part.get("type") == ACTION_ROW:
        yield from _row_violations(part, path)
    elif part.get("type") == TEXT_DISPLAY:
        yield from missing(part.get("content"), (*path, "content"))
    elif part.get("type") == SECTION:
        yield from missing(part.get("accessory"), (*path, "accessory"))
        yield from missing(part.get("components"), (*path, "components"))
        yield from too_many(part.get("components"), (*path, "components"), 3)
    elif part.get("type") == GALLERY:
        yield from missing(part.get("items"), (*path, "items"))
        yield from too_many(part.get("items"), (*path, "items"), 10)


def _button_violations(path: Path, button: Json) -> Iterator[Violation]:
    style = button.get("style")
    yield from wrong_length(button.get("label"), (*path, "label"), 80)
    if not button.get("label") and not button.get("emoji") and style != PREMIUM_STYLE:
        yield Violation((*path, "label"), "BUTTON_COMPONENT_INVALID", "A button needs a label or an emoji.")
    if style == LINK_STYLE:
        yield from missing(button.get("url"), (*path, "url"))
        yield from _address_violations(button.get("url"), (*path, "url"), ("http", "https", "discord"), 512)
        if button.get("custom_id") is not None:
            message = "A custom id and url cannot both be specified."
            yield Violation(
                (*path, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message
            )
    elif style != PREMIUM_STYLE:
        yield from missing(button.get("custom_id"), (*path, "custom_id"))
        yield from wrong_length(button.get("custom_id"), (*path, "custom_id"), 100, 1)
        if button.get("url") is not None:
            yield Violation((*path, "url"), "BUTTON_COMPONENT_INVALID", "Only a link button has a url.")


def _select_violations(path: Path, select: Json) -> Iterator[Violation]:
    yield from missing(select.get("custom_id"), (*path, "custom_id"))
    yield from wrong_length(select.get("custom_id"), (*path, "custom_id"), 100, 1)
    yield from wrong_length(select.get("placeholder"), (*path, "placeholder"), 150)
    if select.get("type") == STRING_SELECT:
        options = items(select, "options")
        yield from missing(options, (*path, "options"))
        yield from too_many(options, (*path, "options"), 25)
        for index, option in enumerate(options):
            for name in ("label", "value", "description"):
                yield from wrong_length(option.get(name), (*path, "options", index, name), 100)
        values = (
            ((*path, "options", index, "value"), option.get("value")) for index, option in enumerate(options)
        )
        yield from repeated(values, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "Option value")
