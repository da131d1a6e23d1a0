"""One workspace's page: its name, its chats and its agents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import reflex as rx

from babble_app.errors import BabbleError, NotFoundError
from babble_app.services import (
    agents,
    chats,
    runtime,
    workspaces,
)
from babble_app.states.files import FilesState, close_viewer, refresh_files
from babble_app.states.session import get_user
from babble_app.states.shell import fill_shell, refresh_chat_links
from babble_app.states.toasts import toast
from babble_app.states.workspaces import WorkspaceRow, workspace_row


@dataclass(frozen=True)
class ChatRow:
    """A chat in the list."""

    id: str = ""
    title: str = ""
    edited_at: str = ""
    running: bool = False


@dataclass(frozen=True)
class AgentRow:
    """An agent in the list."""

    id: str = ""
    name: str = ""
    number: int = 0
    """Its latest version's."""
    edited_at: str = ""


Dialog = Literal[
    "", "rename", "delete", "rename-chat", "delete-chat", "rename-agent", "delete-agent"
]


class WorkspaceState(rx.State):
    """What the page shows, and which dialog is open over it."""

    loaded: bool = False
    missing: bool = False
    workspace: WorkspaceRow = WorkspaceRow()
    chat_rows: list[ChatRow] = []
    agent_rows: list[AgentRow] = []
    dialog: Dialog = ""
    chosen_id: str = ""
    chosen_name: str = ""
    problem: str = ""

    @rx.event
    async def load(self) -> rx.event.EventCallback[()] | None:
        """Show the workspace that the address names."""
        wanted = str(self.router.url.path).rstrip("/").rpartition("/")[2]
        if wanted != self.workspace.id:
            self.loaded = False
        await close_viewer(self)
        try:
            await fill_shell(self, workspace_id=wanted)
        except NotFoundError:
            await fill_shell(self, workspace_id="")
            self.missing, self.loaded = True, True
            return None
        self.missing = False
        await self._refresh(wanted)
        return FilesState.follow_reading

    async def _refresh(self, workspace_id: str) -> None:
        rt, user = runtime.current(), await get_user(self)
        self.workspace = workspace_row(await workspaces.get_workspace(rt, user.id, workspace_id))
        self.chat_rows = [
            ChatRow(
                chat.id,
                chat.title or "New chat",
                chat.updated_at.isoformat(),
                chat.active_run_id is not None,
            )
            for chat in await chats.list_chats(rt, user.id, workspace_id)
        ]
        self.agent_rows = [
            AgentRow(agent.id, agent.name, agent.head_number, agent.updated_at.isoformat())
            for agent in await agents.list_agents(rt, user.id, workspace_id)
        ]
        await refresh_files(self, workspace_id)
        self.loaded = True

    @rx.event
    async def new_chat(self) -> rx.event.EventSpec:
        """Make a chat and open it."""
        user = await get_user(self)
        chat = await chats.create_chat(
            runtime.current(), user.id, self.workspace.id, review_changes=True
        )
        return rx.redirect(f"/chat/{chat.id}")

    @rx.event
    def open_dialog(self, dialog: str, chosen_id: str, chosen_name: str) -> None:
        """Ask for a name, or whether it is really meant."""
        if dialog in {
            "rename",
            "delete",
            "rename-chat",
            "delete-chat",
            "rename-agent",
            "delete-agent",
        }:
            self.dialog = dialog  # type: ignore[assignment]
        self.chosen_id, self.chosen_name, self.problem = chosen_id, chosen_name, ""

    @rx.event
    def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.dialog = ""

    @rx.event
    async def rename(self, form: dict[str, Any]) -> None:
        """Give what the dialog is about the name."""
        rt, user, name = runtime.current(), await get_user(self), str(form.get("name", ""))
        try:
            match self.dialog:
                case "rename":
                    await workspaces.update_workspace(rt, user.id, self.workspace.id, name=name)
                case "rename-chat":
                    await chats.update_chat(rt, user.id, self.chosen_id, title=name)
                case "rename-agent":
                    await agents.update_agent(rt, user.id, self.chosen_id, name=name)
                case _:
                    return
        except BabbleError as error:
            self.problem = str(error)
            return
        self.dialog = ""
        await self._reload()

    @rx.event
    async def delete(self) -> rx.event.EventSpec | None:
        """Delete what the dialog is about."""
        rt, user, dialog = runtime.current(), await get_user(self), self.dialog
        self.dialog = ""
        match dialog:
            case "delete":
                await workspaces.delete_workspace(rt, user.id, self.workspace.id)
                await toast(self, f"Deleted “{self.workspace.name}”.")
                return rx.redirect("/")
            case "delete-chat":
                await chats.delete_chat(rt, user.id, self.chosen_id)
            case "delete-agent":
                await agents.delete_agent(rt, user.id, self.chosen_id)
            case _:
                return None
        await toast(self, f"Deleted “{self.chosen_name}”.")
        await self._reload()
        return None

    async def _reload(self) -> None:
        await fill_shell(self, workspace_id=self.workspace.id)
        await refresh_chat_links(self)
        await self._refresh(self.workspace.id)
