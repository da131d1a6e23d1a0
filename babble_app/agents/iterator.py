"""Changes a program: hunks, applied and checked, 5 rounds at most; the ladder is in `revision.py`."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from babble_app.agents import naming
from babble_app.agents.agent import Agent
from babble_app.agents.builder import MAX_DECLINED
from babble_app.agents.context import files_message, images_for
from babble_app.agents.fences import BARE_DIFF
from babble_app.agents.prompt_texts import render
from babble_app.agents.revision import LADDER, Outcome, Revision, program_message
from babble_app.agents.writing import Writing
from babble_app.based.guide import guide_text
from babble_app.diffs.compare import compare
from babble_app.errors import AgentNotValidError
from babble_app.schemas.events import (
    Attempt,
    ProgramDelta,
    StateChanged,
    TextDelta,
    VersionProposed,
)
from babble_app.schemas.findings import Finding
from babble_app.schemas.models import ModelMessage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from babble_app.agents.request import AgentRequest
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.events import AgentEvent

ROUNDS = len(LADDER)


async def run(model: ModelClient, request: AgentRequest) -> AsyncGenerator[AgentEvent, None]:
    """Yield the changing of the request's program, and at the end its proposal; none when the model sends words only.

    Raises:
        AgentNotValidError: no round brought a valid change; `raw` is the last answer.
    """
    messages = _opening(model, request)
    revision = Revision(request.program or "", request.text)
    outcome, answer, said, declined = Outcome(None, ()), "", "", 0
    for number in range(1, ROUNDS + 1):
        yield Attempt(n=number, of=ROUNDS, findings=outcome.findings)
        yield StateChanged(name="changing")
        writing = Writing(BARE_DIFF, aloud=number == 1)
        async with aclosing(writing.stream(model, messages, "change")) as events:
            async for event in events:
                if not isinstance(event, ProgramDelta):  # a diff, which is not for the reader
                    yield event
        said, answer = writing.prose if number == 1 else said, writing.text
        yield StateChanged(name="checking")
        outcome = await asyncio.to_thread(revision.take, answer, cut_off=writing.turn.cut_off)
        if outcome.program is not None:
            proposal = _proposal(request, outcome, said, number, answer)
            yield ProgramDelta(text=proposal.program)
            yield proposal
            if not said.strip():
                yield TextDelta(text=proposal.summary)
            return
        declined = declined + 1 if writing.is_prose else 0
        if declined == MAX_DECLINED:
            yield TextDelta(text="\n\n*Nothing was changed: the model answered in words only.*")
            return
        if number < ROUNDS:
            messages += _next(revision, answer, number + 1)
    raise AgentNotValidError(_reason(outcome.blocking), raw=answer)


def _opening(model: ModelClient, request: AgentRequest) -> list[ModelMessage]:
    system = render("iterator", today=request.today.isoformat(), guide=guide_text())
    program = program_message(request.program or "", edited_by_hand=request.edited_by_hand)
    return [
        ModelMessage(role="system", text=system),
        *request.history,
        *files_message(request, model),
        ModelMessage(role="user", text=program),
        ModelMessage(role="user", text=request.text, images=images_for(request, model)),
    ]


def _next(revision: Revision, answer: str, number: int) -> list[ModelMessage]:
    """Return the model's own answer and what the next round shall bring."""
    return [
        ModelMessage(role="assistant", text=answer or "(nothing)"),
        *(ModelMessage(role="user", text=text) for text in revision.next_prompts(number, ROUNDS)),
    ]


def _proposal(
    request: AgentRequest, outcome: Outcome, said: str, rounds: int, answer: str
) -> VersionProposed:
    program = outcome.program or ""
    return VersionProposed(
        kind="edit",
        program=program,
        name=request.agent_name or "",
        summary=naming.first_sentence(said) or _counts(request.program or "", program),
        findings=outcome.findings,
        rounds=rounds,
        raw=answer,
    )


def _counts(old: str, new: str) -> str:
    diff = compare(old, new)
    return f"Changed the agent: {diff.added} lines added, {diff.removed} removed."


def _reason(findings: tuple[Finding, ...]) -> str:
    why = f": {findings[0].message}" if findings else "."
    return f"After {ROUNDS} attempts the change could not be made{why} The agent is as it was."


AGENT = Agent(name="change", run=run)
