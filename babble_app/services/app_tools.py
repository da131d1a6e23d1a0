"""Functions that an app's agent may call: HTTP calls that its owner has described, and those of the visitor's page."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from babble_app.errors import NotFoundError, ValidationFailedError
from babble_app.schemas.models import ToolSpec
from babble_app.services import guarded_fetch, limits, tool_schemas
from babble_app.services.app_tool_settings import problem_of_words, unseal
from babble_app.services.vault import SealedError
from babble_app.store import apps as rows
from babble_app.store import workspaces as workspace_rows
from babble_app.tools.toolkit import OutsideTool, ToolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from babble_app.schemas.apps import App, HttpTool, PageTool
    from babble_app.services.runtime import Runtime
    from babble_app.services.visit_turns import VisitTurn

MAX_RESULT_CHARS = 20_000
MAX_PAGE_TOOLS_CHARS = 32 * 1024
"""Of all that a page says of its functions: a model reads it with every message, at the owner's cost."""
_SLOT = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_OBJECT: dict[str, Any] = {"type": "object", "properties": {}}
_BAD_STATUS = 400
_LEAST_SECRET = 6
"""Characters; a shorter value could be any word of an answer."""


def open_tools(
    rt: Runtime, owner_id: str, chat_id: str, turn: VisitTurn
) -> tuple[OutsideTool, ...]:
    """Return what the agent may call in a turn; the app's own functions win over the page's of the same name."""
    app = turn.app
    tools = [
        OutsideTool(_spec(tool), partial(_call_http, rt, owner_id, app, tool), by_page=False)
        for tool in app.tools
    ]
    taken = {tool.name for tool in tools}
    tools += [
        OutsideTool(_spec(tool), partial(_call_page, rt, chat_id), by_page=True)
        for tool in turn.tools
        if tool.name not in taken
    ]
    return tuple(tools)


def check_page_tools(tools: Sequence[PageTool]) -> None:
    """Raise ValidationFailedError when what a page can do cannot be shown to a model, or is too much.

    Whether a schema means anything is not asked: that takes a second for a long one, and anybody can send some.
    """
    for tool in tools:
        if problem := problem_of_words(tool):
            raise ValidationFailedError(f"{tool.name[:64] or 'A tool'}: {problem}", field="tools")
    if sum(len(orjson.dumps(tool.model_dump())) for tool in tools) > MAX_PAGE_TOOLS_CHARS:
        message = f"The page's tools are longer than {MAX_PAGE_TOOLS_CHARS // 1024} KiB together. Send fewer."
        raise ValidationFailedError(message, field="tools")


async def try_tool(
    rt: Runtime, owner_id: str, app_id: str, name: str, arguments: dict[str, Any]
) -> str:
    """Call one of the app's HTTP tools as an agent would, and return what the agent would read.

    Raises:
        NotFoundError: the app has no such tool.
        ValidationFailedError: the call failed; the message is what the agent would be told.
        RateLimitedError: tools were tried too often.
    """
    async with rt.database.reading() as db:
        app = rows.app_shape(await rows.get_app(db, owner_id, app_id))
    await limits.hit(rt, "try_tool", owner_id)
    for tool in app.tools:
        if tool.name == name:
            try:
                return await _call_http(rt, owner_id, app, tool, "", arguments)
            except ToolError as error:
                raise ValidationFailedError(str(error), field="arguments") from error
    raise NotFoundError("The app has no such tool.")


def find_tool(tools: Sequence[OutsideTool], action: str) -> OutsideTool | None:
    """Return what a program means by an action: `integrations.shop.check_stock` is the function `check_stock`."""
    last = action.rpartition(".")[2]
    return next((tool for tool in tools if tool.name in {action, last}), None)


async def _call_http(
    rt: Runtime, owner_id: str, app: App, tool: HttpTool, call_id: str, arguments: dict[str, Any]
) -> str:
    del call_id
    _check_arguments(tool, arguments)
    async with rt.database.reading() as db:
        row = await rows.get_app(db, owner_id, app.id)
        workspace = await workspace_rows.get_workspace(db, owner_id, app.workspace_id)
        found = (one.get("sealed_headers") for one in row.tools if one["name"] == tool.name)
        sealed: dict[str, dict[str, str]] = next(found, None) or {}
    try:
        headers = {
            header: unseal(rt, owner_id, app.id, tool.name, header, value)
            for header, value in sealed.items()
        }
    except SealedError as error:
        message = (
            f"The secrets of {tool.name} cannot be read any more; its owner must enter them again."
        )
        raise ToolError(message) from error
    used = set(_SLOT.findall(tool.url))
    url = _SLOT.sub(lambda match: quote(_plain(arguments.get(match[1], "")), safe=""), tool.url)
    rest = {key: value for key, value in arguments.items() if key not in used}
    in_query = tool.method == "GET"
    rules = guarded_fetch.Rules(workspace.allowed_hosts, rt.settings.private_hosts)
    try:
        answer = await guarded_fetch.fetch(
            rules,
            tool.method,
            url,
            params=rest if in_query else None,
            body=None if in_query else rest,
            headers=headers,
        )
    except guarded_fetch.FetchError as error:
        raise ToolError(str(error)) from error
    text = answer.body if isinstance(answer.body, str) else orjson.dumps(answer.body).decode()
    text = _without(text, headers.values())
    if answer.status >= _BAD_STATUS:
        raise ToolError(f"{tool.name} answered with status {answer.status}: {text[:500]}")
    return text[:MAX_RESULT_CHARS]


async def _call_page(rt: Runtime, chat_id: str, call_id: str, arguments: dict[str, Any]) -> str:
    del arguments  # they went to the page with the event, and the page checks them
    try:
        ok, result = await rt.page_calls.wait(chat_id, call_id)
    except TimeoutError as error:
        raise ToolError("The page did not answer. Go on without it.") from error
    if not ok:
        raise ToolError(result[:MAX_RESULT_CHARS] or "The page could not do it.")
    return result[:MAX_RESULT_CHARS]


def _spec(tool: HttpTool | PageTool) -> ToolSpec:
    schema = tool.parameters or _OBJECT
    return ToolSpec(name=tool.name, description=tool.description, parameters=schema)


def _check_arguments(tool: HttpTool, arguments: dict[str, Any]) -> None:
    if problems := tool_schemas.problems_of(arguments, tool.parameters):
        raise ToolError(f"The arguments do not fit. {problems}")


def _without(text: str, secrets: Iterable[str]) -> str:
    """Take secrets out that a server repeats: what comes back is read by models, visitors and whoever tries it."""
    for secret in secrets:
        if len(secret) >= _LEAST_SECRET:
            text = text.replace(secret, "***")
    return text


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
