"""Files that visitors give to their conversations: read like the owner's, seen in that conversation only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.errors import ConflictError, PermissionDeniedError
from babble_app.schemas.visits import GivenFile
from babble_app.services import files, limits, visits
from babble_app.store import chats as chat_rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from babble_app.services.app_callers import AppCaller
    from babble_app.services.runtime import Runtime

MAX_FILES = 10
"""In one conversation."""
FILES_PER_MINUTE = 10


async def add_file(
    rt: Runtime,
    caller: AppCaller,
    session_id: str,
    *,
    name: str,
    chunks: AsyncIterator[bytes],
    address: str = "",
) -> GivenFile:
    """Store a file for the conversation's next answers; it is deleted with the conversation.

    Raises:
        NotFoundError: there is no such session, or it is another visitor's.
        PermissionDeniedError: the app takes no files.
        ConflictError: the conversation has as many as it may.
        BabbleError: the file cannot be taken; as for the owner's own.
    """
    standing = await visits.find_standing(rt, caller, session_id)
    if not caller.app.takes_files:
        raise PermissionDeniedError("This app takes no files.")
    network = limits.network_of(address)
    who = standing.visitor or network
    rt.limiter.hit_rate("app_file", f"{caller.app.id} {who}", FILES_PER_MINUTE)
    if caller.visitor:
        rt.limiter.hit("visit_address", f"{caller.app.id} {network}")
    async with rt.database.reading() as db:
        if await chat_rows.count_files(db, caller.owner_id, session_id) >= MAX_FILES:
            message = f"A conversation takes {MAX_FILES} files. Begin a new one for more."
            raise ConflictError(message)
    file = await files.add_file(
        rt,
        caller.owner_id,
        caller.app.workspace_id,
        name=name,
        chunks=chunks,
        session_id=session_id,
    )
    return GivenFile(id=file.id, name=file.name)
