"""Writes a new program from a description: answer, check, and on errors the same again with the findings, 5 rounds at most."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from babble_app.agents import naming
from babble_app.agents.context import files_message, images_for
from babble_app.agents.fences import BARE_PROGRAM, FenceSplitter, is_prose
from babble_app.agents.findings import blocking, no_program, render_findings
from babble_app.agents.prompt_texts import render
from babble_app.agents.turn import Turn
from babble_app.based.checker import check
from babble_app.based.guide import guide_text
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
from babble_app.schemas.models import ModelMessage, ModelRequest, ReasoningPart, TextPart

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from babble_app.agents.fences import Part
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
    messages = await _opening(model, request)
    said: list[str] = []
    findings: tuple[Finding, ...] = ()
    turn, declined = Turn(), 0
    for number in range(1, ROUNDS + 1):
        yield Attempt(n=number, of=ROUNDS, findings=findings)
        yield StateChanged(name="building")
        turn, splitter = Turn(), FenceSplitter(bare=BARE_PROGRAM)
        async with aclosing(_write(model, messages, turn, splitter)) as events:
            async for event in events:
                if not isinstance(event, TextDelta):
                    yield event
                elif number == 1:
                    said.append(event.text)
                    yield event
        yield StateChanged(name="checking")
        findings = await _check(turn, splitter)
        if not blocking(findings):
            proposal = _proposal(request, splitter.code, "".join(said), findings, number, turn)
            yield proposal
            if not "".join(said).strip():
                yield TextDelta(
                    text=f"I wrote the agent **{proposal.name}**. Try it in the test pane."
                )
            return
        declined = declined + 1 if is_prose(turn.text, BARE_PROGRAM) else 0
        if declined == MAX_DECLINED:
            yield TextDelta(text="\n\n*No program was written: the model answered in words only.*")
            return
        messages += _repair(turn, splitter, findings, number + 1)
    worst = blocking(findings)[0]
    message = f"After {ROUNDS} attempts the program still had an error in line {worst.line}: {worst.message}"
    raise AgentNotValidError(message, raw=turn.text)


async def _opening(model: ModelClient, request: AgentRequest) -> list[ModelMessage]:
    system = render("builder", today=request.today.isoformat(), guide=guide_text())
    return [
        ModelMessage(role="system", text=system),
        *request.history,
        *await files_message(request.files, request.text, model),
        ModelMessage(role="user", text=request.text, images=images_for(request.files, model)),
    ]


async def _write(
    model: ModelClient, messages: list[ModelMessage], turn: Turn, splitter: FenceSplitter
) -> AsyncGenerator[AgentEvent, None]:
    """Yield one answer: prose as text, the fence's content as program."""
    async with aclosing(turn.stream(model, _request(messages))) as parts:
        async for part in parts:
            if isinstance(part, ReasoningPart):
                yield ReasoningDelta(text=part.text)
            elif isinstance(part, TextPart):
                for event in _events(splitter.feed(part.text)):
                    yield event
    for event in _events(splitter.finish()):
        yield event
    yield UsageCounted(usage=turn.usage)


def _request(messages: list[ModelMessage]) -> ModelRequest:
    return ModelRequest(messages=tuple(messages), task="build")


def _events(parts: Iterable[Part]) -> Iterable[AgentEvent]:
    for kind, text in parts:
        yield ProgramDelta(text=text) if kind == "code" else TextDelta(text=text)


async def _check(turn: Turn, splitter: FenceSplitter) -> tuple[Finding, ...]:
    if turn.cut_off:
        return (
            no_program("The answer was cut off because it was too long. Write a shorter program."),
        )
    if not splitter.code.strip():
        return (no_program("The answer held no program in a fence."),)
    return (await asyncio.to_thread(check, splitter.code)).findings


def _repair(
    turn: Turn, splitter: FenceSplitter, findings: tuple[Finding, ...], number: int
) -> list[ModelMessage]:
    """Return the model's own answer and what was wrong with it."""
    if turn.cut_off or not splitter.code.strip():
        text = render("no_program", round=number, of=ROUNDS, problem=findings[0].message)
    else:
        text = render("repair", round=number, of=ROUNDS, findings=render_findings(findings))
    return [
        ModelMessage(role="assistant", text=turn.text or "(nothing)"),
        ModelMessage(role="user", text=text),
    ]


def _proposal(
    request: AgentRequest,
    program: str,
    said: str,
    findings: tuple[Finding, ...],
    rounds: int,
    turn: Turn,
) -> VersionProposed:
    name = naming.agent_name(program, request.text)
    return VersionProposed(
        kind="create",
        program=program,
        name=name,
        summary=naming.first_sentence(said) or f"Wrote {name}.",
        findings=findings,
        rounds=rounds,
        raw=turn.text,
    )
