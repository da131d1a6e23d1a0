"""Test conversations with an agent."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, status
from pydantic import Field, StringConstraints, model_validator

from babble_app.api._bodies import Id, ModelName, Text, example
from babble_app.api._idempotency import Keyed
from babble_app.api._identity import Me, Rt
from babble_app.schemas.base import Schema
from babble_app.schemas.mocks import Mock
from babble_app.schemas.sessions import AgentSession, SessionState, SessionTurn, TraceEvent
from babble_app.services import session_forks, sessions
from babble_app.services.session_shapes import MAX_MOCKS

router = APIRouter(prefix="/api", tags=["sessions"])


Mocks = Annotated[tuple[Mock, ...], Field(max_length=MAX_MOCKS)]


class NewSessionBody(Schema):
    """What to talk to; empty: the newest version."""

    model_config = example(version_id="ver_4fzRkP0aYtQ8sLwUe1Gd")

    version_id: Id | None = None
    program: Annotated[Text, StringConstraints(max_length=400_000)] | None = None
    """A text that is not saved, instead of a version."""
    model: ModelName = ""
    """`provider/name`; empty: the caller's default."""
    mocks: Mocks = ()
    """What answers the program's network calls and actions; those that none fits answer `{"ok": true, "mock": true}`."""

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


class ForkBody(Schema):
    """From where to go on, and with which answer in the place of the recorded one."""

    model_config = example(step=4)

    step: Annotated[int, Field(ge=0, le=100_000)]
    """How many of the log's answers stay as they are."""
    answer: dict[str, Any] | None = None
    """Takes the place of answer number `step`; the answers after it are given again while they fit."""


class ReplayBody(Schema):
    """What shall run when the conversation is played again; empty: what ran before."""

    model_config = example(version_id="ver_4fzRkP0aYtQ8sLwUe1Gd")

    version_id: Id | None = None
    program: Annotated[Text, StringConstraints(max_length=400_000)] | None = None
    """A text that is not saved, instead of a version."""


class MocksBody(Schema):
    """What answers the program's network calls and actions; the first that fits does."""

    model_config = example(
        mocks=[{"kind": "http", "url": "https://shop.example/*", "body": {"stock": 3}}]
    )

    mocks: Mocks


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
        mocks=wanted.mocks,
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
    return await session_forks.reset(rt, me.id, session_id, keyed=keyed)


@router.post("/sessions/{session_id}/fork", status_code=status.HTTP_201_CREATED)
async def fork_session(
    rt: Rt, me: Me, session_id: Id, body: ForkBody, keyed: Keyed
) -> AgentSession:
    """Go on from an earlier step, as another test conversation."""
    return await session_forks.fork(
        rt, me.id, session_id, step=body.step, answer=body.answer, keyed=keyed
    )


@router.post("/sessions/{session_id}/replay", status_code=status.HTTP_201_CREATED)
async def replay_session(
    rt: Rt, me: Me, session_id: Id, keyed: Keyed, body: ReplayBody | None = None
) -> AgentSession:
    """Play the conversation again, with its mocks as they are now, as another test conversation."""
    wanted = body or ReplayBody()
    return await session_forks.replay(
        rt, me.id, session_id, version_id=wanted.version_id, program=wanted.program, keyed=keyed
    )


@router.put("/sessions/{session_id}/mocks")
async def set_mocks(rt: Rt, me: Me, session_id: Id, body: MocksBody) -> AgentSession:
    """Let other mocks answer the program's calls from now on."""
    return await sessions.set_mocks(rt, me.id, session_id, body.mocks)
