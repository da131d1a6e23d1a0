"""Test conversations: a Based program that runs, pauses at each of the visitor's turns, and goes on by replay.

What is stored is the program's text and the answers it was given (its log); the state is always the replay of the two. A turn
is stored whole or not at all, so a model that fails leaves the conversation as it was and the message can be sent again.
No test conversation reaches the network: its calls are answered by mocks.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from babble_app.based.effects import AnswerMismatchError, UserEffect
from babble_app.errors import ConflictError, ValidationFailedError
from babble_app.schemas.sessions import AgentSession, SessionTurn
from babble_app.services import (
    agents,
    checks,
    idempotency,
    limits,
    models,
    outside,
    playback,
    test_runs,
)
from babble_app.services import session_shapes as shapes
from babble_app.store import agents as agent_rows
from babble_app.store import sessions as rows

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from babble_app.llm.client import ModelClient
    from babble_app.schemas.mocks import Mock
    from babble_app.services.idempotency import KeyedRequest
    from babble_app.services.playback import Playback
    from babble_app.services.runtime import Runtime

MAX_TEXT_CHARS = 32_000
_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


@dataclass(frozen=True, slots=True)
class Source:
    """What a conversation runs."""

    agent_id: str
    version_id: str | None
    program: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation that is not stored yet."""

    source: Source
    model: str
    mocks: tuple[Mock, ...]
    run: Playback


async def start_session(
    rt: Runtime,
    owner_id: str,
    agent_id: str,
    *,
    version_id: str | None = None,
    program: str | None = None,
    model: str = "",
    mocks: Sequence[Mock] = (),
    keyed: KeyedRequest | None = None,
) -> AgentSession:
    """Begin a conversation with a version (the head when none is named), or with unsaved text.

    Raises:
        ValidationFailedError: the text has errors; the message is the first finding.
        IdempotencyConflictError: the key came before with another request.
    """
    shapes.check_mocks(mocks)
    await agents.get_agent(rt, owner_id, agent_id)

    async def make() -> Conversation:
        source = await read_source(rt, owner_id, agent_id, version_id, program)
        name = model or await models.default_model(rt, owner_id)
        return Conversation(source, name, tuple(mocks), await playback.resume(source.program, []))

    return await add_session(rt, owner_id, make, keyed)


async def get_session(rt: Runtime, owner_id: str, session_id: str) -> AgentSession:
    """Return the conversation with its whole trace."""
    row = await read_session(rt, owner_id, session_id)
    try:
        run = await playback.resume(row.program, row.log)
    except (
        AnswerMismatchError
    ):  # of an older Babble, whose programs ran otherwise: the trace is still there
        run = None
    return shapes.shape(row, run)


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
    await read_session(rt, owner_id, session_id)

    async def work() -> SessionTurn:
        await limits.hit(rt, "send", owner_id)
        return await _turn(rt, owner_id, session_id, text, keyed)

    turn = idempotency.answer_once(rt, owner_id, keyed, SessionTurn, work)
    return await asyncio.shield(rt.start_task(turn, f"turn of {session_id}"))


async def set_mocks(
    rt: Runtime, owner_id: str, session_id: str, mocks: Sequence[Mock]
) -> AgentSession:
    """Let other mocks answer the program's calls from now on."""
    shapes.check_mocks(mocks)
    async with rt.database.unit_of_work() as db:
        row = await rows.get_session(db, owner_id, session_id)
        row.mocks = shapes.dumped(mocks)
    return await get_session(rt, owner_id, session_id)


async def find_mocks(rt: Runtime, owner_id: str, agent_id: str) -> tuple[Mock, ...]:
    """Return the mocks of the agent's newest conversation; none if there was no conversation."""
    async with rt.database.reading() as db:
        await agent_rows.get_agent(db, owner_id, agent_id)
        row = await rows.find_newest_session(db, owner_id, agent_id)
        return shapes.mocks_of(row) if row is not None else ()


async def add_session(
    rt: Runtime,
    owner_id: str,
    make: Callable[[], Awaitable[Conversation]],
    keyed: KeyedRequest | None,
) -> AgentSession:
    """Run what `make` begins up to its next pause, and store it."""

    async def work() -> AgentSession:
        await limits.hit(rt, "send", owner_id)
        made = await make()
        scope = await agents.call_scope(rt, owner_id, made.source.agent_id)
        model = await models.open_model(rt, owner_id, made.model, scope)
        await _go_on(rt, owner_id, made.run, model, made.mocks)
        async with rt.database.unit_of_work() as db:
            row = rows.add_session(
                db,
                owner_id,
                agent_id=made.source.agent_id,
                version_id=made.source.version_id,
                program=made.source.program,
                model=made.model,
                mocks=shapes.dumped(made.mocks),
            )
            shapes.keep(row, made.run)
            await db.flush()
            session = shapes.shape(row, made.run)
            await idempotency.keep(db, owner_id, keyed, session)
            return session

    return await idempotency.answer_once(rt, owner_id, keyed, AgentSession, work)


async def _turn(
    rt: Runtime, owner_id: str, session_id: str, text: str, keyed: KeyedRequest | None
) -> SessionTurn:
    async with _turns.setdefault(session_id, asyncio.Lock()):
        old = await read_session(rt, owner_id, session_id)
        run = await playback.resume(old.program, old.log)
        if not isinstance(run.pending, UserEffect):
            message = "This conversation has ended. Reset it to talk to the agent again."
            raise ConflictError(message)
        scope = await agents.call_scope(rt, owner_id, old.agent_id)
        model = await models.open_model(rt, owner_id, old.model, scope)
        before = len(run.events)
        await asyncio.to_thread(run.send, {"kind": "user", "text": text})
        await _go_on(rt, owner_id, run, model, shapes.mocks_of(old))
        turn = SessionTurn(events=tuple(run.events[before:]), state=shapes.state_of(run))
        async with rt.database.unit_of_work() as db:
            row = await rows.get_session(db, owner_id, session_id)
            if row.log != old.log:  # another process was quicker
                raise ConflictError("This conversation went on elsewhere meanwhile; load it again.")
            shapes.keep(row, run)
            await idempotency.keep(db, owner_id, keyed, turn)
        return turn


async def _go_on(
    rt: Runtime, owner_id: str, run: Playback, model: ModelClient, mocks: Sequence[Mock]
) -> None:
    """Answer what the program asks until it waits for the visitor or ends."""
    while run.pending is not None and not isinstance(run.pending, UserEffect):
        begun = time.monotonic()
        answer, usage = await outside.answer_effect(
            rt, owner_id, "", run.pending, model=model, mocks=mocks
        )
        if answer["kind"] not in {"http", "action"}:
            seconds = round(time.monotonic() - begun, 3)
            answer[playback.USED] = {
                "seconds": seconds,
                "usage": usage.model_dump(exclude_defaults=True),
            }
        await asyncio.to_thread(run.send, answer)


async def read_session(rt: Runtime, owner_id: str, session_id: str) -> rows.SessionRow:
    """Return the conversation as it is stored."""
    async with rt.database.reading() as db:
        return await rows.get_session(db, owner_id, session_id)


async def read_source(
    rt: Runtime, owner_id: str, agent_id: str, version_id: str | None, program: str | None
) -> Source:
    """Return the text that shall run: an unsaved one, a version, or the head; raises ValidationFailedError for errors in it."""
    if program is not None:
        source = Source(agent_id, None, program)
    else:
        version = await test_runs.find_program(rt, owner_id, agent_id, version_id)
        source = Source(agent_id, version.version_id, version.text)
    await _require_valid(source.program)
    return source


async def _require_valid(program: str) -> None:
    result = await checks.check(program)
    errors = [item for item in result.findings if item.severity == "error"]
    if errors:
        message = f"The program has an error in line {errors[0].line}: {errors[0].message}"
        raise ValidationFailedError(message, field="program")
