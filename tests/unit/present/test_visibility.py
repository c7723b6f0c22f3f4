"""Who sees a podcast: by table, over channels and roles as discord.py keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

import discord
import pytest

from bot.present.visibility import ServerChannel, Viewer, public_parent, readers_may_see, sees
from storage.models import GuildPodcast, PodcastSources, Visibility
from tests.fakes.discord_messages import FakeUser
from tests.fakes.discord_payloads import guild_payload, member_payload
from tests.fakes.discord_state import ADMIN, NOTHING, PLAIN, ChannelKind, FakeOverwrite, Permission, World

GUILD, MIRA, OWNER = 10, 77, ADMIN.id
VIEW, CONNECT = Permission.VIEW_CHANNEL, Permission.CONNECT
PATRON, MOD, MUTED, BOSS = "patron", "mod", "muted", "boss"
YES, NO = FakeOverwrite(allow=VIEW), FakeOverwrite(deny=VIEW)
MIRA_YES, MIRA_NO = FakeOverwrite(allow=VIEW, member=True), FakeOverwrite(deny=VIEW, member=True)


class Server:
    """A server with roles and channels by name, as the bot has it in its cache."""

    def __init__(self) -> None:
        self.world = World()
        self.world.bot = FakeUser(1, "Earmark", bot=True)
        self.fake = self.world.add_guild("Alpha", guild_id=GUILD, bot_permissions=PLAIN | CONNECT)
        self.roles: dict[str, int] = {"everyone": GUILD, "mira": MIRA, "owner": OWNER, "bot": 1, "other": 99}
        for name in (PATRON, MOD, MUTED):
            self.roles[name] = self.world.add_role(GUILD, name).id
        self.roles[BOSS] = self.world.add_role(GUILD, BOSS, permissions=Permission.ADMINISTRATOR).id
        self.roles["other bot"] = self.world.add_role(GUILD, "Other").id
        self.fake.roles[self.roles["other bot"]].bot_id = 99
        self.channels: dict[str, int] = {"deleted": 404}
        self._guild: discord.Guild | None = None

    def channel(self, name: str, parent: str | None = None, /, **overwrites: FakeOverwrite) -> None:
        """A channel of the kind that its name begins with; overwrites by the names of roles and members."""
        kind = next(kind for kind in reversed(ChannelKind) if name.startswith(kind.name.lower()))
        made = self.world.add_channel(GUILD, name, kind, parent_id=self.channels[parent] if parent else None)
        made.overwrites = {
            self.roles[one.replace("_", " ")]: overwrite for one, overwrite in overwrites.items()
        }
        self.channels[name] = made.id

    @property
    def guild(self) -> discord.Guild:
        """The server in the bot's cache."""
        if self._guild is None:
            state: Any = discord.Client(intents=discord.Intents(guilds=True))._connection
            state.user = discord.ClientUser(
                state=state,
                data=cast("Any", {"id": "1", "username": "Earmark", "discriminator": "0", "avatar": None}),
            )
            self._guild = discord.Guild(data=cast("Any", guild_payload(self.world, self.fake)), state=state)
        return self._guild

    def viewer(self, roles: Iterable[str] = (), here: Iterable[str] = (), **said: Any) -> Viewer:
        """Mira with these roles, in these channels."""
        user = FakeUser(said.pop("user_id", MIRA), "mira", role_ids=tuple(self.roles[one] for one in roles))
        data: Any = member_payload(user)
        member = discord.Member(data=data, guild=self.guild, state=self.guild._state)
        return Viewer(member, frozenset(self.channels[one] for one in here), **said)

    def sources(self, *channels: str, visible: Visibility = Visibility.CHANNEL) -> PodcastSources:
        """A podcast that is announced there."""
        announced = frozenset(self.channels[one] for one in channels)
        return PodcastSources(GuildPodcast(GUILD, 5, visible), announced)

    def place(self, name: str) -> ServerChannel:
        """A channel or thread as an interaction names it."""
        found = self.guild.get_channel_or_thread(self.channels[name])
        assert found is not None
        return found


@pytest.fixture
def server() -> Server:
    """Channels that all may view, that patrons may, and that nobody may but one member; and threads in them."""
    made = Server()
    made.channel("text open")
    made.channel("text locked", everyone=NO, patron=YES)
    made.channel("text patrons", everyone=NO, patron=YES)
    made.channel("text staff", everyone=NO, mod=YES)
    made.channel("text both", everyone=NO, patron=YES, mod=YES)
    made.channel("text named", everyone=NO, mira=MIRA_YES)
    made.channel("text unmuted", muted=NO)
    made.channel("text mixed", everyone=NO, patron=YES, muted=NO)
    made.channel("text banned", patron=YES, mira=MIRA_NO)
    made.channel(
        "text bots", everyone=NO, patron=YES, other_bot=YES, bot=FakeOverwrite(allow=VIEW, member=True)
    )
    made.channel("text owner", everyone=NO, patron=YES, owner=MIRA_YES)
    made.channel("forum locked", everyone=NO, patron=YES)
    made.channel("announcement locked", everyone=NO, patron=YES)
    made.channel("voice open")
    made.channel("voice locked", everyone=NO, patron=FakeOverwrite(allow=VIEW | CONNECT))
    # Everybody sees its name; what is written in it is for those who may connect.
    made.channel("voice shut", everyone=FakeOverwrite(deny=CONNECT), patron=FakeOverwrite(allow=CONNECT))
    made.channel("public_thread open", "text open")
    made.channel("public_thread locked", "text locked")
    made.channel("public_thread post", "forum locked")
    made.channel("private_thread open", "text open")
    made.channel("private_thread locked", "text locked")
    return made


@pytest.mark.parametrize(
    ("announced", "roles", "here", "seen"),
    [
        ("text open", (), (), True),
        ("text locked", (), (), False),
        ("text locked", (MOD,), ("text open",), False),
        ("text locked", (PATRON,), (), True),
        ("text locked", (BOSS,), (), True),
        # Where somebody is, Discord let them in.
        ("text locked", (), ("text locked",), True),
        ("text locked", (), ("public_thread locked", "text locked"), True),
        ("text named", (), (), True),
        ("text banned", (), (), False),
        ("text banned", (PATRON,), (), False),
        # What any of the roles is allowed outweighs what another is denied.
        ("text unmuted", (MUTED,), (), False),
        ("text mixed", (PATRON, MUTED), (), True),
        ("forum locked", (), (), False),
        ("forum locked", (PATRON,), (), True),
        ("forum locked", (), ("public_thread post", "forum locked"), True),
        ("announcement locked", (), (), False),
        ("announcement locked", (PATRON,), (), True),
        ("voice open", (), (), True),
        ("voice locked", (), (), False),
        ("voice locked", (PATRON,), (), True),
        ("voice shut", (), (), False),
        ("voice shut", (PATRON,), (), True),
        ("public_thread open", (), (), True),
        ("public_thread locked", (), (), False),
        ("public_thread locked", (PATRON,), (), True),
        ("public_thread locked", (), ("text locked",), True),
        ("public_thread post", (PATRON,), (), True),
        ("private_thread open", (), (), False),
        ("private_thread open", (PATRON,), ("text open",), False),
        ("private_thread open", (), ("private_thread open", "text open"), True),
        # It is in another thread of the same channel.
        ("private_thread locked", (PATRON,), ("public_thread locked", "text locked"), False),
        ("deleted", (PATRON, MOD), ("text open",), False),
    ],
)
def test_a_member_sees_what_is_announced_where_they_can_read(
    server: Server, announced: str, roles: tuple[str, ...], here: tuple[str, ...], seen: bool
) -> None:
    viewer = server.viewer(roles, here)
    assert sees(viewer, server.sources(announced)) is seen
    # One channel is enough, and nothing is needed where it was opened.
    assert sees(viewer, server.sources("deleted", announced)) is seen
    assert sees(viewer, server.sources(announced, "text open"))
    assert sees(viewer, server.sources(announced, visible=Visibility.EVERYBODY))


def test_a_thread_that_is_archived_counts_as_the_channel_that_it_is_stored_with(server: Server) -> None:
    archived, parent = server.channels["public_thread locked"], server.channels["text locked"]
    assert public_parent(server.place("public_thread locked")) == parent
    assert public_parent(server.place("private_thread locked")) is None
    assert public_parent(server.place("text locked")) is None
    server.guild._remove_thread(cast("Any", server.place("public_thread locked")))
    for parents, seen in (({archived: parent}, True), ({}, False), ({archived: 404}, False)):
        sources = replace(server.sources("public_thread locked"), parents=parents)
        assert sees(server.viewer((PATRON,)), sources) is seen
        assert not sees(server.viewer(), sources)
        assert readers_may_see(server.place("text patrons"), sources) is seen
        assert not readers_may_see(server.place("text open"), sources)


def test_who_may_do_all_sees_all(server: Server) -> None:
    everywhere = server.sources("text locked", "private_thread open", "deleted")
    assert sees(server.viewer(administrator=True), everywhere)
    assert sees(server.viewer(user_id=OWNER), everywhere)
    # A podcast that is followed nowhere is not followed.
    assert not sees(server.viewer((PATRON,)), server.sources())


def test_a_server_that_shows_nothing_by_itself_is_seen_by_roles(server: Server) -> None:
    server.fake.bot_permissions = NOTHING
    for channel in server.fake.channels.values():
        channel.overwrites = {}
    server.fake.roles[server.roles[PATRON]].permissions = VIEW
    assert not sees(server.viewer(), server.sources("text open"))
    assert sees(server.viewer((PATRON,)), server.sources("text open"))
    assert readers_may_see(server.place("text locked"), server.sources("text open"))


@pytest.mark.parametrize(
    ("place", "announced", "shown"),
    [
        # Each channel shows what it announces itself.
        ("text open", ("text open",), True),
        ("text locked", ("text locked",), True),
        ("text banned", ("text banned",), True),
        ("private_thread open", ("private_thread open",), True),
        # What all may view may stand everywhere.
        ("text locked", ("text open",), True),
        ("text staff", ("public_thread open",), True),
        ("text named", ("text open",), True),
        ("text named", ("voice open",), True),
        # Not all who view an open channel view a locked one.
        ("text open", ("text locked",), False),
        ("voice open", ("text locked",), False),
        ("public_thread open", ("text locked",), False),
        ("private_thread open", ("text locked",), False),
        ("text open", ("text locked", "text staff"), False),
        # By the same role, or by a role for each.
        ("text patrons", ("text locked",), True),
        ("forum locked", ("announcement locked",), True),
        ("text patrons", ("voice shut",), True),
        ("text open", ("voice shut",), False),
        ("text both", ("text locked",), False),
        ("text both", ("text locked", "text staff"), True),
        ("text locked", ("text both",), True),
        ("text staff", ("text locked",), False),
        # A role that one channel keeps out and the other doesn't.
        ("text open", ("text unmuted",), False),
        ("text unmuted", ("text open",), True),
        # Members by name: what their roles are is not known.
        ("text named", ("text locked",), False),
        ("text named", ("text named", "text locked"), True),
        ("text patrons", ("text named",), False),
        ("text open", ("text banned",), False),
        ("text locked", ("text banned",), False),
        ("text locked", ("text banned", "text open"), True),
        # A bot and the owner are no reader who might see too much.
        ("text bots", ("text locked",), True),
        ("text owner", ("text locked",), True),
        # A thread is read by those who view its parent, a private one by some of them.
        ("public_thread locked", ("text locked",), True),
        ("private_thread locked", ("text locked",), True),
        ("text locked", ("public_thread locked",), True),
        ("public_thread post", ("text patrons",), True),
        ("private_thread locked", ("public_thread locked",), True),
        ("text locked", ("private_thread locked",), False),
        ("public_thread locked", ("private_thread locked",), False),
        # What is not known lets nobody in.
        ("text locked", ("deleted",), False),
        ("text locked", ("deleted", "text patrons"), True),
        ("text locked", (), False),
    ],
)
def test_what_is_shared_in_a_channel_is_for_all_who_view_it(
    server: Server, place: str, announced: tuple[str, ...], shown: bool
) -> None:
    channel = server.place(place)
    assert readers_may_see(channel, server.sources(*announced)) is shown
    assert readers_may_see(channel, server.sources(*announced, visible=Visibility.EVERYBODY))


def test_a_channel_that_is_not_known_is_not_taken_for_open(server: Server) -> None:
    gone = server.place("text patrons")
    thread = server.place("public_thread locked")
    server.guild._remove_channel(cast("Any", gone))
    server.guild._remove_channel(cast("Any", server.place("text locked")))
    assert not readers_may_see(gone, server.sources("text open"))
    assert not readers_may_see(thread, server.sources("text open"))


def test_everybody_who_may_be_a_reader_sees_it_as_a_member_would(server: Server) -> None:
    """What may be shared in a channel is seen by each member who views it, if one role gives them that."""
    names = [one for one in server.channels if one != "deleted"]
    roles: list[tuple[str, ...]] = [(), (PATRON,), (MOD,), (MUTED,), (BOSS,)]
    checked = 0
    for name in names:
        place = server.place(name)
        parent = place.parent if isinstance(place, discord.Thread) else place
        assert isinstance(parent, discord.abc.GuildChannel)
        for announced in names:
            sources = server.sources(announced)
            if announced == name or not readers_may_see(place, sources):
                continue
            for some in roles:
                viewer = server.viewer(some, user_id=78)
                if parent.permissions_for(viewer.member).view_channel:
                    checked += 1
                    assert sees(viewer, sources), (name, announced, some)
    assert checked > 50
