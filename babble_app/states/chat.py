"""The chat page: which chat is shown, with which model and files, and what its buttons do."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, get_args

import reflex as rx

from babble_app.errors import BabbleError, NotFoundError
from babble_app.schemas.events import Mode
from babble_app.services import chats, files, models, runs, runtime
from babble_app.states.canvas import CanvasState
from babble_app.states.history import PAGE_SIZE, HistoryState, read_history, show_history
from babble_app.states.live import LiveState
from babble_app.states.shell import fill_shell
from babble_app.states.tab import own_tab, owner_of

if TYPE_CHECKING:
    from babble_app.schemas.chats import Chat
    from babble_app.schemas.workspaces import File
    from babble_app.services.runtime import Runtime
    from babble_app.states.history import History


@dataclass(frozen=True)
class FileChoice:
    """A file of the workspace, and whether this chat's models see it."""

    id: str
    name: str
    note: str
    chosen: bool


@dataclass(frozen=True)
class ModelChoice:
    """A model that can be picked."""

    id: str
    title: str


@dataclass(frozen=True)
class _Page:
    chat: Chat
    files: list[File]
    default_model: str
    history: History


class ChatState(rx.State):
    """The chat that the address names."""

    shown_id: str = ""
    status: str = "loading"
    """`loading`, `ready` or `missing`."""
    model: str = ""
    models: list[ModelChoice] = []
    mode: str = "auto"
    files: list[FileChoice] = []
    chosen_count: int = 0
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
            self._show(page)
            await show_history(self, page.history)
        yield CanvasState.open_agent(page.chat.agent_id or "")
        yield LiveState.attach(chat_id)
        yield ChatState.load_models()

    @rx.event(background=True)
    async def load_models(self) -> None:
        """List what can be picked; providers are asked, so the page does not wait for it."""
        async with self:
            owner_id = await owner_of(self)
        found = await models.list_models(runtime.current(), owner_id)
        async with own_tab(self, owner_id):
            titles = {
                info.id: f"{info.title} ({info.note})" if info.note else info.title
                for info in found
            }
            titles.setdefault(self.model, self.model)
            self.models = [ModelChoice(id=name, title=title) for name, title in titles.items()]

    @rx.event(background=True)
    async def send(self, text: str) -> AsyncGenerator[object, None]:
        """Ask; while an answer is being written the question waits in line. What cannot be sent goes back to the box."""
        async with self:
            owner_id = await owner_of(self)
            chat_id, model, mode = self.shown_id, self.model, cast("Mode", self.mode)
            self.problem = ""
        rt, problem = runtime.current(), "The message was not sent. Try again."
        try:
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
    async def pick_model(self, model: str) -> None:
        """Use another model from the next message on."""
        async with self:
            owner_id = await owner_of(self)
            chat_id = self.shown_id
        await self._try(
            owner_id, chats.update_chat(runtime.current(), owner_id, chat_id, model=model)
        )

    @rx.event(background=True)
    async def rename(self, title: str) -> AsyncGenerator[object, None]:
        """Give the chat a title."""
        async with self:
            owner_id = await owner_of(self)
            chat_id, title = self.shown_id, title.strip()
            unchanged = title in {"", (await self.get_state(HistoryState)).title}
        if not unchanged:
            await self._try(
                owner_id, chats.update_chat(runtime.current(), owner_id, chat_id, title=title)
            )
            yield ChatState.refresh()

    @rx.event
    def pick_mode(self, mode: str) -> None:
        """Say whether the next message is for the agent, for the chat, or for triage to tell."""
        self.mode = mode if mode in get_args(Mode) else "auto"

    @rx.event(background=True)
    async def choose_file(self, file_id: str, chosen: bool) -> None:
        """Let the chat's models see a file, or no longer."""
        async with self:
            owner_id = await owner_of(self)
            chat_id = self.shown_id
            wanted = {item.id for item in self.files if item.chosen}
        wanted = wanted | {file_id} if chosen else wanted - {file_id}
        await self._try(
            owner_id, chats.choose_files(runtime.current(), owner_id, chat_id, sorted(wanted))
        )

    @rx.event
    def suggest(self, text: str) -> None:
        """Put a text to start from into the box."""
        self.suggestion = {"number": int(self.suggestion.get("number", 0)) + 1, "text": text}

    @rx.event
    def dismiss_problem(self) -> None:
        """Take the notice away."""
        self.problem = ""

    async def _try(self, owner_id: str, change: Awaitable[Chat]) -> None:
        """Carry out a change of the chat and show it, or why it was refused."""
        try:
            chat = await change
        except BabbleError as error:
            async with own_tab(self, owner_id):
                self.problem = str(error)
            return
        async with own_tab(self, owner_id):
            self.model = chat.model or self.model
            self._mark_files(set(chat.file_ids))

    def _show(self, page: _Page) -> None:
        self.status = "ready"
        self.model = page.chat.model or page.default_model
        if self.model not in {choice.id for choice in self.models}:
            self.models = [*self.models, ModelChoice(id=self.model, title=self.model)]
        self.files = [
            FileChoice(file.id, file.name, _file_note(file), chosen=False) for file in page.files
        ]
        self._mark_files(set(page.chat.file_ids))

    def _mark_files(self, chosen: set[str]) -> None:
        self.files = [
            FileChoice(item.id, item.name, item.note, chosen=item.id in chosen)
            for item in self.files
        ]
        self.chosen_count = sum(item.chosen for item in self.files)


async def _read_page(rt: Runtime, owner_id: str, chat_id: str) -> _Page:
    chat = await chats.get_chat(rt, owner_id, chat_id)
    return _Page(
        chat=chat,
        files=await files.list_files(rt, owner_id, chat.workspace_id),
        default_model=await models.default_model(rt, owner_id),
        history=await read_history(rt, owner_id, chat_id),
    )


def _file_note(file: File) -> str:
    if file.status == "unreadable":
        return f"cannot be read: {file.reason}"
    pages = f"{file.page_count} pages, " if file.page_count > 1 else ""
    return f"{pages}{max(1, file.size_bytes // 1024):,} KB"
