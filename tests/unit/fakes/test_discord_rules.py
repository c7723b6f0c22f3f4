"""The table of rules: what is refused where, and what just fits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.discord_command_rules import choices_violations, commands_violations
from tests.fakes.discord_mentions import would_ping
from tests.fakes.discord_message_rules import Shape, message_violations
from tests.fakes.discord_messages import COMPONENTS_V2, Json
from tests.fakes.discord_rules import Violation, invalid_form
from tests.fakes.discord_schema import OPENAPI, schema_violations

QUIET: Json = {"allowed_mentions": {"parse": []}}


def button(custom_id: str | None = "a", label: str = "A", **more: Any) -> Json:
    return {"type": 2, "style": 1, "label": label, **({"custom_id": custom_id} if custom_id else {}), **more}


def row(*children: Json) -> Json:
    return {"type": 1, "components": list(children)}


def link(url: str, **more: Any) -> Json:
    return {"type": 2, "style": 5, "label": "Go", "url": url, **more}


def said(text: str) -> Json:
    return {"type": 10, "content": text}


def field(name: str = "n", value: str = "v") -> Json:
    return {"name": name, "value": value}


def v2(*components: Json, **more: Any) -> Json:
    return {"flags": COMPONENTS_V2, "components": list(components), **more}


FITTING: list[Json] = [
    {"content": "x" * 2000},
    {"embeds": [{"title": "t" * 256, "description": "d" * 4096}]},
    {"embeds": [{"title": "t", "fields": [field("n" * 256, "v" * 900)] + [field()] * 24}]},
    {"embeds": [{"description": "d" * 600}] * 10},
    {"content": "x", "nonce": "n" * 25, "enforce_nonce": True},
    {"content": "x", "components": [row(*(button(f"{r}{c}") for c in range(5))) for r in range(5)]},
    {"content": "x", "components": [row(link("https://a.example/x#t=1"), button("c" * 100, "l" * 80))]},
    v2(said("x" * 4000)),
    v2({"type": 17, "components": [said("x")] * 39}),
    v2({"type": 9, "components": [said("x")], "accessory": button()}, row(button("b"))),
]

BROKEN: list[tuple[Json, str]] = [
    ({}, "body"),
    ({"content": ""}, "body"),
    ({"content": "x" * 2001}, "content"),
    ({"content": "x", "color": 1}, "color"),
    ({"content": "x", "nonce": "n" * 26}, "nonce"),
    ({"content": "x", "enforce_nonce": True}, "nonce"),
    ({"content": "x", "allowed_mentions": None}, "allowed_mentions"),
    ({"content": "x", "allowed_mentions": {"parse": ["users"]}}, "allowed_mentions.parse"),
    ({"content": "x", "allowed_mentions": {"parse": [], "users": [1]}}, "allowed_mentions.users"),
    ({"content": "x", "allowed_mentions": {"parse": [], "roles": [2]}}, "allowed_mentions.roles"),
    (
        {"content": "x", "allowed_mentions": {"parse": [], "replied_user": True}},
        "allowed_mentions.replied_user",
    ),
    ({"embeds": [{"title": "t" * 257}]}, "embeds.0.title"),
    ({"embeds": [{"description": "d" * 4097}]}, "embeds.0.description"),
    ({"embeds": [{"title": "t", "footer": {"text": "f" * 2049}}]}, "embeds.0.footer.text"),
    ({"embeds": [{"title": "t", "author": {"name": "a" * 257}}]}, "embeds.0.author.name"),
    ({"embeds": [{"title": "t", "fields": [field()] * 26}]}, "embeds.0.fields"),
    ({"embeds": [{"title": "t", "fields": [field("n" * 257)]}]}, "embeds.0.fields.0.name"),
    ({"embeds": [{"title": "t", "fields": [field(value="v" * 1025)]}]}, "embeds.0.fields.0.value"),
    ({"embeds": [{"title": "t", "fields": [field("")]}]}, "embeds.0.fields.0.name"),
    ({"embeds": [{"title": "t"}] * 11}, "embeds"),
    ({"embeds": [{"description": "d" * 601}] * 10}, "embeds"),
    ({"embeds": [{"title": "t", "url": "ftp://a.example"}]}, "embeds.0.url"),
    ({"embeds": [{"title": "t", "image": {"url": "https://a b.example"}}]}, "embeds.0.image.url"),
    ({"embeds": [{"title": "t", "timestamp": "yesterday"}]}, "embeds.0.timestamp"),
    ({"content": "x", "components": [row(button(str(n))) for n in range(6)]}, "components"),
    ({"content": "x", "components": [row()]}, "components.0.components"),
    ({"content": "x", "components": [row(*(button(str(n)) for n in range(6)))]}, "components.0.components"),
    ({"content": "x", "components": [said("x")]}, "components.0.type"),
    ({"content": "x", "components": [row(button()), row(button())]}, "components.1.components.0.custom_id"),
    ({"content": "x", "components": [row(button("c" * 101))]}, "components.0.components.0.custom_id"),
    ({"content": "x", "components": [row(button(None))]}, "components.0.components.0.custom_id"),
    ({"content": "x", "components": [row(button(label="l" * 81))]}, "components.0.components.0.label"),
    ({"content": "x", "components": [row(button(label=""))]}, "components.0.components.0.label"),
    (
        {"content": "x", "components": [row(link("https://a.example", custom_id="a"))]},
        "components.0.components.0.custom_id",
    ),
    (
        {"content": "x", "components": [row(link("https://a.example/" + "u" * 500))]},
        "components.0.components.0.url",
    ),
    ({"content": "x", "components": [row(link("javascript:alert(1)"))]}, "components.0.components.0.url"),
    (v2(), "components"),
    (v2(said("x"), content="x"), "content"),
    (v2(said("x"), embeds=[{"title": "t"}]), "embeds"),
    (v2(said("x" * 2001), said("x" * 2000)), "components"),
    (v2({"type": 17, "components": [said("x")] * 40}), "components"),
    (v2(button()), "components.0.type"),
    (v2({"type": 9, "components": [said("x")]}), "components.0.accessory"),
]


def places(violations: Any) -> set[str]:
    return {violation.sentence().partition(":")[0] for violation in violations}


@pytest.mark.parametrize("body", FITTING)
def test_what_fits_is_taken(body: Json) -> None:
    assert list(message_violations(QUIET | body, Shape.CREATE)) == []
    assert list(schema_violations("POST", "/channels/{channel_id}/messages", QUIET | body)) == []


@pytest.mark.parametrize(("body", "place"), BROKEN)
def test_what_breaks_a_rule_is_named(body: Json, place: str) -> None:
    assert places(message_violations(QUIET | body, Shape.CREATE)) == {place}


def test_an_edit_is_judged_with_what_stands() -> None:
    stands: Json = {"content": "x", "embeds": [], "components": [], "flags": 0}
    assert list(message_violations(QUIET, Shape.EDIT, current=stands)) == []
    emptied = message_violations(QUIET | {"content": None}, Shape.EDIT, current=stands)
    assert [violation.code for violation in emptied] == [50006]
    # The kind of a message stays: what was V2 takes no content, with or without the flag.
    stands_v2 = stands | {"content": "", "flags": COMPONENTS_V2, "components": [said("x")]}
    assert places(message_violations(QUIET | {"content": "y"}, Shape.EDIT, current=stands_v2)) == {"content"}
    # And what has content cannot become V2 before that is taken away.
    assert places(message_violations(QUIET | v2(said("x")), Shape.EDIT, current=stands)) == {"content"}
    assert list(message_violations(QUIET | v2(said("x"), content=None), Shape.EDIT, current=stands)) == []


def test_allowed_roles() -> None:
    body = {"content": "<@&5>", "allowed_mentions": {"parse": [], "roles": [5]}}
    assert list(message_violations(body, Shape.CREATE, allowed_roles={5})) == []


def command(name: str = "quote", *options: Json, **more: Any) -> Json:
    return {"name": name, "description": "d", "type": 1, "options": list(options), **more}


def option(name: str = "words", kind: int = 3, **more: Any) -> Json:
    return {"name": name, "description": "d", "type": kind, **more}


def choices(count: int, name: str = "c") -> list[Json]:
    return [{"name": f"{name}{n}", "value": f"v{n}"} for n in range(count)]


GROUPED = option("g", 2, options=[option("s", 1, options=[option()])])

COMMANDS: list[tuple[list[Json], set[str]]] = [
    ([command(), command("podcast", option("add", 1), option("list", 1), GROUPED)], set()),
    ([command("zitat-ä_1'", option("слово", required=True), option("b"))], set()),
    ([command("คำพูด")], set()),
    ([command("x" * 32, option(choices=choices(25)))], set()),
    ([command(), command()], {"1.name"}),
    ([command("Quote")], {"0.name"}),
    ([command("a b")], {"0.name"}),
    ([command("x" * 33)], {"0.name"}),
    ([command("")], {"0.name"}),
    ([command() | {"description": "d" * 101}], {"0.description"}),
    ([command() | {"description": ""}], {"0.description"}),
    ([command("q", *(option(f"o{n}") for n in range(26)))], {"0.options"}),
    ([command("q", option("a"), option("b", required=True))], {"0.options.1"}),
    ([command("q", option("a"), option("a"))], {"0.options.1.name"}),
    ([command("q", option("a"), option("s", 1))], {"0.options"}),
    ([command("q", option("s", 1, options=[option("t", 1)]))], {"0.options.0.options.0.type"}),
    ([command("q", option("g", 2, options=[option("h", 2)]))], {"0.options.0.options.0.type"}),
    ([command("q", option("g", 2, options=[option()]))], {"0.options.0.options.0.type"}),
    ([command("q", option(choices=choices(26)))], {"0.options.0.choices"}),
    ([command("q", option(choices=choices(1), autocomplete=True))], {"0.options.0.autocomplete"}),
    (
        [
            command(
                "q",
                *(option(f"o{n}", description="d" * 100, choices=choices(25, "c" * 90)) for n in range(4)),
            )
        ],
        {"0"},
    ),
    ([command(f"c{n}") for n in range(101)], {"body"}),
]


@pytest.mark.parametrize(("body", "expected"), COMMANDS)
def test_commands(body: list[Json], expected: set[str]) -> None:
    assert places(commands_violations(body)) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (choices(25), set()),
        ([], set()),
        (choices(26), {"data"}),
        ([{"name": "n" * 101, "value": "v"}], {"data.0.name"}),
        ([{"name": "n", "value": "v" * 101}], {"data.0.value"}),
        ([{"name": "", "value": "v"}], {"data.0.name"}),
    ],
)
def test_autocomplete_choices(given: list[Json], expected: set[str]) -> None:
    assert places(choices_violations(given, ("data",))) == expected


MENTIONS = "@everyone @here <@1> <@!2> <@&3> me@everyone.example"


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (None, ["everyone", "here", "user 1", "user 2", "role 3", "everyone"]),
        ({"parse": []}, []),
        ({}, []),
        ({"parse": ["everyone"]}, ["everyone", "here", "everyone"]),
        ({"parse": ["users"]}, ["user 1", "user 2"]),
        ({"parse": [], "users": ["2"], "roles": [3]}, ["user 2", "role 3"]),
    ],
)
def test_pings(allowed: Json | None, expected: list[str]) -> None:
    body: Json = {"content": MENTIONS, "embeds": [{"description": "<@9>"}]}
    pings = would_ping(body | ({} if allowed is None else {"allowed_mentions": allowed}))
    assert [f"{ping.kind} {ping.id}" if ping.id else ping.kind for ping in pings] == expected


def test_displayed_text_pings_too() -> None:
    assert [ping.id for ping in would_ping(v2({"type": 17, "components": [said("<@4>")]}))] == [4]


def test_the_refusal_has_discords_form() -> None:
    violations = [Violation(("embeds", 0, "title"), "BASE_TYPE_BAD_LENGTH", "Too long.")]
    assert invalid_form(violations) == {
        "message": "Invalid Form Body",
        "code": 50035,
        "errors": {
            "embeds": {
                "0": {"title": {"_errors": [{"code": "BASE_TYPE_BAD_LENGTH", "message": "Too long."}]}}
            }
        },
    }


@pytest.mark.skipif(not OPENAPI.exists(), reason=f"{OPENAPI} is not there")
@pytest.mark.parametrize(
    ("method", "template", "body", "place"),
    [
        ("POST", "/channels/{channel_id}/messages", {"content": 5}, "content"),
        (
            "POST",
            "/channels/{channel_id}/messages",
            {"components": [row({"type": 2, "label": "x"})]},
            "style",
        ),
        (
            "PUT",
            "/applications/{application_id}/commands",
            [command("q", option(min_length=-1))],
            "min_length",
        ),
        ("POST", "/channels/{channel_id}/messages/{message_id}/threads", {"name": "x" * 101}, "name"),
    ],
)
def test_the_schema_says_the_rest(method: str, template: str, body: Any, place: str) -> None:
    found = [violation.sentence() for violation in schema_violations(method, template, body)]
    assert len(found) == 1
    assert place in found[0]
