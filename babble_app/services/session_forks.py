"""Test conversations that are made of others: begun again, gone on with from a step, played again.

A conversation's past never changes: each of these makes a new one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.services import playback, sessions
from babble_app.services import session_shapes as shapes

if TYPE_CHECKING:
    from babble_app.schemas.sessions import AgentSession
    from babble_app.services.idempotency import KeyedRequest
    from babble_app.services.runtime import Runtime
    from babble_app.store import sessions as rows


async def reset(
    rt: Runtime, owner_id: str, session_id: str, *, keyed: KeyedRequest | None = None
) -> AgentSession:
    """Begin again with the same program, model and mocks, as a new session."""
    old = await sessions.read_session(rt, owner_id, session_id)
    return await sessions.start_session(
        rt,
        owner_id,
        old.agent_id,
        version_id=old.version_id,
        program=None if old.version_id else old.program,
        model=old.model,
        mocks=shapes.mocks_of(old),
        keyed=keyed,
    )


async def fork(
    rt: Runtime,
    owner_id: str,
    session_id: str,
    *,
    step: int,
    answer: dict[str, Any] | None = None,
    keyed: KeyedRequest | None = None,
) -> AgentSession:
    """Go on from a step, as a new session: the first `step` answers are as they were, what comes then is new.

    With `answer`, that takes the place of answer number `step`, and the answers after it are given again while they fit.

    Raises:
        ValidationFailedError: there is no such step, or the answer is none to what the program asked there.
    """
    old = await sessions.read_session(rt, owner_id, session_id)
    shapes.check_step(old.log, step, answer)

    async def make() -> sessions.Conversation:
        mocks = shapes.mocks_of(old)
        if answer is None:
            run = await playback.resume(old.program, old.log[:step])
        else:
            run = await playback.replace(old.program, old.log, step, answer)
        return sessions.Conversation(_source_of(old), old.model, mocks, run)

    return await sessions.add_session(rt, owner_id, make, keyed)


async def replay(
    rt: Runtime,
    owner_id: str,
    session_id: str,
    *,
    version_id: str | None = None,
    program: str | None = None,
    keyed: KeyedRequest | None = None,
) -> AgentSession:
    """Play the conversation again, as a new session: what was said is said again, calls are answered by the mocks as they are now.

    With a version or a text that is not saved, that is what runs. The recorded answers are given while they fit.
    """
    old = await sessions.read_session(rt, owner_id, session_id)

    async def make() -> sessions.Conversation:
        source = _source_of(old)
        if version_id is not None or program is not None:
            source = await sessions.read_source(rt, owner_id, old.agent_id, version_id, program)
        mocks = shapes.mocks_of(old)
        run = await playback.play_again(old.program, old.log, source.program, mocks)
        return sessions.Conversation(source, old.model, mocks, run)

    return await sessions.add_session(rt, owner_id, make, keyed)


def _source_of(row: rows.SessionRow) -> sessions.Source:
    return sessions.Source(row.agent_id, row.version_id, row.program)
