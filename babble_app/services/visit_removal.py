"""Visitors' conversations that go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.services.removal import stop_runs
from babble_app.store import visits as rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.services.runtime import Runtime

AT_ONCE = 200
"""Conversations that are deleted in one transaction: others want to write meanwhile."""


async def delete_visits(rt: Runtime, owner_id: str, session_ids: Sequence[str]) -> None:
    """Delete conversations of the person's apps with all that was said in them; unknown ids are passed over."""
    for at in range(0, len(session_ids), AT_ONCE):
        some = session_ids[at : at + AT_ONCE]
        for session_id in some:
            await stop_runs(rt, owner_id, chat_id=session_id)
        async with rt.database.unit_of_work() as db:
            await rows.delete_visits(db, owner_id, some)
