"""The list of apps, and the page of one: making, pausing, renaming, deleting."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from reflex.istate.data import ReflexURL

from babble_app.errors import NotFoundError
from babble_app.services import agents, app_tokens, apps
from babble_app.states.app_page import AppState
from babble_app.states.apps import AppsState
from tests.factories import make_agent, make_user, make_workspace
from tests.unit.states.app_tabs import make_shown, show

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime
    from tests.databases import Source, SqliteSource
    from tests.unit.states.conftest import Tab


@pytest.fixture
def source(sqlite: SqliteSource) -> Source:
    """One kind of database is enough: these are about the page."""
    return sqlite


def visit(tab: Tab, address: str) -> None:
    """Let the tab's browser be there."""
    tab.root.router = replace(tab.root.router, url=ReflexURL(f"http://localhost:8000{address}"))


async def load(tab: Tab, address: str = "/apps/") -> AppsState:
    visit(tab, address)
    page = await tab.state(AppsState)
    await tab.run(AppsState.load, page)
    return page


async def load_app(tab: Tab, address: str) -> AppState:
    visit(tab, address)
    page = await tab.state(AppState)
    await tab.run(AppState.load, page)
    return page


async def test_the_list_says_what_each_app_is_and_whether_anybody_can_come(
    rt: Runtime, tab: Tab
) -> None:
    made = await make_shown(rt, tab)
    plain = await apps.create_app(rt, tab.user.id, "Plain")
    await app_tokens.create_token(rt, tab.user.id, made.app.id, "shop")
    await apps.update_app(rt, tab.user.id, plain.id, paused=True)

    rows = {row.name: row for row in (await load(tab)).rows}

    assert rows["Helper"].what == "Greeter, live version 1"
    assert (rows["Helper"].closed, rows["Helper"].paused) == (False, False)
    assert rows["Plain"].what == "Plain assistant"
    assert (rows["Plain"].closed, rows["Plain"].paused) == (True, True)
    assert rows["Plain"].seen_at == ""


async def test_others_see_none_of_it(rt: Runtime, tab: Tab) -> None:
    await make_shown(rt, tab)
    await tab.log_in(await make_user(rt))

    page = await load(tab)

    assert (page.rows, page.choices) == ([], [])


async def test_an_address_with_an_agent_opens_the_dialog_once(rt: Runtime, tab: Tab) -> None:
    _, workspace = await make_workspace(rt, tab.user.id)
    agent = (await make_agent(rt, tab.user.id, workspace.id)).agent_id

    page = await load(tab, f"/apps/?agent={agent}")
    assert (page.making, page.agent, page.name) == (True, agent, "Greeter")
    await tab.run(AppsState.close_new, page)
    await load(tab, f"/apps/?agent={agent}")

    assert not page.making


async def test_an_app_of_an_agent_makes_its_newest_version_live(rt: Runtime, tab: Tab) -> None:
    _, workspace = await make_workspace(rt, tab.user.id)
    agent = (await make_agent(rt, tab.user.id, workspace.id)).agent_id
    page = await load(tab)
    await tab.run(AppsState.open_new, page)

    events = await tab.run(
        AppsState.create, page, {"name": "Shop", "origin": "shop.example/products"}
    )

    (made,) = await apps.list_apps(rt, tab.user.id)
    assert (made.agent_id, made.origins) == (agent, ("https://shop.example",))
    assert (await agents.get_agent(rt, tab.user.id, agent)).live_number == 1
    assert f"/apps/{made.id}" in str(events[0].args)
    assert not page.making


async def test_what_is_wrong_with_a_new_app_is_said_in_the_dialog(rt: Runtime, tab: Tab) -> None:
    page = await load(tab)
    await tab.run(AppsState.open_new, page)
    assert page.agent == ""

    await tab.run(AppsState.create, page, {"name": "Shop", "origin": "not an origin"})
    assert "no origin" in page.problem
    page.agent = (
        await make_agent(
            rt, (owner := (await make_user(rt)).id), (await make_workspace(rt, owner))[1].id
        )
    ).agent_id
    await tab.run(AppsState.create, page, {"name": "Shop"})

    assert "not there any more" in page.problem
    assert await apps.list_apps(rt, tab.user.id) == []


async def test_the_page_shows_the_app_and_the_tab_of_the_address(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    page = await load_app(tab, f"/apps/{made.app.id}?tab=look")
    assert (page.status, page.app.name, page.app.agent_name) == ("ready", "Helper", "Greeter")
    assert page.tab == "look"

    await tab.run(AppState.pick_tab, page, "tokens")
    await load_app(tab, f"/apps/{made.app.id}?tab=look")

    assert page.tab == "tokens"


async def test_somebody_elses_app_is_missing(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    await tab.log_in(await make_user(rt))

    page = await load_app(tab, f"/apps/{made.app.id}")

    assert (page.status, page.app.id) == ("missing", "")


async def test_an_app_is_paused_opened_and_renamed(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    page = await load_app(tab, f"/apps/{made.app.id}")

    await tab.run(AppState.pause, page)
    paused = (await apps.get_app(rt, tab.user.id, made.app.id)).paused
    await tab.run(AppState.resume, page)
    await tab.run(AppState.open_dialog, page, "rename")
    await tab.run(AppState.rename, page, {"name": " "})
    refused = (page.dialog, page.problem)
    await tab.run(AppState.rename, page, {"name": "Shop"})

    stored = await apps.get_app(rt, tab.user.id, made.app.id)
    assert paused
    assert (stored.paused, stored.name, stored.slug) == (False, "Shop", made.app.slug)
    assert refused[0] == "rename"
    assert refused[1]
    assert (page.dialog, page.app.name) == ("", "Shop")


async def test_an_app_is_deleted_after_the_question_that_says_what_goes(
    rt: Runtime, tab: Tab
) -> None:
    made = await make_shown(rt, tab)
    await app_tokens.create_token(rt, tab.user.id, made.app.id, "shop")
    page = await load_app(tab, f"/apps/{made.app.id}")

    await tab.run(AppState.delete, page)
    assert await apps.get_app(rt, tab.user.id, made.app.id)
    await tab.run(AppState.open_dialog, page, "delete")
    assert page.app.contents == "1 valid token and 0 conversations of its visitors"
    await tab.run(AppState.delete, page)

    assert await apps.list_apps(rt, tab.user.id) == []


async def test_nobody_else_pauses_renames_or_deletes_it(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    await tab.log_in(await make_user(rt))
    page = await show(tab, made.app.id)
    page.dialog = "delete"

    for handler, arguments in ((AppState.pause, ()), (AppState.delete, ())):
        with pytest.raises(NotFoundError):
            await tab.run(handler, page, *arguments)
    await tab.run(AppState.rename, page, {"name": "Mine now"})

    stored = await apps.get_app(rt, tab.user.id, made.app.id)
    assert (stored.paused, stored.name) == (False, "Helper")
