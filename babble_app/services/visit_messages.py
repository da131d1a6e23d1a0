"""What was said in a visitor's conversation, and what the visitor thinks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.errors import NotFoundError, ValidationFailedError
from babble_app.services import visits
from babble_app.services.names import clean_note
from babble_app.store import chats as chat_rows
from babble_app.store import visit_messages as rows

if TYPE_CHECKING:
    from babble_app.schemas.visits import Rating, VisitMessage
    from babble_app.services.app_callers import AppCaller
    from babble_app.services.runtime import Runtime

MAX_MESSAGES = 200


async def list_messages(
    rt: Runtime, caller: AppCaller, session_id: str, *, limit: int = 50, before: str | None = None
) -> list[VisitMessage]:
    """Return the conversation's newest messages, oldest first; `before` is the message that those returned precede.

    Raises:
        NotFoundError: there is no such session, or no such message in it.
    """
    await visits.find_standing(rt, caller, session_id)
    async with rt.database.reading() as db:
        position = None
        if before is not None:
            message = await chat_rows.get_message(db, caller.owner_id, before)
            if message.chat_id != session_id:
                raise NotFoundError("There is no such message in this session.")
            position = message.position
        return await rows.list_messages(
            db,
            caller.owner_id,
            session_id,
            limit=min(max(limit, 1), MAX_MESSAGES),
            before=position,
        )


async def rate_message(
    rt: Runtime, caller: AppCaller, message_id: str, rating: Rating, comment: str = ""
) -> None:
    """Store what the visitor thinks of an answer, in place of what was thought before.

    Raises:
        NotFoundError: there is no such message, or it is another visitor's.
        ValidationFailedError: it is no answer but a question.
    """
    comment = clean_note(comment, field="comment")
    async with rt.database.reading() as db:
        message = await chat_rows.get_message(db, caller.owner_id, message_id)
    try:
        await visits.find_standing(rt, caller, message.chat_id)
    except NotFoundError as error:
        # Not "no such session": the caller named none.
        raise NotFoundError(rows.NO_MESSAGE) from error
    if message.role != "assistant":
        raise ValidationFailedError("Only answers can be rated.", field="message_id")
    async with rt.database.unit_of_work() as db:
        await rows.set_feedback(
            db,
            caller.owner_id,
            caller.app.id,
            message.chat_id,
            message_id,
            rating=rating,
            comment=comment,
        )
