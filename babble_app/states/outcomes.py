"""What became of an agent's proposed changes: the cards in the chat say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import reflex as rx

from babble_app.services import proposals, runtime
from babble_app.states.tab import own_tab

if TYPE_CHECKING:
    from babble_app.schemas.agents import ProposalOutcome


@dataclass(frozen=True)
class OutcomeView:
    """What became of a proposed change."""

    words: str
    """Empty while it waits."""
    version_id: str
    """The version that was made of it; empty for none."""


class OutcomeState(rx.State):
    """The ends of the proposals of the agent on the canvas, by their ids."""

    outcomes: dict[str, OutcomeView] = {}


async def read_outcomes(state: rx.State, owner_id: str, agent_id: str) -> None:
    """Show what became of the agent's proposals; called by handlers of any state that do not hold the tab."""
    found = await proposals.list_outcomes(runtime.current(), owner_id, agent_id)
    views = {one.id: _view(one) for one in found}
    async with own_tab(state, owner_id):
        shown = await state.get_state(OutcomeState)
        if shown.outcomes != views:
            shown.outcomes = views


def _view(outcome: ProposalOutcome) -> OutcomeView:
    words = {
        "kept": f"Kept as version {outcome.number}",
        "discarded": "Discarded",
        "replaced": "Replaced by a later change",
    }
    return OutcomeView(words=words.get(outcome.status, ""), version_id=outcome.version_id or "")
