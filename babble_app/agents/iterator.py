"""Changes a program: hunks, applied and checked, 5 rounds at most; the ladder is in `revision.py`."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from babble_app.agents import naming
from babble_app.agents.builder import MAX_DECLINED
from babble_app.agents.context import files_message, images_for
from babble_app.agents.fences import BARE_DIFF, FenceSplitter, is_prose
from babble_app.agents.prompt_texts import render
from babble_app.agents.revision import LADDER, Outcome, Revision, program_message
from babble_app.agents.turn import Turn
from babble_app.based.guide import guide_text
from babble_app.diffs.compare import compare
from babble_app.errors import AgentNotValidError
from babble_app.schemas.events import (
    Attempt,
    ProgramDelta,
    ReasoningDelta,
    StateChanged,
    TextDelta,
    UsageCounted,
    VersionProposed,
)
from babble_app.schemas.findings import Finding
from babble_app.schemas.models import ModelMessage, ModelRequest, ReasoningPart, TextPart

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
    program = request.program or ""
    messages = await _opening(model, request, program)
    revision = Revision(program, request.text)
    said: list[str] = []
    outcome, turn, declined = Outcome(None, ()), Turn(), 0
    for number in range(1, ROUNDS + 1):
        yield Attempt(n=number, of=ROUNDS, findings=outcome.findings)
        yield StateChanged(name="changing")
        turn = Turn()
        async with aclosing(_answer(model, messages, turn)) as events:
            async for event in events:
                if not isinstance(event, TextDelta):
                    yield event
                elif number == 1:
                    said.append(event.text)
                    yield event
        yield StateChanged(name="checking")
        outcome = await asyncio.to_thread(revision.take, turn.text, cut_off=turn.cut_off)
        if outcome.program is not None:
            proposal = _proposal(request, outcome, "".join(said), number, turn)
            yield ProgramDelta(text=proposal.program)
            yield proposal
            if not "".join(said).strip():
                yield TextDelta(text=proposal.summary)
            return
        declined = declined + 1 if is_prose(turn.text, BARE_DIFF) else 0
        if declined == MAX_DECLINED:
            yield TextDelta(text="\n\n*Nothing was changed: the model answered in words only.*")
            return
        if number < ROUNDS:
            messages += _next(revision, turn, number + 1)
    raise AgentNotValidError(_reason(outcome.findings), raw=turn.text)


async def _opening(model: ModelClient, request: AgentRequest, program: str) -> list[ModelMessage]:
    system = render("iterator", today=request.today.isoformat(), guide=guide_text())
    return [
        ModelMessage(role="system", text=system),
        *request.history,
        *await files_message(request.files, request.text, model),
        ModelMessage(role="user", text=program_message(program)),
        ModelMessage(role="user", text=request.text, images=images_for(request.files, model)),
    ]


async def _answer(
    model: ModelClient, messages: list[ModelMessage], turn: Turn
) -> AsyncGenerator[AgentEvent, None]:
    """Yield the answer's prose; the diff in its fence is not for the reader."""
    splitter = FenceSplitter(bare=BARE_DIFF)
    request = ModelRequest(messages=tuple(messages), task="change")
    async with aclosing(turn.stream(model, request)) as parts:
        async for part in parts:
            if isinstance(part, ReasoningPart):
                yield ReasoningDelta(text=part.text)
            elif isinstance(part, TextPart):
                for kind, text in splitter.feed(part.text):
                    if kind == "prose":
                        yield TextDelta(text=text)
    for kind, text in splitter.finish():
        if kind == "prose":
            yield TextDelta(text=text)
    yield UsageCounted(usage=turn.usage)


def _next(revision: Revision, turn: Turn, number: int) -> list[ModelMessage]:
    """Return the model's own answer and what the next round shall bring."""
    return [
        ModelMessage(role="assistant", text=turn.text or "(nothing)"),
        *(ModelMessage(role="user", text=text) for text in revision.next_prompts(number, ROUNDS)),
    ]


def _proposal(
    request: AgentRequest, outcome: Outcome, said: str, rounds: int, turn: Turn
) -> VersionProposed:
    program = outcome.program or ""
    return VersionProposed(
        kind="edit",
        program=program,
        name=request.agent_name or "",
        summary=naming.first_sentence(said) or _counts(request.program or "", program),
        findings=outcome.findings,
        rounds=rounds,
        raw=turn.text,
    )


def _counts(old: str, new: str) -> str:
    diff = compare(old, new)
    return f"Changed the agent: {diff.added} lines added, {diff.removed} removed."


def _reason(findings: tuple[Finding, ...]) -> str:
    worst = next((finding for finding in findings if finding.severity == "error"), None)
    why = f": {worst.message}" if worst else "."
    return f"After {ROUNDS} attempts the change could not be made{why} The agent is as it was."
