"""The run engine: a question becomes a task of the server's own, whose events are stored, then shown to every reader.

Pages reload, sockets drop, API clients go away: the run goes on. Stop cancels the provider's request and keeps what had arrived;
a crash leaves the log, from which `recover` makes the answer at the next start.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from babble_app.errors import (
    ConflictError,
    NotFoundError,
    RunInterruptedError,
    ValidationFailedError,
)
from babble_app.schemas.chats import AskedWith, Run
from babble_app.schemas.events import RunFailed
from babble_app.services import chats, idempotency, limits, models, run_context
from babble_app.services.answers import Answer
from babble_app.services.run_driver import Job, supervise
from babble_app.services.run_endings import ending_operations
from babble_app.services.run_log import number_from
from babble_app.store import runs as rows
from babble_app.store.tables.base import new_id, now

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from babble_app.schemas.events import Mode, NumberedEvent
    from babble_app.services.idempotency import KeyedRequest
    from babble_app.services.run_context import Found
    from babble_app.services.runtime import Runtime
    from babble_app.store.writer import Operation

MAX_TEXT_CHARS = 32_000
VOID = frozenset[str]({"failed", "stopped", "interrupted"})
"""How a run stands that came to nothing."""


async def start(
    rt: Runtime,
    owner_id: str,
    chat_id: str,
    *,
    text: str,
    model: str = "",
    mode: Mode = "auto",
    asked_with: AskedWith | None = None,
    fresh: bool = False,
    keyed: KeyedRequest | None = None,
) -> Run:
    """Store the question and start its run; it waits in line while another run of the chat is live.

    A `fresh` answer is made now, whatever was answered before to the same.

    Raises:
        ValidationFailedError: the text is empty or too long.
        IdempotencyConflictError: the key came before with another request.
    """
    _check_text(text)
    found = await run_context.find(rt, owner_id, chat_id)

    async def work() -> Run:
        await limits.hit(rt, "send", owner_id)
        chosen = model or found.chat.model
        defaults = tuple[str, ...]()
        if not chosen:
            defaults = await models.defaults_among(rt, found.chosen, found.keys)
        job = Job(
            owner_id=owner_id,
            chat_id=chat_id,
            question_id=new_id("msg"),
            text=text,
            model=chosen or defaults[0],
            mode=mode,
            defaults=defaults,
            asked_with=asked_with or AskedWith(),
            fresh=fresh,
        )
        question = rows.add_message(
            job.question_id,
            owner_id,
            chat_id,
            run_id=job.run_id,
            role="user",
            text=text,
            details={"asked_with": asked_with.model_dump(mode="json")} if asked_with else None,
        )
        naming = [] if found.chat.title else chats.naming(owner_id, chat_id, text)
        return await launch(rt, job, found, keyed, question, *naming)

    return await idempotency.answer_once(rt, owner_id, keyed, Run, work)


async def run_again(
    rt: Runtime, owner_id: str, run_id: str, *, keyed: KeyedRequest | None = None
) -> Run:
    """Ask the same question once more, after a run that did not come to its end.

    Raises:
        ConflictError: the run is still going on, or its answer is complete.
        IdempotencyConflictError: the key came before with another request.
    """
    run = await get_run(rt, owner_id, run_id)

    async def work() -> Run:
        if run.status in {"queued", "running", "done"}:
            message = "Only an answer that failed, was stopped or was interrupted can be run again."
            raise ConflictError(message)
        await limits.hit(rt, "send", owner_id)
        question = await chats.get_message(rt, owner_id, run.question_id)
        found = await run_context.find(rt, owner_id, run.chat_id)
        defaults = await models.defaults_among(rt, found.chosen, found.keys)
        was_chosen = bool(found.chat.model) or run.model != defaults[0]
        job = Job(
            owner_id=owner_id,
            chat_id=run.chat_id,
            question_id=question.id,
            text=question.text,
            model=run.model,
            mode=run.mode,
            defaults=() if was_chosen else defaults,
            asked_with=question.asked_with or AskedWith(),
            fresh=True,
        )
        return await launch(rt, job, found, keyed)

    return await idempotency.answer_once(rt, owner_id, keyed, Run, work)


async def get_run(rt: Runtime, owner_id: str, run_id: str) -> Run:
    """Return the run's state."""
    async with rt.database.reading() as db:
        return rows.run_shape(await rows.get_run(db, owner_id, run_id))


async def came_to_nothing(rt: Runtime, owner_id: str, run: Run) -> bool:
    """Say whether the run, as it stands now, failed, was stopped or interrupted, or is gone with its conversation."""
    try:
        status = (await get_run(rt, owner_id, run.id)).status
    except NotFoundError:
        return True
    return status in VOID


async def list_active_runs(rt: Runtime, owner_id: str, chat_id: str) -> list[Run]:
    """Return the chat's queued and running runs, the oldest first."""
    async with rt.database.reading() as db:
        return [rows.run_shape(row) for row in await rows.list_active(db, owner_id, chat_id)]


async def stop(rt: Runtime, owner_id: str, run_id: str) -> Run:
    """Cancel the run, keep what had arrived, and return its state then; an ended run is left as it is."""
    await get_run(rt, owner_id, run_id)
    await rt.runs.cancel(run_id)
    return await get_run(rt, owner_id, run_id)


async def events(
    rt: Runtime, owner_id: str, run_id: str, after: int = 0
) -> AsyncGenerator[NumberedEvent, None]:
    """Yield the run's events numbered above `after`, then new ones as they come, until its last event."""
    live = rt.runs.broker.follow(owner_id, run_id, after)
    if live is None:
        await get_run(rt, owner_id, run_id)
        async with rt.database.reading() as db:
            stored = await rows.list_events(db, owner_id, run_id, after)
        for event in stored:
            yield event
        return
    async with aclosing(live):
        async for event in live:
            yield event


async def recover(rt: Runtime) -> int:
    """End the runs that a crash left open: keep each partial answer once, marked interrupted. Return how many."""
    async with rt.database.reading() as db:
        left = await rows.list_left_open(db)
    error = RunInterruptedError("The server stopped while this was being written. Run it again.")
    for row in left:
        async with rt.database.reading() as db:
            stored = await rows.list_events(db, row.owner_id, row.id, 0)
        answer = Answer(model=row.model)
        for item in stored:
            answer.add(item.event)
        failed = RunFailed(code=error.code, message=str(error), retryable=True)
        answer.add(failed)
        last = number_from(len(stored), [failed])
        job = Job(
            owner_id=row.owner_id,
            chat_id=row.chat_id,
            question_id=row.question_id,
            text="",
            model=row.model,
            mode="auto",
            run_id=row.id,
        )
        await rt.writer.write(ending_operations(job, answer, "interrupted", last))
    return len(left)


def _check_text(text: str) -> None:
    if not text.strip():
        message = "Write a message first."
        raise ValidationFailedError(message, field="text")
    if len(text) > MAX_TEXT_CHARS:
        message = (
            f"The message has {len(text):,} characters; {MAX_TEXT_CHARS:,} is the most. "
            "Put long text into a file of the workspace."
        )
        raise ValidationFailedError(message, field="text")


async def launch(
    rt: Runtime,
    job: Job,
    found: Found | None,
    keyed: KeyedRequest | None,
    *further: Operation,
    first: Sequence[Operation] = (),
) -> Run:
    """Let the run go, and return when it is stored with all that belongs to it (`first`: what it cannot be stored without).

    `found` is what the chat holds before; None: the run reads it when its turn comes.
    """
    run = Run(
        id=job.run_id,
        chat_id=job.chat_id,
        question_id=job.question_id,
        status="queued",
        mode=job.mode,
        model=job.model,
        created_at=now(),
    )
    stored = rows.add_run(
        run.id,
        job.owner_id,
        run.chat_id,
        question_id=run.question_id,
        model=run.model,
        mode=run.mode,
    )
    answer = idempotency.answered(job.owner_id, keyed, run)
    storing = rt.writer.enqueue([*first, *stored, *further, *answer])
    rt.runs.broker.open(job.owner_id, run.id)
    # While the question is being stored, the run gathers what the model is given; it asks no model before.
    rt.runs.launch(run.id, supervise(rt, job, found, storing))
    try:
        await asyncio.shield(storing)
    except IntegrityError:
        # The chat was deleted meanwhile: it is not found now.
        await chats.get_chat(rt, job.owner_id, job.chat_id)
        raise
    return run
