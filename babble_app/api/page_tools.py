"""Results of the functions that a visitor's page carries out for an agent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import StringConstraints

from babble_app.api._app_identity import Caller
from babble_app.api._bodies import Id, Text, example
from babble_app.api._identity import Rt
from babble_app.schemas.base import Schema
from babble_app.services import visits

router = APIRouter(prefix="/api/v1/sessions/{session_id}/tool-results", tags=["host apps"])


class ToolResultBody(Schema):
    """What came of a call that a `tool` event with the status `wanted` asked for."""

    model_config = example(call_id="call_1", ok=True, result="inserted")

    call_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    ok: bool = True
    """False: the page could not, or the visitor did not want it."""
    result: Annotated[Text, StringConstraints(max_length=20_000)] = ""
    """JSON or words; the agent reads it as data."""


@router.post("", status_code=status.HTTP_204_NO_CONTENT)
async def add_result(rt: Rt, caller: Caller, session_id: Id, body: ToolResultBody) -> None:
    """Hand the agent what its call of the page's function brought; the answer that waits for it goes on."""
    await visits.answer_call(rt, caller, session_id, body.call_id, ok=body.ok, result=body.result)
