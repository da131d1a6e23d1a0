"""Conversations with an app's agent: begun, listed, read, cleared, stopped, given files."""

from __future__ import annotations

from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, status
from pydantic import Field, StringConstraints

from babble_app.api._app_identity import Caller
from babble_app.api._bodies import Id, Text, example
from babble_app.api._idempotency import Keyed
from babble_app.api._identity import Rt, client_address
from babble_app.api._multipart import read_files
from babble_app.api._token_watch import while_allowed
from babble_app.api.app_chats import AppContext, merged_context
from babble_app.errors import ValidationFailedError
from babble_app.schemas.base import Schema
from babble_app.schemas.visits import GivenFile, OpenedSession, VisitMessage, VisitorSession
from babble_app.services import visit_files, visit_messages, visit_sessions

router = APIRouter(prefix="/api/v1/sessions", tags=["host apps"])

_FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


class OpenBody(Schema):
    """What is known when a conversation begins."""

    model_config = example(context={"app": "exportee"}, page="https://shop.example/cart")

    context: dict[str, Any] = Field(default_factory=dict[str, Any])
    """What the page or program says of itself, up to 32 KiB; models are shown it as data."""
    page: Annotated[Text, StringConstraints(max_length=2_000)] = ""
    """The address of the page; part of the context."""
    user: Annotated[Text, StringConstraints(max_length=200)] = ""
    """Your own name of the visitor; a visitor's token names its own."""


@router.post("", status_code=status.HTTP_201_CREATED)
async def open_session(
    rt: Rt,
    caller: Caller,
    request: Request,
    keyed: Keyed,
    body: OpenBody | None = None,
    x_app_context: AppContext = None,
) -> OpenedSession:
    """Begin a conversation, and let the agent's program say what it says first.

    `POST /api/v1/chat` without a session begins one by itself; there the greeting is part of the first answer.
    """
    wanted = body or OpenBody()
    page = {"page": wanted.page} if wanted.page else {}
    async with while_allowed(request, rt):
        return await visit_sessions.open_session(
            rt,
            caller,
            context=merged_context(page | wanted.context, x_app_context),
            visitor=wanted.user,
            address=client_address(request),
            keyed=keyed,
        )


@router.get("")
async def list_sessions(
    rt: Rt,
    caller: Caller,
    user: Annotated[Text, Query(description="Of one visitor of yours only.", max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=visit_sessions.MAX_LISTED)] = 50,
) -> list[VisitorSession]:
    """List conversations, the last touched first: the visitor's own; with the token of an app without origins, everybody's.

    A token of an app that pages may use is public, and lists nothing: 403.
    """
    return await visit_sessions.list_sessions(rt, caller, visitor=user, limit=limit)


@router.get("/{session_id}")
async def get_session(rt: Rt, caller: Caller, session_id: Id) -> VisitorSession:
    """Return a conversation without what was said in it."""
    return await visit_sessions.get_session(rt, caller, session_id)


@router.delete("/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
async def clear_session(rt: Rt, caller: Caller, session_id: Id) -> None:
    """Delete all that was said in a conversation; it may go on, from the top of the agent's program."""
    await visit_sessions.clear_session(rt, caller, session_id)


@router.get("/{session_id}/messages")
async def list_messages(
    rt: Rt,
    caller: Caller,
    session_id: Id,
    limit: Annotated[int, Query(ge=1, le=visit_messages.MAX_MESSAGES)] = 50,
    before: Annotated[
        Id | None, Query(description="A message's id: those that precede it are returned.")
    ] = None,
) -> list[VisitMessage]:
    """Return the newest messages of a conversation, oldest first."""
    return await visit_messages.list_messages(rt, caller, session_id, limit=limit, before=before)


@router.post("/{session_id}/stop", status_code=status.HTTP_204_NO_CONTENT)
async def stop_answer(rt: Rt, caller: Caller, session_id: Id) -> None:
    """Stop the answer that is being made, if one is; what had arrived is kept."""
    await visit_sessions.stop_answer(rt, caller, session_id)


@router.post("/{session_id}/files", status_code=status.HTTP_201_CREATED, openapi_extra=_FILE_BODY)
async def add_file(rt: Rt, caller: Caller, session_id: Id, request: Request) -> GivenFile:
    """Give the conversation a file, in a part named `file`, where the app takes some; no other conversation sees it."""
    async with aclosing(read_files(request)) as parts:
        async for part in parts:
            return await visit_files.add_file(
                rt,
                caller,
                session_id,
                name=part.name,
                chunks=part.chunks,
                address=client_address(request),
            )
    raise ValidationFailedError("Send a file, in a part named `file`.", field="file")
