"""The engine as a library: a question in, an answer out. It is the run engine, seen by a program instead of a page.

A conversation is a chat of the person's workspace `Conversations`, so it can be read, exported and gone on with in the browser.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import orjson

from babble_app.errors import NotFoundError, ValidationFailedError
from babble_app.schemas.chats import AskedWith
from babble_app.schemas.thoughts import Thought, ThoughtFacts
from babble_app.services import chats, runs, usage, workspaces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from babble_app.schemas.chats import Message
    from babble_app.schemas.profiles import ToolGroup
    from babble_app.schemas.stats import UsageStats
    from babble_app.services.runtime import Runtime

WORKSPACE = "Conversations"
MAX_CONTEXT_BYTES = 32 * 1024
_making: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
"""Who is getting that workspace just now."""


async def think(
    rt: Runtime,
    message: str,
    *,
    user_id: str,
    context: Mapping[str, Any] | None = None,
    tools: Sequence[ToolGroup] | None = None,
    conversation_id: str = "",
    profile: str = "",
    model: str = "",
    fresh: bool = False,
) -> Thought:
    """Answer a message, in a new conversation or in one that goes on.

    Args:
        rt: The runtime.
        message: Plain text, at most 32,000 characters.
        user_id: Whose keys, budgets and conversations it goes by.
        context: What the asking program knows, as JSON of at most 32 KiB; the model is shown it as data.
        tools: In place of the profile's; None: the profile's.
        conversation_id: Of an earlier answer; empty: a new conversation.
        profile: Its kind of work; of a new conversation only.
        model: The one model that shall answer; empty: whichever the profile or the person prefers.
        fresh: Whether an earlier answer to the same must not be given again.

    Raises:
        BabbleError: the question cannot be asked at all. What goes wrong later is told in the answer.
    """
    asked_with = AskedWith(data=_data(context or {}), tools=None if tools is None else tuple(tools))
    if not conversation_id:
        conversation_id = await start_conversation(rt, user_id, profile=profile)
    run = await runs.start(
        rt,
        user_id,
        conversation_id,
        text=message,
        model=model,
        mode="chat",
        asked_with=asked_with,
        fresh=fresh,
    )
    async with aclosing(runs.events(rt, user_id, run.id)) as events:
        async for _ in events:
            pass
    return await _thought(rt, user_id, conversation_id, run.id)


async def start_conversation(rt: Runtime, user_id: str, *, profile: str = "") -> str:
    """Begin an empty conversation and return its id."""
    workspace_id = await _workspace(rt, user_id)
    chat = await chats.create_chat(rt, user_id, workspace_id, profile=profile)
    return chat.id


async def get_conversation_history(
    rt: Runtime, user_id: str, conversation_id: str, *, limit: int = 50
) -> list[Message]:
    """Return the newest messages, the oldest of them first."""
    return await chats.list_messages(rt, user_id, conversation_id, limit=limit)


async def clear_conversation(rt: Runtime, user_id: str, conversation_id: str) -> None:
    """Forget what was said; the conversation can go on under its id."""
    await chats.clear_chat(rt, user_id, conversation_id)


async def get_stats(
    rt: Runtime, user_id: str, *, since: datetime, until: datetime | None = None
) -> UsageStats:
    """Return what the person used."""
    return await usage.get_stats(rt, user_id, since=since, until=until)


def _data(context: Mapping[str, Any]) -> str:
    if not context:
        return ""
    try:
        data = orjson.dumps(dict(context), option=orjson.OPT_INDENT_2)
    except TypeError as error:
        message = "The context must be JSON: texts, numbers, lists and objects."
        raise ValidationFailedError(message, field="context") from error
    if len(data) > MAX_CONTEXT_BYTES:
        message = f"The context is larger than {MAX_CONTEXT_BYTES // 1024} KiB. Send less of it."
        raise ValidationFailedError(message, field="context")
    return data.decode()


async def _workspace(rt: Runtime, user_id: str) -> str:
    async with _making.setdefault(user_id, asyncio.Lock()):
        for workspace in await workspaces.list_workspaces(rt, user_id):
            if workspace.name == WORKSPACE:
                return workspace.id
        return (await workspaces.create_workspace(rt, user_id, WORKSPACE)).id


async def _thought(rt: Runtime, user_id: str, conversation_id: str, run_id: str) -> Thought:
    run = await runs.get_run(rt, user_id, run_id)
    if run.answer_id is None:
        raise NotFoundError("The conversation was deleted.")
    answer = await chats.get_message(rt, user_id, run.answer_id)
    problem = answer.problem
    words = [answer.text, problem.message if problem else ""]
    return Thought(
        response="\n\n".join(part for part in words if part),
        success=answer.status == "done",
        metadata=ThoughtFacts(
            conversation_id=conversation_id,
            message_id=answer.id,
            run_id=run_id,
            model=answer.model,
            why=answer.why,
            cached=answer.cached,
            usage=answer.usage,
            citations=answer.citations,
            error=problem.code if problem else "" if answer.status == "done" else answer.status,
            retryable=problem.retryable if problem else answer.status != "done",
        ),
    )
