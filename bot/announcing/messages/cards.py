"""What the sender is given to send: contents made into messages, known by the button that names their delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.announcing.messages.content import AnnouncementLoader
from bot.present.announcement import announcement_post, plain_post
from bot.present.digest import digest_post, plain_digest_post
from storage.models import Announcement, AnnouncementStyle, Episode, Looks

Kwargs = Mapping[str, Any]


class Cards:
    """Makes messages of what is announced. `mark` is the custom_id of the button that a message is known by."""

    def __init__(self, contents: AnnouncementLoader) -> None:
        self._contents = contents

    async def contents(self, episode_id: int) -> Announcement | None:
        """What is told of an episode; None where it is not stored any more."""
        return await self._contents.load(episode_id)

    def first(self, what: Announcement, looks: Looks, mark: str) -> Kwargs:
        """The first post, which alone may mention a role."""
        return announcement_post(what, looks, mark=_delivery(mark)).to_send()

    def plain(self, what: Announcement, looks: Looks, mark: str) -> Kwargs:
        """The last resort, where Discord refuses the first."""
        return plain_post(what, looks, mark=_delivery(mark)).to_send()

    def edit(self, what: Announcement, looks: Looks, mark: str, form: str) -> Kwargs:
        """What the message shows now; `form` is the style that it was posted in, any other word the last resort."""
        if form not in list(AnnouncementStyle):
            return plain_post(what, looks, mark=_delivery(mark), edit=True).to_edit()
        looks = replace(looks, style=AnnouncementStyle(form))
        return announcement_post(what, looks, mark=_delivery(mark), edit=True).to_edit()

    def digest(self, several: Sequence[Episode], looks: Looks, mark: str) -> Kwargs:
        """One message for several episodes, oldest first."""
        return digest_post(several, looks, mark=_delivery(mark)).to_send()

    def plain_digest(self, several: Sequence[Episode], looks: Looks, mark: str) -> Kwargs:
        """The last resort, where Discord refuses that."""
        return plain_digest_post(several, looks, mark=_delivery(mark)).to_send()


def _delivery(mark: str) -> str:
    """The delivery's id, which ends every custom_id of its message."""
    return mark.rpartition(":")[2]
