"""Results of the functions that a visitor's page carries out for an agent."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, status
from pydantic import JsonValue, StringConstraints

from babble_app.api._app_identity import Caller
from babble_app.api._bodies import Id, example
from babble_app.api._identity import Rt
from babble_app.errors import ValidationFailedError
from babble_app.schemas.base import Schema
from babble_app.services import visits
from babble_app.services.app_tools import MAX_RESULT_CHARS
from babble_app.services.storable import check_json

router = APIRouter(prefix="/api/v1/sessions/{session_id}/tool-results", tags=["host apps"])


class ToolResultBody(Schema):
    """What came of a call that a `tool` event with the status `wanted` asked for."""

    model_config = example(call_id="call_1", ok=True, result="inserted")

    call_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    ok: bool = True
    """False: the page could not, or the visitor did not want it."""
    result: JsonValue = ""
    """Words or any JSON, up to 20,000 characters; the agent reads it as data."""


@router.post("", status_code=status.HTTP_204_NO_CONTENT)
async def add_result(rt: Rt, caller: Caller, session_id: Id, body: ToolResultBody) -> None:
    """Hand the agent what its call of the page's function brought; the answer that waits for it goes on."""
    result = _words(body.result)
    await visits.answer_call(rt, caller, session_id, body.call_id, ok=body.ok, result=result)


def _words(result: JsonValue) -> str:
    """Return the result as text; raises ValidationFailedError when nobody could read or keep it."""
    check_json(result, field="result")
    text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    if len(text) > MAX_RESULT_CHARS:
        message = f"The result has {len(text):,} characters; {MAX_RESULT_CHARS:,} is the most."
        raise ValidationFailedError(message, field="result")
    return text
