"""What a new conversation with an app gets: its version of the agent, and its rows."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from babble_app.errors import ConflictError
from babble_app.store import visits as rows

if TYPE_CHECKING:
    from babble_app.services.app_callers import AppCaller
    from babble_app.store.writer import Operation


def choose_version(caller: AppCaller, visitor: str) -> str | None:
    """Return which version of the agent a new conversation gets; a visitor always gets the same.

    Raises:
        ConflictError: nothing of the agent is live.
    """
    app = caller.app
    if app.agent_id is None:
        return None
    if caller.channel == "staging":
        return app.staging_version_id or caller.head_version_id
    if app.trial_version_id and _share(app.id, visitor) < app.trial_percent:
        return app.trial_version_id
    chosen = app.version_id or caller.live_version_id
    if chosen is None:
        raise ConflictError("No version of this agent is live. Its owner can publish one.")
    return chosen


def open_visit(
    caller: AppCaller,
    session_id: str,
    visitor: str,
    *,
    version_id: str | None = None,
    log: list[dict[str, Any]] | None = None,
) -> tuple[str | None, list[Operation]]:
    """Return the version that a new conversation gets (`version_id`: this one), and what stores the conversation.

    With a log its program goes on from there.
    """
    visitor = caller.visitor or visitor
    version_id = version_id or choose_version(caller, visitor or session_id)
    stored = rows.add_visit(
        session_id,
        caller.owner_id,
        caller.app.id,
        workspace_id=caller.app.workspace_id,
        profile=caller.app.profile,
        model=caller.app.model,
        token_id=caller.token_id,
        visitor=visitor,
        visitor_name=caller.visitor_name,
        channel=caller.channel,
        origin=caller.origin,
        version_id=version_id,
        log=log or [],
    )
    return version_id, stored


def _share(app_id: str, visitor: str) -> int:
    """Return 0 to 99, always the same for one visitor of an app."""
    digest = hashlib.sha256(f"{app_id} {visitor}".encode()).digest()
    return int.from_bytes(digest[:8]) % 100
