"""The machine-readable description of the API: what FastAPI derives from the routes, and the failures they share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from babble_app.schemas.events import run_event_adapter

if TYPE_CHECKING:
    from collections.abc import Iterator

DESCRIPTION = """\
Everything that the pages of Babble do, by script.

Get a token with `POST /api/auth/login`, or a personal key with `POST /api/settings/api-keys`, and send it as
`Authorization: Bearer <token>`. Programs and pages of others use an app: its token (`POST /api/v1/admin/tokens`) opens what is
under "host apps". JSON in and out, UTF-8, snake_case; times are RFC 3339 in UTC; ids are opaque strings. What is not yours does
not exist: 404 `not_found`.

Failures are `application/problem+json` (RFC 9457) with a stable `code`; under `/v1` they have OpenAI's shape. Every response
carries `X-Request-ID`, echoed when you sent one. A 429 says in `Retry-After` when to come back.

What spends money can be sent again without spending it twice: with the header `Idempotency-Key`, the same request within 24
hours gets the first answer."""

TAGS = [
    {"name": "auth", "description": "Accounts, tokens and logins."},
    {"name": "workspaces", "description": "A place for files, chats and agents."},
    {"name": "files", "description": "What the models can read."},
    {
        "name": "chats",
        "description": "Conversations, each with the files and the agent it is about.",
    },
    {"name": "messages", "description": "Sending a message starts a run."},
    {"name": "runs", "description": "A run makes one answer; it goes on without its readers."},
    {"name": "agents", "description": "Based programs and their versions."},
    {"name": "sessions", "description": "Test conversations with an agent."},
    {"name": "tests", "description": "Tests of agents, and what came of them on each version."},
    {
        "name": "profiles",
        "description": "Kinds of work: their models, tools, instructions and limits.",
    },
    {"name": "models", "description": "Language models that can be chosen."},
    {"name": "settings", "description": "Keys of model providers, and personal keys of this API."},
    {
        "name": "apps",
        "description": "Where agents go live for visitors, and the tokens that open them.",
    },
    {
        "name": "host apps",
        "description": (
            "What programs and pages do with an app's token (`bb_...`) or a visitor's (`bv_...`). The token of an app with "
            "allowed origins is public, and all who come with it from one address count as one caller. A server that passes "
            "messages of its users on needs the token of an app without origins, or one with a limit of its own, and names "
            "each of them in `user`."
        ),
    },
    {"name": "usage", "description": "What models were used for, what it cost, and caps on it."},
    {"name": "based", "description": "The language agents are written in."},
    {
        "name": "openai",
        "description": "OpenAI's protocol: its clients work with this server's address and an app's token.",
    },
    {"name": "health", "description": "Whether the server is up."},
]

_PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "Why a request failed (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "request_id", "retryable"],
    "properties": {
        "type": {"type": "string", "description": "Where the code is explained."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened and what to do, for people."},
        "code": {"type": "string", "description": "Stable word to switch on."},
        "request_id": {"type": "string"},
        "retryable": {
            "type": "boolean",
            "description": "Whether the same request may succeed later.",
        },
        "field": {
            "type": "string",
            "description": "Of `validation_failed`: the part that is wrong.",
        },
        "head": {"type": "string", "description": "Of `conflict`: the id of what is there now."},
        "errors": {
            "type": "array",
            "description": "Of `validation_failed`: every part that is wrong.",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
    "examples": [
        {
            "type": "/docs#error-not_found",
            "title": "Not found",
            "status": 404,
            "detail": "There is no such thing here, or it is not yours.",
            "code": "not_found",
            "request_id": "6f1c2b7a9d3e4f5061728394",
            "retryable": False,
        }
    ],
}
_OPENAI_ERROR: dict[str, Any] = {
    "title": "OpenAIError",
    "description": "Why a request under `/v1` failed, as OpenAI's clients read it.",
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {
                    "type": "string",
                    "description": "What happened and what to do, for people.",
                },
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": "string", "description": "Stable word to switch on."},
            },
        }
    },
}
_FAILURES = {
    "401": "No valid credential came with the call.",
    "404": "There is no such thing, or it is not the caller's.",
    "409": "The `Idempotency-Key` came with another request, or what is asked does not fit the state of things.",
    "413": "The body is too large.",
    "422": "The request does not fit.",
    "429": "Too many requests; `Retry-After` says when to come back.",
    "default": "Any other failure.",
}


class DescribedApi(FastAPI):
    """FastAPI with our own OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        """Return the document, made at the first call."""
        if not self.openapi_schema:
            self.openapi_schema = get_openapi(
                title=self.title,
                version=self.version,
                openapi_version=self.openapi_version,
                description=DESCRIPTION,
                routes=self.routes,
                tags=TAGS,
            )
            _complete(self.openapi_schema)
        return self.openapi_schema


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation of a document."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _complete(schema: dict[str, Any]) -> None:
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"], schemas["OpenAIError"] = _PROBLEM, _OPENAI_ERROR
    events = run_event_adapter.json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(events.pop("$defs"))
    schemas["RunEvent"] = {"title": "RunEvent", **events}
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path, _, operation in operations(schema):
        operation["summary"] = _first_sentence(operation["description"])
        _describe_failures(path, operation)


def _first_sentence(text: str) -> str:
    first = re.split(r"(?<=[a-z0-9)])[.;:](?:\s|$)", text, maxsplit=1)[0]
    return " ".join(first.split())


def _describe_failures(path: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    # FastAPI's own 422 describes a body that we never send.
    responses.pop("422", None)
    wanted = ["429", "default"]
    if "security" in operation:
        wanted.append("401")
    if "{" in path:
        wanted.append("404")
    if "requestBody" in operation:
        wanted.append("413")
    if "requestBody" in operation or operation.get("parameters"):
        wanted.append("422")
    if any(item["name"] == "idempotency-key" for item in operation.get("parameters", ())):
        wanted.append("409")
    kind, shape = "application/problem+json", "Problem"
    if path.startswith("/v1/"):
        kind, shape = "application/json", "OpenAIError"
    for status in sorted(wanted):
        content = {kind: {"schema": {"$ref": f"#/components/schemas/{shape}"}}}
        responses.setdefault(status, {"description": _FAILURES[status], "content": content})
