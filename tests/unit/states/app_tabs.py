"""The page of an app in a tab without a server: what its tests start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.services import apps, versions
from babble_app.states.app_page import AppState
from babble_app.states.app_views import AppView
from tests.factories import PROGRAM, make_agent, make_workspace

if TYPE_CHECKING:
    from babble_app.schemas.agents import Version
    from babble_app.schemas.apps import App
    from babble_app.services.runtime import Runtime
    from tests.unit.states.conftest import Tab


@dataclass
class Shown:
    """An app, its agent's two versions, and its page."""

    app: App
    first: Version
    second: Version
    page: AppState


async def make_shown(rt: Runtime, tab: Tab) -> Shown:
    """Make an app of an agent with two versions, the first of them live, and show it."""
    _, workspace = await make_workspace(rt, tab.user.id)
    first = await make_agent(rt, tab.user.id, workspace.id)
    app = await apps.create_app(rt, tab.user.id, "Helper", agent_id=first.agent_id)
    second = await versions.add_version(
        rt, tab.user.id, first.agent_id, text=PROGRAM.replace("Goodbye!", "Ciao!"),
        parent_id=first.id, kind="manual", author="A",
    )  # fmt: skip
    page = await show(tab, app.id)
    return Shown(app, first, second, page)


async def show(tab: Tab, app_id: str) -> AppState:
    """Let the tab be on the page of an app, whoever's it is, as a forged address would."""
    page = await tab.state(AppState)
    page.app = AppView(id=app_id)
    return page
