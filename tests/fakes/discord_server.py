"""A Discord that a bot can run against: REST and gateway on a loopback port, in the test's own event loop.

async with FakeDiscord() as fake:
    guild = fake.world.add_guild("Alpha")
    channel = fake.world.add_channel(guild.id, "news")
    ...  # start the bot with DISCORD_TOKEN=fake.token and EARMARK_DISCORD_API_URL=fake.api_url
    await fake.wait_for(lambda: fake.command_syncs)
    answer = await fake.command(guild.id, channel.id, MEMBER, "quote", words="...")
    assert fake.violations == []
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from aiohttp import web

from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_commands import CommandRegistry
from tests.fakes.discord_faults import FaultPlan
from tests.fakes.discord_gateway import Gateway
from tests.fakes.discord_http import Call
from tests.fakes.discord_interactions import Interactions
from tests.fakes.discord_limits import RateLimits
from tests.fakes.discord_mentions import Ping
from tests.fakes.discord_messages import FakeMessage, FakeUser, Json
from tests.fakes.discord_middleware import PREFIX, Middleware
from tests.fakes.discord_payloads import channel_payload, guild_payload
from tests.fakes.discord_rest import Mentions, Nonces, Rest
from tests.fakes.discord_state import MEMBER, FakeChannel, FakeGuild, FakeOverwrite, Permission, World
from tests.fakes.watch import TIMEOUT_S, Watch

T = TypeVar("T")
Until = Literal["answered", "acknowledged"]


class FakeDiscord:
    """The facade of the fake: what a test sets up, does and inspects. Its parts are the other discord modules."""

    def __init__(self, token: str = "fake-token") -> None:
        self.token = token
        self.world = World()
        self.faults = FaultPlan()
        self.gateway: Gateway
        self.api_url = ""
        self._watch = Watch()
        self._mentions = Mentions()
        self._middleware = Middleware(token, self.faults, self._watch)
        self._commands = CommandRegistry(self.world)
        self.gateway = Gateway(self.world, token, self._watch)
        self._rest = Rest(self.world, self.gateway, self._mentions)
        self._interactions = Interactions(
            self.world, self.gateway, self._commands, self._mentions, self._watch
        )
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        self._middleware.mount(
            app, [*self._rest.endpoints(), *self._commands.endpoints(), *self._interactions.endpoints()]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.api_url = f"http://{host}:{port}{PREFIX}"
        self.gateway.url = f"ws://{host}:{port}/gateway"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.faults.clear()
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # Strictness

    def enforce_rate_limits(self) -> RateLimits:
        """Enforce Discord's rate limits from now on; returns their counters."""
        self._middleware.limits = RateLimits()
        return self._middleware.limits

    def stop_checking(self) -> None:
        """Accept every body unchecked, for benchmarks."""
        self._middleware.checking = False

    # What the bot did

    @property
    def ready(self) -> asyncio.Event:
        """Set while every shard is connected and has received READY or RESUMED."""
        return self.gateway.ready

    @property
    def identifies(self) -> int:
        """How often the bot began a new session."""
        return self.gateway.identifies

    @property
    def command_syncs(self) -> int:
        """How often the bot overwrote its commands."""
        return self._commands.syncs

    @property
    def commands(self) -> dict[int | None, list[Json]]:
        """The registered commands per guild; under None those for all."""
        return self._commands.registered

    @property
    def violations(self) -> list[str]:
        """Every violation of Discord's rules or of the project's rule on mentions, one sentence each."""
        return self._middleware.violations

    @property
    def pings(self) -> list[Ping]:
        """All notifications that messages would have sent."""
        return self._mentions.pings

    @property
    def allowed_role_mentions(self) -> set[int]:
        """The roles that messages may notify; none unless the test adds them."""
        return self._mentions.allowed_roles

    @property
    def requests(self) -> list[Call]:
        """The latest requests, oldest first."""
        return list(self._middleware.requests)

    @property
    def answers(self) -> list[FakeAnswer]:
        """All interactions that were sent, with what the bot answered."""
        return list(self._interactions.answers.values())

    @property
    def nonces(self) -> Nonces:
        """The nonces that Discord remembers."""
        return self._rest.nonces

    def sent(self, method: str, ending: str) -> list[Call]:
        """The requests of this method whose path has this ending."""
        return [call for call in self.requests if call.method == method and call.path.endswith(ending)]

    def messages(self, channel_id: int) -> list[FakeMessage]:
        """A channel's messages, oldest first; ephemeral answers are in no channel."""
        return sorted(self._channel(channel_id).messages.values(), key=lambda message: message.id)

    async def wait_for(self, predicate: Callable[[], T], what: str = "", timeout_s: float = TIMEOUT_S) -> T:
        """Wait for the predicate's first true value; it is checked after every request and gateway message."""
        return await self._watch.wait_for(predicate, timeout_s, what=what, seen=self._latest_requests)

    def _latest_requests(self) -> str:
        latest = ", ".join(str(call) for call in self.requests[-8:])
        return f"{len(self.requests)} requests, the latest: {latest}; violations: {self.violations[-3:]}"

    # What members do

    async def command(
        self,
        guild_id: int,
        channel_id: int,
        user: FakeUser,
        name: str,
        /,
        *,
        timeout_s: float = TIMEOUT_S,
        until: Until = "answered",
        force: bool = False,
        **options: Any,
    ) -> FakeAnswer:
        """Send a slash command, "quote" or "podcast add", and wait for its answer.

        With `force`, even if Discord would not offer it to this member. Channels, roles and users are passed as
        the fake's objects; channels and roles also by id.
        """
        channel = self._channel(channel_id, guild_id)
        answer = await self._interactions.command(channel, user, name, options, force=force)
        return await self._interactions.settle(answer, timeout_s, until)

    async def autocomplete(
        self,
        guild_id: int,
        channel_id: int,
        user: FakeUser,
        name: str,
        /,
        *,
        focused: str,
        timeout_s: float = TIMEOUT_S,
        **options: Any,
    ) -> FakeAnswer:
        """Type into the option `focused` (its text is among the options) and wait for the choices."""
        channel = self._channel(channel_id, guild_id)
        answer = await self._interactions.autocomplete(channel, user, name, options, focused)
        return await self._interactions.settle(answer, timeout_s, "answered")

    async def choose(self, asked: FakeAnswer, value: str, user: FakeUser = MEMBER) -> FakeAnswer:
        """Choose a value in the select of an answer, also one that it does not offer, and wait for the answer."""
        message = next(part for part in asked.shown if part.selects)
        answer = await self._interactions.choose(message, value, user)
        return await self._interactions.settle(answer, TIMEOUT_S, "answered")

    async def click(
        self,
        custom_id: str,
        message: FakeMessage | FakeAnswer,
        user: FakeUser = MEMBER,
        *,
        timeout_s: float = TIMEOUT_S,
        until: Until = "answered",
    ) -> FakeAnswer:
        """Press a button of a message, or of an answer's messages, and wait for the answer."""
        shown = message.shown if isinstance(message, FakeAnswer) else [message]
        holders = [part for part in shown if custom_id in [button.custom_id for button in part.buttons]]
        answer = await self._interactions.click((holders or shown)[0], custom_id, user)
        return await self._interactions.settle(answer, timeout_s, until)

    async def submit_modal(
        self, opened: FakeAnswer, timeout_s: float = TIMEOUT_S, **texts: str
    ) -> FakeAnswer:
        """Fill in the modal that an answer opened, by the custom ids of its inputs."""
        answer = await self._interactions.submit(opened, texts)
        return await self._interactions.settle(answer, timeout_s, "answered")

    @contextmanager
    def direct_messages(self) -> Iterator[None]:
        """Whatever members do meanwhile, they do in a direct message, which has no server."""
        self._interactions.direct = True
        try:
            yield
        finally:
            self._interactions.direct = False

    # What happens on Discord

    def forget_nonces(self) -> None:
        """Make Discord forget all nonces."""
        self._rest.nonces.forget()

    def advance(self, seconds: float) -> None:
        """Let time pass for Discord: nonces and interactions age."""
        self.world.clock.advance(seconds)

    async def join_guild(self, name: str, bot_permissions: Permission | None = None) -> FakeGuild:
        """Add the bot to a new guild with one text channel."""
        guild = self.world.add_guild(name)
        if bot_permissions is not None:
            guild.bot_permissions = bot_permissions
        self.world.add_channel(guild.id, "general")
        await self.gateway.dispatch("GUILD_CREATE", guild_payload(self.world, guild), guild.id)
        return guild

    async def remove_guild(self, guild_id: int) -> None:
        """Remove the bot from a guild."""
        del self.world.guilds[guild_id]
        await self.gateway.dispatch("GUILD_DELETE", {"id": str(guild_id)}, guild_id)

    async def guild_outage(self, guild_id: int) -> None:
        """Make a guild unavailable, which does not remove the bot."""
        self.world.guilds[guild_id].unavailable = True
        await self.gateway.dispatch("GUILD_DELETE", {"id": str(guild_id), "unavailable": True}, guild_id)

    async def guild_back(self, guild_id: int) -> None:
        """End an outage."""
        guild = self.world.guilds[guild_id]
        guild.unavailable = False
        payload = guild_payload(self.world, guild) | {"unavailable": False}
        await self.gateway.dispatch("GUILD_CREATE", payload, guild_id)

    async def create_channel(self, guild_id: int, name: str, **settings: Any) -> FakeChannel:
        """Create a channel while the bot is connected."""
        channel = self.world.add_channel(guild_id, name, **settings)
        await self.gateway.dispatch("CHANNEL_CREATE", channel_payload(self.world, channel), guild_id)
        return channel

    async def delete_channel(self, channel_id: int) -> None:
        """Delete a channel or thread."""
        channel = self._channel(channel_id)
        payload = channel_payload(self.world, channel)
        del self.world.guilds[channel.guild_id].channels[channel_id]
        event = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
        await self.gateway.dispatch(event, payload, channel.guild_id)

    async def set_permissions(self, channel_id: int, permissions: Permission) -> None:
        """Change what the bot may do in a channel."""
        channel = self._channel(channel_id)
        channel.bot_permissions = permissions
        await self.gateway.dispatch("CHANNEL_UPDATE", channel_payload(self.world, channel), channel.guild_id)

    async def set_overwrite(self, channel_id: int, of: int, overwrite: FakeOverwrite) -> None:
        """Change what a channel allows and denies a role, @everyone (the guild's id) or a member."""
        channel = self._channel(channel_id)
        channel.overwrites[of] = overwrite
        await self.gateway.dispatch("CHANNEL_UPDATE", channel_payload(self.world, channel), channel.guild_id)

    def delete_message(self, message: FakeMessage) -> None:
        """Delete a message; with its intents, the bot is not told."""
        message.deleted = True
        self._channel(message.channel_id).messages.pop(message.id, None)

    def post(self, channel_id: int, author: FakeUser, content: str = "", **body: Any) -> FakeMessage:
        """Add a message to a channel; with `fake.world.bot` as author, one that the bot posted earlier."""
        return self.world.post(self._channel(channel_id), author, {"content": content, **body})

    def _channel(self, channel_id: int, guild_id: int | None = None) -> FakeChannel:
        channel = self.world.channel(channel_id)
        if channel is None or guild_id not in (None, channel.guild_id):
            raise LookupError(f"no channel {channel_id}" + (f" in guild {guild_id}" if guild_id else ""))
        return channel
