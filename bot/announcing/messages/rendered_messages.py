"""How announcements are made up: one small seam to `present`, and each made once for all its channels."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import discord
from discord.http import handle_message_parameters

from bot.present.buttons import chapters_button_id
from bot.text.plurals import counted
from storage.models import Announcement, AnnouncementStyle, Episode, Looks

# What `discord.abc.Messageable.send` takes, and `Message.edit`: content, embed, view, allowed_mentions, silent.
Kwargs = Mapping[str, Any]
Payload = dict[str, Any]
# An id that no delivery has: the announcement is made with it once, and gets the delivery's own in its place.
ANY_DELIVERY = 999_999_999_999_999_999
# Shorter than an edit waits: it shows what is told then.
KEPT_S = 5.0
KEPT = 256
COMPONENTS_V2 = 1 << 15
PLAIN, DIGEST = "plain", "digest"


class Dress(Protocol):
    """Makes messages of what is announced. `mark` is the custom_id of the button that a message is known by."""

    async def contents(self, episode_id: int) -> Announcement | None:
        """What is told of an episode; None where it is not stored any more."""

    def first(self, what: Announcement, looks: Looks, mark: str) -> Kwargs:
        """The first post, which alone may mention a role."""

    def plain(self, what: Announcement, looks: Looks, mark: str) -> Kwargs:
        """The last resort, where Discord refuses the first."""

    def edit(self, what: Announcement, looks: Looks, mark: str, form: str) -> Kwargs:
        """What the message shows now; `form` is the style that it was posted in, as `looks` has it, or `PLAIN`."""

    def digest(self, several: Sequence[Episode], looks: Looks, mark: str) -> Kwargs:
        """One message for several episodes, oldest first."""

    def plain_digest(self, several: Sequence[Episode], looks: Looks, mark: str) -> Kwargs:
        """The last resort, where Discord refuses that."""


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A message as it goes over the wire, how it was made, and a hash of what it shows.

    `plain`: what to send where Discord refuses it, if that is known already.
    """

    payload: Payload
    title: str
    form: str
    shown: str
    plain: RenderedMessage | None = None

    def form_of(self, components_v2: bool) -> str:  # noqa: FBT001 - what a message that stands tells of itself
        """How a message was made that an earlier attempt posted instead of this one."""
        wanted = bool(self.payload.get("flags", 0) & COMPONENTS_V2)
        return self.form if wanted == components_v2 else PLAIN


@dataclass(frozen=True, slots=True)
class _Pattern:
    text: str
    title: str
    shown: str
    until: float


class MessageRenderer:
    """Messages for deliveries. What many channels get is made once."""

    def __init__(self, dress: Dress) -> None:
        self._dress = dress
        self._patterns: dict[tuple[int, Looks, str, bool], _Pattern] = {}

    async def first(self, episode_id: int, looks: Looks, delivery_id: int) -> RenderedMessage | None:
        """The first post; None where the episode is not stored any more."""
        return await self._made(episode_id, looks, delivery_id, looks.style, edit=False)

    async def plain(self, episode_id: int, looks: Looks, delivery_id: int) -> RenderedMessage | None:
        """The same in the form of last resort."""
        return await self._made(episode_id, looks, delivery_id, PLAIN, edit=False)

    async def edit(
        self, episode_id: int, looks: Looks, delivery_id: int, form: str
    ) -> RenderedMessage | None:
        """What a message of this form shows now; another style that was chosen meanwhile is for later ones."""
        if form in list(AnnouncementStyle):
            looks = replace(looks, style=AnnouncementStyle(form))
        return await self._made(episode_id, looks, delivery_id, form, edit=True)

    def digest(self, several: Sequence[Episode], looks: Looks, delivery_id: int) -> RenderedMessage:
        """One message for several episodes."""
        mark = chapters_button_id(several[0].id, delivery_id)
        payload = as_payload(self._dress.digest(several, looks, mark))
        title = f"{counted(len(several), 'new episode')} of {several[0].podcast_title}"
        plain = as_payload(self._dress.plain_digest(several, looks, mark))
        return RenderedMessage(payload, title, DIGEST, "", RenderedMessage(plain, title, DIGEST, ""))

    async def _made(
        self, episode_id: int, looks: Looks, delivery_id: int, form: str, *, edit: bool
    ) -> RenderedMessage | None:
        pattern = self._patterns.get((episode_id, looks, form, edit))
        if pattern is None or pattern.until < time.monotonic():
            pattern = await self._pattern(episode_id, looks, form, edit=edit)
        if pattern is None:
            return None
        text = pattern.text.replace(str(ANY_DELIVERY), str(delivery_id))
        return RenderedMessage(json.loads(text), pattern.title, form, pattern.shown)

    async def _pattern(self, episode_id: int, looks: Looks, form: str, *, edit: bool) -> _Pattern | None:
        what = await self._dress.contents(episode_id)
        if what is None:
            return None
        mark = chapters_button_id(episode_id, ANY_DELIVERY)
        edited = json.dumps(as_payload(self._dress.edit(what, looks, mark, form)))
        text = edited
        if not edit:
            make = self._dress.plain if form == PLAIN else self._dress.first
            text = json.dumps(as_payload(make(what, looks, mark)))
        # What an edit would show: so a message is known to show what it should.
        shown = hashlib.blake2s(edited.encode(), digest_size=12).hexdigest()
        made = _Pattern(text, what.episode.title, shown, time.monotonic() + KEPT_S)
        while len(self._patterns) >= KEPT:
            del self._patterns[next(iter(self._patterns))]
        self._patterns[episode_id, looks, form, edit] = made
        return made

    def forget(self, episode_id: int) -> None:
        """What is told of this episode has changed."""
        for key in [key for key in self._patterns if key[0] == episode_id]:
            del self._patterns[key]


def as_payload(kwargs: Kwargs) -> Payload:
    """The body of the request that `send` or `edit` would make of these."""
    told = dict(kwargs)
    flags = discord.MessageFlags()
    if told.pop("silent", False):
        flags.suppress_notifications = True
    if told.pop("suppress_embeds", False):
        flags.suppress_embeds = True
    if flags.value:
        told["flags"] = flags
    payload = handle_message_parameters(**told).payload
    if payload is None:
        raise TypeError("an announcement has no files")
    return payload
