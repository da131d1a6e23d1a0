"""Deleting things that may have runs and file contents: the runs are stopped first, the contents removed last."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from babble_app.store import files as file_rows
from babble_app.store import runs as run_rows

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.services.runtime import Runtime


@asynccontextmanager
async def removing(
    rt: Runtime,
    owner_id: str,
    *,
    workspace_id: str | None = None,
    file_id: str | None = None,
    session_ids: Sequence[str] | None = None,
) -> AsyncGenerator[AsyncSession]:
    """Open a unit of work that deletes the owner's file, workspace, conversations with visitors, or all that is his.

    The contents of files are removed when that is committed and no other file, of whomever, has the same contents.
    """
    for session_id in session_ids or ():
        await stop_runs(rt, owner_id, chat_id=session_id)
    if file_id is None and session_ids is None:
        await stop_runs(rt, owner_id, workspace_id=workspace_id)
    async with rt.blobs.changing:
        async with rt.database.unit_of_work() as db:
            contents = await file_rows.list_contents(
                db,
                owner_id,
                workspace_id=workspace_id,
                file_id=file_id,
                session_ids=session_ids,
            )
            yield db
        async with rt.database.reading() as db:
            used = await file_rows.used_contents(db, contents)
        for sha256 in contents - used:
            await asyncio.to_thread(rt.blobs.delete, sha256)


async def stop_runs(
    rt: Runtime,
    owner_id: str,
    *,
    workspace_id: str | None = None,
    chat_id: str | None = None,
    app_id: str | None = None,
) -> None:
    """Stop the owner's runs in the chat, workspace or app that is about to be deleted, or all of them."""
    async with rt.database.reading() as db:
        active = await run_rows.list_active_ids(
            db, owner_id, workspace_id=workspace_id, chat_id=chat_id, app_id=app_id
        )
    for run_id in active:
        await rt.runs.cancel(run_id)
