"""What visitors think of answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import StringConstraints

from babble_app.api._app_identity import Caller
from babble_app.api._bodies import Id, Text, example
from babble_app.api._identity import Rt
from babble_app.schemas.base import Schema
from babble_app.schemas.visits import Rating
from babble_app.services import visit_messages

router = APIRouter(prefix="/api/v1/messages", tags=["host apps"])


class FeedbackBody(Schema):
    """Whether an answer was good."""

    model_config = example(rating="up", comment="Just what I needed.")

    rating: Rating
    comment: Annotated[Text, StringConstraints(max_length=2_000)] = ""


@router.post("/{message_id}/feedback", status_code=status.HTTP_204_NO_CONTENT)
async def rate_message(rt: Rt, caller: Caller, message_id: Id, body: FeedbackBody) -> None:
    """Rate an answer, in place of an earlier rating; the app's owner sees it."""
    await visit_messages.rate_message(rt, caller, message_id, body.rating, body.comment)
