"""Functions that an app's agent calls: HTTP calls that its owner described, and those of the visitor's page."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from babble_app.errors import NotFoundError, ValidationFailedError
from babble_app.schemas.apps import HttpTool, PageTool
from babble_app.schemas.events import MessageDone, ToolAnswered, ToolCalled
from babble_app.schemas.visits import VisitorMessage
from babble_app.services import (
    app_callers,
    app_tokens,
    app_tool_settings,
    app_tools,
    apps,
    visits,
    workspaces,
)
from tests.conftest import make_settings
from tests.factories import make_agent, make_user, make_workspace
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule, ToolUse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from babble_app.services.app_callers import AppCaller
    from babble_app.services.runtime import Runtime
    from babble_app.settings import Settings
    from tests.databases import Source

SECRET = "shop-secret-canary"
SCHEMA = {"type": "object", "properties": {"part": {"type": "string"}}, "required": ["part"]}


@pytest.fixture
def source(sqlite: Source) -> Source:
    """One kind of database: nothing here depends on it."""
    return sqlite


@pytest.fixture
def models() -> Iterator[ModelServer]:
    """A model that calls what it is offered, and then tells what came of it."""
    bye = Answer(tools=[ToolUse("the_visitor_says_goodbye")])
    stock = Answer(tools=[ToolUse("check_stock", {"part": "bell"})])
    sql = Answer(tools=[ToolUse("insert_sql", {"sql": "SELECT 1"})])
    rules = [
        Rule("It is done.", after_tool=True),
        Rule(bye, user="Bye"),
        Rule(stock, tool="check_stock"),
        Rule(sql, tool="insert_sql"),
    ]
    with ModelServer(rules=rules) as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path, database_address: str, models: ModelServer) -> Settings:
    return make_settings(
        tmp_path,
        DATABASE_URL=database_address,
        BABBLE_ALLOWED_PRIVATE_HOSTS="127.0.0.1",
        BABBLE_DEFAULT_MODEL="openai/shop",
        OPENAI_API_KEY="sk-test",
        OPENAI_BASE_URL=models.openai_url,
    )


@pytest.fixture
async def shop() -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """A shop's API, and what it was asked."""
    asked: list[dict[str, Any]] = []

    async def answer(request: web.Request) -> web.Response:
        body: Any = await request.json()
        asked.append({"path": request.path, "body": body, "key": request.headers.get("X-Key")})
        return web.json_response({"left": 7})

    async def echo(request: web.Request) -> web.Response:
        found = request.match_info["part"] != "none"
        key = request.headers.get("X-Key")
        return web.json_response({"key": key}, status=200 if found else 404)

    app = web.Application()
    app.router.add_post("/echo/parts/{part}", echo)
    app.router.add_post("/parts/{part}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    await runner.cleanup()


async def make_caller(
    rt: Runtime, *, program: str = "", hosts: list[str] | None = None
) -> AppCaller:
    owner_id, workspace = await make_workspace(rt)
    await workspaces.update_workspace(rt, owner_id, workspace.id, allowed_hosts=hosts or [])
    agent_id = None
    if program:
        agent_id = (await make_agent(rt, owner_id, workspace.id, program=program)).agent_id
    app = await apps.create_app(rt, owner_id, "Shop", workspace_id=workspace.id, agent_id=agent_id)
    token = await app_tokens.create_token(rt, owner_id, app.id, "test")
    return await app_callers.find_caller(rt, token.token)


async def give_tool(rt: Runtime, caller: AppCaller, url: str) -> AppCaller:
    tool = HttpTool(
        name="check_stock",
        description="How many are left",
        parameters=SCHEMA,
        url=f"{url}/parts/{{part}}",
        secret_headers=("X-Key",),
    )
    app = await app_tool_settings.set_tools(
        rt, caller.owner_id, caller.app.id, [tool], {"check_stock": {"X-Key": SECRET}}
    )
    assert SECRET not in app.model_dump_json()
    return await app_callers.find_app(rt, app.slug)


async def answer_of(
    rt: Runtime, caller: AppCaller, text: str, tools: tuple[PageTool, ...] = (), result: str = ""
) -> list[Any]:
    """Return the events of an answer; the page answers what it is asked for with `result`."""
    run = await visits.start(rt, caller, VisitorMessage(text=text, tools=tools))
    seen: list[Any] = []
    async with aclosing(visits.events(rt, caller, run)) as events:
        async for numbered in events:
            seen.append(numbered.event)
            if isinstance(numbered.event, ToolCalled) and numbered.event.by_page:
                await visits.answer_call(
                    rt, caller, run.session_id, numbered.event.call_id, ok=True, result=result
                )
    return seen


async def test_a_model_calls_the_apps_function_with_its_secret(
    rt: Runtime, shop: tuple[str, list[dict[str, Any]]]
) -> None:
    url, asked = shop
    caller = await give_tool(rt, await make_caller(rt, hosts=["127.0.0.1"]), url)

    events = await answer_of(rt, caller, "Have you got bells?")

    assert asked == [{"path": "/parts/bell", "body": {}, "key": SECRET}]
    answered = [event for event in events if isinstance(event, ToolAnswered)]
    assert [(one.ok, one.summary) for one in answered] == [(True, '{"left":7}')]
    assert isinstance(events[-1], MessageDone)
    assert SECRET not in "".join(event.model_dump_json() for event in events)


async def test_a_host_that_the_workspace_does_not_allow_is_not_called(
    rt: Runtime, shop: tuple[str, list[dict[str, Any]]]
) -> None:
    url, asked = shop
    caller = await give_tool(rt, await make_caller(rt), url)

    events = await answer_of(rt, caller, "Have you got bells?")

    assert asked == []
    assert [event.ok for event in events if isinstance(event, ToolAnswered)] == [False]
    assert isinstance(events[-1], MessageDone)


async def test_the_owner_tries_a_function_and_is_told_what_does_not_fit(
    rt: Runtime, shop: tuple[str, list[dict[str, Any]]]
) -> None:
    url, _ = shop
    caller = await give_tool(rt, await make_caller(rt, hosts=["127.0.0.1"]), url)
    tried = (caller.owner_id, caller.app.id, "check_stock")

    assert await app_tools.try_tool(rt, *tried, {"part": "bell"}) == '{"left":7}'
    with pytest.raises(ValidationFailedError, match="'part' is a required property"):
        await app_tools.try_tool(rt, *tried, {})
    stranger = await make_user(rt)
    with pytest.raises(NotFoundError):
        await app_tools.try_tool(rt, stranger.id, caller.app.id, "check_stock", {"part": "bell"})


async def test_a_function_keeps_its_secret_when_it_is_not_given_again(
    rt: Runtime, shop: tuple[str, list[dict[str, Any]]]
) -> None:
    url, asked = shop
    caller = await give_tool(rt, await make_caller(rt, hosts=["127.0.0.1"]), url)
    tool = caller.app.tools[0].model_copy(update={"description": "Other words"})

    await app_tool_settings.set_tools(rt, caller.owner_id, caller.app.id, [tool], {})
    await app_tools.try_tool(rt, caller.owner_id, caller.app.id, "check_stock", {"part": "bell"})

    assert asked[-1]["key"] == SECRET


async def test_a_secret_is_not_shown_to_another_server(
    rt: Runtime, shop: tuple[str, list[dict[str, Any]]]
) -> None:
    url, _ = shop
    caller = await give_tool(rt, await make_caller(rt), url)
    tool = caller.app.tools[0]
    elsewhere = tool.model_copy(update={"url": "https://evil.example/{part}"})
    longer = tool.model_copy(update={"url": f"{url}/v2/parts/{{part}}"})
    mine = (rt, caller.owner_id, caller.app.id)

    with pytest.raises(ValidationFailedError, match="Give the value of the header X-Key"):
        await app_tool_settings.set_tools(*mine, [elsewhere], {})
    assert (await app_tool_settings.set_tools(*mine, [longer], {})).tools == (longer,)


async def test_a_secret_that_a_server_repeats_is_taken_out(
    rt: Runtime, shop: tuple[str, list[dict[str, Any]]]
) -> None:
    url, _ = shop
    caller = await give_tool(rt, await make_caller(rt, hosts=["127.0.0.1"]), f"{url}/echo")
    mine = (rt, caller.owner_id, caller.app.id, "check_stock")

    answer = await app_tools.try_tool(*mine, {"part": "bell"})
    with pytest.raises(ValidationFailedError) as failed:
        await app_tools.try_tool(*mine, {"part": "none"})

    assert answer == '{"key":"***"}'
    assert "status 404" in str(failed.value)
    assert SECRET not in str(failed.value)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "check stock"}, "letters, digits"),
        ({"url": "ftp://shop.example/"}, "https://"),
        ({"url": "https://{host}/"}, "not an argument"),
        ({"parameters": {"type": "string"}}, "of an object"),
        ({"parameters": {"type": "object", "properties": 7}}, "schema cannot be used"),
        ({"secret_headers": ("X Key",)}, "no name of a header"),
    ],
)
async def test_a_function_that_cannot_be_called_is_refused_in_words(
    rt: Runtime, fields: dict[str, Any], words: str
) -> None:
    caller = await make_caller(rt)
    tool = HttpTool.model_validate({"name": "check", "url": "https://shop.example/", **fields})

    with pytest.raises(ValidationFailedError, match=words):
        await app_tool_settings.set_tools(rt, caller.owner_id, caller.app.id, [tool], {})


PAGE = (PageTool(name="insert_sql", description="Puts SQL into the editor"),)


async def test_a_model_calls_a_function_of_the_visitors_page(rt: Runtime) -> None:
    caller = await make_caller(rt)

    events = await answer_of(rt, caller, "Write SQL", PAGE, "inserted")

    called = [event for event in events if isinstance(event, ToolCalled)]
    assert [(one.name, one.arguments, one.by_page) for one in called] == [
        ("insert_sql", {"sql": "SELECT 1"}, True)
    ]
    assert [one.summary for one in events if isinstance(one, ToolAnswered)] == ["inserted"]
    assert isinstance(events[-1], MessageDone)


PROGRAM = """say("Hello.")
loop:
    talk("You write SQL.", False)
until "the visitor says goodbye":
    done_so = integrations.page.insert_sql(sql="SELECT 2")
    say(f"The page says {done_so}.")
"""


async def test_a_program_and_its_model_call_a_function_of_the_visitors_page(rt: Runtime) -> None:
    caller = await make_caller(rt, program=PROGRAM)

    spoken = await answer_of(rt, caller, "Write SQL", PAGE, "inserted")
    acted = await answer_of(rt, caller, "Bye", PAGE, '"kept"')

    calls = [[one for one in events if isinstance(one, ToolCalled)] for events in (spoken, acted)]
    assert [[(one.name, one.arguments, one.by_page) for one in made] for made in calls] == [
        [("insert_sql", {"sql": "SELECT 1"}, True)],
        [("insert_sql", {"sql": "SELECT 2"}, True)],
    ]
    assert (spoken[-1].text, acted[-1].text) == (
        "Hello.\n\nIt is done.",
        "Hello.\n\nThe page says kept.",
    )


async def test_nobody_answers_a_call_that_nobody_made(rt: Runtime) -> None:
    caller = await make_caller(rt)
    run = await visits.start(rt, caller, VisitorMessage(text="Hello"))

    with pytest.raises(NotFoundError):
        await visits.answer_call(rt, caller, run.session_id, "call_1", ok=True, result="")
    async with asyncio.timeout(30), aclosing(visits.events(rt, caller, run)) as events:
        async for _ in events:
            pass
