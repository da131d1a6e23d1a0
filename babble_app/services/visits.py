"""What a visitor of an app does: asks, reads on, looks back, clears. Each act is checked against the credential it came with.

A visitor's conversation is a chat of the app's owner, an answer a run of the one run engine; so answers outlive pages, are stored
before anybody sees them, and are found again after a crash.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from babble_app.errors import ConflictError, NotFoundError, ValidationFailedError
from babble_app.schemas.chats import AskedWith, Run
from babble_app.services import app_tools, chats, idempotency, models, runs
from babble_app.services.run_driver import Job
from babble_app.services.visit_turns import VisitTurn
from babble_app.store import runs as run_rows
from babble_app.store import visits as rows
from babble_app.store.tables.base import new_id

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from babble_app.schemas.events import NumberedEvent
    from babble_app.schemas.visits import VisitorMessage
    from babble_app.services.app_callers import AppCaller
    from babble_app.services.idempotency import KeyedRequest
    from babble_app.services.runtime import Runtime
    from babble_app.store.visits import Standing
    from babble_app.store.writer import Operation

MAX_TEXT_CHARS = 32_000
MAX_VISITOR_CHARS = 200
_RESERVED = ("vis_", "user ")
_ENDED = "This conversation has ended. Begin a new one: leave `session_id` out."
CROWD = 50
"""So many visitors at their limit are the most of an app, unless its token has a limit of its own."""


@dataclass(frozen=True)
class VisitRun:
    """An answer to a visitor that is being made, or was made."""

    run_id: str
    session_id: str
    version_number: int | None
    human: str = ""
    """Who has taken over; then nothing is answered by itself."""


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
        ConflictError: the agent's program has ended in this session.
        ValidationFailedError: the text is empty or too long, or the visitor's name or the page's tools cannot be used.
        RateLimitedError: too many messages.
        IdempotencyConflictError: the key came before with another request.
    """
    check_text(message.text)
    check_user(visitor)
    app_tools.check_page_tools(message.tools)
    standing = await find_standing(rt, caller, session_id) if session_id else None

    async def work() -> Run:
        if standing is not None and has_ended(standing.status):
            raise ConflictError(_ENDED)
        hit_limits(rt, caller, standing.visitor if standing else visitor, address)
        return await _start(rt, caller, message, standing, visitor, keyed)

    keyed = own_key(caller, keyed)
    run = await run_once(rt, caller.owner_id, keyed, work)
    number = standing.version_number if standing else await _number(rt, caller, run)
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


def has_ended(status: str) -> bool:
    """Say whether a conversation of that status takes no further message; after `done()` one may come."""
    return status not in {rows.NEW, "waiting", "done"}


def choose_version(caller: AppCaller, visitor: str) -> str | None:
    """Return which version of the agent a new conversation gets; a visitor always gets the same.

    Raises:
        ConflictError: nothing of the agent is live.
    """
    app = caller.app
    if app.agent_id is None:
        return None
    if caller.channel == "staging":
        return app.staging_version_id or caller.head_version_id
    if app.trial_version_id and _share(app.id, visitor) < app.trial_percent:
        return app.trial_version_id
    chosen = app.version_id or caller.live_version_id
    if chosen is None:
        raise ConflictError("No version of this agent is live. Its owner can publish one.")
    return chosen


async def _start(
    rt: Runtime,
    caller: AppCaller,
    message: VisitorMessage,
    standing: Standing | None,
    visitor: str,
    keyed: KeyedRequest | None,
) -> Run:
    if standing is None:
        session_id = new_id("s")
        version_id, first = open_visit(caller, session_id, visitor)
        place = Place(session_id, version_id, is_new=True, first=first)
    else:
        place = Place(
            standing.chat_id,
            standing.version_id,
            standing.version_number,
            is_named=bool(standing.title),
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
    job = await make_job(rt, owner_id, session_id, turn, message.text)
    question = run_rows.add_message(
        job.question_id,
        owner_id,
        place.session_id,
        run_id=job.run_id,
        role="user",
        text=message.text,
        details={"asked_with": job.asked_with.model_dump(mode="json")} if message.context else None,
    )
    naming = [] if place.is_named else chats.naming(owner_id, session_id, message.text)
    return await runs.launch(rt, job, None, keyed, question, *naming, first=place.first)


async def make_job(
    rt: Runtime, owner_id: str, session_id: str, turn: VisitTurn, text: str = ""
) -> Job:
    """Return what a run for a visitor is about; without a text it is what the program says first."""
    app = turn.app
    defaults = tuple[str, ...]() if app.model else await models.default_models(rt, owner_id)
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


def check_user(user: str) -> None:
    """Refuse a host app's name for its user that is too long, or that is a browser's or a signed one.

    Tokens in pages are public: with such a name somebody could put a conversation among another visitor's own.

    Raises:
        ValidationFailedError: it cannot be used; the message says why.
    """
    if len(user) > MAX_VISITOR_CHARS:
        message = f"A visitor's id has at most {MAX_VISITOR_CHARS} characters."
        raise ValidationFailedError(message, field="user")
    if user.startswith(_RESERVED):
        message = (
            "A visitor's id does not begin with `vis_` or `user `: those are given by this server."
        )
        raise ValidationFailedError(message, field="user")


def open_visit(
    caller: AppCaller,
    session_id: str,
    visitor: str,
    *,
    version_id: str | None = None,
    log: list[dict[str, Any]] | None = None,
) -> tuple[str | None, list[Operation]]:
    """Return the version that a new conversation gets (`version_id`: this one), and what stores the conversation.

    With a log its program goes on from there.
    """
    visitor = caller.visitor or visitor
    version_id = version_id or choose_version(caller, visitor or session_id)
    stored = rows.add_visit(
        session_id,
        caller.owner_id,
        caller.app.id,
        workspace_id=caller.app.workspace_id,
        profile=caller.app.profile,
        model=caller.app.model,
        token_id=caller.token_id,
        visitor=visitor,
        visitor_name=caller.visitor_name,
        channel=caller.channel,
        origin=caller.origin,
        version_id=version_id,
        log=log or [],
    )
    return version_id, stored


async def _number(rt: Runtime, caller: AppCaller, run: Run) -> int | None:
    """Return the number of the version that a new conversation got."""
    if caller.app.agent_id is None:
        return None
    return (await find_standing(rt, caller, run.chat_id)).version_number


def check_text(text: str) -> None:
    """Raise ValidationFailedError when the message is empty or too long."""
    if not text.strip():
        raise ValidationFailedError("The message is empty.", field="message")
    if len(text) > MAX_TEXT_CHARS:
        message = f"The message has {len(text):,} characters; {MAX_TEXT_CHARS:,} is the most."
        raise ValidationFailedError(message, field="message")


def _check_visitor(caller: AppCaller, standing: Standing) -> None:
    """Hide conversations of others from a visitor, and those of the other channel from a token."""
    others = bool(caller.visitor) and standing.visitor != caller.visitor
    if others or standing.channel != caller.channel:
        raise NotFoundError(rows.NO_SESSION)


def hit_limits(rt: Runtime, caller: AppCaller, visitor: str, address: str) -> None:
    """Count a message of a visitor; raises RateLimitedError.

    A token in a page is public, and whoever copies it may make visitors up: hence the ceiling of all together, which is the
    token's own limit if it has one.
    """
    who = visitor or caller.visitor or address
    app = caller.app
    rt.limiter.hit_rate("app_visitor", f"{app.id} {who}", app.rate_limit_per_minute)
    if caller.token_limit is not None:
        rt.limiter.hit_rate("app_token", caller.token_id, caller.token_limit)
    else:
        rt.limiter.hit_rate("app_all", app.id, app.rate_limit_per_minute * CROWD)
    if caller.visitor:
        # Whoever makes up visitors by the hundred still comes from somewhere.
        rt.limiter.hit("visit_address", f"{app.id} {address}")


async def run_once(
    rt: Runtime, owner_id: str, keyed: KeyedRequest | None, work: Callable[[], Awaitable[Run]]
) -> Run:
    """Return the run that `work` starts, or the one that an equal request has started, unless that came to nothing."""
    is_void = partial(runs.came_to_nothing, rt, owner_id)
    return await idempotency.answer_once(rt, owner_id, keyed, Run, work, is_void=is_void)


def own_key(caller: AppCaller, keyed: KeyedRequest | None) -> KeyedRequest | None:
    """Return the key as the app's own: apps of one owner, and visitors of one app, do not meet in their keys."""
    if keyed is None:
        return None
    whose = hashlib.sha256(f"{caller.app.id} {caller.visitor}".encode()).hexdigest()[:20]
    return idempotency.KeyedRequest(f"{whose} {keyed.key}", keyed.fingerprint)


def _share(app_id: str, visitor: str) -> int:
    """Return 0 to 99, always the same for one visitor of an app."""
    digest = hashlib.sha256(f"{app_id} {visitor}".encode()).digest()
    return int.from_bytes(digest[:8]) % 100
