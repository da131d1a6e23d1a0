"""The unsaved edits, compared with the version that they are based on."""

from __future__ import annotations

import reflex as rx

from babble_app.states.canvas import CanvasState
from babble_app.states.comparisons import HunkView, compare_texts
from babble_app.states.tab import own_tab, owner_of


class DraftState(rx.State):
    """What was typed since the last version."""

    old_text: str = ""
    new_text: str = ""
    hunks: list[HunkView] = []
    added: int = 0
    removed: int = 0

    @rx.event(background=True, supersedes=True)
    async def compare(self) -> None:
        """Show the unsaved edits as they are now."""
        async with self:
            owner_id = await owner_of(self)
            canvas = await self.get_state(CanvasState)
            new, old = canvas._edits()  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]
        found = await compare_texts(old, new)
        async with own_tab(self, owner_id):
            self.old_text, self.new_text, self.hunks = old, new, found.hunks
            self.added, self.removed = found.added, found.removed
