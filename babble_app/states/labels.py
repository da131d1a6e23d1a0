"""What people write beside a version: a name and a note."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.services import runtime, versions
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.versions import VersionsState


class LabelState(rx.State):
    """The version whose name and note are being edited in their place."""

    editing: str = ""
    problem: str = ""

    @rx.event
    def edit_label(self, version_id: str) -> None:
        """Put fields in the place of a version's name and note."""
        self.editing, self.problem = version_id, ""

    @rx.event
    def cancel(self) -> None:
        """Leave name and note as they were."""
        self.editing = ""

    @rx.event(background=True)
    async def save(self, form: dict[str, Any]) -> AsyncGenerator[object, None]:
        """Store name and note."""
        async with self:
            owner_id, version_id = await owner_of(self), self.editing
            agent_id = (await self.get_state(VersionsState)).agent
            if not version_id:
                return
        problem = ""
        try:
            await versions.label_version(
                runtime.current(),
                owner_id,
                version_id,
                name=str(form.get("name", "")),
                note=str(form.get("note", "")),
            )
        except BabbleError as error:
            problem = str(error)
        async with own_tab(self, owner_id):
            self.problem = problem
            self.editing = version_id if problem else ""
        yield VersionsState.open_agent(agent_id)
