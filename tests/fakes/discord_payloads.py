"""Discord's objects as JSON, with the keys that discord.py reads and few others."""

from __future__ import annotations

from tests.fakes.discord_messages import HAS_THREAD, FakeMessage, FakeUser, Json
from tests.fakes.discord_state import ADMIN, ChannelKind, FakeChannel, FakeGuild, FakeRole, Permission, World


def user_payload(user: FakeUser) -> Json:
    """A user as JSON."""
    return {
        "id": str(user.id),
        "username": user.name,
        "global_name": user.name.title(),
        "discriminator": "0",
        "avatar": None,
        "bot": user.bot,
        "public_flags": 0,
        "flags": 0,
    }


def member_payload(user: FakeUser, permissions: Permission | None = None) -> Json:
    """A member as JSON; in an interaction with their permissions in its channel."""
    member: Json = {
        "user": user_payload(user),
        "roles": [str(role_id) for role_id in user.role_ids],
        "joined_at": "2024-01-01T00:00:00.000000+00:00",
        "nick": None,
        "avatar": None,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
    }
    if permissions is not None:
        member["permissions"] = str(int(permissions))
    return member


def application_payload(world: World) -> Json:
    """The bot's application as JSON."""
    return {
        "id": str(world.application_id),
        "name": world.bot.name,
        "description": "",
        "icon": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": user_payload(ADMIN),
        "team": None,
        "verify_key": "0" * 64,
        "flags": 0,
        "interactions_endpoint_url": None,
    }


def role_payload(role: FakeRole, position: int) -> Json:
    """A role as JSON; a bot's own is managed."""
    payload: Json = {
        "id": str(role.id),
        "name": role.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": position,
        "permissions": str(int(role.permissions)),
        "managed": role.bot_id is not None,
        "mentionable": role.mentionable,
        "flags": 0,
    }
    if role.bot_id is not None:
        payload["tags"] = {"bot_id": str(role.bot_id)}
    return payload


def bot_role(world: World, guild: FakeGuild) -> FakeRole:
    """The managed role that gives the bot its permissions in a guild."""
    return FakeRole(
        guild.id + 1, guild.id, world.bot.name, permissions=guild.bot_permissions, bot_id=world.bot.id
    )


def channel_payload(world: World, channel: FakeChannel) -> Json:
    """A channel or thread as JSON, with the overwrites that give the bot its permissions there."""
    last_id = max(channel.messages, default=None)
    common: Json = {
        "id": str(channel.id),
        "guild_id": str(channel.guild_id),
        "name": channel.name,
        "type": int(channel.kind),
        "parent_id": str(channel.parent_id) if channel.parent_id else None,
        "last_message_id": str(last_id) if last_id else None,
        "rate_limit_per_user": 0,
        "flags": 0,
    }
    if channel.is_thread:
        return common | {
            "owner_id": str(channel.owner_id),
            "message_count": len(channel.messages),
            "total_message_sent": len(channel.messages),
            "member_count": 1,
            "applied_tags": [str(tag) for tag in channel.applied_tags],
            "thread_metadata": {
                "archived": channel.archived,
                "locked": channel.locked,
                "auto_archive_duration": 1440,
                "archive_timestamp": channel.created.isoformat(),
                "create_timestamp": channel.created.isoformat(),
            },
        }
    overwrites: list[Json] = [
        {"id": str(id_), "type": int(one.member), "allow": str(int(one.allow)), "deny": str(int(one.deny))}
        for id_, one in channel.overwrites.items()
    ]
    if channel.bot_permissions is not None:
        base = world.guilds[channel.guild_id].bot_permissions
        # Allowed by name, as @everyone may be kept out.
        allow, deny = channel.bot_permissions, base & ~channel.bot_permissions
        overwrites.append(
            {"id": str(world.bot.id), "type": 1, "allow": str(int(allow)), "deny": str(int(deny))}
        )
    return common | {
        "position": 0,
        "nsfw": False,
        "topic": None,
        "permission_overwrites": overwrites,
        **(_forum_payload(channel) if channel.kind is ChannelKind.FORUM else {}),
        **({"bitrate": 64_000, "user_limit": 0} if channel.kind is ChannelKind.VOICE else {}),
    }


def _forum_payload(forum: FakeChannel) -> Json:
    return {
        "flags": 1 << 4 if forum.requires_tag else 0,
        "available_tags": [
            {"id": str(tag), "name": name, "moderated": False, "emoji_id": None, "emoji_name": None}
            for tag, name in forum.tags.items()
        ],
    }


def guild_payload(world: World, guild: FakeGuild) -> Json:
    """A guild as in GUILD_CREATE."""
    everyone = FakeRole(guild.id, guild.id, "@everyone", permissions=guild.everyone)
    managed = bot_role(world, guild)
    me = FakeUser(world.bot.id, world.bot.name, bot=True, role_ids=(managed.id,))
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(ADMIN.id),
        "icon": None,
        "splash": None,
        "features": [],
        "emojis": [],
        "stickers": [],
        "preferred_locale": "en-US",
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "system_channel_flags": 0,
        "member_count": 4,
        "large": False,
        "joined_at": "2024-01-01T00:00:00.000000+00:00",
        "roles": [
            role_payload(everyone, 0),
            role_payload(managed, 1),
            *(role_payload(role, place) for place, role in enumerate(guild.roles.values(), 2)),
        ],
        "members": [member_payload(me)],
        "channels": [channel_payload(world, part) for part in guild.channels.values() if not part.is_thread],
        "threads": [
            channel_payload(world, part)
            for part in guild.channels.values()
            if part.is_thread and not part.archived
        ],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def message_payload(world: World, message: FakeMessage) -> Json:
    """A message as JSON."""
    payload: Json = {
        "id": str(message.id),
        "type": 20 if message.interaction else 0,
        "channel_id": str(message.channel_id),
        "author": user_payload(message.author),
        "content": message.content,
        "timestamp": message.created.isoformat(),
        "edited_timestamp": message.edited.isoformat() if message.edited else None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [
            {
                "id": str(message.id + place + 1),
                "filename": name,
                "size": len(data),
                "url": f"https://cdn.discordapp.com/attachments/{message.channel_id}/{message.id}/{name}",
                "proxy_url": f"https://media.discordapp.net/attachments/{message.channel_id}/{message.id}/{name}",
            }
            for place, (name, data) in enumerate(message.files)
        ],
        "embeds": [{"type": "rich", **embed} for embed in message.embeds],
        "components": message.components,
        "pinned": False,
        "flags": message.flags | (HAS_THREAD if message.thread_id else 0),
    }
    if message.nonce is not None:
        payload["nonce"] = message.nonce
    if message.author.id == world.bot.id:
        payload["application_id"] = str(world.application_id)
    if message.interaction:
        payload["webhook_id"] = str(world.application_id)
        payload["interaction_metadata"] = message.interaction
    thread = world.channel(message.thread_id) if message.thread_id else None
    if thread is not None:
        payload["thread"] = channel_payload(world, thread)
    return payload
