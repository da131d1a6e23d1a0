"""The short messages at the corner of the window, for what has no place of its own on the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import reflex as rx
from reflex.state import BaseState

MOST_AT_ONCE = 4
MOST_CHARS = 500


@dataclass(frozen=True)
class Toast:
    """One message; `bad` ones stay longer."""

    id: int
    kind: Literal["info", "good", "bad"]
    text: str


class ToastState(rx.State):
    """A state var rather than Reflex's own toasts, which the browser would have to eval."""

    toasts: list[Toast] = []
    _last_id: int = 0

    def _add(self, kind: Literal["info", "good", "bad"], text: str) -> None:
        self._last_id += 1
        kept = self.toasts[-MOST_AT_ONCE + 1 :]
        self.toasts = [*kept, Toast(self._last_id, kind, text)]

    @rx.event
    def show_failure(self, text: str) -> None:
        """Say what went wrong; sent by the server itself when a handler raised."""
        self._add("bad", text[:MOST_CHARS])

    @rx.event
    def dismiss(self, toast_id: int) -> None:
        """Take one away."""
        self.toasts = [toast for toast in self.toasts if toast.id != toast_id]


async def toast(state: BaseState, text: str, kind: Literal["info", "good", "bad"] = "info") -> None:
    """Show a message; called by handlers of any state while they may write."""
    toasts = await state.get_state(ToastState)
    toasts._add(kind, text)  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]
