"""The commands that the bot registered, and the interaction data that a member's input makes of them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

from tests.fakes.discord_command_rules import GROUP, SUBCOMMAND, commands_violations
from tests.fakes.discord_http import Call, Endpoint, Reply, unknown
from tests.fakes.discord_messages import FakeUser, Json
from tests.fakes.discord_payloads import channel_payload, member_payload, role_payload, user_payload
from tests.fakes.discord_rules import Violation, items
from tests.fakes.discord_state import FakeChannel, FakeRole, Permission, World

STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = 3, 4, 5, 6, 7, 8, 9, 10
LONGEST_STRING = 6000


class NotOfferedError(AssertionError):
    """Discord's own client would not let a member send this."""


class CommandRegistry:
    """Registered commands by guild; the global ones under None."""

    def __init__(self, world: World) -> None:
        self.syncs = 0
        self.registered: dict[int | None, list[Json]] = {}
        self._world = world

    def endpoints(self) -> list[Endpoint]:
        """The endpoints for commands."""
        everywhere = "/applications/{application_id}/commands"
        guild = "/applications/{application_id}/guilds/{guild_id}/commands"
        return [
            Endpoint("GET", everywhere, self._list),
            Endpoint("PUT", everywhere, self._overwrite, _rules),
            Endpoint("GET", guild, self._list),
            Endpoint("PUT", guild, self._overwrite, _rules),
        ]

    async def _list(self, call: Call) -> Reply:
        return Reply(self.registered.get(self._scope(call), []))

    async def _overwrite(self, call: Call) -> Reply:
        scope = self._scope(call)
        self.syncs += 1
        self.registered[scope] = [self._kept(command, scope) for command in call.body or []]
        return Reply(self.registered[scope])

    def _scope(self, call: Call) -> int | None:
        if call.id("application_id") != self._world.application_id:
            raise unknown("Application")
        return call.id("guild_id") if "guild_id" in call.ids else None

    def _kept(self, command: Json, scope: int | None) -> Json:
        permissions = command.get("default_member_permissions")
        return {
            "nsfw": False,
            "dm_permission": True,
            "options": [],
            **{name: value for name, value in command.items() if value is not None},
            # A command keeps its id when the commands are overwritten.
            "id": str(self._world.application_id + zlib.crc32(command["name"].encode())),
            "application_id": str(self._world.application_id),
            "type": command.get("type") or 1,
            "version": str(self._world.next_id()),
            "default_member_permissions": str(permissions) if permissions is not None else None,
            **({"guild_id": str(scope)} if scope else {}),
        }

    def find(self, name: str, guild_id: int) -> tuple[Json, list[Json]]:
        """Find a command such as "podcast add": the registered command, and the groups and subcommand below it."""
        steps = name.split()
        known = self.registered.get(guild_id, []) + self.registered.get(None, [])
        command = next((command for command in known if command["name"] == steps[0]), None)
        path = [command] if command else []
        for step in steps[1:] if command else ():
            path += [
                part for part in items(path[-1], "options") if part["name"] == step and part["type"] in (1, 2)
            ][:1]
        if command is None or len(path) != len(steps):
            names = sorted(command["name"] for command in known)
            raise NotOfferedError(f"the bot has not registered /{name}; it has {names}")
        if any(part["type"] in (SUBCOMMAND, GROUP) for part in items(path[-1], "options")):
            raise NotOfferedError(f"/{name} is a group of commands, which nobody can call")
        return command, path[1:]

    def admit(self, command: Json, user: FakeUser) -> None:
        """Raise if Discord would not show this member the command."""
        wanted = command.get("default_member_permissions")
        if wanted is None or user.permissions & Permission.ADMINISTRATOR:
            return
        if int(wanted) == 0 or int(wanted) & ~user.permissions:
            raise NotOfferedError(
                f"/{command['name']} is not offered to {user.name}, who lacks permissions of {wanted}"
            )

    def data(self, name: str, guild_id: int, given: Json, *, focused: str | None = None) -> Json:
        """Build an interaction's `data`; with `focused`, that of an autocomplete, which has no resolved objects."""
        command, steps = self.find(name, guild_id)
        leaf = steps[-1] if steps else command
        resolved: Json = {}
        options = [
            self._option(option, given[option["name"]], resolved, focused=option["name"] == focused)
            for option in items(leaf, "options")
            if option["name"] in given
        ]
        _check_names(name, leaf, given, focused)
        for step in reversed(steps):
            options = [{"name": step["name"], "type": step["type"], "options": options}]
        data: Json = {"id": command["id"], "name": command["name"], "type": 1, "options": options}
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        if resolved and focused is None:
            data["resolved"] = resolved
        return data

    def _option(self, option: Json, value: Any, resolved: Json, *, focused: bool) -> Json:
        written: Json = {"name": option["name"], "type": option["type"]}
        if focused:
            # The focused option arrives as the text that was typed, whatever its type.
            return written | {"value": str(value), "focused": True}
        kind = option["type"]
        if kind == STRING:
            value = str(value)
            _in_range(option, len(value), "min_length", "max_length", LONGEST_STRING)
        elif kind in (INTEGER, NUMBER):
            value = int(value) if kind == INTEGER else float(value)
            _in_range(option, value, "min_value", "max_value", 2**53)
        elif kind == BOOLEAN:
            value = bool(value)
        else:
            value = self._resolve(option, value, resolved)
        if option.get("choices") and value not in [choice["value"] for choice in option["choices"]]:
            raise NotOfferedError(f"{option['name']}: {value!r} is not one of its choices")
        return written | {"value": value}

    def _resolve(self, option: Json, value: Any, resolved: Json) -> str:
        """Return the object's id, and add the object to `resolved` as Discord does."""
        kind = option["type"]
        if isinstance(value, FakeUser):
            if kind not in (USER, MENTIONABLE):
                raise NotOfferedError(f"{option['name']} takes no user")
            resolved.setdefault("users", {})[str(value.id)] = user_payload(value)
            member = member_payload(value, Permission(value.permissions))
            del member["user"]
            resolved.setdefault("members", {})[str(value.id)] = member
            return str(value.id)
        found = value if isinstance(value, FakeRole | FakeChannel) else self._look_up(int(value))
        if isinstance(found, FakeRole) and kind in (ROLE, MENTIONABLE):
            resolved.setdefault("roles", {})[str(found.id)] = role_payload(found, 2)
        elif isinstance(found, FakeChannel) and kind == CHANNEL:
            kinds = option.get("channel_types")
            if kinds and found.kind not in kinds:
                raise NotOfferedError(
                    f"{option['name']} takes channels of {kinds}, not of kind {int(found.kind)}"
                )
            channel = channel_payload(self._world, found) | {"permissions": str(int(~Permission(0)))}
            resolved.setdefault("channels", {})[str(found.id)] = channel
        else:
            raise NotOfferedError(f"{option['name']}: nothing fitting has the id {value}")
        return str(found.id)

    def _look_up(self, some_id: int) -> FakeRole | FakeChannel | None:
        roles = (guild.roles.get(some_id) for guild in self._world.guilds.values())
        return self._world.channel(some_id) or next((role for role in roles if role), None)


def _rules(call: Call) -> Iterable[Violation]:
    return commands_violations(call.body)


def _check_names(name: str, leaf: Json, given: Json, focused: str | None) -> None:
    options = {option["name"]: option for option in items(leaf, "options")}
    if strange := sorted(set(given) - set(options)):
        raise NotOfferedError(f"/{name} has no option {strange}; it has {sorted(options)}")
    if focused is not None:
        if not options.get(focused, {}).get("autocomplete"):
            raise NotOfferedError(f"/{name} has no autocomplete for {focused!r}")
        return
    required = {option["name"] for option in options.values() if option.get("required")}
    if absent := sorted(required - set(given)):
        raise NotOfferedError(f"/{name} cannot be sent without {absent}")


def _in_range(option: Json, value: float, least: str, most: str, default_most: float) -> None:
    low, high = option.get(least), option.get(most) or default_most
    if (low is not None and value < low) or value > high:
        raise NotOfferedError(f"{option['name']}: {value} is outside {low}..{high}")
