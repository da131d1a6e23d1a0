"""Test conversations: a Based program that runs, pauses at each of the visitor's turns, and goes on by replay.

What is stored is the program's text and the answers it was given (its log); the state is always the replay of the two. A turn
is stored whole or not at all, so a model that fails leaves the conversation as it was and the message can be sent again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from babble_app.based import checker, parser, runner
from babble_app.based.effects import UserEffect
from babble_app.errors import ConflictError, ValidationFailedError
from babble_app.schemas.sessions import AgentSession, SessionState, SessionTurn, TraceEvent
from babble_app.services import idempotency, limits, models, outside, versions
from babble_app.store import sessions as rows

if TYPE_CHECKING:
    from babble_app.llm.client import ModelClient
    from babble_app.services.idempotency import KeyedRequest
    from babble_app.services.runtime import Runtime

MAX_TEXT_CHARS = 32_000
_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


async def start_session(
    rt: Runtime,
    owner_id: str,
    agent_id: str,
    *,
    version_id: str | None = None,
    program: str | None = None,
    model: str = "",
    keyed: KeyedRequest | None = None,
) -> AgentSession:
    """Begin a conversation with a version (the head when none is named), or with unsaved text.

    Raises:
        ValidationFailedError: the text has errors; the message is the first finding.
        IdempotencyConflictError: the key came before with another request.
    """
    agent = await versions.get_agent(rt, owner_id, agent_id)

    async def work() -> AgentSession:
        await limits.hit(rt, "send", owner_id)
        if program is None:
            version = await versions.get_version(rt, owner_id, version_id or agent.head_version_id)
            source = _Source(agent_id, version.id, version.text)
        else:
            source = _Source(agent_id, None, program)
        await asyncio.to_thread(_require_valid, source.program)
        return await _begin(rt, owner_id, source, model, keyed)

    return await idempotency.answer_once(rt, owner_id, keyed, AgentSession, work)


async def get_session(rt: Runtime, owner_id: str, session_id: str) -> AgentSession:
    """Return the conversation with its whole trace."""
    async with rt.database.reading() as db:
        return _shape(await rows.get_session(db, owner_id, session_id))


async def send_message(
    rt: Runtime, owner_id: str, session_id: str, text: str, *, keyed: KeyedRequest | None = None
) -> SessionTurn:
    """Give the program the visitor's message and run it to its next pause; turns of one session wait in line.

    The turn is a task of the server's own: it is finished and stored even when the caller goes away.

    Raises:
        ConflictError: the program has ended; reset it to talk again.
        BabbleError: the model failed; nothing of the turn was stored.
        IdempotencyConflictError: the key came before with another request.
    """
    if not text.strip() or len(text) > MAX_TEXT_CHARS:
        message = f"Write a message of 1 to {MAX_TEXT_CHARS:,} characters."
        raise ValidationFailedError(message, field="text")
    await get_session(rt, owner_id, session_id)

    async def work() -> SessionTurn:
        await limits.hit(rt, "send", owner_id)
        return await _turn(rt, owner_id, session_id, text, keyed)

    turn = idempotency.answer_once(rt, owner_id, keyed, SessionTurn, work)
    return await asyncio.shield(rt.start_task(turn, f"turn of {session_id}"))


async def reset(
    rt: Runtime, owner_id: str, session_id: str, *, keyed: KeyedRequest | None = None
) -> AgentSession:
    """Begin again with the same program and model, as a new session."""
    old = await get_session(rt, owner_id, session_id)
    program = None if old.version_id else old.program
    return await start_session(
        rt,
        owner_id,
        old.agent_id,
        version_id=old.version_id,
        program=program,
        model=old.model,
        keyed=keyed,
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """What a conversation runs."""

    agent_id: str
    version_id: str | None
    program: str


async def _begin(
    rt: Runtime, owner_id: str, source: _Source, model: str, keyed: KeyedRequest | None
) -> AgentSession:
    name = model or await models.default_model(rt, owner_id)
    execution = await _resume(source.program, [])
    await _go_on(rt, owner_id, execution, await models.open_model(rt, owner_id, name))
    async with rt.database.unit_of_work() as db:
        row = rows.add_session(
            db,
            owner_id,
            agent_id=source.agent_id,
            version_id=source.version_id,
            program=source.program,
            model=name,
        )
        _keep(row, execution)
        await db.flush()
        session = _shape(row)
        await idempotency.keep(db, owner_id, keyed, session)
        return session


async def _turn(
    rt: Runtime, owner_id: str, session_id: str, text: str, keyed: KeyedRequest | None
) -> SessionTurn:
    async with _turns.setdefault(session_id, asyncio.Lock()):
        async with rt.database.reading() as db:
            row = await rows.get_session(db, owner_id, session_id)
        execution = await _resume(row.program, row.log)
        if not isinstance(execution.pending, UserEffect):
            message = "This conversation has ended. Reset it to talk to the agent again."
            raise ConflictError(message)
        model = await models.open_model(rt, owner_id, row.model)
        events = await asyncio.to_thread(execution.send, {"kind": "user", "text": text})
        events = [*events, *await _go_on(rt, owner_id, execution, model)]
        turn = SessionTurn(events=tuple(events), state=_state(execution))
        async with rt.database.unit_of_work() as db:
            row = await rows.get_session(db, owner_id, session_id)
            _keep(row, execution)
            await idempotency.keep(db, owner_id, keyed, turn)
        return turn


async def _go_on(
    rt: Runtime, owner_id: str, execution: runner.Execution, model: ModelClient
) -> list[TraceEvent]:
    """Answer what the program asks of the model until it waits for the visitor or ends."""
    events: list[TraceEvent] = []
    while execution.pending is not None and not isinstance(execution.pending, UserEffect):
        answer, _usage = await outside.answer_effect(
            rt, owner_id, "", execution.pending, model=model
        )
        events += await asyncio.to_thread(execution.send, answer)
    return events


async def _resume(program: str, log: list[dict[str, object]]) -> runner.Execution:
    """Replay the program in a thread: it may take its whole budget of steps."""
    return await asyncio.to_thread(lambda: runner.Execution(parser.parse(program), log))


def _require_valid(program: str) -> None:
    errors = [item for item in checker.check(program).findings if item.severity == "error"]
    if errors:
        message = f"The program has an error in line {errors[0].line}: {errors[0].message}"
        raise ValidationFailedError(message, field="program")


def _keep(row: rows.SessionRow, execution: runner.Execution) -> None:
    row.log = list(execution.log)
    row.events = [
        event.model_dump(mode="json", exclude_defaults=True) for event in execution.events
    ]
    row.status, row.line = execution.status, execution.line


def _state(execution: runner.Execution) -> SessionState:
    return SessionState(line=execution.line, status=execution.status)


def _shape(row: rows.SessionRow) -> AgentSession:
    return AgentSession(
        id=row.id,
        agent_id=row.agent_id,
        version_id=row.version_id,
        program=row.program,
        model=row.model,
        events=tuple(TraceEvent.model_validate(event) for event in row.events),
        state=SessionState.model_validate({"line": row.line, "status": row.status}),
        created_at=row.created_at,
    )
