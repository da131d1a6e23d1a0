"""The questions of visitors that were not answered."""

from __future__ import annotations

import reflex as rx
from reflex.state import BaseState

from babble_app.services import runtime, unanswered
from babble_app.states.session import get_user
from babble_app.states.visit_views import QuestionRow, question_row

MOST_SHOWN = 100


class UnansweredState(rx.State):
    """Those of the app on the page."""

    loaded: bool = False
    rows: list[QuestionRow] = []


async def show_unanswered(state: BaseState, app_id: str) -> None:
    """Read the app's unanswered questions; called by handlers that hold the tab."""
    shown = await state.get_state(UnansweredState)
    user = await get_user(state)
    if not app_id:
        return
    found = await unanswered.list_unanswered(runtime.current(), user.id, app_id)
    shown.rows = [question_row(app_id, one) for one in found[:MOST_SHOWN]]
    shown.loaded = True
