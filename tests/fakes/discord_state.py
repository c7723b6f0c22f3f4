"""The fake's state: guilds, channels, roles, messages, the bot's permissions, and the clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum, IntFlag

from tests.fakes.discord_messages import COMPONENTS_V2, FakeMessage, FakeUser, Json

EPOCH_MS = 1420070400000


class Permission(IntFlag):
    """The permissions that matter to a bot that posts and answers commands."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    CONNECT = 1 << 20
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38


NOTHING = Permission(0)
PLAIN = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)

MEMBER = FakeUser(810000000000000001, "mira", PLAIN)
MANAGER = FakeUser(810000000000000002, "manu", PLAIN | Permission.MANAGE_GUILD)
ADMIN = FakeUser(810000000000000003, "ada", PLAIN | Permission.ADMINISTRATOR)


class ChannelKind(IntEnum):
    """Discord's numbers for the kinds of channels."""

    TEXT = 0
    VOICE = 2
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


THREADS = (ChannelKind.ANNOUNCEMENT_THREAD, ChannelKind.PUBLIC_THREAD, ChannelKind.PRIVATE_THREAD)


@dataclass(slots=True)
class FakeRole:
    """A role of a guild."""

    id: int
    guild_id: int
    name: str
    mentionable: bool = False
    permissions: Permission = NOTHING
    # The bot whose own role it is.
    bot_id: int | None = None


@dataclass(frozen=True, slots=True)
class FakeOverwrite:
    """What a channel allows and denies a role or, with `member`, a member."""

    allow: Permission = NOTHING
    deny: Permission = NOTHING
    member: bool = False


@dataclass(slots=True)
class FakeChannel:
    """A channel, thread or forum. Without `bot_permissions`, the guild's apply (for a thread, its parent's).

    `overwrites` by the id of a role or member count for members; @everyone's id is the guild's.
    """

    id: int
    guild_id: int
    name: str
    kind: ChannelKind = ChannelKind.TEXT
    parent_id: int | None = None
    bot_permissions: Permission | None = None
    owner_id: int = 0
    overwrites: dict[int, FakeOverwrite] = field(default_factory=dict)
    archived: bool = False
    locked: bool = False
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    messages: dict[int, FakeMessage] = field(default_factory=dict)
    # A forum's tags by id, and whether its posts need one; a post's own tags.
    tags: dict[int, str] = field(default_factory=dict)
    requires_tag: bool = False
    applied_tags: tuple[int, ...] = ()

    @property
    def is_thread(self) -> bool:
        """Whether it is a thread of another channel."""
        return self.kind in THREADS


@dataclass(slots=True)
class FakeGuild:
    """A server. `bot_permissions` apply in every channel without its own."""

    id: int
    name: str
    bot_permissions: Permission = PLAIN
    unavailable: bool = False
    channels: dict[int, FakeChannel] = field(default_factory=dict)
    roles: dict[int, FakeRole] = field(default_factory=dict)

    @property
    def everyone(self) -> Permission:
        """What @everyone may do. The bot has that role, too, so it is no more than the bot may."""
        return PLAIN & self.bot_permissions


class DiscordClock:
    """Real time plus the seconds that a test has added.

    The fake's deadlines (nonces, interactions) count only the added seconds, so a slow machine misses none.
    """

    def __init__(self) -> None:
        self.shift_s = 0.0

    def advance(self, seconds: float) -> None:
        """Let time pass for Discord but not for the bot."""
        self.shift_s += seconds

    def now(self) -> datetime:
        """The time by Discord's clock."""
        return datetime.now(UTC) + timedelta(seconds=self.shift_s)


class World:
    """Everything that this Discord knows."""

    def __init__(self) -> None:
        self.clock = DiscordClock()
        self._last_id = 0
        self.application_id = 700000000000000000
        self.bot = FakeUser(self.application_id, "Earmark", PLAIN, bot=True)
        self.guilds: dict[int, FakeGuild] = {}

    def next_id(self) -> int:
        """A new snowflake: greater than all before, and with its time inside."""
        fresh = (int(self.clock.now().timestamp() * 1000) - EPOCH_MS) << 22
        self._last_id = max(fresh, self._last_id + 1)
        return self._last_id

    def add_guild(
        self, name: str, *, guild_id: int | None = None, bot_permissions: Permission = PLAIN
    ) -> FakeGuild:
        """Create a guild that the bot is a member of."""
        guild = FakeGuild(guild_id or self.next_id(), name, bot_permissions)
        self.guilds[guild.id] = guild
        return guild

    def add_channel(
        self,
        guild_id: int,
        name: str,
        kind: ChannelKind = ChannelKind.TEXT,
        *,
        channel_id: int | None = None,
        parent_id: int | None = None,
        bot_permissions: Permission | None = None,
        owner_id: int = MANAGER.id,
    ) -> FakeChannel:
        """Create a channel, or with a thread's kind and a `parent_id` a thread."""
        channel = FakeChannel(
            channel_id or self.next_id(), guild_id, name, kind, parent_id, bot_permissions, owner_id
        )
        self.guilds[guild_id].channels[channel.id] = channel
        return channel

    def add_role(
        self,
        guild_id: int,
        name: str,
        *,
        mentionable: bool = False,
        permissions: Permission = NOTHING,
    ) -> FakeRole:
        """Create a role."""
        role = FakeRole(self.next_id(), guild_id, name, mentionable, permissions)
        self.guilds[guild_id].roles[role.id] = role
        return role

    def channels(self) -> Iterator[FakeChannel]:
        """All channels of all guilds."""
        for guild in self.guilds.values():
            yield from guild.channels.values()

    def channel(self, channel_id: int) -> FakeChannel | None:
        """Find a channel in any guild."""
        for guild in self.guilds.values():
            if (channel := guild.channels.get(channel_id)) is not None:
                return channel
        return None

    def permissions(self, channel: FakeChannel) -> Permission:
        """What the bot may do in a channel."""
        guild = self.guilds[channel.guild_id]
        if channel.bot_permissions is not None:
            granted = channel.bot_permissions
        elif channel.is_thread and channel.parent_id in guild.channels:
            granted = self.permissions(guild.channels[channel.parent_id])
        else:
            granted = guild.bot_permissions
        return ~Permission(0) if granted & Permission.ADMINISTRATOR else granted

    def member_permissions(self, channel: FakeChannel, user: FakeUser) -> Permission:
        """What a member may do in a channel, as Discord tells it in an interaction."""
        guild = self.guilds[channel.guild_id]
        granted = Permission(user.permissions)
        for role_id in user.role_ids:
            granted |= guild.roles[role_id].permissions
        if granted & Permission.ADMINISTRATOR:
            return ~Permission(0)
        of = guild.channels[channel.parent_id] if channel.is_thread and channel.parent_id else channel
        of_roles = [of.overwrites[one] for one in user.role_ids if one in of.overwrites]
        for some in ([of.overwrites.get(guild.id)], of_roles, [of.overwrites.get(user.id)]):
            several = [one for one in some if one is not None]
            for one in several:
                granted &= ~one.deny
            for one in several:
                granted |= one.allow
        return granted

    def post(
        self,
        channel: FakeChannel,
        author: FakeUser,
        body: Json,
        *,
        files: Sequence[tuple[str, bytes]] = (),
        message_id: int | None = None,
        interaction: Json | None = None,
    ) -> FakeMessage:
        """Make a message from a request's body, and add it to the channel unless it is ephemeral."""
        message = FakeMessage(
            id=message_id or self.next_id(),
            guild_id=channel.guild_id,
            channel_id=channel.id,
            author=author,
            created=self.clock.now(),
            content=body.get("content") or "",
            embeds=body.get("embeds") or [],
            components=body.get("components") or [],
            flags=(body.get("flags") or 0) & (COMPONENTS_V2 | 1 << 2 | 1 << 6 | 1 << 7 | 1 << 12),
            nonce=body.get("nonce"),
            files=list(files),
            interaction=interaction,
        )
        if not message.ephemeral:
            channel.messages[message.id] = message
            channel.archived = False
        return message
