"""What a visitor hears while a person answers: the person's messages, and that one has come or gone."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from babble_app.errors import NotFoundError
from babble_app.schemas.conversations import VisitNews
from babble_app.schemas.visits import VisitMessage
from babble_app.services import visits
from babble_app.services.visit_turns import TRANSFERRED
from babble_app.store import chats as chat_rows
from babble_app.store import visit_desk as rows

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from babble_app.services.app_callers import AppCaller
    from babble_app.services.runtime import Runtime

ASK_SECONDS = 1.0
"""How often a silent stream asks whether its reader may still read; the answer is in memory."""


async def find_place(rt: Runtime, caller: AppCaller, session_id: str, after: str | None) -> int:
    """Return the position of a message of the session, of its newest one when none is named.

    Raises:
        NotFoundError: there is no such session of the caller's, or no such message in it.
    """
    await visits.find_standing(rt, caller, session_id)
    async with rt.database.reading() as db:
        if after is None:
            return await rows.last_position(db, caller.owner_id, session_id)
        message = await chat_rows.get_message(db, caller.owner_id, after)
    if message.chat_id != session_id:
        raise NotFoundError("There is no such message in this session.")
    return message.position


async def news(
    rt: Runtime,
    caller: AppCaller,
    session_id: str,
    place: int,
    is_allowed: Callable[[], Awaitable[bool]],
) -> AsyncGenerator[VisitNews, None]:
    """Yield who answers now, what people have written behind `place`, and whatever comes of both, until nobody may read it."""
    told: VisitNews | None = None
    with rt.visit_feed.watching(session_id) as fresh:
        while True:
            fresh.clear()
            standing = await visits.find_standing(rt, caller, session_id)
            who = VisitNews(
                person=standing.human, asked=not standing.human and standing.status == TRANSFERRED
            )
            if who != told:
                told = who
                yield who
            async with rt.database.reading() as db:
                written = await rows.list_from_people(db, caller.owner_id, session_id, place)
            for position, message in written:
                place = position
                fields = set(VisitMessage.model_fields)
                yield VisitNews(
                    message=VisitMessage.model_validate(message.model_dump(include=fields))
                )
            while not fresh.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(fresh.wait(), ASK_SECONDS)
                if not await is_allowed():
                    return
