"""The open conversation with a visitor: what was said, taking it over, saying something, keeping it as a test, erasing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import reflex as rx
from reflex.state import BaseState

from babble_app.errors import BabbleError, NotFoundError
from babble_app.services import runtime, visit_desk, visit_people, visit_tests
from babble_app.states.session import get_user
from babble_app.states.toasts import toast
from babble_app.states.visit_views import VisitLine, VisitRow, visit_line, visit_row

if TYPE_CHECKING:
    from babble_app.schemas.conversations import Conversation

PAGE_MESSAGES = 50
_NAME_CHARS = 60


class VisitState(rx.State):
    """What is shown of it."""

    visit: VisitRow = VisitRow()
    """Without an id when none is open."""
    lines: list[VisitLine] = []
    has_earlier: bool = False
    missing: bool = False
    returned: dict[str, str | int] = {}
    """What could not be said, for the box it was written in."""
    dialog: Literal["", "keep", "erase"] = ""
    suggestion: str = ""
    problem: str = ""
    _app: str = ""
    _limit: int = PAGE_MESSAGES

    @rx.event
    async def show_earlier(self) -> None:
        """Show older messages as well."""
        self._limit = min(self._limit + PAGE_MESSAGES, visit_desk.MAX_MESSAGES)
        await self._refresh()

    @rx.event
    async def take_over(self) -> None:
        """Answer in the place of the agent."""
        user = await get_user(self)
        await self._try(visit_people.take_over, user.id, self._app, self.visit.id)

    @rx.event
    async def hand_back(self) -> None:
        """Let the agent answer again."""
        user = await get_user(self)
        await self._try(visit_people.hand_back, user.id, self._app, self.visit.id)

    @rx.event
    async def say(self, text: str) -> None:
        """Say something to the visitor; what could not be said comes back."""
        user = await get_user(self)
        if not await self._try(visit_people.write_message, user.id, self._app, self.visit.id, text):
            self.returned = {"number": int(self.returned.get("number", 0)) + 1, "text": text}

    @rx.event
    def open_dialog(self, dialog: str) -> None:
        """Ask how the test shall be called, or whether the conversation shall really be erased."""
        self.problem = ""
        self.dialog = "keep" if dialog == "keep" else "erase" if dialog == "erase" else ""
        said = [line.text for line in self.lines if line.by == "visitor"]
        self.suggestion = " ".join(said[0].split())[:_NAME_CHARS] if said else ""

    @rx.event
    def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.dialog = ""

    @rx.event
    async def keep_test(self, form: dict[str, Any]) -> None:
        """Make a test of the conversation, or say why none can be made."""
        user = await get_user(self)
        try:
            test = await visit_tests.keep_as_test(
                runtime.current(),
                user.id,
                self._app,
                self.visit.id,
                name=str(form.get("name") or ""),
            )
        except BabbleError as error:
            self.problem = str(error)
            return
        self.dialog = ""
        await toast(self, f"Kept as the test “{test.name}” of the agent.", "good")

    @rx.event
    async def erase(self) -> rx.event.EventSpec | None:
        """Erase the conversation with all that was said in it."""
        user, app, visit = await get_user(self), self._app, self.visit.id
        if self.dialog != "erase":
            return None
        self.dialog = ""
        if not await self._try(visit_desk.delete_conversations, user.id, app, [visit]):
            return None
        await toast(self, "Erased the conversation.")
        return rx.redirect(f"/apps/{app}/conversations")

    async def _try(self, act: Any, owner_id: str, *arguments: Any) -> bool:
        """Carry it out and show what came of it, or say why it cannot be; say whether it went well."""
        try:
            await act(runtime.current(), owner_id, *arguments)
        except BabbleError as error:
            await toast(self, str(error), "bad")
            return False
        finally:
            await self._refresh()
        return True

    async def _refresh(self) -> None:
        user = await get_user(self)
        self._paint(await _read(user.id, self._app, self.visit.id, self._limit))

    def _paint(self, found: Conversation | None) -> None:
        """Set what differs: every assignment goes over the wire."""
        if found is None:
            if self.visit.id:
                self.visit, self.lines, self.missing = VisitRow(), [], True
            return
        row = visit_row(found.about)
        lines = [visit_line(one, row.who) for one in found.messages]
        if row != self.visit:
            self.visit = row
        if lines != self.lines:
            self.lines = lines
        self.has_earlier = found.has_earlier and self._limit < visit_desk.MAX_MESSAGES
        self.missing = False


async def show_visit(state: BaseState, app_id: str, visit_id: str) -> None:
    """Open a conversation of the app; none for an empty id. Called by handlers that hold the tab."""
    shown = await state.get_state(VisitState)
    if visit_id != shown.visit.id:
        shown.reset()
    if not visit_id:
        return
    user = await get_user(state)
    shown._app = app_id  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]
    found = await _read(user.id, app_id, visit_id, shown._limit)  # noqa: SLF001 - as above  # pyright: ignore[reportPrivateUsage]
    shown._paint(found)  # noqa: SLF001 - as above  # pyright: ignore[reportPrivateUsage]
    shown.missing = found is None


async def close_visit(state: BaseState) -> None:
    """Show no conversation: another app was opened."""
    (await state.get_state(VisitState)).reset()


async def read_visit(
    state: rx.State, owner_id: str, app_id: str
) -> tuple[str, Conversation | None]:
    """Return the open conversation as it is now; called by background handlers that do not hold the tab."""
    async with state:
        shown = await state.get_state(VisitState)
        visit_id, limit = shown.visit.id, shown._limit  # noqa: SLF001 - as above  # pyright: ignore[reportPrivateUsage]
    return visit_id, await _read(owner_id, app_id, visit_id, limit) if visit_id else None


async def paint_visit(state: BaseState, found: tuple[str, Conversation | None]) -> None:
    """Show what `read_visit` returned, unless another conversation was opened since; called by whoever holds the tab."""
    shown = await state.get_state(VisitState)
    visit_id, conversation = found
    if visit_id and shown.visit.id == visit_id:
        shown._paint(conversation)  # noqa: SLF001 - as above  # pyright: ignore[reportPrivateUsage]


async def _read(owner_id: str, app_id: str, visit_id: str, limit: int) -> Conversation | None:
    try:
        return await visit_desk.get_conversation(
            runtime.current(), owner_id, app_id, visit_id, limit=limit
        )
    except NotFoundError:
        return None
