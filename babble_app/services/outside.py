"""Answers what a running program asks of the outside: of a model, of the network, of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.agents import talker
from babble_app.based.effects import ActionEffect, HttpEffect
from babble_app.based.mocks import answer_from
from babble_app.schemas.usage import Usage

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

    In a test run network calls and actions are answered by the first mock that fits; `live` is for real ones.

    Raises:
        BabbleError: the model failed; failed network calls are answers.
    """
    del rt, owner_id, workspace_id, live  # the guarded fetch of live runs takes them
    if isinstance(effect, (HttpEffect, ActionEffect)):
        return answer_from(mocks, effect), Usage()
    return await talker.answer_effect(model, effect)
