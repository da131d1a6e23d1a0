"""Chat as programs call it that were written for the AI Companion middleware."""

from __future__ import annotations

from contextlib import aclosing
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import StringConstraints

from babble_app.api._app_identity import Caller
from babble_app.api._app_route import AppRoute
from babble_app.api._bodies import Id, Text, example
from babble_app.api._idempotency import Keyed
from babble_app.api._identity import Rt, client_address
from babble_app.api._token_watch import while_allowed
from babble_app.api.app_chats import merged_context
from babble_app.errors import NotFoundError
from babble_app.schemas.base import Schema
from babble_app.schemas.visits import ReplyUsage, VisitorMessage
from babble_app.services import visits
from babble_app.services.app_callers import AppCaller
from babble_app.services.visit_replies import ReplyBuilder

router = APIRouter(prefix="/v1/chat", tags=["host apps"], route_class=AppRoute)


class CompanionBody(Schema):
    """A message of a user."""

    model_config = example(message="Hello", app_id="exportee", user_id="ada")

    message: Annotated[Text, StringConstraints(max_length=200_000)]
    app_id: Annotated[Text, StringConstraints(max_length=200)] = ""
    """The app is the token's; another name than its id is passed on as context."""
    user_id: Annotated[Text, StringConstraints(max_length=200)] = ""
    """Your own name of the visitor, of a new conversation."""
    conversation_id: Id | None = None
    """The `session_id` of an earlier answer; left out: a new conversation."""


class CompanionMetadata(Schema):
    """How an answer was made."""

    model: str
    cached: bool
    usage: ReplyUsage
    session_id: str


class CompanionReply(Schema):
    """A whole answer."""

    response: str
    metadata: CompanionMetadata
    success: Literal[True] = True


@router.post("")
async def companion_chat(
    rt: Rt, caller: Caller, request: Request, body: CompanionBody, keyed: Keyed
) -> CompanionReply:
    """Answer a message, whole, as `POST /api/v1/chat` does."""
    message = VisitorMessage(
        text=body.message, context=_context(caller, body.app_id), streamed=False
    )
    run = await visits.start(
        rt,
        caller,
        message,
        session_id=body.conversation_id or "",
        visitor=body.user_id,
        address=client_address(request),
        keyed=keyed,
    )
    builder = ReplyBuilder(run)
    async with while_allowed(request, rt), aclosing(visits.events(rt, caller, run)) as events:
        async for numbered in events:
            builder.take(numbered.event)
    reply = builder.reply
    assert reply is not None
    metadata = CompanionMetadata(
        model=reply.model, cached=reply.cached, usage=reply.usage, session_id=reply.session_id
    )
    return CompanionReply(response=reply.response, metadata=metadata)


def _context(caller: AppCaller, app_id: str) -> str:
    """Return what the caller says it is, as context; raises NotFoundError for the id of another app."""
    if not app_id or app_id == caller.app.id:
        return ""
    if app_id.startswith("app_"):
        raise NotFoundError("There is no such app, or this token is not its own.")
    context: dict[str, Any] = {"app": app_id}
    return merged_context(context, None)
