"""The chat page: which chat is shown, with which model and files, and what its buttons do."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import reflex as rx

from babble_app.errors import BabbleError, NotFoundError
from babble_app.schemas.events import Mode
from babble_app.services import chats, files, models, profiles, runs, runtime
from babble_app.states.canvas import CanvasState
from babble_app.states.choices import ChoicesState, show_choices
from babble_app.states.files import close_viewer
from babble_app.states.history import PAGE_SIZE, HistoryState, read_history, show_history
from babble_app.states.live import LiveState
from babble_app.states.proposals import ProposalState
from babble_app.states.shell import fill_shell
from babble_app.states.tab import own_tab, owner_of

if TYPE_CHECKING:
    from babble_app.schemas.chats import Chat
    from babble_app.schemas.profiles import Profile
    from babble_app.schemas.workspaces import File
    from babble_app.services.runtime import Runtime
    from babble_app.states.history import History


@dataclass(frozen=True)
class _Page:
    chat: Chat
    files: list[File]
    default_model: str
    profiles: list[Profile]
    history: History


class ChatState(rx.State):
    """The chat that the address names."""

    shown_id: str = ""
    status: str = "loading"
    """`loading`, `ready` or `missing`."""
    problem: str = ""
    sent: int = 0
    """Counts what was sent from this tab: the list then goes to its end."""
    returned: dict[str, Any] = {}
    suggestion: dict[str, Any] = {}

    @rx.event(background=True, supersedes=True)
    async def load(self) -> AsyncGenerator[object, None]:
        """Show the chat of the address, and follow its running answer."""
        async with self:
            owner_id = await owner_of(self)
            chat_id = str(getattr(self, "chat_id", ""))
            await close_viewer(self)
            if chat_id != self.shown_id:
                self.reset()
                self.shown_id = chat_id
                (await self.get_state(HistoryState)).reset()
                (await self.get_state(LiveState)).reset()
        try:
            page = await _read_page(runtime.current(), owner_id, chat_id)
        except NotFoundError:
            async with own_tab(self, owner_id):
                self.status = "missing"
            return
        async with own_tab(self, owner_id):
            await fill_shell(self, workspace_id=page.chat.workspace_id, title=page.chat.title)
            self.status = "ready"
            await show_choices(self, page.chat, page.files, page.default_model, page.profiles)
            await show_history(self, page.history)
        yield CanvasState.open_agent(page.chat.agent_id or "")
        yield ProposalState.open_agent(page.chat.agent_id or "")
        yield LiveState.attach(chat_id)
        yield ChoicesState.load_models()

    @rx.event(background=True)
    async def send(self, text: str) -> AsyncGenerator[object, None]:
        """Ask; while an answer is being written the question waits in line. What cannot be sent goes back to the box."""
        async with self:
            owner_id = await owner_of(self)
            # The address is ahead of what is shown until the page has loaded.
            chat_id = str(getattr(self, "chat_id", "")) or self.shown_id
            choices = await self.get_state(ChoicesState)
            model, mode = choices.model, cast("Mode", choices.mode)
            picked = choices._unstored  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]
            self.problem = ""
        rt, problem = runtime.current(), "The message was not sent. Try again."
        try:
            # What was picked a moment ago is for this message already.
            if picked:
                await chats.update_chat(
                    rt,
                    owner_id,
                    chat_id,
                    model=picked.get("model"),
                    profile=picked.get("profile"),
                )
            await runs.start(rt, owner_id, chat_id, text=text, model=model, mode=mode)
            problem = ""
        except BabbleError as error:
            problem = str(error)
        finally:
            async with own_tab(self, owner_id):
                self.sent += 1
                if problem:
                    self.problem = problem
                    self.returned = {"number": self.sent, "text": text}
        if not problem:
            yield ChatState.refresh()
            yield LiveState.attach(chat_id)

    @rx.event(background=True)
    async def refresh(self) -> None:
        """Read the messages and the title anew."""
        async with self:
            owner_id = await owner_of(self)
            chat_id = self.shown_id
        history = await read_history(runtime.current(), owner_id, chat_id)
        async with own_tab(self, owner_id):
            if self.shown_id == chat_id:
                await show_history(self, history)

    @rx.event(background=True, supersedes=True)
    async def catch_up(self) -> AsyncGenerator[object, None]:
        """Show what was said in other tabs, and follow what is being answered there."""
        async with self:
            owner_id = await owner_of(self)
            chat_id = self.shown_id
            ready = self.status == "ready"
            agent_id = (await self.get_state(CanvasState)).agent
        if ready:
            yield ChatState.refresh()
            yield ProposalState.open_agent(agent_id)
        if ready and await runs.list_active_runs(runtime.current(), owner_id, chat_id):
            yield LiveState.attach(chat_id)

    @rx.event(background=True)
    async def show_earlier(self) -> None:
        """Show one page more of the chat's past."""
        async with self:
            owner_id = await owner_of(self)
            chat_id = self.shown_id
            limit = len((await self.get_state(HistoryState)).messages) + PAGE_SIZE
        history = await read_history(runtime.current(), owner_id, chat_id, limit=limit)
        async with own_tab(self, owner_id):
            await show_history(self, history)

    @rx.event(background=True)
    async def stop(self) -> None:
        """Stop the answer that is being written; what had arrived stays."""
        async with self:
            owner_id = await owner_of(self)
            run_id = (await self.get_state(LiveState)).run_id
        if run_id:
            await runs.stop(runtime.current(), owner_id, run_id)

    @rx.event(background=True)
    async def run_again(self, run_id: str) -> AsyncGenerator[object, None]:
        """Ask the question of an answer that did not come to its end once more."""
        async with self:
            owner_id = await owner_of(self)
            chat_id = self.shown_id
            self.problem = ""
        try:
            await runs.run_again(runtime.current(), owner_id, run_id)
        except BabbleError as error:
            async with own_tab(self, owner_id):
                self.problem = str(error)
            return
        yield LiveState.attach(chat_id)

    @rx.event(background=True)
    async def ask_anew(self, run_id: str) -> AsyncGenerator[object, None]:
        """Ask the question of an answer that was given again once more, for one that is made now."""
        async with self:
            owner_id = await owner_of(self)
            chat_id = self.shown_id
            model = (await self.get_state(ChoicesState)).model
            self.problem = ""
        rt = runtime.current()
        try:
            run = await runs.get_run(rt, owner_id, run_id)
            question = await chats.get_message(rt, owner_id, run.question_id)
            await runs.start(
                rt,
                owner_id,
                run.chat_id,
                text=question.text,
                model=model,
                mode=run.mode,
                fresh=True,
            )
        except BabbleError as error:
            async with own_tab(self, owner_id):
                self.problem = str(error)
            return
        yield ChatState.refresh()
        yield LiveState.attach(chat_id)

    @rx.event(background=True)
    async def rename(self, title: str) -> AsyncGenerator[object, None]:
        """Give the chat a title."""
        async with self:
            owner_id = await owner_of(self)
            chat_id, title = self.shown_id, title.strip()
            unchanged = title in {"", (await self.get_state(HistoryState)).title}
        if not unchanged:
            try:
                await chats.update_chat(runtime.current(), owner_id, chat_id, title=title)
            except BabbleError as error:
                async with own_tab(self, owner_id):
                    self.problem = str(error)
                return
            yield ChatState.refresh()

    @rx.event
    def suggest(self, text: str) -> None:
        """Put a text to start from into the box."""
        self.suggestion = {"number": int(self.suggestion.get("number", 0)) + 1, "text": text}

    @rx.event
    def dismiss_problem(self) -> None:
        """Take the notice away."""
        self.problem = ""


async def _read_page(rt: Runtime, owner_id: str, chat_id: str) -> _Page:
    chat = await chats.get_chat(rt, owner_id, chat_id)
    return _Page(
        chat=chat,
        files=await files.list_files(rt, owner_id, chat.workspace_id),
        default_model=await models.default_model(rt, owner_id),
        profiles=await profiles.list_profiles(rt, owner_id),
        history=await read_history(rt, owner_id, chat_id),
    )
