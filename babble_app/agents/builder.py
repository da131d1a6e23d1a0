"""Writes a new program from a description: answer, check, and on errors the same again with the findings, 5 rounds at most."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.agents import naming
from babble_app.agents.agent import Agent
from babble_app.agents.context import files_message, images_for
from babble_app.agents.fences import BARE_PROGRAM
from babble_app.agents.findings import blocking, find_no_program, render_findings
from babble_app.agents.prompt_texts import render
from babble_app.agents.writing import Writing
from babble_app.based.checker import check
from babble_app.based.fixes import apply_fixes
from babble_app.based.guide import guide_text
from babble_app.errors import AgentNotValidError
from babble_app.schemas.events import Attempt, StateChanged, TextDelta, VersionProposed
from babble_app.schemas.models import ModelMessage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from babble_app.agents.request import AgentRequest
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.events import AgentEvent
    from babble_app.schemas.findings import Finding

ROUNDS = 5
MAX_DECLINED = 2
"""After so many answers in a row that are words only, the model has asked back or refused: its words stand."""


async def run(model: ModelClient, request: AgentRequest) -> AsyncGenerator[AgentEvent, None]:
    """Yield the making of a program, and at the end its proposal; none when the model answers in words only.

    Raises:
        AgentNotValidError: after all rounds there is no valid program; `raw` is the last answer.
    """
    messages = _opening(model, request)
    findings: tuple[Finding, ...] = ()
    answer, said, declined = "", "", 0
    for number in range(1, ROUNDS + 1):
        yield Attempt(n=number, of=ROUNDS, findings=findings)
        yield StateChanged(name="building")
        writing = Writing(BARE_PROGRAM, aloud=number == 1)
        async with aclosing(writing.stream(model, messages, "build")) as events:
            async for event in events:
                yield event
        said = writing.prose if number == 1 else said
        yield StateChanged(name="checking")
        draft = await asyncio.to_thread(_check, writing)
        findings = draft.findings
        if not blocking(findings):
            proposal = _proposal(request, writing, said, draft, number)
            yield proposal
            if draft.fixed:
                yield TextDelta(text=_told(draft.fixed))
            if not said.strip():
                yield TextDelta(
                    text=f"I wrote the agent **{proposal.name}**. Try it in the test pane."
                )
            return
        declined = declined + 1 if writing.is_prose else 0
        if declined == MAX_DECLINED:
            yield TextDelta(text="\n\n*No program was written: the model answered in words only.*")
            return
        repeated = number > 1 and writing.text == answer
        messages += _repair(writing, findings, number + 1, repeated=repeated)
        answer = writing.text
    worst = blocking(findings)[0]
    message = f"After {ROUNDS} attempts the program still had an error in line {worst.line}: {worst.message}"
    raise AgentNotValidError(message, raw=answer)


def _opening(model: ModelClient, request: AgentRequest) -> list[ModelMessage]:
    system = render("builder", today=request.today.isoformat(), guide=guide_text())
    return [
        ModelMessage(role="system", text=system),
        *request.history,
        *files_message(request, model),
        ModelMessage(role="user", text=request.text, images=images_for(request, model)),
    ]


@dataclass(frozen=True)
class _Draft:
    """A program as it came, or with all that was wrong with it put right mechanically."""

    code: str
    findings: tuple[Finding, ...]
    fixed: tuple[Finding, ...] = ()


def _check(writing: Writing) -> _Draft:
    missing = find_no_program(writing.text, writing.code, cut_off=writing.turn.cut_off)
    if missing:
        return _Draft(writing.code, (missing,))
    findings = check(writing.code).findings
    if blocking(findings):
        code, fixed = apply_fixes(writing.code)
        left = check(code).findings
        if fixed and not blocking(left):
            return _Draft(code, left, fixed)
    return _Draft(writing.code, findings)


def _told(fixed: tuple[Finding, ...]) -> str:
    """Say what was put right in the program that the model wrote."""
    told = "; ".join(dict.fromkeys(f"line {one.line}: {one.message}" for one in fixed))
    return f"\n\n*Put right in the program: {told}*"


def _repair(
    writing: Writing, findings: tuple[Finding, ...], number: int, *, repeated: bool
) -> list[ModelMessage]:
    """Return the model's own answer and what was wrong with it."""
    again = "You sent the same answer again. " if repeated else ""
    if find_no_program(writing.text, writing.code, cut_off=writing.turn.cut_off):
        problem = again + findings[0].message
        text = render("no_program", round=number, of=ROUNDS, problem=problem)
    else:
        listed = render_findings(blocking(findings))
        text = render("repair", round=number, of=ROUNDS, repeated=again, findings=listed)
    return [
        ModelMessage(role="assistant", text=writing.text or "(nothing)"),
        ModelMessage(role="user", text=text),
    ]


def _proposal(
    request: AgentRequest,
    writing: Writing,
    said: str,
    draft: _Draft,
    rounds: int,
) -> VersionProposed:
    name = naming.agent_name(draft.code, request.text)
    return VersionProposed(
        kind="create",
        program=draft.code,
        name=name,
        summary=naming.first_sentence(said) or f"Wrote {name}.",
        findings=draft.findings,
        rounds=rounds,
        raw=writing.text,
    )


AGENT = Agent(name="build", run=run)
