"""Checks request bodies against Discord's published OpenAPI document, where that is available."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.fakes.discord_rules import Violation
from tests.paths import SHARED_DATA

OPENAPI = SHARED_DATA / "discord" / "openapi.json"
_NAME = "urn:discord"


def schema_violations(method: str, template: str, body: Any) -> Iterator[Violation]:
    """Check a body against its operation's schema; without the document, every body passes."""
    if OPENAPI.exists():
        yield from _violations(method.lower(), template, json.dumps(body))


# Every bot that starts syncs the same commands, and checking those took a third of the time of all tests with a bot.
@lru_cache(maxsize=256)
def _violations(method: str, template: str, body: str) -> tuple[Violation, ...]:
    schema, content = _schema(method, template), json.loads(body)
    if schema is None or _quick(schema["$ref"]).is_valid(content):
        return ()
    errors = map(_meant, Draft202012Validator(schema, registry=_registry()).iter_errors(content))
    return tuple(Violation(tuple(error.absolute_path), "SCHEMA", error.message[:300]) for error in errors)


def _meant(error: ValidationError) -> ValidationError:
    """Of a union's errors, the first about the branch that was meant: the one whose `type` matches."""
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    if not branches or all(inner.validator == "const" for inner in error.context or ()):
        return error
    fitting = [
        found for found in branches.values() if all(list(one.relative_path) != ["type"] for one in found)
    ]
    return _meant(min(fitting or branches.values(), key=len)[0])


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(OPENAPI.read_text(encoding="utf-8"))
    schemas = document["components"]["schemas"]
    # The document says that ids are strings; Discord accepts integers too, and discord.py sends both.
    schemas["SnowflakeType"]["type"] = ["string", "integer"]
    # The document lacks media channels, which discord.py lists among the channel types.
    schemas["ChannelTypes"]["oneOf"].append({"title": "GUILD_MEDIA", "const": 16})
    return document


@cache
def _registry() -> Registry[Any]:
    resource: Resource[Any] = Resource.from_contents(_document(), default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource(_NAME, resource)
    return registry


@cache
def _schema(method: str, template: str) -> dict[str, Any] | None:
    """What refers to the schema of an operation's body; None: it takes none."""
    operation = _document()["paths"].get(template, {}).get(method, {})
    if "application/json" not in operation.get("requestBody", {}).get("content", {}):
        return None
    steps = ("paths", template, method, "requestBody", "content", "application/json", "schema")
    pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
    return {"$ref": f"{_NAME}#{quote(pointer, safe='/~')}"}


@cache
def _quick(reference: str) -> jsonschema_rs.Draft202012Validator:
    """Tells in a hundredth of the time that a body is valid, as nearly all are; what is wrong it tells otherwise."""
    registry = jsonschema_rs.Registry([(_NAME, _document())])
    return jsonschema_rs.Draft202012Validator({"$ref": reference}, registry=registry)
