"""Stores what a run said, and shows it when it is stored; and stores its end, whatever happens."""

from __future__ import annotations

import asyncio
from logging import getLogger
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from babble_app.errors import (
    AgentNotValidError,
    BabbleError,
    DatabaseUnavailableError,
    NotFoundError,
)
from babble_app.schemas.events import RunFailed
from babble_app.services.run_endings import Ending, ending_operations, event_operations, last_event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.events import NumberedEvent
    from babble_app.services.answers import Answer
    from babble_app.services.run_driver import Job
    from babble_app.services.run_log import RunLog
    from babble_app.services.runtime import Runtime
    from babble_app.store.writer import Operation

logger = getLogger(__name__)

STORE_RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Waits between tries to store a run's end while the database is away."""


async def store(rt: Runtime, run_id: str, batch: Sequence[NumberedEvent]) -> None:
    """Make the events durable, then hand them to the readers; raises NotFoundError when the chat is gone."""
    try:
        await rt.writer.write(event_operations(run_id, batch))
    except IntegrityError as error:
        message = "The chat was deleted."
        raise NotFoundError(message) from error
    rt.runs.broker.publish(run_id, batch)


async def finish(rt: Runtime, job: Job, log: RunLog, answer: Answer, ending: Ending) -> None:
    """Store the answer, the run's state and its last events in one transaction, then show the events."""
    left: list[NumberedEvent] = []
    try:
        left = await log.close()
    except BabbleError as error:
        ending = "failed"
        note_problem(answer, error)
    last = log.number([last_event(job, answer, ending)])
    answer.add(last[0].event)
    shown = last
    try:
        operations = ending_operations(job, answer, ending, last)
        await _write_patiently(rt, [*event_operations(job.run_id, left), *operations])
        shown = [*left, *last]
    except IntegrityError:
        logger.info("run %s ended after its chat was deleted", job.run_id)
    except BabbleError:
        logger.exception("the end of run %s could not be stored", job.run_id)
    finally:
        # Readers must come to an end even when the database is gone; `recover` stores the end at the next start.
        rt.runs.broker.publish(job.run_id, shown)
        rt.runs.broker.close(job.run_id)
        if job.visit is not None:
            rt.visit_feed.tell(job.chat_id, job.visit.app.id)


async def _write_patiently(rt: Runtime, operations: list[Operation]) -> None:
    for wait in STORE_RETRY_SECONDS:
        try:
            return await rt.writer.write(operations)
        except DatabaseUnavailableError:
            logger.warning("the end of a run could not be stored; trying again in %s s", wait)
            await asyncio.sleep(wait)
    return await rt.writer.write(operations)


async def drop(rt: Runtime, job: Job, log: RunLog) -> None:
    """End a run whose question could not be stored: nothing of it is."""
    try:
        await log.close()
    except BabbleError as error:
        logger.info("run %s was never stored: %s", job.run_id, error)
    finally:
        rt.runs.broker.close(job.run_id)


def note_problem(answer: Answer, error: BabbleError) -> None:
    """Put what went wrong into the answer."""
    answer.add(RunFailed(code=error.code, message=str(error), retryable=error.retryable))
    if isinstance(error, AgentNotValidError):
        answer.raw = error.raw
