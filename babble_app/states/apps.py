"""The list of a person's apps, and the dialog in which one is made."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.errors import BabbleError, NotFoundError
from babble_app.services import agents, app_activity, apps, runtime, workspaces
from babble_app.states.app_views import AgentChoice, AppRow, app_row
from babble_app.states.session import get_user
from babble_app.states.shell import fill_shell


class AppsState(rx.State):
    """What the list shows, and whether an app is being made over it."""

    loaded: bool = False
    rows: list[AppRow] = []
    choices: list[AgentChoice] = []
    making: bool = False
    agent: str = ""
    """The agent that is chosen in the dialog; empty: the plain assistant."""
    name: str = ""
    problem: str = ""
    _asked_for: str = ""
    """The agent for which the address opened the dialog; closed, it stays closed when a lost connection is back."""

    @rx.event
    async def load(self) -> None:
        """Show the list; the address may ask to make an app of an agent (`?agent=`)."""
        await fill_shell(self, workspace_id="", title="Apps")
        rt, user = runtime.current(), await get_user(self)
        found = [
            agent
            for place in await workspaces.list_workspaces(rt, user.id)
            for agent in await agents.list_agents(rt, user.id, place.id)
        ]
        names = {place.id: place.name for place in await workspaces.list_workspaces(rt, user.id)}
        self.choices = [AgentChoice(one.id, one.name, names[one.workspace_id]) for one in found]
        by_id = {one.id: one for one in found}
        activity = await app_activity.list_activity(rt, user.id)
        self.rows = [
            app_row(app, by_id.get(app.agent_id or ""), activity[app.id])
            for app in await apps.list_apps(rt, user.id)
            if app.id in activity
        ]
        self.loaded = True
        wanted = str(self.router.url.query_parameters.get("agent", ""))
        if wanted in by_id and wanted != self._asked_for:
            self._open(wanted)
        self._asked_for = wanted

    @rx.event
    def open_new(self) -> None:
        """Ask for a name and an agent."""
        self._open(self.choices[0].id if self.choices else "")

    @rx.event
    def pick_agent(self, chosen_id: str) -> None:
        """Make the app of another agent, or of none."""
        self._choose(chosen_id)

    @rx.event
    def close_new(self) -> None:
        """Make nothing."""
        self.making = False

    @rx.event
    async def create(self, form: dict[str, Any]) -> rx.event.EventSpec | None:
        """Make the app and open its page."""
        user = await get_user(self)
        if not self.making:
            return None
        origin = str(form.get("origin") or "").strip()
        try:
            made = await apps.create_app(
                runtime.current(),
                user.id,
                str(form.get("name") or ""),
                agent_id=self.agent or None,
                origins=[origin] if origin else (),
            )
        except NotFoundError:
            self.problem = "That agent is not there any more. Choose another one."
            return None
        except BabbleError as error:
            self.problem = str(error)
            return None
        self.making = False
        return rx.redirect(f"/apps/{made.id}")

    def _open(self, agent_id: str) -> None:
        self.making = True
        self._choose(agent_id)

    def _choose(self, agent_id: str) -> None:
        self.problem = ""
        chosen = next((one for one in self.choices if one.id == agent_id), None)
        self.agent, self.name = (chosen.id, chosen.name) if chosen else ("", "")
