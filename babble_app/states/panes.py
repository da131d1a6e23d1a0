"""Which part of the canvas is in view."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx

from babble_app.states.tab import owner_of
from babble_app.states.versions import VersionsState

TABS = ("code", "changes", "versions")


class PanesState(rx.State):
    """The tab of the canvas, and what the page was last asked to bring into view."""

    tab: str = "code"
    reveal: dict[str, Any] = {}
    """`{"number", "pane"}`: a new number brings that pane into view."""

    @rx.event
    def pick_tab(self, tab: str) -> None:
        """Show the code, the changes or the versions."""
        self.tab = tab if tab in TABS else "code"

    @rx.event
    def show_code(self) -> None:
        """Bring the program into view, to be edited."""
        self.tab = "code"
        self._reveal("canvas")

    @rx.event
    def show_test(self) -> None:
        """Bring the test pane into view."""
        self._reveal("test")

    @rx.event(background=True)
    async def show_changes(self, version_id: str) -> AsyncGenerator[object, None]:
        """Bring the difference that a version made into view."""
        async with self:
            await owner_of(self)
            self.tab = "changes"
            self._reveal("canvas")
        yield VersionsState.show_change(version_id)

    def _reveal(self, pane: str) -> None:
        self.reveal = {"number": int(self.reveal.get("number", 0)) + 1, "pane": pane}
