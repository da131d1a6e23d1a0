"""Conversations of an app as the host app and the visitor handle them: begun, listed, cleared, stopped."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from babble_app.errors import PermissionDeniedError
from babble_app.schemas.chats import Run
from babble_app.schemas.visits import OpenedSession, VisitorSession
from babble_app.services import (
    idempotency,
    run_context,
    runs,
    visit_admission,
    visit_messages,
    visit_openings,
    visits,
)
from babble_app.services.removal import removing, stop_runs
from babble_app.services.visit_replies import ReplyBuilder
from babble_app.services.visit_turns import VisitTurn
from babble_app.services.visits import VisitRun
from babble_app.store import chats as chat_rows
from babble_app.store import files as file_rows
from babble_app.store import visits as rows
from babble_app.store.tables.base import new_id

if TYPE_CHECKING:
    from babble_app.schemas.visits import Visit
    from babble_app.services.app_callers import AppCaller
    from babble_app.services.idempotency import KeyedRequest
    from babble_app.services.runtime import Runtime

MAX_LISTED = 100
MAX_FIRST_MESSAGES = 10


async def open_session(
    rt: Runtime,
    caller: AppCaller,
    *,
    context: str = "",
    visitor: str = "",
    address: str = "",
    keyed: KeyedRequest | None = None,
) -> OpenedSession:
    """Begin a conversation and return it when the agent's program has said what it says first.

    Args:
        rt: The runtime.
        caller: Whose credential it came with.
        context: What the page or program says of itself, as JSON.
        visitor: The host app's name for its user; a visitor's token names its own.
        address: Of the caller, for the limit of a visitor who is not named.
        keyed: The request's Idempotency-Key.

    Raises:
        ConflictError: nothing of the agent is live.
        ValidationFailedError: the visitor's name cannot be used.
        RateLimitedError: too many messages.
        IdempotencyConflictError: the key came before with another request.
        BabbleError: the program's model failed.
    """
    visit_admission.check_user(visitor)
    keyed = visit_admission.own_key(caller, keyed)
    if caller.app.agent_id is None:
        return await _open_plain(rt, caller, visitor, address, keyed)

    async def work() -> Run:
        visit_admission.hit_limits(rt, caller, visitor, address)
        session_id = new_id("s")
        version_id, stored = visit_openings.open_visit(caller, session_id, visitor)
        turn = VisitTurn(
            app=caller.app,
            token_id=caller.token_id,
            version_id=version_id,
            version_number=None,
            is_new=True,
            opening=True,
            data=context,
        )
        found = await run_context.find_new(rt, caller.owner_id, session_id, caller.app)
        job = await visits.make_job(rt, caller.owner_id, session_id, turn, "", found)
        return await runs.launch(rt, job, found, keyed, first=stored)

    run = await visit_admission.run_once(rt, caller.owner_id, keyed, work)
    opening = VisitRun(run.id, run.chat_id, None)
    builder = ReplyBuilder(opening)
    async with aclosing(visits.events(rt, caller, opening)) as events:
        async for numbered in events:
            builder.take(numbered.event)
    assert builder.reply is not None
    messages = await visit_messages.list_messages(rt, caller, run.chat_id, limit=MAX_FIRST_MESSAGES)
    return OpenedSession(
        session_id=run.chat_id,
        greeting=builder.reply.response,
        messages=tuple(messages),
        ended=builder.reply.ended,
    )


async def _open_plain(
    rt: Runtime, caller: AppCaller, visitor: str, address: str, keyed: KeyedRequest | None
) -> OpenedSession:
    """Begin a conversation with the plain assistant, who says nothing before it is asked."""

    async def work() -> OpenedSession:
        visit_admission.hit_limits(rt, caller, visitor, address)
        opened = OpenedSession(session_id=new_id("s"))
        _, stored = visit_openings.open_visit(caller, opened.session_id, visitor)
        answer = idempotency.answered(caller.owner_id, keyed, opened)
        await rt.writer.write([*stored, *answer])
        return opened

    return await idempotency.answer_once(rt, caller.owner_id, keyed, OpenedSession, work)


async def list_sessions(
    rt: Runtime, caller: AppCaller, *, visitor: str = "", limit: int = MAX_LISTED
) -> list[VisitorSession]:
    """Return the visitor's own conversations, the last touched first; a host app's server may ask for those of each visitor.

    Raises:
        PermissionDeniedError: the token is public, as pages use it: whoever copies it must not read what others have said.
    """
    if caller.token_is_public:
        message = "Pages use this app, so its tokens are public and list nothing. Ask with a visitor's token (`bv_...`)."
        raise PermissionDeniedError(message)
    async with rt.database.reading() as db:
        found = await rows.list_visits(
            db,
            caller.owner_id,
            caller.app.id,
            limit=min(max(limit, 1), MAX_LISTED),
            visitor=caller.visitor or visitor or None,
            channel=caller.channel,
        )
    return [_shape(visit) for visit in found]


async def get_session(rt: Runtime, caller: AppCaller, session_id: str) -> VisitorSession:
    """Return a conversation that the caller may read; raises NotFoundError."""
    await visits.find_standing(rt, caller, session_id)
    async with rt.database.reading() as db:
        row = await rows.get_visit(db, caller.owner_id, session_id)
        chat = await chat_rows.get_chat(db, caller.owner_id, session_id)
    return _shape(rows.visit_shape(row, title=chat.title, number=None))


async def clear_session(rt: Runtime, caller: AppCaller, session_id: str) -> None:
    """Delete what was said and given in the conversation; the program begins at its top, an answer in the making is stopped."""
    owner_id = caller.owner_id
    await visits.find_standing(rt, caller, session_id)
    async with removing(rt, owner_id, session_ids=[session_id]) as db:
        await chat_rows.clear_chat(db, owner_id, session_id)
        await file_rows.delete_session_files(db, owner_id, [session_id])
        await rows.reset_visit(db, owner_id, session_id)


async def stop_answer(rt: Runtime, caller: AppCaller, session_id: str) -> None:
    """Stop the answer that is being made; what had arrived is kept, and the program goes on from before it."""
    await visits.find_standing(rt, caller, session_id)
    await stop_runs(rt, caller.owner_id, chat_id=session_id)


def _shape(visit: Visit) -> VisitorSession:
    return VisitorSession(
        session_id=visit.id,
        title=visit.title,
        user=visit.visitor.removeprefix("user "),
        ended=visit_admission.has_ended(visit.status),
        human=visit.human,
        created_at=visit.created_at,
        updated_at=visit.updated_at,
    )
