"""People in visitors' conversations: one of the owner's takes over, answers, and hands back to the agent.

While a person has taken over, or was asked for by the program, nothing is answered by itself: what the visitor says is stored
and shown to the owner, and what the person says reaches the visitor by the session's events (visit_news.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.errors import ConflictError, NotFoundError, ValidationFailedError
from babble_app.schemas.chats import Run
from babble_app.schemas.events import MessageDone, RunStarted, StateChanged
from babble_app.services import idempotency, limits
from babble_app.services.run_log import number_from
from babble_app.services.visit_turns import HUMAN, TRANSFERRED
from babble_app.store import runs as run_rows
from babble_app.store import users as user_rows
from babble_app.store import visits as rows
from babble_app.store.tables.base import new_id, now

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.schemas.events import NumberedEvent
    from babble_app.schemas.visits import VisitorMessage
    from babble_app.services.app_callers import AppCaller
    from babble_app.services.idempotency import KeyedRequest
    from babble_app.services.runtime import Runtime
    from babble_app.store.tables.visits import VisitRow
    from babble_app.store.visits import Standing

NAMELESS = "Support"
"""How visitors see somebody without a name; an email address is not theirs to see."""
MAX_TEXT_CHARS = 32_000
NO_CONVERSATION = "There is no such conversation."


def is_with_person(standing: Standing) -> bool:
    """Say whether a person has taken over, or was asked for."""
    return bool(standing.human) or standing.status == TRANSFERRED


async def take_over(rt: Runtime, owner_id: str, app_id: str, conversation_id: str) -> str:
    """Let the owner answer in the place of the agent, and return the name that the visitor sees.

    An answer that is being made is finished; later messages wait for the person.
    """
    async with rt.database.unit_of_work() as db:
        row = await find_visit(db, owner_id, app_id, conversation_id, lock=True)
        person = await user_rows.get_user(db, owner_id)
        row.human, row.human_asked = person.name or NAMELESS, False
    rt.visit_feed.tell(conversation_id, app_id)
    return row.human


async def hand_back(rt: Runtime, owner_id: str, app_id: str, conversation_id: str) -> None:
    """Let the agent answer again; its program goes on from where it stood, one that ended by handing over from its top."""
    async with rt.database.unit_of_work() as db:
        row = await find_visit(db, owner_id, app_id, conversation_id, lock=True)
        row.human, row.human_asked = "", False
        if row.status == TRANSFERRED:
            row.log, row.status = [], rows.NEW
    rt.visit_feed.tell(conversation_id, app_id)


async def write_message(
    rt: Runtime, owner_id: str, app_id: str, conversation_id: str, text: str
) -> str:
    """Say something to the visitor as the person who has taken over, and return the message's id.

    Raises:
        ConflictError: the agent answers; take over first.
        ValidationFailedError: the text is empty or too long.
    """
    if not text.strip() or len(text) > MAX_TEXT_CHARS:
        message = f"Write a message of 1 to {MAX_TEXT_CHARS:,} characters."
        raise ValidationFailedError(message, field="text")
    await limits.hit(rt, "send", owner_id)
    async with rt.database.reading() as db:
        row = await find_visit(db, owner_id, app_id, conversation_id)
    if not row.human:
        raise ConflictError("The agent answers here. Take the conversation over first.")
    message_id = new_id("msg")
    said = run_rows.add_message(
        message_id,
        owner_id,
        conversation_id,
        run_id=None,
        role="assistant",
        text=text,
        details={"human": row.human},
    )
    await rt.writer.write([said, rows.touch_visit(conversation_id)])
    rt.visit_feed.tell(conversation_id, app_id)
    return message_id


async def leave_message(
    rt: Runtime,
    caller: AppCaller,
    message: VisitorMessage,
    standing: Standing,
    keyed: KeyedRequest | None,
) -> Run:
    """Store a visitor's message for the person, and return a run that nothing is asked for: it is over when it is stored.

    Readers find in its log that a person answers, on a reconnect as well.
    """
    owner_id, chat_id = caller.owner_id, standing.chat_id
    run = Run(
        id=new_id("run"),
        chat_id=chat_id,
        question_id=new_id("msg"),
        status="done",
        mode="chat",
        created_at=now(),
    )
    stored = [
        *run_rows.add_run(
            run.id, owner_id, chat_id, question_id=run.question_id, model="", mode="chat"
        ),
        run_rows.add_message(
            run.question_id, owner_id, chat_id, run_id=run.id, role="user", text=message.text
        ),
        run_rows.add_events(run.id, _left(run)),
        *run_rows.mark_ended(run.id, chat_id, status="done", answer_id=None, problem=None),
        rows.touch_visit(chat_id),
        *idempotency.answered(owner_id, keyed, run),
    ]
    await rt.writer.write(stored)
    return run


def _left(run: Run) -> list[NumberedEvent]:
    started = RunStarted(
        run_id=run.id, chat_id=run.chat_id, message_id=run.question_id, model="", mode="chat"
    )
    done = MessageDone(message_id=run.question_id, text="", model="")
    return number_from(0, [started, StateChanged(name=HUMAN), done])


async def find_visit(
    db: AsyncSession, owner_id: str, app_id: str, conversation_id: str, *, lock: bool = False
) -> VisitRow:
    """Return the conversation of the owner's app; raises NotFoundError."""
    try:
        row = await rows.get_visit(db, owner_id, conversation_id, lock=lock)
    except NotFoundError as error:
        raise NotFoundError(NO_CONVERSATION) from error
    if row.app_id != app_id:
        raise NotFoundError(NO_CONVERSATION)
    return row
