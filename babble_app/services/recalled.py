"""Conversations of callers that keep no session: they send the whole each time, and it is found again by what was said.

A conversation that has gone on elsewhere from there is forked at that turn, with its program's log. One that is not known (it was held
with another server, or its texts were changed) is told to the program (services/retelling.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from babble_app.errors import NotFoundError
from babble_app.schemas.chats import Run
from babble_app.schemas.visits import VisitorMessage
from babble_app.services import retelling, visit_admission, visit_openings, visit_people, visits
from babble_app.services.told import digest_of, digest_on
from babble_app.services.visits import Place, VisitRun
from babble_app.store import recalled as rows
from babble_app.store import runs as run_rows
from babble_app.store.tables.base import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.services.app_callers import AppCaller
    from babble_app.services.idempotency import KeyedRequest
    from babble_app.services.named_models import NamedAgent
    from babble_app.services.runtime import Runtime
    from babble_app.services.told import Said, Told
    from babble_app.store.recalled import RecalledTurn
    from babble_app.store.writer import Operation

_NO_ANSWER = "There is no such earlier answer of this app."
_PREFIX = "run_"


@dataclass(frozen=True)
class TellingCaller:
    """Who tells a conversation."""

    agent: NamedAgent
    model: str
    """As the agent was named: conversations with a version of its own are none with another."""
    visitor: str = ""
    """The host app's name for its user."""
    address: str = ""
    streamed: bool = True
    """Whether the answer is read as it comes."""


async def start(
    rt: Runtime,
    who: TellingCaller,
    told: Told,
    *,
    after: str = "",
    keyed: KeyedRequest | None = None,
) -> VisitRun:
    """Store the last message and start its answer, in the conversation that was told, or in one that goes on from `after`.

    Args:
        rt: The runtime.
        who: Who tells it.
        told: The conversation; with `after` only its last message counts.
        after: The run of an earlier answer.
        keyed: The request's Idempotency-Key.

    Raises:
        NotFoundError: there is no answer `after` that the caller may go on from.
        BabbleError: as `visits.start`.
    """
    visit_admission.check_text(told.text)
    visit_admission.check_user(who.visitor)
    caller = who.agent.caller

    async def work() -> Run:
        visit_admission.hit_limits(rt, caller, who.visitor, who.address)
        digest = "" if after else _digest_before(who, told)
        # Two at once must not both go on in the conversation where it ends.
        async with rt.runs.turn(f"told {after or digest}").take():
            if after:
                turns = [await _get_turn(rt, who, after)]
                digest = turns[0].digest
            else:
                turns = await _list_turns(rt, caller, told, digest)
            place = await _place(rt, who, told, digest, turns)
            message = VisitorMessage(text=told.text, context=told.context, streamed=who.streamed)
            if not place.first:
                standing = await visits.find_standing(rt, caller, place.session_id)
                if visit_people.is_with_person(standing):
                    return await visit_people.leave_message(rt, caller, message, standing, keyed)
            return await visits.ask(rt, caller, message, place, keyed)

    keyed = visit_admission.own_key(caller, keyed)
    run = await visit_admission.run_once(rt, caller.owner_id, keyed, work)
    return VisitRun(run.id, run.chat_id, None)


def _digest_before(who: TellingCaller, told: Told) -> str:
    """Return the digest of what was said before the last message."""
    caller = who.agent.caller
    visitor = caller.visitor or who.visitor
    digest = digest_of(caller.app.id, caller.channel, caller.app.agent_id or "", who.model, visitor)
    for role, text in told.before:
        digest = digest_on(digest, role, text)
    return digest


async def _list_turns(
    rt: Runtime, caller: AppCaller, told: Told, digest: str
) -> Sequence[RecalledTurn]:
    """Return the turns at which that was all that had been said."""
    if not told.before or caller.token_is_public:
        # Who knows what was said is then not who was there: behind the same words may stand what another visitor's page has told.
        return ()
    return await rt.database.fetch(rows.list_turns, caller.owner_id, caller.app.id, digest)


async def _get_turn(rt: Runtime, who: TellingCaller, after: str) -> RecalledTurn:
    """Return the turn that the run answered; raises NotFoundError."""
    caller = who.agent.caller
    turn = await rt.database.fetch(rows.find_turn, caller.owner_id, caller.app.id, _PREFIX + after)
    if turn is None or not visit_admission.may_read(caller, turn.visitor, turn.channel):
        raise NotFoundError(_NO_ANSWER)
    return turn


async def _place(
    rt: Runtime, who: TellingCaller, told: Told, digest: str, turns: Sequence[RecalledTurn]
) -> Place:
    """Return where the message belongs: behind a known turn, in a fork of one, or in a new conversation."""
    digest = digest_on(digest, "user", told.text)
    if going_on := next((turn for turn in turns if turn.is_last), None):
        return Place(
            going_on.chat_id,
            going_on.version_id,
            going_on.version_number,
            told_digest=digest,
        )
    caller = who.agent.caller
    session_id = new_id("s")
    forked = turns[0] if turns else None
    if forked is not None:
        said = await rt.database.fetch(rows.list_said, caller.owner_id, forked.run_id)
        before = [cast("Said", one) for one in said]
        version_id, log = forked.version_id, forked.log[: forked.log_size]
    else:
        before = list(told.before)
        version_id = who.agent.version_id or visit_openings.choose_version(
            caller, caller.visitor or who.visitor or session_id
        )
        log = await _retold(rt, caller.owner_id, version_id, before)
    version_id, first = visit_openings.open_visit(
        caller, session_id, who.visitor, version_id=version_id, log=log
    )
    first = [*first, *_copied(caller.owner_id, session_id, before)]
    return Place(session_id, version_id, is_new=not before, first=first, told_digest=digest)


async def _retold(
    rt: Runtime, owner_id: str, version_id: str | None, before: Sequence[Said]
) -> list[dict[str, Any]]:
    if version_id is None or not before:
        return []
    _, program = await rt.programs.get(rt, owner_id, version_id)
    return await retelling.retell(program, before)


def _copied(owner_id: str, chat_id: str, before: Sequence[Said]) -> list[Operation]:
    """Return what stores the messages before as a conversation that was held: each answer belongs to a run."""
    stored: list[Operation] = []
    run_id = ""
    for role, text in before:
        message_id = new_id("msg")
        if role == "user" or not run_id:
            run_id = new_id("run")
            stored += run_rows.add_run(
                run_id, owner_id, chat_id, question_id=message_id, model="", mode="chat"
            )
            stored += run_rows.mark_ended(
                run_id, chat_id, status="done", answer_id="", problem=None
            )
        stored.append(
            run_rows.add_message(message_id, owner_id, chat_id, run_id=run_id, role=role, text=text)
        )
        if role == "assistant":
            run_id = ""
    return stored
