"""The steps of the test conversation, and what the program holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import reflex as rx
from reflex.state import BaseState

from babble_app.services import runtime, sessions
from babble_app.states import testing_views as views
from babble_app.states.step_details import StepDetail, step_detail
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.testing_views import ConditionRow, Named, TraceRow

if TYPE_CHECKING:
    from babble_app.schemas.sessions import AgentSession


class TraceState(rx.State):
    """What the conversation did; changes once a turn. One step at a time shows its details, which are fetched for it."""

    rows: list[TraceRow] = []
    totals: str = ""
    shown: int = -1
    """The row whose details are shown."""
    detail: StepDetail = StepDetail()
    conditions: list[ConditionRow] = []
    variables: list[Named] = []
    results: list[Named] = []
    _session: str = ""

    @rx.event(background=True, supersedes=True)
    async def toggle_step(self, number: int) -> None:
        """Show or hide everything about a step."""
        async with self:
            owner_id = await owner_of(self)
            session_id = self._session
            self.shown = -1 if self.shown == number else number
            self.detail = StepDetail()
            if self.shown < 0 or not session_id:
                return
        session = await sessions.get_session(runtime.current(), owner_id, session_id)
        async with own_tab(self, owner_id):
            if self.shown == number:
                self.detail = step_detail(session, number)

    def _show(self, session: AgentSession) -> None:
        self._session = session.id
        self.rows, self.totals = views.rows(session), views.totals(session)
        self.shown, self.detail = -1, StepDetail()
        self.conditions = views.conditions(session)
        self.variables, self.results = views.variables(session), views.results(session)


async def show_trace(state: BaseState, session: AgentSession) -> None:
    """Show the conversation's steps; called while the tab is held."""
    (await state.get_state(TraceState))._show(session)  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]
