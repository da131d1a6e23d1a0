"""Turns a failed test into the next request of a chat, and repeats that until the test passes, five times at the most.

A round that brings nothing new is the last: each costs what a request to the model costs.
The rounds are a task of the server's own; where it stands is kept in memory, as the chat itself keeps what was done.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from babble_app.errors import BabbleError, ConflictError, ValidationFailedError
from babble_app.schemas.agent_tests import TestFix
from babble_app.services import agent_tests, chats, idempotency, proposals, runs, test_runs
from babble_app.store import agent_tests as rows

if TYPE_CHECKING:
    from babble_app.schemas.agent_tests import AgentTest, TestResult
    from babble_app.services.idempotency import KeyedRequest
    from babble_app.services.runtime import Runtime

ROUNDS = 5
MAX_REQUEST_CHARS = 12_000
_MOST_LINES = 60
_NOTHING_NEW = (
    "Stopped: the last round brought no new program (an answer in words, or a program whose test had failed before). "
    "The chat shows what the model said."
)


async def fix_request(rt: Runtime, owner_id: str, test_id: str) -> str:
    """Return what to ask for so that a test passes: what is wrong, both transcripts, and the trace with its lines.

    A replay is run for it; of a live test the newest result is taken.

    Raises:
        ConflictError: the test does not fail; a stale one has to be recorded again, a live one to be run first.
    """
    test = await agent_tests.get_test(rt, owner_id, test_id)
    result = test.last
    if test.kind == "replay":
        text = await _newest_text(rt, owner_id, test.agent_id)
        result = await test_runs.run_on(rt, owner_id, test_id, text=text)
    if result is None:
        raise ConflictError(f"The test “{test.name}” was not run yet. Run it first.")
    _require_failed(test, result)
    return request_text(test.name, result)


async def start_fix(
    rt: Runtime,
    owner_id: str,
    test_id: str,
    chat_id: str,
    *,
    model: str = "",
    keyed: KeyedRequest | None = None,
) -> TestFix:
    """Ask for changes in a chat about the agent until the test passes, and return at once.

    Each round is one of the chat's runs and leaves a version, or a proposal where the chat's changes are reviewed. `model` also runs
    the test itself when it is a live one.

    Raises:
        ConflictError: the test is being fixed already, or the chat is about another agent.
        IdempotencyConflictError: the key came before with another request.
    """
    async with rt.database.reading() as db:
        agent_id = (await rows.get_test(db, owner_id, test_id)).agent_id
    chat = await chats.get_chat(rt, owner_id, chat_id)
    if chat.agent_id != agent_id:
        message = "This chat is not about the test's agent."
        raise ValidationFailedError(message, field="chat_id")

    async def work() -> TestFix:
        if _find(rt, owner_id, test_id).status == "running":
            message = "This test is being fixed already."
            raise ConflictError(message)
        state = TestFix(test_id=test_id, chat_id=chat_id, status="running", of=ROUNDS)
        async with rt.database.unit_of_work() as db:
            await idempotency.keep(db, owner_id, keyed, state)
        task = rt.start_task(_fix(rt, owner_id, state, model), f"fix of {test_id}")
        rt.fixes[owner_id, test_id] = (state, task)
        return state

    return await idempotency.answer_once(rt, owner_id, keyed, TestFix, work)


async def get_fix(rt: Runtime, owner_id: str, test_id: str) -> TestFix:
    """Return where the fixing of a test stands."""
    async with rt.database.reading() as db:
        await rows.get_test(db, owner_id, test_id)
    return _find(rt, owner_id, test_id)


async def stop_fix(rt: Runtime, owner_id: str, test_id: str) -> TestFix:
    """Stop the fixing of a test with the run that is going on, and return how it stands then."""
    state = await get_fix(rt, owner_id, test_id)
    if state.status == "running":
        _, task = rt.fixes[owner_id, test_id]
        task.cancel()
        await asyncio.wait([task])
        state = _find(rt, owner_id, test_id)
        if state.run_ids:
            await runs.stop(rt, owner_id, state.run_ids[-1])
    return state


def request_text(name: str, result: TestResult) -> str:
    """Return a failed test as a request."""
    problems = "\n".join(f"- {problem}" for problem in result.problems)
    text = (
        f"The test “{name}” does not pass. Change the agent so that it passes, and leave everything else as it is.\n\n"
        f"What is wrong:\n{problems}\n\n{_transcripts(result)}\n\n{_trace(result)}"
    )
    return text if len(text) <= MAX_REQUEST_CHARS else f"{text[: MAX_REQUEST_CHARS - 1].rstrip()}…"


def _transcripts(result: TestResult) -> str:
    if not result.comparison:
        return "What happened:\n" + "\n".join(
            f"  {line}" for line in result.transcript[:_MOST_LINES]
        )
    lines: list[str] = []
    for row in result.comparison[:_MOST_LINES]:
        if row.mark == "same":
            lines.append(f"  {row.now}")
        lines += [f"- {row.recorded}"] if row.mark in {"changed", "removed"} else []
        lines += [f"+ {row.now}"] if row.mark in {"changed", "added"} else []
    return "What must happen (-) and what happens now (+):\n" + "\n".join(lines)


def _trace(result: TestResult) -> str:
    shown = [event for event in result.events if event.line is not None][-_MOST_LINES:]
    lines = [
        f"  line {event.line}: {event.type} {event.name or event.text[:200]}".rstrip()
        for event in shown
    ]
    return "The last steps of the program:\n" + "\n".join(lines) if lines else ""


async def _fix(rt: Runtime, owner_id: str, state: TestFix, model: str) -> None:
    def note(**changes: object) -> TestFix:
        _, task = rt.fixes[owner_id, state.test_id]
        changed = rt.fixes[owner_id, state.test_id][0].model_copy(update=changes)
        rt.fixes[owner_id, state.test_id] = (changed, task)
        return changed

    failed: set[str] = set()
    try:
        test = await agent_tests.get_test(rt, owner_id, state.test_id)
        for number in range(1, ROUNDS + 2):
            text = await _newest_text(rt, owner_id, test.agent_id)
            if text in failed:
                raise ConflictError(_NOTHING_NEW)
            result = await test_runs.run_on(rt, owner_id, test.id, text=text, model=model)
            if result.status == "passed":
                done = "The test passed already." if number == 1 else "The test passes."
                note(status="passed", message=done)
                return
            if number > ROUNDS:
                break
            _require_failed(test, result)
            failed.add(text)
            request = request_text(test.name, result)
            run = await runs.start(
                rt, owner_id, state.chat_id, text=request, model=model, mode="build"
            )
            ids = (*rt.fixes[owner_id, state.test_id][0].run_ids, run.id)
            note(round=number, run_ids=ids)
            await _wait_for(rt, owner_id, run.id)
        note(status="failed", message=f"The test does not pass after {ROUNDS} changes.")
    except BabbleError as error:
        note(status="failed", message=str(error))
    except asyncio.CancelledError:
        note(status="stopped", message="Stopped.")
        raise


async def _wait_for(rt: Runtime, owner_id: str, run_id: str) -> None:
    """Wait for a run's end; raises ConflictError when it brought nothing."""
    async with aclosing(runs.events(rt, owner_id, run_id)) as events:
        async for _ in events:
            pass
    run = await runs.get_run(rt, owner_id, run_id)
    if run.status != "done":
        why = run.problem.message if run.problem else f"The run was {run.status}."
        raise ConflictError(why)


async def _newest_text(rt: Runtime, owner_id: str, agent_id: str) -> str:
    """Return the program of the change that waits for the person, else of the newest version."""
    waiting = await proposals.find_pending(rt, owner_id, agent_id)
    return (
        waiting.text
        if waiting
        else (await test_runs.find_program(rt, owner_id, agent_id, None)).text
    )


def _require_failed(test: AgentTest, result: TestResult) -> None:
    if result.status == "passed":
        raise ConflictError(f"The test “{test.name}” passes.")
    if result.status == "stale":
        message = f"The test “{test.name}” is stale: its recording no longer fits the program. Record it again."
        raise ConflictError(message)
    if result.status == "error":
        why = result.problems[0] if result.problems else ""
        raise ConflictError(f"The test “{test.name}” could not be run. {why}".strip())


def _find(rt: Runtime, owner_id: str, test_id: str) -> TestFix:
    found = rt.fixes.get((owner_id, test_id))
    return found[0] if found else TestFix(test_id=test_id)
