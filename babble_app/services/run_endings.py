"""What one transaction must write of a run's events, and how a run ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from babble_app.errors import RunInterruptedError
from babble_app.schemas.events import MessageDone, RunFailed, RunStarted, RunStopped
from babble_app.services.told import digest_on
from babble_app.services.visit_turns import TRANSFERRED
from babble_app.store import recalled as recalled_rows
from babble_app.store import runs as rows
from babble_app.store import visits as visit_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.chats import RunStatus
    from babble_app.schemas.events import NumberedEvent
    from babble_app.services.answers import Answer
    from babble_app.services.run_driver import Job
    from babble_app.services.visit_turns import VisitTurn

Ending = Literal["done", "failed", "stopped", "interrupted"]


def last_event(job: Job, answer: Answer, ending: Ending) -> MessageDone | RunFailed | RunStopped:
    """Return what tells every reader that nothing more comes."""
    if ending == "done":
        return MessageDone(
            message_id=job.answer_id,
            text=answer.text,
            usage=answer.usage,
            model=answer.model,
            why=answer.why,
            cached=answer.cached,
        )
    if ending == "stopped":
        return RunStopped()
    if answer.problem is None:
        error = RunInterruptedError(
            "The server was stopped while this was being written. Run it again."
        )
        return RunFailed(code=error.code, message=str(error), retryable=True)
    return RunFailed(**answer.problem.model_dump())


def event_operations(run_id: str, events: Sequence[NumberedEvent]) -> list[rows.Operation]:
    """Return what one transaction must write before readers see the events; the first one says that the run goes on."""
    operations = [rows.add_events(run_id, events)] if events else []
    if events and isinstance(events[0].event, RunStarted):
        operations.append(rows.mark_running(run_id))
    return operations


def ending_operations(
    job: Job, answer: Answer, ending: RunStatus, last: Sequence[NumberedEvent]
) -> list[rows.Operation]:
    """Return what one transaction must write when a run ends: last events, answer, state."""
    message = rows.add_message(
        job.answer_id,
        job.owner_id,
        job.chat_id,
        run_id=job.run_id,
        role="assistant",
        text=answer.text,
        status=ending,
        model=answer.model,
        details=answer.details(),
    )
    # A program that waits for its visitor right away has said nothing.
    is_silent = job.visit is not None and job.visit.opening and not answer.text
    return [
        rows.add_events(job.run_id, last),
        *([] if is_silent else [message]),
        *rows.mark_ended(
            job.run_id, job.chat_id, status=ending, answer_id=job.answer_id, problem=answer.problem
        ),
        *_visit_operations(job, answer, ending),
    ]


def _visit_operations(job: Job, answer: Answer, ending: RunStatus) -> list[rows.Operation]:
    """Return what moves a visitor's conversation on: the program by a whole turn, or not at all."""
    if job.visit is None:
        return []
    moved = answer.moved
    found_again = _recalled_turn(job, job.visit, answer) if ending == "done" else []
    if moved is None or ending != "done":
        return [visit_rows.touch_visit(job.chat_id), *found_again]
    asks_human = moved.status == TRANSFERRED
    moving = visit_rows.move_visit(
        job.chat_id, log=moved.log, status=moved.status, asks_human=asks_human
    )
    return [moving, *found_again]


def _recalled_turn(job: Job, visit: VisitTurn, answer: Answer) -> list[rows.Operation]:
    """Return what lets a caller without a session go on from this answer."""
    if not visit.told_digest:
        return []
    return [
        recalled_rows.add_turn(
            digest_on(visit.told_digest, "assistant", answer.text),
            job.owner_id,
            visit.app.id,
            chat_id=job.chat_id,
            run_id=job.run_id,
            log_size=len(answer.moved.log) if answer.moved else 0,
        )
    ]
