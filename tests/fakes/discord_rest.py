"""The REST endpoints for the bot, guilds, channels, messages and threads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tests.fakes.discord_gateway import Gateway
from tests.fakes.discord_http import (
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    ApiError,
    Call,
    Endpoint,
    Reply,
    object_of,
    unknown,
)
from tests.fakes.discord_mentions import Ping, would_ping
from tests.fakes.discord_message_rules import Shape, message_violations
from tests.fakes.discord_messages import CROSSPOSTED, FakeMessage, FakeUser, Json
from tests.fakes.discord_payloads import (
    application_payload,
    channel_payload,
    guild_payload,
    member_payload,
    message_payload,
    role_payload,
    user_payload,
)
from tests.fakes.discord_rules import Violation
from tests.fakes.discord_state import (
    ADMIN,
    MANAGER,
    MEMBER,
    ChannelKind,
    FakeChannel,
    FakeGuild,
    Permission,
    World,
)

NOTHING = Permission(0)
MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"


@dataclass(slots=True)
class Mentions:
    """Whom messages may notify, and whom they would have notified."""

    allowed_roles: set[int] = field(default_factory=set)
    pings: list[Ping] = field(default_factory=list)

    def check(self, call: Call, body: Json, shape: Shape, current: Json | None = None) -> Iterable[Violation]:
        """Record whom a message would notify, and check the message."""
        self.pings += would_ping(body, str(call))
        return message_violations(body, shape, current=current, allowed_roles=self.allowed_roles)


@dataclass(slots=True)
class Nonces:
    """The bot's nonces, which Discord remembers across all channels for `memory_s` seconds of its own clock."""

    world: World
    memory_s: float = 300.0
    _known: dict[str, tuple[FakeMessage, datetime]] = field(default_factory=dict)

    def earlier(self, body: Json) -> FakeMessage | None:
        """The message that was posted with the same enforced nonce, in whatever channel."""
        if not body.get("enforce_nonce"):
            return None
        message, posted = self._known.get(str(body["nonce"]), (None, self.world.clock.now()))
        passed_s = (self.world.clock.now() - posted).total_seconds()
        return message if message is not None and passed_s < self.memory_s else None

    def remember(self, message: FakeMessage) -> None:
        """Remember a message's nonce."""
        if message.nonce is not None:
            self._known[str(message.nonce)] = (message, message.created)

    def forget(self) -> None:
        """Forget all nonces, as if `memory_s` had passed."""
        self._known.clear()


class Rest:
    """The handlers: each does what Discord does, with Discord's errors."""

    def __init__(self, world: World, gateway: Gateway, mentions: Mentions) -> None:
        self.nonces = Nonces(world)
        self._world = world
        self._gateway = gateway
        self._mentions = mentions

    def endpoints(self) -> list[Endpoint]:
        """The endpoints."""
        return [
            Endpoint("GET", "/gateway/bot", self._gateway.describe),
            Endpoint("GET", "/users/@me", self._me),
            Endpoint("GET", "/users/@me/guilds", self._my_guilds),
            Endpoint("DELETE", "/users/@me/guilds/{guild_id}", self._leave),
            Endpoint("GET", "/users/{user_id}", self._user),
            Endpoint("GET", "/oauth2/applications/@me", self._application),
            Endpoint("GET", "/applications/@me", self._application),
            Endpoint("GET", "/guilds/{guild_id}", self._guild),
            Endpoint("GET", "/guilds/{guild_id}/channels", self._guild_channels),
            Endpoint("GET", "/guilds/{guild_id}/roles", self._guild_roles),
            Endpoint("GET", "/guilds/{guild_id}/members/{user_id}", self._guild_member),
            Endpoint("GET", "/guilds/{guild_id}/threads/active", self._active_threads),
            Endpoint("GET", "/channels/{channel_id}", self._channel),
            Endpoint("GET", "/channels/{channel_id}/threads/archived/public", self._archived_threads),
            Endpoint("POST", "/channels/{channel_id}/typing", self._typing),
            Endpoint("GET", MESSAGES, self._history),
            Endpoint("POST", MESSAGES, self._create, self._create_rules),
            Endpoint("GET", MESSAGE, self._message),
            Endpoint("PATCH", MESSAGE, self._edit, self._edit_rules),
            Endpoint("DELETE", MESSAGE, self._delete),
            Endpoint("POST", MESSAGE + "/crosspost", self._crosspost),
            Endpoint("POST", MESSAGE + "/threads", self._thread_under_message),
            Endpoint("POST", "/channels/{channel_id}/threads", self._thread, self._thread_rules),
        ]

    # The bot, its guilds and their parts

    async def _me(self, call: Call) -> Reply:
        del call
        return Reply(user_payload(self._world.bot))

    async def _application(self, call: Call) -> Reply:
        del call
        return Reply(application_payload(self._world))

    async def _user(self, call: Call) -> Reply:
        return Reply(user_payload(self._member_of(call.id("user_id"))))

    async def _my_guilds(self, call: Call) -> Reply:
        del call
        return Reply(
            [
                {"id": str(guild.id), "name": guild.name, "icon": None, "owner": False, "features": []}
                | {"permissions": str(int(guild.bot_permissions))}
                for guild in self._world.guilds.values()
            ]
        )

    async def _leave(self, call: Call) -> Reply:
        guild = self._guild_of(call)
        del self._world.guilds[guild.id]
        await self._gateway.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild.id)
        return Reply()

    async def _guild(self, call: Call) -> Reply:
        return Reply(guild_payload(self._world, self._guild_of(call)))

    async def _guild_channels(self, call: Call) -> Reply:
        return Reply(guild_payload(self._world, self._guild_of(call))["channels"])

    async def _guild_roles(self, call: Call) -> Reply:
        return Reply([role_payload(role, 2) for role in self._guild_of(call).roles.values()])

    async def _guild_member(self, call: Call) -> Reply:
        self._guild_of(call)
        return Reply(member_payload(self._member_of(call.id("user_id"))))

    async def _active_threads(self, call: Call) -> Reply:
        threads = guild_payload(self._world, self._guild_of(call))["threads"]
        return Reply({"threads": threads, "members": []})

    async def _archived_threads(self, call: Call) -> Reply:
        """A channel's archived threads, the latest first."""
        parent = self._channel_of(call, Permission.READ_MESSAGE_HISTORY)
        siblings = self._world.guilds[parent.guild_id].channels.values()
        archived = [one for one in siblings if one.parent_id == parent.id and one.archived]
        if "before" in call.query:
            before = datetime.fromisoformat(call.query["before"])
            archived = [one for one in archived if one.created < before]
        archived.sort(key=lambda one: one.created, reverse=True)
        limit = int(call.query.get("limit", 50))
        threads = [channel_payload(self._world, one) for one in archived[:limit]]
        return Reply({"threads": threads, "members": [], "has_more": len(archived) > limit})

    async def _channel(self, call: Call) -> Reply:
        return Reply(channel_payload(self._world, self._channel_of(call)))

    async def _typing(self, call: Call) -> Reply:
        self._channel_of(call)
        return Reply()

    def _member_of(self, user_id: int) -> FakeUser:
        known = (self._world.bot, MEMBER, MANAGER, ADMIN)
        found = next((user for user in known if user.id == user_id), None)
        if found is None:
            raise unknown("User")
        return found

    def _guild_of(self, call: Call) -> FakeGuild:
        guild = self._world.guilds.get(call.id("guild_id"))
        if guild is None:
            raise unknown("Guild")
        return guild

    def _channel_of(self, call: Call, needed: Permission = NOTHING) -> FakeChannel:
        """The channel of a request; raises ApiError unless the bot can view it and has the needed permissions."""
        channel = self._world.channel(call.id("channel_id"))
        if channel is None:
            raise unknown("Channel")
        granted = self._world.permissions(channel)
        if not granted & Permission.VIEW_CHANNEL:
            raise ApiError(*MISSING_ACCESS)
        if needed & ~granted:
            raise ApiError(*MISSING_PERMISSIONS)
        return channel

    # Messages

    def _create_rules(self, call: Call) -> Iterable[Violation]:
        return self._mentions.check(call, object_of(call), Shape.CREATE)

    def _edit_rules(self, call: Call) -> Iterable[Violation]:
        channel = self._world.channel(call.id("channel_id"))
        message = channel.messages.get(call.id("message_id")) if channel else None
        # Without the message there is nothing to check: the handler answers 404.
        return self._mentions.check(call, object_of(call), Shape.EDIT, message.current()) if message else ()

    async def _create(self, call: Call) -> Reply:
        channel = self._channel_of(call)
        body: Json = call.body
        if channel.kind in (ChannelKind.FORUM, ChannelKind.CATEGORY):
            raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
        needed = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
        needed |= Permission.EMBED_LINKS if body.get("embeds") else NOTHING
        needed |= Permission.ATTACH_FILES if call.files else NOTHING
        self._channel_of(call, needed)
        if channel.locked and channel.archived:
            raise ApiError(400, 50083, "Thread is archived")
        earlier = self.nonces.earlier(body)
        if earlier is not None:
            return Reply(message_payload(self._world, earlier))
        message = self._world.post(channel, self._world.bot, body, files=call.files)
        self.nonces.remember(message)
        return Reply(message_payload(self._world, message))

    async def _history(self, call: Call) -> Reply:
        channel = self._channel_of(call)
        if not self._world.permissions(channel) & Permission.READ_MESSAGE_HISTORY:
            return Reply([])
        limit = int(call.query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise ApiError(400, 50035, "limit: int value should be between 1 and 100.")
        newest = sorted(channel.messages.values(), key=lambda message: message.id, reverse=True)
        if "before" in call.query:
            chosen = [message for message in newest if message.id < int(call.query["before"])][:limit]
        elif "after" in call.query:
            later = [message for message in newest if message.id > int(call.query["after"])]
            chosen = later[-limit:]
        elif "around" in call.query:
            centre = int(call.query["around"])
            later = [message for message in newest if message.id > centre]
            chosen = (later[-(limit // 2) :] if limit > 1 else []) + [
                message for message in newest if message.id <= centre
            ]
            chosen = chosen[:limit]
        else:
            chosen = newest[:limit]
        return Reply([message_payload(self._world, message) for message in chosen])

    def _message_of(self, call: Call, needed: Permission = NOTHING) -> FakeMessage:
        message = self._channel_of(call, needed).messages.get(call.id("message_id"))
        if message is None:
            raise unknown("Message")
        return message

    async def _message(self, call: Call) -> Reply:
        return Reply(message_payload(self._world, self._message_of(call, Permission.READ_MESSAGE_HISTORY)))

    async def _edit(self, call: Call) -> Reply:
        message = self._message_of(call)
        if message.author.id != self._world.bot.id:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        message.change(object_of(call), call.files, self._world.clock.now())
        return Reply(message_payload(self._world, message))

    async def _delete(self, call: Call) -> Reply:
        channel, message = self._channel_of(call), self._message_of(call)
        if message.author.id != self._world.bot.id:
            self._channel_of(call, Permission.MANAGE_MESSAGES)
        message.deleted = True
        del channel.messages[message.id]
        return Reply()

    async def _crosspost(self, call: Call) -> Reply:
        channel, message = self._channel_of(call, Permission.SEND_MESSAGES), self._message_of(call)
        if channel.kind is not ChannelKind.ANNOUNCEMENT:
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        if message.crossposted:
            raise ApiError(400, 40033, "This message has already been crossposted")
        message.flags |= CROSSPOSTED
        return Reply(message_payload(self._world, message))

    # Threads

    async def _thread_under_message(self, call: Call) -> Reply:
        """Open the thread of a message: it has the message's id, and there is only one."""
        channel = self._channel_of(call, Permission.CREATE_PUBLIC_THREADS)
        message = self._message_of(call)
        if message.thread_id is not None:
            raise ApiError(400, 160004, "A thread has already been created for this message")
        announcement = channel.kind is ChannelKind.ANNOUNCEMENT
        kind = ChannelKind.ANNOUNCEMENT_THREAD if announcement else ChannelKind.PUBLIC_THREAD
        thread = await self._open(channel, object_of(call)["name"], kind, message.id)
        message.thread_id = thread.id
        return Reply(channel_payload(self._world, thread), 201)

    def _thread_rules(self, call: Call) -> Iterable[Violation]:
        message = object_of(call).get("message")
        return self._mentions.check(call, message, Shape.FORUM_POST) if isinstance(message, dict) else ()

    async def _thread(self, call: Call) -> Reply:
        """Open a thread without a message, or a post in a forum."""
        channel, body = self._channel_of(call), object_of(call)
        if channel.kind is not ChannelKind.FORUM:
            self._channel_of(call, Permission.CREATE_PUBLIC_THREADS)
            thread = await self._open(channel, body["name"], ChannelKind(body.get("type") or 12), None)
            return Reply(channel_payload(self._world, thread), 201)
        self._channel_of(call, Permission.SEND_MESSAGES)
        applied = tuple(int(tag) for tag in body.get("applied_tags") or ())
        if not set(applied) <= set(channel.tags):
            raise unknown("Tag")
        if channel.requires_tag and not applied:
            raise ApiError(400, 40067, "A tag is required to create a forum post in this channel")
        thread = await self._open(channel, body["name"], ChannelKind.PUBLIC_THREAD, None)
        thread.applied_tags = applied
        first = self._world.post(
            thread, self._world.bot, body["message"], files=call.files, message_id=thread.id
        )
        payload = channel_payload(self._world, thread) | {"message": message_payload(self._world, first)}
        return Reply(payload, 201)

    async def _open(
        self, parent: FakeChannel, name: str, kind: ChannelKind, thread_id: int | None
    ) -> FakeChannel:
        thread = self._world.add_channel(
            parent.guild_id,
            name,
            kind,
            channel_id=thread_id,
            parent_id=parent.id,
            owner_id=self._world.bot.id,
        )
        created = channel_payload(self._world, thread) | {"newly_created": True}
        await self._gateway.dispatch("THREAD_CREATE", created, parent.guild_id)
        return thread
