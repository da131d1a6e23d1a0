"""Which part of the canvas is in view."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx

from babble_app.states.tab import owner_of
from babble_app.states.versions import VersionsState

TABS = ("code", "changes", "versions", "tests")
CHANGES = ("proposal", "draft", "versions")


class PanesState(rx.State):
    """The tab of the canvas, and what the page was last asked to bring into view."""

    tab: str = "code"
    changes: str = ""
    """What the tab Changes shows: `proposal`, `draft` or `versions`; empty for what there is to decide."""
    reveal: dict[str, Any] = {}
    """`{"number", "pane"}`: a new number brings that pane into view."""
    goto: dict[str, int] = {}
    """`{"number", "line"}`: a new number takes the editor to that line."""

    @rx.event
    def pick_tab(self, tab: str) -> None:
        """Show the code, the changes, the versions or the tests."""
        self.tab = tab if tab in TABS else "code"
        self.changes = ""

    @rx.event
    def pick_changes(self, changes: str) -> None:
        """Show the proposed change, the unsaved edits, or two versions."""
        self.changes = changes if changes in CHANGES else ""

    @rx.event
    def show_decision(self) -> None:
        """Bring what waits for the person's word into view: a proposed change, or a merge."""
        self.tab, self.changes = "changes", ""
        self._reveal("canvas")

    @rx.event
    def show_comparison(self) -> None:
        """Bring the comparison of two versions into view."""
        self.tab, self.changes = "changes", "versions"
        self._reveal("canvas")

    @rx.event
    def show_code(self) -> None:
        """Bring the program into view, to be edited."""
        self.tab = "code"
        self._reveal("canvas")

    @rx.event
    def show_alone(self) -> None:
        """Give the canvas all the room; the buttons above bring the other panes back."""
        self.reveal = {
            "number": int(self.reveal.get("number", 0)) + 1,
            "pane": "canvas",
            "alone": True,
        }

    @rx.event
    def show_test(self) -> None:
        """Bring the test pane into view."""
        self._reveal("test")

    @rx.event
    def show_chat(self) -> None:
        """Bring the chat into view."""
        self._reveal("chat")

    @rx.event
    def show_tests(self) -> None:
        """Bring the agent's tests into view."""
        self.tab = "tests"
        self._reveal("canvas")

    @rx.event
    def show_line(self, number: int) -> None:
        """Bring a line of the program into view."""
        self.tab = "code"
        self.goto = {"number": self.goto.get("number", 0) + 1, "line": number}
        self._reveal("canvas")

    @rx.event(background=True)
    async def show_changes(self, version_id: str) -> AsyncGenerator[object, None]:
        """Bring the difference that a version made into view."""
        async with self:
            await owner_of(self)
            self.tab, self.changes = "changes", "versions"
            self._reveal("canvas")
        yield VersionsState.show_change(version_id)

    def _reveal(self, pane: str) -> None:
        self.reveal = {"number": int(self.reveal.get("number", 0)) + 1, "pane": pane}
