"""Who may change a server's settings by a button, a select or a modal.

Discord decides who may call a command: by default members with Manage Server, and whoever a server lets in under
Server Settings → Integrations, of which no permission tells. So what a command offers carries who called it, and a
keyed hash over that: anybody can write a custom_id, but only this installation the hash.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

# Of SHA-256: nobody guesses 128 bits, and a custom_id has 100 characters.
HASH_BYTES = 16
# In base64 for addresses, without its padding.
HASH_LENGTH = 22


@dataclass(frozen=True, slots=True)
class Change:
    """What a button, select or modal is for, as its custom_id says: the first word, and the ids."""

    purpose: str
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Actor:
    """A member in a server. `manages`: has Manage Server there, or is an administrator."""

    guild_id: int
    member_id: int
    manages: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """What a custom_id says of the member that it was made for, which may be forged."""

    member_id: int
    keyed_hash: str


class Authority:
    """Tells whether somebody may make a change, with the key of this installation."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def hash_for(self, change: Change, actor: Actor) -> str:
        """The hash that lets this member make this change in this server alone."""
        # A list in JSON: no two different ones are written alike.
        said = json.dumps([change.purpose, list(change.ids), actor.guild_id, actor.member_id])
        digest = hmac.digest(self._key, said.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:HASH_BYTES]).decode().rstrip("=")

    def allows(self, change: Change, actor: Actor, claim: Claim | None) -> bool:
        """Whether this member may make it: as the one whom the claim names, or as one who manages the server."""
        if actor.manages:
            return True
        if claim is None or claim.member_id != actor.member_id:
            return False
        return hmac.compare_digest(claim.keyed_hash.encode(), self.hash_for(change, actor).encode())
