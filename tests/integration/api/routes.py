"""Reads from the OpenAPI document what can be called, and makes calls of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from babble_app.api._openapi import operations
from babble_app.api.app import create_api


@cache
def document() -> dict[str, Any]:
    """The document, made without a server."""
    return create_api(_no_runtime).openapi()


def _no_runtime() -> Any:
    raise RuntimeError


@dataclass(frozen=True)
class Operation:
    """One route and method."""

    method: str
    path: str
    body: dict[str, Any] | None = field(hash=False, compare=False)
    """JSON Schema of its JSON body, references resolved at the top."""
    query: tuple[str, ...] = ()
    path_ids: tuple[str, ...] = ()
    takes_files: bool = False
    guarded: bool = True
    for_apps: bool = False
    """Whether it takes an app's token, not a person's."""

    @property
    def of_openai(self) -> bool:
        """Whether it is as OpenAI has it: fields that it does not know are passed over, and what is wrong is a 400."""
        return self.path.startswith("/v1/") and self.path != "/v1/chat"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def all_operations() -> list[Operation]:
    """Every operation of the API."""
    return [_read(path, method, found) for path, method, found in operations(document())]


def _read(path: str, method: str, found: dict[str, Any]) -> Operation:
    content = found.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    parameters = found.get("parameters", ())
    return Operation(
        method=method.upper(),
        path=path,
        body=resolve(schema) if schema else None,
        query=tuple(item["name"] for item in parameters if item["in"] == "query"),
        path_ids=tuple(item["name"] for item in parameters if item["in"] == "path"),
        takes_files="multipart/form-data" in content,
        guarded="security" in found,
        for_apps=any("app_token" in one for one in found.get("security", ())),
    )


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, and take the alternative that is not null."""
    if "$ref" in schema:
        return resolve(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if alternatives := schema.get("anyOf"):
        return resolve(next(one for one in alternatives if one.get("type") != "null"))
    return schema


def sample(schema: dict[str, Any], ids: dict[str, str], name: str = "") -> Any:
    """Make a value that fits; ids are taken from `ids` by their field's name."""
    schema = resolve(schema)
    if "enum" in schema:
        return schema["enum"][0]
    if name and "examples" in schema:
        return schema["examples"][0]
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            wanted = {*schema.get("required", ()), *(key for key in fields if id_kind(key))}
            return {
                key: sample(part, ids, key)
                for key, part in fields.items()
                if key in (wanted or fields)
            }
        case "array":
            return [sample(schema["items"], ids, name)]
        case "integer" | "number":
            return 1
        case "boolean":
            return True
        case "string" if schema.get("format") == "date-time":
            return "2126-01-01T00:00:00Z"
        case _:
            return (
                ids[id_kind(name)]
                if id_kind(name)
                else "demo/based"
                if "model" in name
                else "sample text"
            )


def id_kind(name: str) -> str:
    """Name the kind of thing a field's name refers to; empty when it is no id. An unknown kind fails the matrix."""
    if name in {"from", "to", "parent_id", "base_id", "head_id", "trial_version_id"}:
        return "version_id"
    if name == "before":
        return "message_id"
    if name == "conversation_id":
        return "session_id"
    if name in {"call_id", "user_id", "visitor_id", "last_event_id", "previous_response_id"}:
        # The first counts within its session only; others are names that the caller has made up, or proves with a secret. The last is
        # tried by test_openai_agents.py.
        return ""
    if name == "file_ids":
        return "file_id"
    return name if name.endswith("_id") else ""
