"""Tests of agents and what came of them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from babble_app.schemas.base import Schema, Timestamp
from babble_app.schemas.mocks import Mock
from babble_app.schemas.sessions import TraceEvent
from babble_app.schemas.usage import Usage

TestKind = Literal["replay", "scripted", "persona"]
"""`replay`: scripted user, recorded model, free and exact; `scripted`: scripted user, live model; `persona`: both live."""
TestStatus = Literal["passed", "failed", "stale", "error"]
"""`stale`: the recording no longer fits the program, record it again; `error`: nothing could be said of the agent."""
AssertionKind = Literal[
    "conditions", "reaches", "extract", "action", "status", "contains", "not_contains", "matches", "variable", "outcome",
]  # fmt: skip

MAX_TURNS = 50
MAX_TEXT_CHARS = 32_000
Words = Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS)]
ShortWords = Annotated[str, StringConstraints(max_length=4_000)]
_EXPECTED: dict[AssertionKind, type] = {
    "conditions": list,
    "reaches": list,
    "status": str,
    "contains": str,
    "not_contains": str,
    "matches": str,
    "variable": str,
    "outcome": str,
}
_NAMED: frozenset[AssertionKind] = frozenset({"extract", "action", "variable"})


class _Quiet(Schema):
    # These are no classes of tests, though pytest would take them for some by their names.
    __test__: ClassVar[bool] = False


class Assertion(Schema):
    """One thing that must be so at the end of a test."""

    kind: AssertionKind
    name: ShortWords = ""
    """The extract's key, the action's or the variable's name."""
    value: Any = None
    """
    `conditions`: all that fired, by their texts or slugs, in order; `reaches`: these fired in this order, others between them are
    fine; `extract`: the value; `action`: the arguments, or null for any; `status`: how it ended; `contains`, `not_contains`:
    words in what the agent says, upper and lower case alike; `matches`: a regular expression; `variable`: its preview;
    `outcome`: what a judge must find to be so, in words.
    """
    filled: bool = False
    """Made from a recording: recording again makes it anew."""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Assertion:
        wanted = _EXPECTED.get(self.kind)
        if wanted is not None and not isinstance(self.value, wanted):
            message = f"the value of {self.kind!r} must be {_WORDS[wanted]}"
            raise ValueError(message)
        if wanted is list and not all(isinstance(item, str) for item in self.value):
            message = f"the value of {self.kind!r} must be a list of texts"
            raise ValueError(message)
        if wanted is str and not self.value.strip() and self.kind != "variable":
            message = f"the value of {self.kind!r} must not be empty"
            raise ValueError(message)
        if self.kind in _NAMED and not self.name:
            message = f"{self.kind!r} needs a name"
            raise ValueError(message)
        return self


_WORDS: dict[type, str] = {str: "a text", list: "a list"}


class RecordedAnswer(Schema):
    """What was answered once, and to what; questions are known by their words, never by their lines."""

    turn: Annotated[int, Field(ge=0, le=MAX_TURNS)] = 0
    """How many messages of the user had been heard."""
    kind: Literal["talk", "ask", "summarize", "rephrase", "http", "action", "now"]
    asked: str = ""
    """The question, the prompt of a summary, the words to be rephrased, the call's method and address, the action's name."""
    source: str = ""
    """The expression that made `asked`, where it is no plain text."""
    loop: tuple[str, ...] = ()
    """Talk: the conditions of the conversation, as they stand in the program."""
    first: bool = False
    """Talk: the agent spoke without a new message of the user."""
    exit: str = ""
    """Talk: the condition that was chosen, one of `loop`; empty for a reply."""
    answer: dict[str, Any] = {}
    """As in based/effects.py, without its kind."""


class Recording(Schema):
    """A conversation as it went, apart from the user's words."""

    answers: Annotated[tuple[RecordedAnswer, ...], Field(max_length=1_000)] = ()
    transcript: Annotated[tuple[str, ...], Field(max_length=6_000)] = ()
    """What could be observed, a line each: `agent: Hello`, `condition: the user leaves`, `end: finished`."""
    loops: Annotated[tuple[tuple[str, ...], ...], Field(max_length=500)] = ()
    """The conditions of every conversation of the recorded program."""
    questions: Annotated[tuple[str, ...], Field(max_length=2_000)] = ()
    """All that the recorded program could ask of a model otherwise."""


class TestSpec(_Quiet):
    """What a test does, and what must come of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "turns": ["two apple cakes", "no thanks"],
                    "assertions": [{"kind": "status", "value": "finished"}],
                }
            ]
        }
    )

    turns: Annotated[tuple[Words, ...], Field(max_length=MAX_TURNS)] = ()
    """The user's messages (replay, scripted)."""
    mocks: Annotated[tuple[Mock, ...], Field(max_length=100)] = ()
    assertions: Annotated[tuple[Assertion, ...], Field(max_length=100)] = ()
    exact: bool = True
    """Replay: anything observable that is not as recorded fails the test; otherwise the assertions alone decide."""
    persona: Words = ""
    """Who the simulated user is."""
    goal: Words = ""
    """What the simulated user wants."""
    max_turns: Annotated[int, Field(ge=1, le=MAX_TURNS)] = 12
    """Persona: most messages of the user."""
    runs: Annotated[int, Field(ge=1, le=10)] = 3
    """Live kinds: how often it is tried."""
    k: Annotated[int, Field(ge=1, le=10)] = 1
    """Live kinds: pass^k is the chance that `k` tries in a row all pass, estimated from all tries."""
    tolerance: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Live kinds: the test passes when pass^k is at least 1 less this."""
    recording: Recording | None = None

    @model_validator(mode="after")
    def _enough_runs(self) -> TestSpec:
        if self.k > self.runs:
            message = f"k ({self.k}) cannot be more than runs ({self.runs})"
            raise ValueError(message)
        return self


class TestBadge(_Quiet):
    """How a version's tests ended, in figures."""

    passed: int = 0
    failed: int = 0
    stale: int = 0
    """Tests whose recording no longer fits the program; neither passed nor failed."""
    total: int = 0


class Comparison(Schema):
    """A line of two transcripts side by side."""

    mark: Literal["same", "changed", "removed", "added"]
    recorded: str = ""
    now: str = ""


class Judgement(Schema):
    """What the judge found of one outcome."""

    outcome: str
    passed: bool
    quote: str
    """Words of the transcript that show it."""
    reason: str = ""


class Trial(Schema):
    """One try of a live test."""

    status: Literal["passed", "failed", "error"]
    problems: tuple[str, ...] = ()
    transcript: tuple[str, ...] = ()
    judgements: tuple[Judgement, ...] = ()


class TestResult(_Quiet):
    """What came of a test on one program."""

    id: str = ""
    """Empty when it is not stored."""
    test_id: str = ""
    name: str = ""
    """The test's."""
    kind: TestKind = "replay"
    gating: bool = False
    version_id: str | None = None
    sha256: str = ""
    """Of the program: another version with the same text has the same result."""
    status: TestStatus
    problems: tuple[str, ...] = ()
    """What is wrong, most important first."""
    notes: tuple[str, ...] = ()
    """What to know of a result that is not wrong."""
    passed: int = 0
    """Live kinds: tries that passed."""
    runs: int = 1
    pass_k: float | None = None
    """Live kinds: pass^k."""
    recorded: tuple[str, ...] = ()
    """Replay: the transcript as recorded."""
    transcript: tuple[str, ...] = ()
    """The transcript now; of live kinds that of the first try that did not pass, else of the first."""
    comparison: tuple[Comparison, ...] = ()
    """Replay: both side by side, when they differ."""
    events: tuple[TraceEvent, ...] = ()
    """The trace, when the test did not pass."""
    trials: tuple[Trial, ...] = ()
    conditions: dict[int, int] = {}
    """Lines of the conditions that fired, and how often."""
    lines: tuple[int, ...] = ()
    """Lines of the statements that ran."""
    model: str = ""
    usage: Usage = Usage()
    created_at: Timestamp | None = None


class TestReport(_Quiet):
    """What came of several tests on one program."""

    badge: TestBadge
    changed: int = 0
    """Replays in which something observable is not as recorded."""
    summary: str
    """Such as "18/20 pass; 2 changed"."""
    results: tuple[TestResult, ...] = ()


class AgentTest(_Quiet):
    """A test of an agent."""

    id: str
    agent_id: str
    name: str
    kind: TestKind
    spec: TestSpec
    gating: bool
    """Chosen for the gate: `live` moves only when it passes."""
    created_at: Timestamp
    updated_at: Timestamp
    last: TestResult | None = None
    """The newest result of the test as it is now, on whichever version."""


class CoveredCondition(Schema):
    """A condition of the program and how often tests chose it."""

    line: int
    slug: str
    text: str
    hits: int
    lines: int = 0
    """Lines of its handler with statements."""
    lines_hit: int = 0
    missed: tuple[int, ...] = ()
    """Those that no test ran."""


class Coverage(Schema):
    """What the tests of an agent have run of one program."""

    version_id: str | None = None
    sha256: str = ""
    conditions: tuple[CoveredCondition, ...]
    conditions_hit: int
    lines: int
    """Lines with statements in handlers."""
    lines_hit: int
    untested: tuple[CoveredCondition, ...]
    """Exits that no test has taken."""
    tests: int
    """How many tests have a result for this program."""


class TestFix(_Quiet):
    """Rounds of changes that shall make a test pass."""

    test_id: str
    status: Literal["none", "running", "passed", "failed", "stopped"] = "none"
    """`none`: nothing was asked for since the server started."""
    chat_id: str = ""
    round: int = 0
    """The change that is being made, or was made last."""
    of: int = 5
    run_ids: tuple[str, ...] = ()
    message: str = ""
    """How it ended, for people."""
