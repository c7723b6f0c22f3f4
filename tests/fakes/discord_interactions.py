"""Interactions: what members send, and what the bot answers by callback, edit and follow-up."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Literal

from tests.fakes.discord_answers import Callback, Choice, FakeAnswer, Kind
from tests.fakes.discord_command_rules import choices_violations
from tests.fakes.discord_commands import CommandRegistry, NotOfferedError
from tests.fakes.discord_gateway import Gateway
from tests.fakes.discord_http import ApiError, Call, Endpoint, Reply, object_of, unknown
from tests.fakes.discord_message_rules import Shape, modal_violations
from tests.fakes.discord_messages import EPHEMERAL, LOADING, STRING_SELECT, FakeMessage, FakeUser, Json
from tests.fakes.discord_payloads import channel_payload, member_payload, message_payload, user_payload
from tests.fakes.discord_rest import Mentions
from tests.fakes.discord_rules import Violation
from tests.fakes.discord_state import FakeChannel, World
from tests.fakes.watch import Watch

DEADLINE_S = 3.0
TOKEN_LIFE_S = 15 * 60.0
WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"


class Interactions:
    """Sends interactions to the bot, and serves its answers."""

    def __init__(
        self, world: World, gateway: Gateway, commands: CommandRegistry, mentions: Mentions, watch: Watch
    ) -> None:
        self._world = world
        self._gateway = gateway
        self._commands = commands
        self._mentions = mentions
        self._watch = watch
        self.answers: dict[str, FakeAnswer] = {}
        # Whether what members do happens in a direct message.
        self.direct = False

    def endpoints(self) -> list[Endpoint]:
        """The endpoints for interactions and their messages; the token in the path authorizes."""
        message = WEBHOOK + "/messages/{message_id}"
        original = WEBHOOK + "/messages/@original"
        callback = "/interactions/{interaction_id}/{interaction_token}/callback"
        return [
            Endpoint("POST", callback, self._callback, self._callback_rules),
            Endpoint("POST", WEBHOOK, self._follow_up, self._follow_up_rules),
            Endpoint("GET", original, self._get),
            Endpoint("PATCH", original, self._edit, self._edit_rules),
            Endpoint("DELETE", original, self._delete),
            Endpoint("GET", message, self._get),
            Endpoint("PATCH", message, self._edit, self._edit_rules),
            Endpoint("DELETE", message, self._delete),
        ]

    # What members do

    async def command(
        self, channel: FakeChannel, user: FakeUser, name: str, given: Json, *, force: bool
    ) -> FakeAnswer:
        """Send a command."""
        command, _ = self._commands.find(name, channel.guild_id)
        if not force:
            self._commands.admit(command, user)
        return await self._send(
            Kind.COMMAND, channel, user, self._commands.data(name, channel.guild_id, given)
        )

    async def autocomplete(
        self, channel: FakeChannel, user: FakeUser, name: str, given: Json, focused: str
    ) -> FakeAnswer:
        """Type into an option."""
        data = self._commands.data(name, channel.guild_id, given, focused=focused)
        return await self._send(Kind.AUTOCOMPLETE, channel, user, data)

    async def click(self, message: FakeMessage, custom_id: str, user: FakeUser) -> FakeAnswer:
        """Press a button of a message."""
        button = next((button for button in message.buttons if button.custom_id == custom_id), None)
        if button is None or message.deleted:
            known = [button.custom_id or button.url for button in message.buttons]
            raise NotOfferedError(f"the message shows no button {custom_id!r}; it has {known}")
        if button.disabled:
            raise NotOfferedError(f"the button {custom_id!r} is disabled")
        channel = self._world.guilds[message.guild_id].channels[message.channel_id]
        data = {"custom_id": custom_id, "component_type": 2, "id": 1}
        return await self._send(Kind.COMPONENT, channel, user, data, message)

    async def choose(self, message: FakeMessage, value: str, user: FakeUser) -> FakeAnswer:
        """Choose in the select of a message; a value that it does not offer is a forged one."""
        if message.deleted or not message.selects:
            raise NotOfferedError("the message shows no select")
        channel = self._world.guilds[message.guild_id].channels[message.channel_id]
        data = {"custom_id": message.selects[0]["custom_id"], "component_type": STRING_SELECT, "id": 1}
        data["values"] = [value]
        return await self._send(Kind.COMPONENT, channel, user, data, message)

    async def submit(self, opened: FakeAnswer, texts: dict[str, str]) -> FakeAnswer:
        """Fill in a modal that an answer opened, by the custom ids of its inputs."""
        if opened.modal is None:
            raise NotOfferedError("no modal was opened")
        data = {
            "custom_id": opened.modal["custom_id"],
            "components": _filled(opened.modal["components"], texts),
        }
        return await self._send(Kind.MODAL, opened.channel, opened.user, data, opened.source)

    async def settle(
        self, answer: FakeAnswer, timeout_s: float, until: Literal["answered", "acknowledged"]
    ) -> FakeAnswer:
        """Wait until the bot has answered, or at least acknowledged."""

        def done() -> bool:
            return answer.settled if until == "answered" else answer.callback is not None

        what = f"the answer to {answer.kind_sent.name.lower()} {answer.id}"
        await self._watch.wait_for(done, timeout_s, what=what, seen=lambda: answer.kind)
        return answer

    async def _send(
        self, kind: Kind, channel: FakeChannel, user: FakeUser, data: Json, source: FakeMessage | None = None
    ) -> FakeAnswer:
        answer = FakeAnswer(
            self._world.next_id(),
            f"interaction-token-{self._world.next_id()}",
            kind,
            user,
            channel,
            source,
            time.monotonic(),
            self._world.clock.shift_s,
        )
        self.answers[answer.token] = answer
        guild_id = str(channel.guild_id)
        granted = str(int(self._world.permissions(channel)))
        may = self._world.member_permissions(channel, user)
        event: Json = {
            "id": str(answer.id),
            "application_id": str(self._world.application_id),
            "type": int(kind),
            "token": answer.token,
            "version": 1,
            "guild_id": guild_id,
            "guild": {"id": guild_id, "locale": "en-US", "features": []},
            "channel_id": str(channel.id),
            "channel": channel_payload(self._world, channel) | {"permissions": str(int(may))},
            "member": member_payload(user, may),
            "app_permissions": granted,
            "locale": "en-US",
            "guild_locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": guild_id},
            "context": 0,
            "attachment_size_limit": 10485760,
            "data": data,
        }
        if source is not None:
            event["message"] = message_payload(self._world, source)
        if self.direct:
            event["user"] = event.pop("member")["user"]
            event["channel"] = {"id": str(channel.id), "type": 1, "recipients": [event["user"]]}
            event["context"] = 1
            del event["guild_id"], event["guild"]
        await self._gateway.dispatch("INTERACTION_CREATE", event, channel.guild_id, must_arrive=True)
        return answer

    # What the bot answers

    def _callback_rules(self, call: Call) -> Iterable[Violation]:
        body = object_of(call)
        data = body.get("data") or {}
        answer = self.answers.get(call.ids["interaction_token"])
        if body.get("type") == Callback.MESSAGE:
            return _below("data", self._mentions.check(call, data, Shape.ANSWER))
        if body.get("type") == Callback.UPDATE:
            source = answer.source if answer else None
            current = source.current() if source else None
            return _below("data", self._mentions.check(call, data, Shape.ANSWER_EDIT, current))
        if body.get("type") == Callback.CHOICES:
            return choices_violations(data.get("choices"), ("data", "choices"))
        if body.get("type") == Callback.MODAL:
            return _below("data", modal_violations(data))
        return ()

    async def _callback(self, call: Call) -> Reply:
        answer = self.answers.get(call.ids["interaction_token"])
        passed_s = self._world.clock.shift_s - answer.sent_shift_s if answer else 0.0
        if answer is None or answer.id != call.id("interaction_id") or passed_s > DEADLINE_S:
            raise unknown("Interaction")
        if answer.callback is not None:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        body = object_of(call)
        answer.seconds = time.monotonic() - answer.sent_at
        callback = Callback(body["type"])
        data: Json = body.get("data") or {}
        if callback is Callback.MESSAGE:
            answer.message = self._post(answer, data, call)
        elif callback is Callback.DEFERRED:
            flags = LOADING | ((data.get("flags") or 0) & EPHEMERAL)
            answer.message = self._post(answer, {"flags": flags}, call)
            answer.deferred = answer.loading = True
        elif callback in (Callback.UPDATE, Callback.DEFERRED_UPDATE):
            if answer.source is None:
                raise ApiError(400, 50035, "There is no message to update.")
            answer.message = answer.source
            if callback is Callback.UPDATE:
                answer.source.change(data, call.files, self._world.clock.now())
            else:
                answer.deferred = answer.loading = True
        elif callback is Callback.CHOICES:
            answer.choices = [Choice(choice["name"], choice["value"]) for choice in data.get("choices") or []]
        else:
            answer.modal = data
        answer.callback = callback
        if call.query.get("with_response") not in ("1", "true"):
            return Reply()
        return Reply(self._receipt(answer))

    def _receipt(self, answer: FakeAnswer) -> Json:
        receipt: Json = {"id": str(answer.id), "type": int(answer.kind_sent)}
        resource: Json = {"type": int(answer.callback or 0)}
        if answer.message is not None:
            receipt |= {
                "response_message_id": str(answer.message.id),
                "response_message_loading": answer.loading,
                "response_message_ephemeral": answer.message.ephemeral,
            }
            if not answer.loading:
                resource["message"] = message_payload(self._world, answer.message)
        return {"interaction": receipt, "resource": resource}

    def _post(self, answer: FakeAnswer, body: Json, call: Call) -> FakeMessage:
        origin = {
            "id": str(answer.id),
            "type": int(answer.kind_sent),
            "user": user_payload(answer.user),
            "authorizing_integration_owners": {"0": str(answer.channel.guild_id)},
        }
        return self._world.post(answer.channel, self._world.bot, body, files=call.files, interaction=origin)

    def _answer_of(self, call: Call) -> FakeAnswer:
        answer = self.answers.get(call.ids["webhook_token"])
        if answer is None or call.id("webhook_id") != self._world.application_id or answer.callback is None:
            raise unknown("Webhook")
        if self._world.clock.shift_s - answer.sent_shift_s > TOKEN_LIFE_S:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        return answer

    def _message_of(self, call: Call) -> tuple[FakeAnswer, FakeMessage]:
        """The message that a webhook request is about; without an id in the path, the first answer."""
        answer = self._answer_of(call)
        if "message_id" not in call.ids:
            found = answer.message
        else:
            found = next((message for message in answer.shown if message.id == call.id("message_id")), None)
        if found is None or found.deleted:
            raise unknown("Message")
        return answer, found

    def _follow_up_rules(self, call: Call) -> Iterable[Violation]:
        return self._mentions.check(call, object_of(call), Shape.FOLLOW_UP)

    async def _follow_up(self, call: Call) -> Reply:
        answer, body = self._answer_of(call), object_of(call)
        if answer.loading and answer.callback is Callback.DEFERRED and answer.message is not None:
            # The first follow-up to a deferred answer replaces it, and stays as private as it was.
            self._fill(answer, answer.message, body, call)
            return Reply(message_payload(self._world, answer.message))
        message = self._post(answer, body, call)
        answer.followups.append(message)
        answer.loading = False
        return Reply(message_payload(self._world, message))

    def _edit_rules(self, call: Call) -> Iterable[Violation]:
        _, message = self._message_of(call)
        return self._mentions.check(call, object_of(call), Shape.ANSWER_EDIT, message.current())

    async def _edit(self, call: Call) -> Reply:
        answer, message = self._message_of(call)
        self._fill(answer, message, object_of(call), call)
        return Reply(message_payload(self._world, message))

    def _fill(self, answer: FakeAnswer, message: FakeMessage, body: Json, call: Call) -> None:
        message.change(body, call.files, self._world.clock.now())
        message.flags &= ~LOADING
        if message is answer.message:
            answer.loading = False

    async def _get(self, call: Call) -> Reply:
        return Reply(message_payload(self._world, self._message_of(call)[1]))

    async def _delete(self, call: Call) -> Reply:
        answer, message = self._message_of(call)
        message.deleted = True
        answer.channel.messages.pop(message.id, None)
        if message is answer.message:
            answer.loading = False
        return Reply()


def _below(name: str, violations: Iterable[Violation]) -> Iterable[Violation]:
    return [
        Violation((name, *violation.path), violation.kind, violation.message, violation.code)
        for violation in violations
    ]


def _filled(components: list[Json], texts: dict[str, str]) -> list[Json]:
    """A modal's components with the member's texts in its inputs, which are in action rows or labels."""
    filled = []
    for part in components:
        inner = part["components"][0] if part.get("components") else part.get("component")
        if inner is None:
            filled.append({"type": part["type"], "id": part.get("id", 0)})
            continue
        value = {
            "type": inner["type"],
            "id": 0,
            "custom_id": inner["custom_id"],
            "value": texts.get(inner["custom_id"], ""),
        }
        nested = {"components": [value]} if part.get("components") else {"component": value}
        filled.append({"type": part["type"], "id": 0, **nested})
    return filled
