"""One app's page: which app it is, which tab is open, its name, whether it is paused, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import reflex as rx
from reflex.state import BaseState

from babble_app.errors import BabbleError, NotFoundError
from babble_app.schemas.apps import AppActivity
from babble_app.services import agents, app_activity, apps, runtime
from babble_app.states.app_views import AppView, app_view
from babble_app.states.session import get_user
from babble_app.states.shell import fill_shell
from babble_app.states.toasts import toast

if TYPE_CHECKING:
    from babble_app.schemas.apps import App

FIRST_TAB = "settings"


class AppState(rx.State):
    """The app of the address; the states of the tabs ask here which one that is."""

    status: Literal["loading", "ready", "missing"] = "loading"
    app: AppView = AppView()
    tab: str = FIRST_TAB
    dialog: Literal["", "rename", "delete"] = ""
    problem: str = ""
    _asked_for: str = ""
    """The tab that the address named; it counts once, as this also runs when a lost connection is back."""

    @rx.event
    async def load(self) -> None:
        """Show the app that the address names; it may name a tab as well (`?tab=`)."""
        wanted = str(self.router.url.path).rstrip("/").rpartition("/")[2]
        if wanted != self.app.id:
            self.reset()
        asked = str(self.router.url.query_parameters.get("tab", ""))
        if asked and asked != self._asked_for:
            self.tab = asked
        self._asked_for, self.dialog = asked, ""
        await self._show(wanted)

    @rx.event
    def pick_tab(self, tab: str) -> None:
        """Open another tab."""
        self.tab = tab

    @rx.event
    def open_dialog(self, dialog: str) -> None:
        """Ask for another name, or whether the app shall really go."""
        self.problem = ""
        self.dialog = "delete" if dialog == "delete" else "rename" if dialog == "rename" else ""

    @rx.event
    def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.dialog = ""

    @rx.event
    async def rename(self, form: dict[str, Any]) -> None:
        """Give the app the name; its address stays, as pages use it."""
        user = await get_user(self)
        try:
            await apps.update_app(
                runtime.current(), user.id, self.app.id, name=str(form.get("name") or "")
            )
        except BabbleError as error:
            self.problem = str(error)
            return
        self.dialog = ""
        await self._show(self.app.id)

    @rx.event
    async def pause(self) -> None:
        """Let visitors be told that it is not available; what is being answered ends."""
        await self._set_paused(paused=True)
        await toast(self, "Paused: visitors are told to come back later.")

    @rx.event
    async def resume(self) -> None:
        """Let visitors in again."""
        await self._set_paused(paused=False)
        await toast(self, "Open again.", "good")

    @rx.event
    async def delete(self) -> rx.event.EventSpec | None:
        """Delete the app with its tokens and its visitors' conversations."""
        user = await get_user(self)
        if self.dialog != "delete":
            return None
        name, self.dialog = self.app.name, ""
        await apps.delete_app(runtime.current(), user.id, self.app.id)
        await toast(self, f"Deleted “{name}”.")
        return rx.redirect("/apps/")

    async def _set_paused(self, *, paused: bool) -> None:
        user = await get_user(self)
        await apps.update_app(runtime.current(), user.id, self.app.id, paused=paused)
        await self._show(self.app.id)

    async def _show(self, wanted: str) -> None:
        rt, user = runtime.current(), await get_user(self)
        try:
            app = await apps.get_app(rt, user.id, wanted)
            agent = await agents.get_agent(rt, user.id, app.agent_id) if app.agent_id else None
        except NotFoundError:
            await fill_shell(self, workspace_id="", title="Apps")
            self.reset()
            self.status = "missing"
            return
        activity = await app_activity.list_activity(rt, user.id)
        counted = activity.get(app.id, AppActivity(app_id=app.id))
        await fill_shell(self, workspace_id=app.workspace_id, title=app.name)
        self.app, self.status = app_view(app, agent, counted), "ready"


async def shown_id(state: BaseState) -> str:
    """Return the id of the app on the page; empty when there is none."""
    return (await state.get_state(AppState)).app.id


async def shown_app(state: BaseState) -> tuple[str, App] | None:
    """Return the person at the tab and the app on the page, as it is stored now; None when there is none."""
    user = await get_user(state)
    try:
        return user.id, await apps.get_app(runtime.current(), user.id, await shown_id(state))
    except NotFoundError:
        return None
