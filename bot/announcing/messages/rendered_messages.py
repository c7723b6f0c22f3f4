"""Announcements as Discord's API takes them: rendered once per episode and settings, then addressed per delivery."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.announcing.messages.content import AnnouncementLoader
from bot.present.announcement import announcement_post, plain_post
from bot.present.buttons import AnnouncementButton, announcement_button_id
from bot.present.digest import digest_post, plain_digest_post
from bot.present.post import Post
from bot.text.lasting_addresses import lasting_address, lasting_file
from storage.models import Announcement, AnnouncementStyle, Episode, Looks

Payload = dict[str, Any]
# The keys and list positions that lead to one value inside a payload.
Path = tuple[str | int, ...]

# What templates are rendered for. It is part of `RenderedMessage.shown`, which is stored: with another number, every
# message that stands would be edited once for nothing.
TEMPLATE_DELIVERY = 999_999_999_999_999_999
SOME_AUDIO = "https://audio.example/episode"
# Shorter than the delay of an edit, which therefore never sees a template from before the change.
KEPT_S = 5.0
KEPT = 256
COMPONENTS_V2 = 1 << 15
PLAIN, DIGEST = "plain", "digest"


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """The body of one create or edit request.

    `form` is an AnnouncementStyle, PLAIN or DIGEST. `title` names the post of a forum. `shown` is a hash of what an
    edit would show beside the mention of `role_id`, "" for a digest, which is never edited. `plain` is what to send
    if Discord rejects the payload, where that is known already.
    """

    payload: Payload
    title: str
    form: str
    shown: str
    role_id: int | None = None
    plain: RenderedMessage | None = None

    def form_of_existing(self, *, components_v2: bool) -> str:
        """The form of a message that an earlier attempt at this delivery posted."""
        wanted = bool(self.payload.get("flags", 0) & COMPONENTS_V2)
        return self.form if wanted == components_v2 else PLAIN


@dataclass(frozen=True, slots=True)
class _Template:
    """A payload for no delivery in particular, and the paths of the custom_ids that name the delivery."""

    payload: Payload
    buttons: tuple[tuple[Path, AnnouncementButton], ...]
    episode_id: int
    title: str
    shown: str
    expires_at: float

    def payload_for(self, delivery_id: int) -> Payload:
        """The payload of one delivery; it shares with the template all that they have in common."""
        payload = self.payload
        for path, button in self.buttons:
            payload = _with_value(payload, path, announcement_button_id(button, self.episode_id, delivery_id))
        return payload


class MessageRenderer:
    """Renders the messages of deliveries. An episode that goes to many channels is rendered once."""

    def __init__(self, announcements: AnnouncementLoader) -> None:
        self._announcements = announcements
        self._templates: dict[tuple[int, Looks, str, bool], _Template] = {}

    async def first(self, episode_id: int, looks: Looks, delivery_id: int) -> RenderedMessage | None:
        """The message to post, the only one that pings a role; None if the episode is no longer stored."""
        return await self._render(episode_id, looks, delivery_id, looks.style, edit=False)

    async def plain(self, episode_id: int, looks: Looks, delivery_id: int) -> RenderedMessage | None:
        """The same as plain text, the last resort if Discord rejects the first."""
        return await self._render(episode_id, looks, delivery_id, PLAIN, edit=False)

    async def edit(
        self, episode_id: int, looks: Looks, delivery_id: int, form: str
    ) -> RenderedMessage | None:
        """What a message of this form should show now: a style that was chosen later is for later messages.

        `looks` names the role that the message mentions: the mention stays, and pings nobody.
        """
        if _is_style(form):
            looks = replace(looks, style=AnnouncementStyle(form))
        return await self._render(episode_id, looks, delivery_id, form, edit=True)

    def digest(self, episodes: Sequence[Episode], looks: Looks, delivery_id: int) -> RenderedMessage:
        """One message for several episodes, oldest first."""
        post = digest_post(episodes, looks, delivery_id=delivery_id)
        plain = plain_digest_post(episodes, looks, delivery_id=delivery_id)
        fallback = RenderedMessage(_payload(plain), plain.title, DIGEST, "", looks.role_id)
        return RenderedMessage(_payload(post), post.title, DIGEST, "", looks.role_id, fallback)

    async def _render(
        self, episode_id: int, looks: Looks, delivery_id: int, form: str, *, edit: bool
    ) -> RenderedMessage | None:
        key = (episode_id, looks, form, edit)
        template = self._templates.get(key)
        if template is None or template.expires_at < time.monotonic():
            announcement = await self._announcements.load(episode_id)
            if announcement is None:
                return None
            template = _template(announcement, looks, form, edit=edit)
            while len(self._templates) >= KEPT:
                del self._templates[next(iter(self._templates))]
            self._templates[key] = template
        return RenderedMessage(
            template.payload_for(delivery_id), template.title, form, template.shown, looks.role_id
        )


def _is_style(form: str) -> bool:
    return form in list(AnnouncementStyle)


def _template(announcement: Announcement, looks: Looks, form: str, *, edit: bool) -> _Template:
    make = announcement_post if _is_style(form) else plain_post
    post = make(announcement, looks, delivery_id=TEMPLATE_DELIVERY, edit=edit)
    # The mention never changes, and older versions left it out of every edit.
    seen = make(
        _lasting(announcement), replace(looks, role_id=None), delivery_id=TEMPLATE_DELIVERY, edit=True
    )
    payload, episode_id = _payload(post), announcement.episode.id
    button_of = {
        announcement_button_id(one, episode_id, TEMPLATE_DELIVERY): one for one in AnnouncementButton
    }
    # Hashed as an edit would show it, so that a message posted just now needs no edit.
    shown = hashlib.blake2s(json.dumps(_payload(seen)).encode(), digest_size=12).hexdigest()
    return _Template(
        payload,
        tuple((path, button_of[one]) for path, one in _custom_ids(payload) if one in button_of),
        episode_id,
        post.title,
        shown,
        time.monotonic() + KEPT_S,
    )


def _lasting(announcement: Announcement) -> Announcement:
    """What a reader sees of it but for what hosts write anew: tokens in addresses, a moving date, a length with ads.

    Of the audio only that there is some: its address stands behind a button.
    """
    episode = announcement.episode
    lasting = replace(
        episode,
        link=episode.link and lasting_address(episode.link),
        image_url=episode.image_url and lasting_file(episode.image_url),
        enclosure_url=episode.enclosure_url and SOME_AUDIO,
        video_url=episode.video_url and lasting_address(episode.video_url),
        published=None,
        duration_s=None,
    )
    return replace(announcement, episode=lasting)


def _payload(post: Post) -> Payload:
    """The request's body. A card has no content: saying so would be another request than leaving it out."""
    return {name: value for name, value in post.body().items() if value is not None}


def _custom_ids(tree: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every custom_id of a payload, with the path that leads to it."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name == "custom_id":
                yield (*path, name), value
            else:
                yield from _custom_ids(value, (*path, name))
    elif isinstance(tree, list):
        for place, value in enumerate(tree):
            yield from _custom_ids(value, (*path, place))


def _with_value(tree: Any, path: Path, value: str) -> Any:
    """The tree with one value set; only the containers along the path are copied."""
    if not path:
        return value
    copy = tree.copy()
    copy[path[0]] = _with_value(tree[path[0]], path[1:], value)
    return copy
