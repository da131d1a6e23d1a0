"""The Tools tab of an app's page: its list, its form, and trials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import NotFoundError
from babble_app.schemas.apps import HttpTool
from babble_app.services import app_tool_settings, apps, workspaces
from babble_app.states.app_tool_form import ToolFormState
from babble_app.states.app_tool_trial import ToolTrialState
from babble_app.states.app_tools import ToolsState, blocked_host
from tests.factories import make_user, make_workspace
from tests.unit.states.app_tabs import show

if TYPE_CHECKING:
    from babble_app.schemas.apps import App
    from babble_app.services.runtime import Runtime
    from tests.unit.states.conftest import Tab

SECRET = "shop-secret-canary"
TOOL = HttpTool(
    name="check_stock",
    description="How many are left",
    parameters={
        "type": "object",
        "properties": {"part": {"type": "string"}},
        "required": ["part"],
    },
    method="GET",
    url="https://shop.example/parts/{part}",
    secret_headers=("X-Key",),
)
FORM = {"name": "check_stock", "method": "GET", "url": "https://shop.example/parts/{part}"}


async def make_app(rt: Runtime, owner_id: str, *tools: HttpTool) -> App:
    """Make an app with functions."""
    _, workspace = await make_workspace(rt, owner_id)
    app = await apps.create_app(rt, owner_id, "Shop", workspace_id=workspace.id)
    secrets = {tool.name: {"X-Key": SECRET} for tool in tools}
    return await app_tool_settings.set_tools(rt, owner_id, app.id, tools, secrets)


async def stored(rt: Runtime, app: App, owner_id: str) -> tuple[HttpTool, ...]:
    return (await apps.get_app(rt, owner_id, app.id)).tools


async def test_the_list_says_what_is_refused_until_it_is_allowed(rt: Runtime, tab: Tab) -> None:
    app = await make_app(rt, tab.user.id, TOOL)
    await show(tab, app.id)
    state = await tab.state(ToolsState)

    await tab.run(ToolsState.load, state)
    before = state.rows[0]
    await tab.run(ToolsState.allow_host, state, before.blocked_host)

    assert (before.takes, before.secrets, before.blocked_host) == ("part", "X-Key", "shop.example")
    assert state.rows[0].blocked_host == ""
    workspace = await workspaces.get_workspace(rt, tab.user.id, app.workspace_id)
    assert workspace.allowed_hosts == ("shop.example",)


async def test_a_function_goes_when_it_is_asked_about_and_meant(rt: Runtime, tab: Tab) -> None:
    app = await make_app(rt, tab.user.id, TOOL, TOOL.model_copy(update={"name": "other"}))
    await show(tab, app.id)
    state = await tab.state(ToolsState)
    await tab.run(ToolsState.load, state)

    await tab.run(ToolsState.ask_removal, state, "other")
    await tab.run(ToolsState.cancel_removal, state)
    await tab.run(ToolsState.remove, state)
    assert len(await stored(rt, app, tab.user.id)) == 2
    await tab.run(ToolsState.ask_removal, state, "other")
    await tab.run(ToolsState.remove, state)

    assert await stored(rt, app, tab.user.id) == (TOOL,)
    assert [row.name for row in state.rows] == ["check_stock"]


async def test_a_function_is_described_by_fields(rt: Runtime, tab: Tab) -> None:
    app = await make_app(rt, tab.user.id)
    await show(tab, app.id)
    state = await tab.state(ToolFormState)
    await tab.run(ToolFormState.open_new, state)

    await tab.run(ToolFormState.write_url, state, TOOL.url)
    assert (state.missing, state.blocked_host) == ("part", "shop.example")
    await tab.run(ToolFormState.add_missing, state)
    await tab.run(ToolFormState.add_header, state)
    number, header = state.arguments[0].number, state.headers[0].number
    form = {
        **FORM,
        "description": "How many are left",
        f"argument-name-{number}": "part",
        f"header-name-{header}": "X-Key",
        f"header-value-{header}": SECRET,
    }
    chained = await tab.run(ToolFormState.save_tool, state, form)

    assert (state.problems, state.open, len(chained)) == ({}, False, 1)
    assert await stored(rt, app, tab.user.id) == (TOOL,)
    assert SECRET not in repr(state)


async def test_what_is_wrong_is_said_and_the_form_stays(rt: Runtime, tab: Tab) -> None:
    app = await make_app(rt, tab.user.id)
    await show(tab, app.id)
    state = await tab.state(ToolFormState)
    await tab.run(ToolFormState.open_new, state)
    said: list[dict[str, str]] = []

    for fields in ({}, {"url": "https://{part}/"}, {"url": "ftp://x.example", "method": "TELL"}):
        await tab.run(ToolFormState.save_tool, state, {**FORM, **fields})
        said.append(state.problems)
    await tab.run(ToolFormState.save_tool, state, {**FORM, "url": "ftp://x.example"})

    assert said[0] == {"arguments": "The address has {part}, which is none of the arguments."}
    assert said[2] == {"arguments": "Choose one of the methods."}
    assert "its address begins with https://" in state.problems[""]
    assert state.open
    assert await stored(rt, app, tab.user.id) == ()


async def test_a_changed_function_keeps_its_secret_and_its_place(rt: Runtime, tab: Tab) -> None:
    last = TOOL.model_copy(update={"name": "last"})
    app = await make_app(rt, tab.user.id, TOOL, last)
    await show(tab, app.id)
    state = await tab.state(ToolFormState)
    await tab.run(ToolFormState.open_tool, state, "check_stock")
    number = state.arguments[0].number
    form = {**FORM, "description": "Other words", f"argument-name-{number}": "part"}

    await tab.run(ToolFormState.save_tool, state, form)
    changed = TOOL.model_copy(update={"description": "Other words"})
    assert await stored(rt, app, tab.user.id) == (changed, last)

    await tab.run(ToolFormState.open_tool, state, "check_stock")
    form[f"argument-name-{state.arguments[0].number}"] = "part"
    await tab.run(ToolFormState.save_tool, state, {**form, "name": "renamed"})
    assert state.problems == {"": "Give the value of the header X-Key of renamed."}


async def test_a_schema_goes_to_json_and_back_unless_fields_would_lose_something(
    rt: Runtime, tab: Tab
) -> None:
    app = await make_app(rt, tab.user.id, TOOL)
    await show(tab, app.id)
    state = await tab.state(ToolFormState)
    await tab.run(ToolFormState.open_tool, state, "check_stock")

    await tab.run(ToolFormState.show_json, state)
    typed = state.schema_text.replace('"string"', '"string", "enum": ["bell"]')
    await tab.run(ToolFormState.write_schema, state, typed)
    await tab.run(ToolFormState.show_fields, state)
    assert (state.as_json, list(state.problems)) == (True, ["arguments"])
    await tab.run(ToolFormState.save_tool, state, {**FORM, "schema": typed})

    (tool,) = await stored(rt, app, tab.user.id)
    assert tool.parameters["properties"] == {"part": {"type": "string", "enum": ["bell"]}}
    await tab.run(ToolFormState.open_tool, state, "check_stock")
    assert state.as_json


async def test_a_trial_says_what_an_agent_would_be_told(rt: Runtime, tab: Tab) -> None:
    app = await make_app(rt, tab.user.id, TOOL)
    await show(tab, app.id)
    state = await tab.state(ToolTrialState)
    await tab.run(ToolsState.load, await tab.state(ToolsState))
    await tab.run(ToolTrialState.open_trial, state, "check_stock")

    await tab.run(ToolTrialState.call, state, {f"value-{state.arguments[0].number}": "bell"})

    assert state.problem == "the workspace does not allow calls to shop.example"
    assert (state.answered, state.running, state.blocked_host) == (False, False, "shop.example")
    await tab.run(ToolTrialState.allow_host, state)
    assert (state.problem, state.blocked_host) == ("", "")


async def test_a_trial_is_for_an_object_of_arguments(rt: Runtime, tab: Tab) -> None:
    tool = TOOL.model_copy(update={"parameters": {**TOOL.parameters, "title": "Parts"}})
    app = await make_app(rt, tab.user.id, tool)
    await show(tab, app.id)
    state = await tab.state(ToolTrialState)
    await tab.run(ToolTrialState.open_trial, state, "check_stock")

    await tab.run(ToolTrialState.call, state, {"arguments": "[1]"})

    assert state.as_json
    assert (state.problem, state.took) == (
        'What it is called with is an object: {"part": "bell"}.',
        "",
    )


async def test_an_app_of_somebody_else_is_neither_shown_nor_changed(rt: Runtime, tab: Tab) -> None:
    owner = await make_user(rt)
    app = await make_app(rt, owner.id, TOOL)
    await show(tab, app.id)
    tools, form = await tab.state(ToolsState), await tab.state(ToolFormState)
    trial = await tab.state(ToolTrialState)

    await tab.run(ToolsState.load, tools)
    await tab.run(ToolFormState.open_tool, form, "check_stock")
    await tab.run(ToolTrialState.open_trial, trial, "check_stock")
    tools.asks_removal = form.open = trial.open = True
    trial.name = form.blocked_host = "check_stock"
    await tab.run(ToolsState.remove, tools)
    await tab.run(ToolsState.allow_host, tools, "evil.example")
    await tab.run(ToolFormState.save_tool, form, {**FORM, "name": "mine"})
    await tab.run(ToolTrialState.call, trial, {})

    assert (tools.rows, form.arguments, trial.answered) == ([], [], False)
    assert await stored(rt, app, owner.id) == (TOOL,)
    workspace = await workspaces.get_workspace(rt, owner.id, app.workspace_id)
    assert workspace.allowed_hosts == ()
    with pytest.raises(NotFoundError):
        await apps.get_app(rt, tab.user.id, app.id)


@pytest.mark.parametrize(
    ("url", "allowed", "blocked"),
    [
        ("https://API.example.com./x", [], "api.example.com"),
        ("https://api.example.com/x", ["*.example.com"], ""),
        ("https://api.example.com:444/x", ["api.example.com:443"], "api.example.com"),
        ("https://{host}/", [], ""),
        ("https://x:no/", [], ""),
        ("https://[::1", [], ""),
        ("shop", [], ""),
    ],
)
def test_the_host_of_an_address_is_looked_up(url: str, allowed: list[Any], blocked: str) -> None:
    assert blocked_host(url, allowed) == blocked
