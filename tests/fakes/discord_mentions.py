"""Whom a message would notify: those it mentions, as far as `allowed_mentions` permits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tests.fakes.discord_messages import TEXT_DISPLAY, Json, walk
from tests.fakes.discord_rules import items

_MENTION = re.compile(r"@(?P<all>everyone|here)\b|<@(?P<role>&)?!?(?P<id>\d{1,20})>")


@dataclass(frozen=True, slots=True)
class Ping:
    """One notification that a message would send; `where` is the request with the message."""

    kind: Literal["everyone", "here", "user", "role"]
    id: int | None
    where: str = ""


def would_ping(body: Json, where: str = "") -> list[Ping]:
    """Whom a message notifies. Mentions in embeds notify nobody; those in content and text displays do."""
    texts = [body.get("content") or ""]
    texts += [
        part.get("content") or ""
        for _, part in walk(items(body, "components"))
        if part.get("type") == TEXT_DISPLAY
    ]
    allowed = body.get("allowed_mentions")
    return [
        ping
        for text in texts
        for found in _MENTION.finditer(text)
        if _lets(allowed, ping := _ping(found, where))
    ]


def _ping(found: re.Match[str], where: str) -> Ping:
    if found["all"]:
        return Ping("here" if found["all"] == "here" else "everyone", None, where)
    return Ping("role" if found["role"] else "user", int(found["id"]), where)


def _lets(allowed: Json | None, ping: Ping) -> bool:
    if allowed is None:
        return True
    parse = allowed.get("parse") or ()
    if ping.kind in ("everyone", "here"):
        return "everyone" in parse
    names = "users" if ping.kind == "user" else "roles"
    return names in parse or ping.id in {int(value) for value in allowed.get(names) or ()}
