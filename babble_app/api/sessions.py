"""Test conversations with an agent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import StringConstraints, model_validator

from babble_app.api._bodies import Id, ModelName, Text, example
from babble_app.api._idempotency import Keyed
from babble_app.api._identity import Me, Rt
from babble_app.schemas.base import Schema
from babble_app.schemas.sessions import AgentSession, SessionState, SessionTurn, TraceEvent
from babble_app.services import sessions

router = APIRouter(prefix="/api", tags=["sessions"])


class NewSessionBody(Schema):
    """What to talk to; empty: the newest version."""

    model_config = example(version_id="ver_4fzRkP0aYtQ8sLwUe1Gd")

    version_id: Id | None = None
    program: Annotated[Text, StringConstraints(max_length=400_000)] | None = None
    """A text that is not saved, instead of a version."""
    model: ModelName = ""
    """`provider/name`; empty: the caller's default."""

    @model_validator(mode="after")
    def _one_program(self) -> NewSessionBody:
        if self.version_id is not None and self.program is not None:
            message = "Give `version_id` or `program`, not both"
            raise ValueError(message)
        return self


class VisitorBody(Schema):
    """What the visitor says."""

    model_config = example(text="My brakes squeak.")

    text: Annotated[Text, StringConstraints(min_length=1, max_length=32_000)]


class StartedSession(Schema):
    """The conversation up to where the program waits for the visitor."""

    session_id: str
    events: tuple[TraceEvent, ...]
    state: SessionState


@router.post("/agents/{agent_id}/sessions", status_code=status.HTTP_201_CREATED)
async def start_session(
    rt: Rt, me: Me, agent_id: Id, keyed: Keyed, body: NewSessionBody | None = None
) -> StartedSession:
    """Begin a test conversation."""
    wanted = body or NewSessionBody()
    session = await sessions.start_session(
        rt,
        me.id,
        agent_id,
        version_id=wanted.version_id,
        program=wanted.program,
        model=wanted.model,
        keyed=keyed,
    )
    return StartedSession(session_id=session.id, events=session.events, state=session.state)


@router.get("/sessions/{session_id}")
async def get_session(rt: Rt, me: Me, session_id: Id) -> AgentSession:
    """Return a test conversation with its whole trace."""
    return await sessions.get_session(rt, me.id, session_id)


@router.post("/sessions/{session_id}/messages")
async def send_to_session(
    rt: Rt, me: Me, session_id: Id, body: VisitorBody, keyed: Keyed
) -> SessionTurn:
    """Say something as the visitor and return what the program did with it."""
    return await sessions.send_message(rt, me.id, session_id, body.text, keyed=keyed)


@router.post("/sessions/{session_id}/reset", status_code=status.HTTP_201_CREATED)
async def reset_session(rt: Rt, me: Me, session_id: Id, keyed: Keyed) -> AgentSession:
    """Begin anew with the same program and model, as another test conversation."""
    return await sessions.reset(rt, me.id, session_id, keyed=keyed)
