"""Going back on the canvas: what becomes the newest version is shown, and what waits for a word is told."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import reflex as rx

from babble_app.states.canvas import CanvasState
from babble_app.states.proposals import ProposalState
from babble_app.states.tab import owner_of
from babble_app.states.versions import restore_picked, revert_chosen


class RestoringState(rx.State):
    """The two ways back that the tabs of the canvas offer; the versions page has its own."""

    @rx.event(background=True)
    async def revert(self) -> AsyncGenerator[object, None]:
        """Go back to the version that the dialog asks about, and show it."""
        async with self:
            owner_id = await owner_of(self)
        if version := await revert_chosen(self, owner_id):
            yield CanvasState.take_new_version(version.agent_id, version.id)
            yield ProposalState.open_agent(version.agent_id)

    @rx.event(background=True)
    async def restore(self) -> AsyncGenerator[object, None]:
        """Take the picked parts of another version into the newest, and show that."""
        async with self:
            owner_id = await owner_of(self)
        if version := await restore_picked(self, owner_id):
            yield CanvasState.take_new_version(version.agent_id, version.id)
            yield ProposalState.open_agent(version.agent_id)
