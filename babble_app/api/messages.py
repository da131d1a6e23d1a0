"""Messages of a chat; sending one starts a run."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response, status
from pydantic import StringConstraints

from babble_app.api._bodies import Id, ModelName, Text, example
from babble_app.api._idempotency import Keyed
from babble_app.api._identity import Me, Rt
from babble_app.schemas.base import Schema
from babble_app.schemas.chats import Message, Run
from babble_app.schemas.events import Mode
from babble_app.services import chats, runs

router = APIRouter(prefix="/api/chats/{chat_id}/messages", tags=["messages"])


class MessageBody(Schema):
    """A question, or the description of an agent or of a change."""

    model_config = example(text="An agent that takes bike repair orders.", mode="build")

    text: Annotated[Text, StringConstraints(min_length=1, max_length=100_000)]
    model: ModelName = ""
    """`provider/name`; empty: the chat's, else the caller's default."""
    mode: Mode = "auto"
    """`build` writes or changes the agent, `chat` only answers, `auto` lets triage decide."""
    fresh: bool = False
    """Whether the answer must be made now, where the same question was answered before."""


class StartedRun(Schema):
    """The question is stored and its answer is on the way."""

    run_id: str
    message_id: str
    """The question's."""

    @staticmethod
    def of(run: Run) -> StartedRun:
        """Name the ids of a run."""
        return StartedRun(run_id=run.id, message_id=run.question_id)


@router.get("")
async def list_messages(
    rt: Rt,
    me: Me,
    chat_id: Id,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[Id | None, Query(description="A message's id: the page before it.")] = None,
) -> list[Message]:
    """Return the chat's last messages, oldest first; `before` pages back."""
    return await chats.list_messages(rt, me.id, chat_id, limit=limit, before=before)


@router.post("", status_code=status.HTTP_202_ACCEPTED)
async def send_message(
    rt: Rt, me: Me, chat_id: Id, body: MessageBody, response: Response, keyed: Keyed
) -> StartedRun:
    """Store a message and start the run that answers it; follow it at `/api/runs/{run_id}/events`.

    While another run of the chat goes on, the new one is queued.
    """
    run = await runs.start(
        rt,
        me.id,
        chat_id,
        text=body.text,
        model=body.model,
        mode=body.mode,
        fresh=body.fresh,
        keyed=keyed,
    )
    response.headers["Location"] = f"/api/runs/{run.id}"
    return StartedRun.of(run)
