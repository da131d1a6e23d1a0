"""A workspace's files: the list, what is being read, and the one being looked at."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import reflex as rx
from reflex.state import BaseState

from babble_app.errors import BabbleError, NotFoundError
from babble_app.services import files, runtime
from babble_app.states.session import find_user, get_user, is_somebody_else
from babble_app.states.toasts import toast
from babble_app.states.words import count_words, size_words

if TYPE_CHECKING:
    from babble_app.schemas.workspaces import File, FileText

SHOWN_CHARS = 200_000
"""Most characters of a file's text sent to the page; a socket message has its limit, and a reader too."""


@dataclass(frozen=True)
class FileRow:
    """A file in the list."""

    id: str = ""
    name: str = ""
    kind: str = ""
    """`text`, `pdf` or `image`."""
    size: str = ""
    pages: str = ""
    status: str = ""
    reason: str = ""
    added_at: str = ""
    content: str = ""
    """Where its bytes are."""


@dataclass(frozen=True)
class PageText:
    """The text of one page."""

    page: int
    text: str


class FilesState(rx.State):
    """What the list of files shows."""

    rows: list[FileRow] = []
    max_upload_mb: int = 25
    viewing: FileRow = FileRow()
    """The file being looked at; without an id when there is none."""
    pages: list[PageText] = []
    cut: bool = False
    """Whether the text goes on after what is shown."""
    deleting: FileRow = FileRow()
    _workspace: str = ""

    @rx.event(background=True, supersedes=True)
    async def follow_reading(self) -> None:
        """Show the new files, and each one's outcome as soon as it has been read."""
        async with self:
            user, workspace = await find_user(self), self._workspace
        if user is None or not workspace:
            return
        rt = runtime.current()
        found = await files.list_files(rt, user.id, workspace)
        waiting = [file.id for file in found if file.status == "reading"]
        for file_id in ["", *waiting]:
            text = None
            if file_id:
                with suppress(NotFoundError):  # deleted in the meantime
                    await files.wait_until_read(rt, user.id, file_id)
                    text = await files.get_text(rt, user.id, file_id)
                found = await files.list_files(rt, user.id, workspace)
            async with self:
                if await is_somebody_else(self, user.id) or self._workspace != workspace:
                    return
                self.rows = [file_row(file) for file in found]
                if text is not None and self.viewing.id == file_id:
                    self._show(next(file for file in found if file.id == file_id), text)

    @rx.event
    async def view(self, file_id: str) -> None:
        """Open a file: its text page by page, or the picture."""
        user, rt = await get_user(self), runtime.current()
        file = await files.get_file(rt, user.id, file_id)
        self._show(file, await files.get_text(rt, user.id, file_id))

    def _show(self, file: File, text: FileText) -> None:
        self.viewing = file_row(file)
        self.pages, self.cut = [], False
        room = SHOWN_CHARS
        for page in text.pages:
            if room <= 0:
                self.cut = True
                return
            self.pages.append(PageText(page.page, page.text[:room]))
            self.cut = len(page.text) > room
            room -= len(page.text)

    @rx.event
    def close_view(self) -> None:
        """Go back to the list."""
        self.viewing, self.pages = FileRow(), []

    @rx.event
    def ask_delete(self, file_id: str) -> None:
        """Ask whether it is really meant."""
        self.deleting = next((row for row in self.rows if row.id == file_id), FileRow())

    @rx.event
    def keep(self) -> None:
        """Delete nothing."""
        self.deleting = FileRow()

    @rx.event
    async def delete(self) -> None:
        """Delete the file that was asked about."""
        user, row = await get_user(self), self.deleting
        self.deleting = FileRow()
        try:
            await files.delete_file(runtime.current(), user.id, row.id)
        except BabbleError as error:
            await toast(self, str(error), "bad")
        else:
            await toast(self, f"Deleted “{row.name}”.")
        await refresh_files(self, self._workspace)


async def close_viewer(state: BaseState) -> None:
    """Show no file: another page was opened."""
    shown = await state.get_state(FilesState)
    shown.viewing, shown.pages = FileRow(), []


async def refresh_files(state: BaseState, workspace_id: str) -> None:
    """Read the list again."""
    shown = await state.get_state(FilesState)
    user = await get_user(state)
    rt = runtime.current()
    found = await files.list_files(rt, user.id, workspace_id)
    shown._workspace = workspace_id  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    shown.max_upload_mb = rt.settings.max_upload_mb
    shown.rows = [file_row(file) for file in found]


def file_row(file: File) -> FileRow:
    """Return the file as the list shows it."""
    return FileRow(
        id=file.id,
        name=file.name,
        kind=file.kind,
        size=size_words(file.size_bytes),
        pages=count_words(file.page_count, "page")
        if file.kind == "pdf" and file.page_count
        else "",
        status=file.status,
        reason=file.reason,
        added_at=file.created_at.isoformat(),
        content=f"/api/files/{file.id}/content",
    )
