"""An agent's tests as the Tests tab shows them: plain values, ready to be painted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from babble_app.schemas.agent_tests import AgentTest, Coverage, TestResult

KINDS = {"replay": "replay", "scripted": "scripted, live model", "persona": "persona, live model"}
STATUS = {
    "": "not run",
    "passed": "pass",
    "failed": "fail",
    "stale": "stale",
    "error": "error",
}
STALE = (
    "The recording no longer fits this program: what the model was asked has changed. That is neither pass nor fail. "
    "Record it again, and look at what comes of it."
)


@dataclass(frozen=True)
class TestRow:
    """A test in the list."""

    __test__ = False  # no test class

    id: str
    name: str
    kind: str
    kind_words: str
    status: str
    """Of its result on the text on screen; empty when there is none."""
    words: str
    note: str
    """The first problem, or what else there is to say."""
    gating: bool
    turns: int


@dataclass(frozen=True)
class CompareRow:
    """A line of the transcripts, as recorded and now."""

    mark: str
    """`same`, `changed`, `removed` or `added`."""
    recorded: str
    now: str


@dataclass(frozen=True)
class TrialRow:
    """One try of a live test."""

    number: int
    passed: bool
    problems: list[str] = field(default_factory=list[str])
    transcript: list[str] = field(default_factory=list[str])
    found: list[str] = field(default_factory=list[str])
    """What the judge found to be so, with the words that show it."""


@dataclass(frozen=True)
class ResultView:
    """What came of a test on the text on screen."""

    status: str = ""
    words: str = ""
    problems: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])
    comparison: list[CompareRow] = field(default_factory=list[CompareRow])
    """Replay: both transcripts, where they differ."""
    transcript: list[str] = field(default_factory=list[str])
    """Replay: the transcript, where it is as recorded."""
    trials: list[TrialRow] = field(default_factory=list[TrialRow])
    figures: str = ""


@dataclass(frozen=True)
class ExitRow:
    """An exit that no test has taken."""

    line: int
    text: str


@dataclass(frozen=True)
class CoverageView:
    """How much of the program the tests have run."""

    words: str = ""
    exits: list[ExitRow] = field(default_factory=list[ExitRow])
    missed: list[int] = field(default_factory=list[int])
    """Lines that no test has run, in handlers that some have."""


def sha256(text: str) -> str:
    """Return the name under which results of a text are kept."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def test_row(test: AgentTest, result: TestResult | None) -> TestRow:
    """Return a test with its result on the text on screen, if there is one."""
    status = result.status if result else ""
    note = ""
    if result:
        note = (*result.problems, *result.notes, "")[0]
    elif test.last:
        note = f"{STATUS[test.last.status].capitalize()} on another version"
    return TestRow(
        id=test.id,
        name=test.name,
        kind=test.kind,
        kind_words=KINDS[test.kind],
        status=status,
        words=_status_words(result, test.spec.k),
        note=note,
        gating=test.gating,
        turns=len(test.spec.turns),
    )


test_row.__test__ = False  # pyright: ignore[reportFunctionMemberAccess]  # no test


def result_view(result: TestResult | None, k: int) -> ResultView:
    """Return what there is to read about a result."""
    if result is None:
        return ResultView(words=STATUS[""])
    usage, parts = result.usage, [result.model] if result.model else []
    if usage.input_tokens or usage.output_tokens:
        parts.append(f"{usage.input_tokens:,} in, {usage.output_tokens:,} out")
    if usage.cost_usd:
        parts.append(f"${usage.cost_usd:.4f}")
    return ResultView(
        status=result.status,
        words=_status_words(result, k),
        problems=list(result.problems),
        notes=list(result.notes),
        comparison=[CompareRow(one.mark, one.recorded, one.now) for one in result.comparison],
        transcript=[] if result.comparison or result.trials else list(result.transcript),
        trials=[
            TrialRow(
                number=number,
                passed=trial.status == "passed",
                problems=list(trial.problems),
                transcript=list(trial.transcript),
                found=[
                    f"{one.outcome} “{one.quote}”" if one.quote else one.outcome
                    for one in trial.judgements
                    if one.passed
                ],
            )
            for number, trial in enumerate(result.trials, 1)
        ],
        figures=" · ".join(parts),
    )


def coverage_view(coverage: Coverage) -> CoverageView:
    """Return what the tests have not run."""
    exits, lines = len(coverage.conditions), coverage.lines
    words = f"{coverage.conditions_hit} of {exits} exit{'s' if exits != 1 else ''} taken"
    if lines:
        words += f", {coverage.lines_hit} of {lines} handler line{'s' if lines != 1 else ''} run"
    untested = [ExitRow(one.line, one.text) for one in coverage.untested]
    missed = {line for one in coverage.conditions if one.hits for line in one.missed}
    return CoverageView(words=words, exits=untested, missed=sorted(missed))


def results_by_test(
    tests: Sequence[AgentTest], replayed: Sequence[TestResult], text: str
) -> Mapping[str, TestResult]:
    """Return the results that are of this text: replays just now, live tests when they last ran."""
    name = sha256(text)
    found = {one.id: one.last for one in tests if one.last and one.last.sha256 == name}
    return found | {result.test_id: result for result in replayed}


def _status_words(result: TestResult | None, k: int = 1) -> str:
    if result is None:
        return STATUS[""]
    if result.kind == "replay" or result.status == "error" or result.runs < 1:
        return STATUS[result.status]
    rate = f"{result.passed} of {result.runs}"
    return rate if result.pass_k is None else f"{rate}, pass^{k} {result.pass_k:.2f}"
