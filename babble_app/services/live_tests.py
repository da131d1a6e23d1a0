"""Tries tests with a live model: scripted users and simulated ones, several times, and says how sure the agent is to pass.

pass^k is the chance that k tries in a row all pass. From n tries of which c passed it is estimated without bias as C(c, k) / C(n, k)
(Yao et al., tau-bench, 2024).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from math import comb
from typing import TYPE_CHECKING

from babble_app.agents import talker
from babble_app.agents.judge import judge
from babble_app.agents.persona import next_message
from babble_app.based import parser
from babble_app.based.assertions import find_failures
from babble_app.based.effects import UserEffect
from babble_app.based.player import Player
from babble_app.based.replay import count_conditions, shorten
from babble_app.based.transcript import transcript
from babble_app.errors import BabbleError
from babble_app.schemas.agent_tests import TestResult, Trial
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.based.effects import Role
    from babble_app.based.nodes import Program
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.agent_tests import Judgement, TestKind, TestSpec
    from babble_app.schemas.sessions import TraceEvent

AT_ONCE = 3
"""Tries of one test that run beside each other."""


@dataclass
class _Try:
    """One try on its way."""

    player: Player
    usage: Usage = field(default_factory=Usage)
    problems: list[str] = field(default_factory=list[str])
    judgements: list[Judgement] = field(default_factory=list["Judgement"])
    error: str = ""

    def trial(self) -> Trial:
        status = "error" if self.error else "failed" if self.problems else "passed"
        execution = self.player.execution
        return Trial(
            status=status,
            problems=(self.error,) if self.error else tuple(self.problems),
            transcript=transcript(execution.events, execution.status),
            judgements=tuple(self.judgements),
        )


async def run(model: ModelClient, text: str, kind: TestKind, spec: TestSpec) -> TestResult:
    """Try a live test as often as it says and return what became of it."""
    try:
        program = await asyncio.to_thread(parser.parse, text)
    except BabbleError as error:
        return TestResult(status="error", problems=(f"The program is not valid: {error}",))
    turn = asyncio.Semaphore(AT_ONCE)

    async def one() -> _Try:
        async with turn:
            return await _attempt(model, program, kind, spec)

    attempts = await asyncio.gather(*(one() for _ in range(spec.runs)))
    return _summed(model.name, spec, attempts)


def pass_power(passed: int, runs: int, k: int) -> float:
    """Return pass^k: the chance that k tries in a row pass, from how many of all did."""
    return comb(passed, k) / comb(runs, k)


async def _attempt(model: ModelClient, program: Program, kind: TestKind, spec: TestSpec) -> _Try:
    turns = spec.turns if kind == "scripted" else ()
    player = await asyncio.to_thread(
        lambda: Player(program, turns=turns, mocks=spec.mocks, real_time=True)
    )
    attempt = _Try(player)
    try:
        await _converse(model, attempt, kind, spec)
        attempt.problems += _failures(attempt.player, spec)
        await _judge(model, attempt, spec, kind)
    except BabbleError as error:
        attempt.error = str(error)
    return attempt


async def _converse(model: ModelClient, attempt: _Try, kind: TestKind, spec: TestSpec) -> None:
    player = attempt.player
    while (effect := await asyncio.to_thread(player.advance)) is not None:
        if isinstance(effect, UserEffect):
            said = await _user(model, attempt, effect, spec) if kind == "persona" else ""
            if not said:
                return
            answer = {"kind": "user", "text": said}
        else:
            answer, usage = await talker.answer_effect(model, effect)
            attempt.usage += usage
        await asyncio.to_thread(player.answer, answer)


async def _user(model: ModelClient, attempt: _Try, effect: UserEffect, spec: TestSpec) -> str:
    """Return the simulated user's next message; empty when the conversation is over."""
    if effect.ended or attempt.player.turn >= spec.max_turns:
        return ""
    messages = _messages(attempt.player.execution.events)
    said, usage = await next_message(model, persona=spec.persona, goal=spec.goal, messages=messages)
    attempt.usage += usage
    return said


def _messages(events: Sequence[TraceEvent]) -> list[tuple[Role, str]]:
    roles: dict[str, Role] = {"agent": "assistant", "user": "user"}
    return [(roles[event.type], event.text) for event in events if event.type in roles]


def _failures(player: Player, spec: TestSpec) -> list[str]:
    execution = player.execution
    problems = find_failures(
        spec.assertions, execution.events, execution.status, execution.variables
    )
    if player.turns_left:
        left = player.turns_left[0][:200]
        problems.append(
            f"The conversation ended before the user's message {player.turn + 1}: “{left}”."
        )
    if not any(one.kind == "status" for one in spec.assertions):
        problems += [
            f"Line {event.line}: {event.name} {event.text}"
            for event in execution.events
            if event.type == "error"
        ]
    return problems


async def _judge(model: ModelClient, attempt: _Try, spec: TestSpec, kind: TestKind) -> None:
    """Have the outcomes judged; a persona test that asserts nothing is judged by its goal."""
    outcomes = [str(one.value) for one in spec.assertions if one.kind == "outcome"]
    if kind == "persona" and not spec.assertions:
        outcomes = [f"The user got what they wanted: {spec.goal}"]
    lines = attempt.trial().transcript
    for outcome in outcomes:
        verdict, usage = await judge(model, outcome, lines)
        attempt.usage += usage
        attempt.judgements.append(verdict)
        if not verdict.passed:
            attempt.problems.append(
                f"Not so: {outcome} (“{verdict.quote}”) {verdict.reason}".strip()
            )


def _summed(model: str, spec: TestSpec, attempts: Sequence[_Try]) -> TestResult:
    trials = [attempt.trial() for attempt in attempts]
    passed = sum(trial.status == "passed" for trial in trials)
    power = pass_power(passed, len(trials), spec.k)
    failed = next((i for i, trial in enumerate(trials) if trial.status != "passed"), None)
    erred = any(trial.status == "error" for trial in trials)
    enough = power >= 1 - spec.tolerance - 1e-9
    shown = attempts[failed or 0].player.execution
    fired: dict[int, int] = {}
    for attempt in attempts:
        for line, count in count_conditions(attempt.player.execution.events).items():
            fired[line] = fired.get(line, 0) + count
    return TestResult(
        status="error" if erred else "passed" if enough else "failed",
        problems=_problems(trials),
        passed=passed,
        runs=len(trials),
        pass_k=power,
        transcript=trials[failed or 0].transcript,
        events=() if failed is None else shorten(shown.events),
        trials=tuple(trials),
        conditions=fired,
        lines=tuple(sorted({n for one in attempts for n in one.player.execution.visited})),
        model=model,
        usage=sum((attempt.usage for attempt in attempts), Usage()),
    )


def _problems(trials: Sequence[Trial]) -> tuple[str, ...]:
    """Return what went wrong, each problem once with how many tries had it."""
    found = [problem for trial in trials for problem in trial.problems]
    many = len(trials)
    return tuple(
        f"{problem} ({found.count(problem)} of {many} tries)" if many > 1 else problem
        for problem in dict.fromkeys(found)
    )[:50]
