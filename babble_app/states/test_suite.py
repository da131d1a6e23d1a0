"""All of an agent's tests at once: made for every path, out to a file, in from one."""

from __future__ import annotations

import reflex as rx

from babble_app.states.tab import owner_of


class SuiteState(rx.State):
    """The dialog of an import, and what is being made."""

    busy: bool = False
    importing: bool = False
    problem: str = ""

    @rx.event
    def open_import(self) -> None:
        """Ask for a file."""
        self.importing, self.problem = True, ""

    @rx.event
    def close_import(self) -> None:
        """Import nothing."""
        self.importing = False

    @rx.event(background=True)
    async def generate(self) -> None:
        """Make tests."""
        async with self:
            await owner_of(self)

    @rx.event(background=True)
    async def export(self) -> None:
        """Hand out."""
        async with self:
            await owner_of(self)
