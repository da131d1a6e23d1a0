"""Visitors' conversations that go: those of a visitor who wants to be forgotten, and those older than their app keeps them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from logging import getLogger
from typing import TYPE_CHECKING

from babble_app.errors import BabbleError, NotFoundError
from babble_app.services.removal import removing
from babble_app.store import apps as app_rows
from babble_app.store import files as file_rows
from babble_app.store import visits as rows
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.services.runtime import Runtime

logger = getLogger(__name__)

AT_ONCE = 200
"""Conversations that are deleted in one transaction: others want to write meanwhile."""
_SWEEP_SECONDS = 3600.0


async def delete_visits(rt: Runtime, owner_id: str, session_ids: Sequence[str]) -> None:
    """Delete conversations of the person's apps with all that was said and given in them; unknown ids are passed over."""
    for at in range(0, len(session_ids), AT_ONCE):
        some = session_ids[at : at + AT_ONCE]
        async with removing(rt, owner_id, session_ids=some) as db:
            await file_rows.delete_session_files(db, owner_id, some)
            await rows.delete_visits(db, owner_id, some)


async def erase_visitor(rt: Runtime, owner_id: str, app_id: str, visitor: str) -> int:
    """Delete all conversations of one visitor of the app, and return how many there were.

    `visitor` is the `user` that conversations were begun with, the `vis_...` of a browser, or `user <id>` where the host
    page's server has signed who it is.

    Raises:
        NotFoundError: there is no such app, or no such visitor of it.
    """
    async with rt.database.reading() as db:
        await app_rows.get_app(db, owner_id, app_id)
        session_ids = await rows.list_session_ids(db, owner_id, app_id, visitor=visitor)
    if not session_ids:
        raise NotFoundError("There is no such visitor.")
    await delete_visits(rt, owner_id, session_ids)
    return len(session_ids)


async def delete_overdue(rt: Runtime) -> int:
    """Delete the conversations that nobody has touched for as long as their app keeps them; return how many."""
    count = 0
    async with rt.database.reading() as db:
        limited = await app_rows.list_retentions(db)
    for owner_id, app_id, days in limited:
        async with rt.database.reading() as db:
            overdue = await rows.list_session_ids(
                db, owner_id, app_id, before=now() - timedelta(days=days)
            )
        await delete_visits(rt, owner_id, overdue)
        count += len(overdue)
    return count


async def forget_overdue(rt: Runtime) -> None:
    """Delete what is overdue, now and every hour."""
    while True:
        try:
            if count := await delete_overdue(rt):
                logger.info("%d visitors' conversations were kept long enough", count)
        except BabbleError as error:
            logger.warning("old conversations stay for another hour: %s", error)
        await asyncio.sleep(_SWEEP_SECONDS)
