"""Answers what a running program asks of the outside: of a model, of the network, of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.agents import talker
from babble_app.based.effects import ActionEffect, HttpEffect
from babble_app.based.mocks import answer_from
from babble_app.schemas.usage import Usage
from babble_app.services import guarded_fetch
from babble_app.store import workspaces as rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.based.effects import Effect
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.mocks import Mock
    from babble_app.services.runtime import Runtime


async def answer_effect(
    rt: Runtime,
    owner_id: str,
    workspace_id: str,
    effect: Effect,
    *,
    model: ModelClient,
    mocks: Sequence[Mock] = (),
    live: bool = False,
) -> tuple[dict[str, Any], Usage]:
    """Return the answer that the program waits for, and what it cost.

    In a test run network calls and actions are answered by the first mock that fits; in a `live` one calls go to the hosts that
    the workspace allows.

    Raises:
        BabbleError: the model failed; failed network calls are answers.
    """
    if not isinstance(effect, (HttpEffect, ActionEffect)):
        return await talker.answer_effect(model, effect)
    if not live:
        return answer_from(mocks, effect), Usage()
    if isinstance(effect, ActionEffect):
        return {"kind": "action", "error": f"{effect.name} is not connected"}, Usage()
    return await _call(rt, owner_id, workspace_id, effect), Usage()


async def _call(
    rt: Runtime, owner_id: str, workspace_id: str, effect: HttpEffect
) -> dict[str, Any]:
    async with rt.database.reading() as db:
        workspace = await rows.get_workspace(db, owner_id, workspace_id)
        rules = guarded_fetch.Rules(workspace.allowed_hosts, rt.settings.private_hosts)
    try:
        answer = await guarded_fetch.fetch(
            rules,
            effect.method,
            effect.url,
            params=effect.params,
            body=effect.body,
            headers=effect.headers,
        )
    except guarded_fetch.FetchError as error:
        return {"kind": "http", "error": str(error), "mocked": False}
    return {
        "kind": "http",
        "status": answer.status,
        "body": answer.body,
        "headers": answer.headers,
        "mocked": False,
    }
