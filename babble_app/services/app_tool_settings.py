"""What owners say of the functions of their apps: checked in plain words, and secrets of their headers sealed."""

from __future__ import annotations

import asyncio
import base64
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from babble_app.errors import ValidationFailedError
from babble_app.services import tool_schemas
from babble_app.services.storable import check_json
from babble_app.services.vault import Place, Sealed
from babble_app.store import apps as rows
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from babble_app.schemas.apps import App, HttpTool, PageTool
    from babble_app.services.runtime import Runtime

MAX_TOOLS = 32
MAX_SCHEMA_CHARS = 10_000
MAX_SECRET_CHARS = 4_000
MAX_WORDS_CHARS = 2_000
TOOL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")


async def set_tools(
    rt: Runtime,
    owner_id: str,
    app_id: str,
    tools: Sequence[HttpTool],
    secrets: Mapping[str, Mapping[str, str]],
) -> App:
    """Give the app exactly these HTTP tools.

    Args:
        rt: The runtime.
        owner_id: Whose app it is.
        app_id: Which one.
        tools: Their hosts must be among those that the app's workspace allows.
        secrets: Values of secret headers by tool and header; a header that is named in a tool and has no value here keeps the one
            that it had, while the tool calls the same server: a secret of one is not shown to another.

    Raises:
        ValidationFailedError: a tool cannot be called as it is described; the message says what to mend.
    """
    async with rt.database.reading() as db:
        await rows.get_app(db, owner_id, app_id)
    # In a thread: checking one long schema takes a second of CPU.
    await asyncio.to_thread(_check_tools, tools)
    async with rt.database.unit_of_work() as db:
        row = await rows.get_app(db, owner_id, app_id, lock=True)
        before = {tool["name"]: tool for tool in row.tools}
        stored: list[dict[str, Any]] = []
        for tool in tools:
            given = secrets.get(tool.name, {})
            kept = _kept(before.get(tool.name), tool)
            sealed: dict[str, Any] = {}
            for header in tool.secret_headers:
                if header in given:
                    sealed[header] = _seal(rt, owner_id, app_id, tool.name, header, given[header])
                elif header in kept:
                    sealed[header] = kept[header]
                else:
                    message = f"Give the value of the header {header} of {tool.name}."
                    raise ValidationFailedError(message, field="tools")
            stored.append({**tool.model_dump(mode="json"), "sealed_headers": sealed})
        row.tools = stored
        row.updated_at = now()
    rt.app_cache.forget()
    return rows.app_shape(row)


def unseal(
    rt: Runtime, owner_id: str, app_id: str, tool: str, header: str, stored: dict[str, str]
) -> str:
    """Return the value of a secret header; raises SealedError when it cannot be read any more."""
    sealed = Sealed(
        stored["key_id"],
        base64.b64decode(stored["nonce"]),
        base64.b64decode(stored["ciphertext"]),
    )
    return rt.vault.open(sealed, _place(owner_id, app_id, tool, header))


def _kept(before: dict[str, Any] | None, tool: HttpTool) -> dict[str, Any]:
    """Return the sealed values that a tool may go on using."""
    if before is None or _server(before["url"]) != _server(tool.url):
        return {}
    return before.get("sealed_headers", {})


def _server(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _check_tools(tools: Sequence[HttpTool]) -> None:
    if len(tools) > MAX_TOOLS:
        raise ValidationFailedError(f"{MAX_TOOLS} tools are the most.", field="tools")
    if len({tool.name for tool in tools}) < len(tools):
        raise ValidationFailedError("Two tools have the same name.", field="tools")
    for tool in tools:
        problem = _problem_of(tool)
        if problem:
            raise ValidationFailedError(f"{tool.name[:64] or 'A tool'}: {problem}", field="tools")


def _problem_of(tool: HttpTool) -> str:
    """Say what is wrong with a tool, in words; empty: nothing."""
    if problem := problem_of_words(tool):
        return problem
    parts = urlsplit(tool.url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "{" in parts.netloc:
        return "its address begins with https:// and a host that is not an argument."
    if len(tool.url) > MAX_WORDS_CHARS:
        return "its address is too long; 2,000 characters are the most."
    if bad := [header for header in tool.secret_headers if not _HEADER.fullmatch(header)]:
        return f"{bad[0][:40]!r} is no name of a header."
    check_json(tool.url, field="tools")
    problem = tool_schemas.problem_of_schema(tool.parameters)
    return f"its schema cannot be used: {problem}" if problem else ""


def problem_of_words(tool: HttpTool | PageTool) -> str:
    """Say what is wrong with what models are shown of a function, but for what its schema means; empty: nothing.

    Raises:
        ValidationFailedError: it holds what cannot be stored.
    """
    if not TOOL_NAME.fullmatch(tool.name):
        return "a name has letters, digits and underscores, at most 64."
    if len(tool.description) > MAX_WORDS_CHARS:
        return "its description is too long; 2,000 characters are the most."
    check_json([tool.description, tool.parameters], field="tools")
    try:
        size = len(orjson.dumps(tool.parameters))
    except TypeError:
        return "its schema is nested too deeply, or holds a number that is too large."
    if size > MAX_SCHEMA_CHARS:
        return "its schema is too long; 10,000 characters are the most."
    if tool.parameters and tool.parameters.get("type") != "object":
        return 'its schema must be of an object: {"type": "object", "properties": {...}}.'
    return ""


def _place(owner_id: str, app_id: str, tool: str, header: str) -> Place:
    return Place(owner_id, f"tool {tool} {header}", app_id)


def _seal(
    rt: Runtime, owner_id: str, app_id: str, tool: str, header: str, value: str
) -> dict[str, str]:
    if not 0 < len(value) <= MAX_SECRET_CHARS or not value.isprintable():
        message = f"The value of {header} must be 1 to {MAX_SECRET_CHARS:,} characters on one line."
        raise ValidationFailedError(message, field="tools")
    sealed = rt.vault.seal(value, _place(owner_id, app_id, tool, header))
    return {
        "key_id": sealed.key_id,
        "nonce": base64.b64encode(sealed.nonce).decode(),
        "ciphertext": base64.b64encode(sealed.ciphertext).decode(),
    }
