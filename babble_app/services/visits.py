"""What a visitor of an app does: asks, reads on, looks back, clears. Each act is checked against the credential it came with.

A visitor's conversation is a chat of the app's owner, an answer a run of the one run engine; so answers outlive pages, are stored
before anybody sees them, and are found again after a crash.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from babble_app.errors import ConflictError, NotFoundError
from babble_app.schemas.chats import AskedWith, Run
from babble_app.services import (
    app_tools,
    chats,
    models,
    run_context,
    runs,
    visit_admission,
    visit_openings,
    visit_people,
)
from babble_app.services.run_driver import Job
from babble_app.services.visit_turns import VisitTurn
from babble_app.store import runs as run_rows
from babble_app.store import visits as rows
from babble_app.store.tables.base import new_id

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from sqlalchemy.engine import Connection

    from babble_app.schemas.events import NumberedEvent
    from babble_app.schemas.visits import VisitorMessage
    from babble_app.services.app_callers import AppCaller
    from babble_app.services.idempotency import KeyedRequest
    from babble_app.services.run_context import Found
    from babble_app.services.runtime import Runtime
    from babble_app.store.visits import Standing
    from babble_app.store.writer import Operation

_ENDED = "This conversation has ended. Begin a new one: leave `session_id` out."


@dataclass(frozen=True)
class VisitRun:
    """An answer to a visitor that is being made, or was made."""

    run_id: str
    session_id: str
    version_number: int | None


@dataclass(frozen=True)
class Place:
    """Where a message belongs."""

    session_id: str
    version_id: str | None
    version_number: int | None = None
    is_new: bool = False
    """Whether nothing can have been said before."""
    is_named: bool = False
    """Whether the conversation has a title."""
    found: Found | None = None
    """What its next answer rests on, where that was read already."""
    first: list[Operation] = field(default_factory=list["Operation"])
    """What stores the conversation, if it is new."""
    told_digest: str = ""
    """Of all that was said up to the message (services/told.py), where its caller keeps no session."""


async def start(
    rt: Runtime,
    caller: AppCaller,
    message: VisitorMessage,
    *,
    session_id: str = "",
    visitor: str = "",
    address: str = "",
    keyed: KeyedRequest | None = None,
) -> VisitRun:
    """Store a visitor's message and start its answer, in a new conversation or in one that goes on.

    Where a person has taken over, or was asked for, the message is left for them.

    Args:
        rt: The runtime.
        caller: Whose credential it came with.
        message: What is asked.
        session_id: Of an earlier answer; empty: a new conversation.
        visitor: The host app's name for its user, of a new conversation; a visitor's token names its own.
        address: Of the caller, for the limit of a visitor who is not named.
        keyed: The request's Idempotency-Key.

    Raises:
        NotFoundError: there is no such session of this app, or it is another visitor's.
        ConflictError: the agent's program has ended in this session, and nobody has taken over.
        ValidationFailedError: the text is empty or too long, or the visitor's name or the page's tools cannot be used.
        RateLimitedError: too many messages.
        IdempotencyConflictError: the key came before with another request.
    """
    visit_admission.check_text(message.text)
    visit_admission.check_user(visitor)
    app_tools.check_page_tools(message.tools)
    found, standing = await _find(rt, caller, session_id) if session_id else (None, None)

    async def work() -> Run:
        if (
            standing is not None
            and visit_admission.has_ended(standing.status)
            and not standing.human
        ):
            raise ConflictError(_ENDED)
        visit_admission.hit_limits(rt, caller, standing.visitor if standing else visitor, address)
        if standing is not None and visit_people.is_with_person(standing):
            return await visit_people.leave_message(rt, caller, message, standing, keyed)
        return await _start(rt, caller, message, found, standing, visitor, keyed)

    keyed = visit_admission.own_key(caller, keyed)
    run = await visit_admission.run_once(rt, caller.owner_id, keyed, work)
    rt.visit_feed.tell(caller.app.id)
    if standing is not None:
        number = standing.version_number
    else:
        known = keyed is None and _known_number(rt, caller, visitor or run.chat_id)
        number = known or await _number(rt, caller, run)
    return VisitRun(run.id, run.chat_id, number)


async def find_run(rt: Runtime, caller: AppCaller, run_id: str) -> VisitRun:
    """Return an answer that the caller may read; raises NotFoundError."""
    standing = await rt.database.fetch(
        rows.get_standing_of_run, caller.owner_id, caller.app.id, run_id
    )
    _check_visitor(caller, standing)
    return VisitRun(run_id, standing.chat_id, standing.version_number)


def events(
    rt: Runtime, caller: AppCaller, run: VisitRun, after: int = 0
) -> AsyncGenerator[NumberedEvent, None]:
    """Yield the events of an answer that `start` or `find_run` returned, numbered above `after`, to its last."""
    return runs.events(rt, caller.owner_id, run.run_id, after)


async def find_standing(rt: Runtime, caller: AppCaller, session_id: str) -> Standing:
    """Return where a conversation stands that the caller may read; raises NotFoundError."""
    standing = await rt.database.fetch(
        rows.get_standing, caller.owner_id, caller.app.id, session_id
    )
    _check_visitor(caller, standing)
    return standing


async def answer_call(
    rt: Runtime, caller: AppCaller, session_id: str, call_id: str, *, ok: bool, result: str
) -> None:
    """Hand over what the page's function brought that an answer of the session waits for.

    Raises:
        NotFoundError: there is no such session, or nobody waits for that call.
    """
    standing = await find_standing(rt, caller, session_id)
    rt.page_calls.answer(standing.chat_id, call_id, ok=ok, result=result)


async def _find(rt: Runtime, caller: AppCaller, session_id: str) -> tuple[Found, Standing]:
    """Return what a conversation's next answer rests on, and where it stands, if the caller may read it."""

    def read(db: Connection) -> Standing:
        standing = rows.get_standing(db, caller.owner_id, caller.app.id, session_id)
        _check_visitor(caller, standing)
        return standing

    return await run_context.find_with(rt, caller.owner_id, session_id, read)


async def _start(
    rt: Runtime,
    caller: AppCaller,
    message: VisitorMessage,
    found: Found | None,
    standing: Standing | None,
    visitor: str,
    keyed: KeyedRequest | None,
) -> Run:
    if standing is None:
        session_id = new_id("s")
        version_id, first = visit_openings.open_visit(caller, session_id, visitor)
        place = Place(session_id, version_id, is_new=True, first=first)
    else:
        place = Place(
            standing.chat_id,
            standing.version_id,
            standing.version_number,
            is_named=bool(standing.title),
            found=found,
        )
    return await ask(rt, caller, message, place, keyed)


async def ask(
    rt: Runtime,
    caller: AppCaller,
    message: VisitorMessage,
    place: Place,
    keyed: KeyedRequest | None,
) -> Run:
    """Store the message where it belongs, and start its answer; who calls has checked and counted it."""
    owner_id, session_id = caller.owner_id, place.session_id
    turn = VisitTurn(
        app=caller.app,
        token_id=caller.token_id,
        version_id=place.version_id,
        version_number=place.version_number,
        is_new=place.is_new,
        data=message.context,
        tools=message.tools,
        told_digest=place.told_digest,
    )
    found = place.found or await run_context.find_new(rt, owner_id, session_id, caller.app)
    job = await make_job(rt, owner_id, session_id, turn, message.text, found)
    job = replace(job, hurried=message.streamed)
    question = run_rows.add_message(
        job.question_id,
        owner_id,
        place.session_id,
        run_id=job.run_id,
        role="user",
        text=message.text,
        details={"asked_with": job.asked_with.model_dump(mode="json")} if message.context else None,
    )
    further = [question]
    if asked := _asked_in_vain(found, message.text):
        job, further = replace(job, question_id=asked), []
    naming = [] if place.is_named else chats.naming(owner_id, session_id, message.text)
    known = found if place.found or place.is_new else None
    return await runs.launch(rt, job, known, keyed, *further, *naming, first=place.first)


def _asked_in_vain(found: Found, text: str) -> str:
    """Return the id of the last question, if it was in these words and its answer came to nothing: then it is asked again."""
    said = found.chat.said
    asked = next((one for one in reversed(said) if one.role == "user"), None)
    if asked is None or asked.text != text:
        return ""
    is_void = said[-1].question_id == asked.id and said[-1].status in runs.VOID
    return asked.id if is_void else ""


async def make_job(
    rt: Runtime, owner_id: str, session_id: str, turn: VisitTurn, text: str, found: Found
) -> Job:
    """Return what a run for a visitor is about; without a text it is what the program says first."""
    app = turn.app
    defaults = tuple[str, ...]()
    if not app.model:
        defaults = await models.defaults_among(rt, found.chosen, found.keys)
    return Job(
        owner_id=owner_id,
        chat_id=session_id,
        question_id="" if turn.opening else new_id("msg"),
        text=text,
        model=app.model or defaults[0],
        mode="chat",
        defaults=defaults,
        asked_with=AskedWith(data=turn.data),
        visit=turn,
    )


def _known_number(rt: Runtime, caller: AppCaller, visitor: str) -> int | None:
    """Return the number of the version that a conversation made just now got, if it is known without a read."""
    version_id = visit_openings.choose_version(caller, caller.visitor or visitor)
    return rt.programs.find_number(version_id) if version_id else None


async def _number(rt: Runtime, caller: AppCaller, run: Run) -> int | None:
    """Return the number of the version that a new conversation got."""
    if caller.app.agent_id is None:
        return None
    return (await find_standing(rt, caller, run.chat_id)).version_number


def _check_visitor(caller: AppCaller, standing: Standing) -> None:
    if not visit_admission.may_read(caller, standing.visitor, standing.channel):
        raise NotFoundError(rows.NO_SESSION)
