"""One step back for an app's visitors: whichever was moved last is moved back, the app's own pointer or its agent's live version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.errors import ConflictError
from babble_app.schemas.apps import Rollback
from babble_app.services import apps, publishing

if TYPE_CHECKING:
    from babble_app.schemas.apps import App
    from babble_app.services.runtime import Runtime


async def find_rollback(rt: Runtime, owner_id: str, app_id: str) -> Rollback | None:
    """Return what `roll_back` would do; None when there was nothing before.

    An app that follows the live version changes when that moves: the later of the two moves is the one to undo.
    """
    app = await apps.get_app(rt, owner_id, app_id)
    releases = await apps.list_releases(rt, owner_id, app_id)
    earlier = apps.before(releases)
    moves = (
        await publishing.list_publications(rt, owner_id, app.agent_id)
        if app.agent_id and app.version_id is None
        else []
    )
    live_before = publishing.before(moves)
    if live_before and (earlier is None or moves[0].created_at > releases[0].created_at):
        return Rollback(
            undoes=moves[0].id,
            of_agent=True,
            version_id=live_before,
            trial_version_id=app.trial_version_id,
            trial_percent=app.trial_percent,
        )
    if earlier is None:
        return None
    return Rollback(
        undoes=releases[0].id,
        of_agent=False,
        version_id=earlier.version_id,
        trial_version_id=earlier.trial_version_id,
        trial_percent=earlier.trial_percent,
    )


async def roll_back(rt: Runtime, owner_id: str, app_id: str, *, undoes: str) -> App:
    """Go one step back, if that still undoes what the person was asked about; no test is asked.

    Raises:
        ConflictError: there was nothing before, or something was moved meanwhile.
    """
    found = await find_rollback(rt, owner_id, app_id)
    if found is None:
        raise ConflictError("This app pointed at nothing else before.")
    if found.undoes != undoes:
        raise ConflictError("Something was released meanwhile. Look again before you roll back.")
    if not found.of_agent:
        return await apps.roll_back(rt, owner_id, app_id)
    app = await apps.get_app(rt, owner_id, app_id)
    if app.agent_id is not None:
        await publishing.roll_back(rt, owner_id, app.agent_id)
    return app
