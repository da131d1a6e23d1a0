"""Drives one run: takes its turn, produces its events, and stores its end whatever happens."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field, replace
from functools import partial
from logging import getLogger
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from babble_app.agents import orchestrator
from babble_app.errors import (
    BabbleError,
    ModelAnswerInvalidError,
    ModelTimeoutError,
)
from babble_app.schemas.calls import CallScope
from babble_app.schemas.chats import AskedWith
from babble_app.schemas.events import (
    FileMade,
    ProgramMoved,
    RunStarted,
    UsageCounted,
    VersionProposed,
)
from babble_app.services import (
    app_tools,
    credentials,
    made_files,
    models,
    run_context,
    run_results,
    visit_turns,
)
from babble_app.services.answers import Answer
from babble_app.services.run_log import RunLog
from babble_app.services.run_storing import drop, finish, note_problem, store
from babble_app.store.tables.base import new_id

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

    from babble_app.agents.request import AgentRequest
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.events import AgentEvent, Mode, RunEvent
    from babble_app.services.run_endings import Ending
    from babble_app.services.runtime import Runtime
    from babble_app.services.visit_turns import VisitTurn

logger = getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """What a run is about."""

    owner_id: str
    chat_id: str
    question_id: str
    text: str
    model: str
    mode: Mode
    defaults: tuple[str, ...] = ()
    """`model` and those that stand in for it, where nobody chose it; empty: no other one answers."""
    asked_with: AskedWith = field(default_factory=AskedWith)
    fresh: bool = False
    """Whether an answer of before must not be given again."""
    visit: VisitTurn | None = None
    """What is known besides when a visitor of an app asks."""
    hurried: bool = True
    """Whether whoever asks reads the answer as it comes."""
    run_id: str = field(default_factory=partial(new_id, "run"))
    answer_id: str = field(default_factory=partial(new_id, "msg"))


class _NeverStoredError(Exception):
    """The question could not be stored, which whoever asked is told."""


async def supervise(
    rt: Runtime, job: Job, found: run_context.Found | None, storing: asyncio.Future[None]
) -> None:
    """Take the chat's turn, produce the answer, and store its end whatever happens.

    What was found for it counts if the turn is its own at once; who waits in line looks again, and keeps nothing meanwhile.
    No model is asked before `storing`, the question's, is done; if that fails, there is no run.
    """
    current = found if found is not None and found.is_current else None
    del found
    answer = Answer(model=job.model)
    log = RunLog(partial(store, rt, job.run_id), hurried=job.hurried)
    ending: Ending = "done"
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(rt.runs.turn(job.chat_id).take())
            await _drive(rt, job, current, storing, log, answer)
        except _NeverStoredError:
            await drop(rt, job, log)
            return
        except BabbleError as error:
            ending = "failed"
            note_problem(answer, error)
        except asyncio.CancelledError:
            ending = "interrupted" if rt.runs.closing else "stopped"
        except Exception:
            logger.exception("run %s failed", job.run_id)
            ending = "failed"
            note_problem(answer, BabbleError("Something went wrong on the server. Try again."))
        # A task of its own: a second Stop must not cut the storing of the first one's partial answer.
        finishing = asyncio.create_task(finish(rt, job, log, answer, ending))
        while not finishing.done():
            try:
                await asyncio.shield(finishing)
            except asyncio.CancelledError:
                logger.info("run %s is already ending", job.run_id)


async def _drive(
    rt: Runtime,
    job: Job,
    found: run_context.Found | None,
    storing: asyncio.Future[None],
    log: RunLog,
    answer: Answer,
) -> None:
    """Produce the run's events to the end."""
    started = RunStarted(
        run_id=job.run_id,
        chat_id=job.chat_id,
        message_id=job.question_id,
        model=job.model,
        mode=job.mode,
    )
    log.append(started)
    answer.add(started)
    try:
        async with asyncio.timeout(rt.settings.run_timeout_seconds):
            if found is None:
                await _until_stored(storing)
                found = await run_context.find(rt, job.owner_id, job.chat_id)
            context = await _gather(rt, job, found)
            request = await made_files.with_media(rt, job, context.request, context.workspace_id)
            answer.model = request.media.name if request.media else job.model
            model = await _open(rt, job, context, found)
            await _until_stored(storing)
            async with aclosing(_produce(rt, job, model, request)) as produced:
                async for event in produced:
                    await _take(rt, job, context, log, answer, event)
    except TimeoutError as error:
        message = "This took too long and was ended. What had arrived is kept."
        raise ModelTimeoutError(message) from error


async def _until_stored(storing: asyncio.Future[None]) -> None:
    try:
        await asyncio.shield(storing)
    except (BabbleError, DBAPIError) as error:
        raise _NeverStoredError from error


async def _gather(rt: Runtime, job: Job, found: run_context.Found) -> run_context.Context:
    context = await run_context.gather(
        rt,
        job.owner_id,
        found,
        question_id=job.question_id,
        text=job.text,
        mode=job.mode,
        asked_with=job.asked_with,
    )
    if job.visit is None:
        return context
    return run_context.for_app(
        context, job.visit.app, app_tools.open_tools(rt, job.owner_id, job.chat_id, job.visit)
    )


def _produce(
    rt: Runtime, job: Job, model: ModelClient, request: AgentRequest
) -> AsyncGenerator[AgentEvent, None]:
    if job.visit is not None and job.visit.version_id is not None:
        text = None if job.visit.opening else job.text
        return visit_turns.run(
            rt,
            job.owner_id,
            job.chat_id,
            job.visit,
            text,
            model,
            request.outside,
            request.files,
        )
    return orchestrator.run(model, request)


async def _open(
    rt: Runtime, job: Job, context: run_context.Context, found: run_context.Found
) -> ModelClient:
    """Open the models that may answer: the chosen one, else those of the chat's profile, else the person's."""
    profile = context.request.profile
    route = await models.route_for(
        rt,
        job.owner_id,
        "" if job.defaults else job.model,
        profile,
        defaults=job.defaults,
        credentials=credentials.opened(rt, found.keys),
    )
    scope = CallScope(
        owner_id=job.owner_id,
        workspace_id=context.workspace_id,
        chat_id=job.chat_id,
        run_id=job.run_id,
        agent_id=_agent_id(job, context),
        app_id=job.visit.app.id if job.visit else "",
        token_id=job.visit.token_id if job.visit else "",
        profile=profile.id if profile else "",
        basis=context.basis,
    )
    minutes = profile.cache_minutes if profile else None
    return models.open_route(rt, route, scope, cache_minutes=minutes, fresh=job.fresh)


def _agent_id(job: Job, context: run_context.Context) -> str:
    return (job.visit.app.agent_id if job.visit else context.agent_id) or ""


async def _take(
    rt: Runtime,
    job: Job,
    context: run_context.Context,
    log: RunLog,
    answer: Answer,
    event: AgentEvent,
) -> None:
    """Put one of the agent's events into the log; proposals, files and figures become stored facts first."""
    match event:
        case UsageCounted():
            answer.count(event)
            return
        case ProgramMoved():
            answer.moved = event
            return
        case VersionProposed():
            written = replace(job, model=answer.model)
            await _keep(run_results.keep_result(rt, written, context, event), log, answer)
        case FileMade():
            await _keep(made_files.keep_file(rt, job, event), log, answer)
        case _:
            _note(answer, log, event)
    if answer.size_chars > rt.settings.max_run_chars:
        message = (
            "The model wrote more than is allowed here and was stopped. What had arrived is kept."
        )
        raise ModelAnswerInvalidError(message)


async def _keep(storing: Coroutine[Any, Any, RunEvent], log: RunLog, answer: Answer) -> None:
    keeping = asyncio.create_task(storing)
    try:
        await asyncio.shield(keeping)
    finally:
        # A run that is stopped now ends when what is being stored is stored, and has said so.
        _note(answer, log, await keeping)


def _note(answer: Answer, log: RunLog, event: RunEvent) -> None:
    answer.add(event)
    log.append(event)
