"""The list of workspaces: make one (with files in the same step), rename it, delete it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.services import runtime, workspaces
from babble_app.states.session import get_user
from babble_app.states.shell import fill_shell
from babble_app.states.toasts import toast
from babble_app.states.words import count_words, size_words

if TYPE_CHECKING:
    from babble_app.schemas.workspaces import Workspace


@dataclass(frozen=True)
class WorkspaceRow:
    """A workspace in the list."""

    id: str = ""
    name: str = ""
    files: str = ""
    chats: str = ""
    agents: str = ""
    size: str = ""
    edited_at: str = ""
    contents: str = ""
    """What is deleted with it, in words."""


class WorkspacesState(rx.State):
    """What the list shows, and which dialog is open over it."""

    loaded: bool = False
    rows: list[WorkspaceRow] = []
    dialog: Literal["", "new", "rename", "delete"] = ""
    chosen: WorkspaceRow = WorkspaceRow()
    problem: str = ""
    made_id: str = ""
    """The workspace just made, while the files chosen with it are uploaded."""
    max_upload_mb: int = 25

    @rx.event
    async def load(self) -> None:
        """Show the list; a dialog that is open stays, for this also runs when a lost connection is back."""
        await fill_shell(self, workspace_id="")
        self.max_upload_mb = runtime.current().settings.max_upload_mb
        await self._refresh()

    async def _refresh(self) -> None:
        user = await get_user(self)
        found = await workspaces.list_workspaces(runtime.current(), user.id)
        self.rows = [workspace_row(workspace) for workspace in found]
        self.loaded = True

    @rx.event
    def open_new(self) -> None:
        """Ask for a name and files."""
        self.dialog, self.problem, self.made_id = "new", "", ""

    @rx.event
    def open_rename(self, workspace_id: str) -> None:
        """Ask for another name."""
        self._open("rename", workspace_id)

    @rx.event
    def open_delete(self, workspace_id: str) -> None:
        """Ask whether it is really meant."""
        self._open("delete", workspace_id)

    def _open(self, dialog: Literal["rename", "delete"], workspace_id: str) -> None:
        self.problem = ""
        for row in self.rows:
            if row.id == workspace_id:
                self.chosen, self.dialog = row, dialog

    @rx.event
    def close_dialog(self) -> rx.event.EventSpec | None:
        """Leave the dialog; a workspace that was already made is opened."""
        made, self.dialog, self.made_id = self.made_id, "", ""
        return rx.redirect(f"/workspace/{made}") if made else None

    @rx.event
    async def create(self, form: dict[str, Any]) -> None:
        """Make the workspace; the browser then uploads the files that were chosen with it."""
        user = await get_user(self)
        try:
            made = await workspaces.create_workspace(
                runtime.current(), user.id, str(form.get("name", ""))
            )
        except BabbleError as error:
            self.problem = str(error)
            return
        self.problem, self.made_id = "", made.id

    @rx.event
    def finish_create(self, refused: int) -> rx.event.EventSpec | None:
        """Open the new workspace when all files are in it; else leave the reasons on the screen."""
        if refused:
            return None
        made, self.dialog, self.made_id = self.made_id, "", ""
        return rx.redirect(f"/workspace/{made}") if made else None

    @rx.event
    async def rename(self, form: dict[str, Any]) -> None:
        """Give it the name."""
        user = await get_user(self)
        try:
            await workspaces.update_workspace(
                runtime.current(), user.id, self.chosen.id, name=str(form.get("name", ""))
            )
        except BabbleError as error:
            self.problem = str(error)
            return
        self.dialog = ""
        await self._refresh()

    @rx.event
    async def delete(self) -> None:
        """Delete it with everything in it."""
        user = await get_user(self)
        self.dialog = ""
        await workspaces.delete_workspace(runtime.current(), user.id, self.chosen.id)
        await toast(self, f"Deleted “{self.chosen.name}”.")
        await self._refresh()


def workspace_row(workspace: Workspace) -> WorkspaceRow:
    """Return the workspace as the list shows it."""
    counts = [
        count_words(workspace.file_count, "file"),
        count_words(workspace.chat_count, "chat"),
        count_words(workspace.agent_count, "agent"),
    ]
    return WorkspaceRow(
        id=workspace.id,
        name=workspace.name,
        files=counts[0],
        chats=counts[1],
        agents=counts[2],
        size=size_words(workspace.size_bytes),
        edited_at=workspace.updated_at.isoformat(),
        contents=f"{counts[0]}, {counts[1]} and {counts[2]} with all their versions",
    )
