"""Replays a test on a program, which may be another than the recorded one, and says what became of it.

Answers are found by what was asked (the conversation by its conditions, the question by its words) and after which message
of the user, never by line: moved and reformatted code changes nothing. Four ends are told apart, and which one it is matters
more than that it is not green:

- **passed**: everything observable is as recorded and every assertion holds.
- **failed**: the program does something else. Either what can be observed differs from the recording, or an assertion does
  not hold, or the program took another way: it asks a question that the recorded program also had but did not ask there,
  while the recorded one is still in the program (or nothing was to be asked any more).
- **stale**: the program cannot be followed any further, and nothing observable was different up to there. The question that
  was recorded here is no longer in the program (a condition's or a question's words were changed, or removed), or takes
  another shape of answer, or the program asks something that the recorded one did not know. Nobody can say what the model
  would answer: record again.
- **error**: nothing can be said of the program: it does not parse, or the recording is damaged.

A conversation some of whose conditions were changed is still the same one: a recorded reply is given again, and a recorded
choice as long as its own condition is unchanged. A note says so.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from babble_app.based import effects
from babble_app.based.assertions import find_failures
from babble_app.based.outline import question_key
from babble_app.based.player import Player, question
from babble_app.based.transcript import compare, first_difference, transcript
from babble_app.schemas.agent_tests import TestResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.based.effects import Effect
    from babble_app.based.nodes import Program
    from babble_app.based.outline import Outline
    from babble_app.schemas.agent_tests import RecordedAnswer, TestSpec
    from babble_app.schemas.sessions import TraceEvent

MOST_EVENTS = 400
"""Of the trace of a test that did not pass; the first and last of them."""


def replay(program: Program, spec: TestSpec, shape: Outline | None = None) -> TestResult:
    """Run the test without any model and return what became of it; the program's outline is taken where it is at hand."""
    if spec.recording is None:
        return TestResult(status="error", problems=("The test has no recording. Record it first.",))
    try:
        player = Player(
            program, turns=spec.turns, recording=spec.recording, mocks=spec.mocks, shape=shape
        )
        open_question = player.advance()
    except effects.AnswerMismatchError as error:
        return TestResult(status="error", problems=(f"The recording cannot be used: {error}",))
    return _judge(player, spec, open_question)


def _judge(player: Player, spec: TestSpec, effect: Effect | None) -> TestResult:
    assert spec.recording is not None
    recorded = spec.recording.transcript
    execution = player.execution
    now = transcript(execution.events, execution.status)
    if effect is None or isinstance(effect, effects.UserEffect):
        problems = _differences(player, spec, now)
        stale = ""
    else:
        problems = _differences_up_to(spec, now[:-1])
        stale = "" if problems else _why_stale(player, effect)
        if not stale:
            problems.append(_another_way(player, effect))
    status = "stale" if stale else "failed" if problems else "passed"
    return TestResult(
        status=status,
        problems=(stale,) if stale else tuple(problems),
        notes=_notes(player),
        passed=int(status == "passed"),
        recorded=recorded,
        transcript=now,
        comparison=compare(recorded, now) if tuple(recorded) != now else (),
        events=() if status == "passed" else shorten(execution.events),
        conditions=count_conditions(execution.events),
        lines=tuple(sorted(execution.visited)),
    )


def count_conditions(events: Sequence[TraceEvent]) -> dict[int, int]:
    """Return the lines of the conditions that fired, and how often each did."""
    return dict(Counter(e.line for e in events if e.type == "condition" and e.line is not None))


def shorten(events: Sequence[TraceEvent]) -> tuple[TraceEvent, ...]:
    """Return the trace, without its middle when it is long."""
    if len(events) <= MOST_EVENTS:
        return tuple(events)
    half = MOST_EVENTS // 2
    return (*events[:half], *events[-half:])


def _differences(player: Player, spec: TestSpec, now: Sequence[str]) -> list[str]:
    """Return what is not as it should be in a run that was followed to its end."""
    assert spec.recording is not None
    execution = player.execution
    problems = _errors(player, spec)
    if spec.exact and (differs := first_difference(spec.recording.transcript, now)):
        problems.append(f"Not as recorded: {differs}.")
    if player.turns_left:
        left = player.turns_left[0]
        problems.append(
            f"The conversation ended before the user's message {player.turn + 1}: “{left[:200]}”."
        )
    problems += find_failures(
        spec.assertions, execution.events, execution.status, execution.variables
    )
    return problems


def _differences_up_to(spec: TestSpec, now: Sequence[str]) -> list[str]:
    """Return what can be seen to differ in a run that cannot be followed to its end."""
    assert spec.recording is not None
    differs = first_difference(spec.recording.transcript[: len(now)], now) if spec.exact else ""
    return [f"Not as recorded: {differs}."] if differs else []


def _errors(player: Player, spec: TestSpec) -> list[str]:
    assert spec.recording is not None
    return [
        f"Line {event.line}: {event.name} {event.text}"
        for event in player.execution.events
        if event.type == "error" and f"error: {event.name}" not in spec.recording.transcript
    ]


def _why_stale(player: Player, effect: Effect) -> str:
    """Return why the recording cannot answer the question, or nothing when the program took another way."""
    asked = question(player.outline, effect, player.turn)
    expected = player.next_recorded()
    if player.refused:
        why = f"the recorded answer to {_in_words(asked)} does not fit any more"
    elif expected is not None and _chose_what_is_gone(player, effect, expected):
        why = f"the condition “{expected.exit}”, which the model chose here, was changed or removed"
    elif expected is not None and (
        not _still_there(player, expected) or _is_reworded(expected, asked)
    ):
        why = f"{_in_words(asked)}, but recorded is {_in_words(expected)}"
    elif not _was_known(player, asked, effect.line):
        why = f"{_in_words(asked)}, for which nothing is recorded"
    else:
        return ""
    return f"Line {effect.line}: {why}. Record the test again."


def _is_reworded(expected: RecordedAnswer, asked: RecordedAnswer) -> bool:
    """Whether the same expression made other words of the question."""
    return bool(asked.source) and (expected.kind, expected.source) == (asked.kind, asked.source)


def _chose_what_is_gone(player: Player, effect: Effect, expected: RecordedAnswer) -> bool:
    loop = player.outline.find_loop(effect.line)
    return (
        isinstance(effect, effects.TalkEffect)
        and loop is not None
        and expected.exit not in ("", *loop.conditions)
        and player.recorded_loop(effect.line) == expected.loop
    )


def _another_way(player: Player, effect: Effect) -> str:
    asked = question(player.outline, effect, player.turn)
    expected = player.next_recorded()
    instead = (
        f"instead of what is recorded: {_in_words(expected)}"
        if expected
        else "where nothing was asked before"
    )
    return f"Line {effect.line}: the program went another way: {_in_words(asked)}, {instead}."


def _was_known(player: Player, asked: RecordedAnswer, line: int) -> bool:
    """Whether the recorded program had this question too."""
    recording = player.recording
    if asked.kind == "talk":
        return bool(player.recorded_loop(line))
    key = question_key(asked.kind, asked.asked, asked.source)
    return key in recording.questions or any(
        (one.kind, one.asked) == (asked.kind, asked.asked) for one in recording.answers
    )


def _still_there(player: Player, expected: RecordedAnswer) -> bool:
    """Whether the program has the recorded question."""
    if expected.kind == "talk":
        return any(
            player.recorded_loop(loop.talk_line) == expected.loop for loop in player.outline.loops
        )
    key = question_key(expected.kind, expected.asked, expected.source)
    return key in player.outline.questions


def _in_words(asked: RecordedAnswer) -> str:
    match asked.kind:
        case "talk":
            speaks = "the agent speaks first in" if asked.first else "the model is asked in"
            return f"{speaks} the conversation with the exits {', '.join(f'“{one}”' for one in asked.loop) or '(none)'}"
        case "ask":
            return f"the question “{asked.asked[:200]}”"
        case "summarize":
            return f"a summary (“{asked.asked[:200]}”)"
        case "rephrase":
            return f"other words for “{asked.asked[:200]}”"
        case "http" | "action" | "now":
            return asked.asked


def _notes(player: Player) -> tuple[str, ...]:
    changed = [
        loop
        for loop in player.outline.loops
        if (old := player.recorded_loop(loop.talk_line)) and set(old) != set(loop.conditions)
    ]
    return tuple(
        f"Line {loop.line}: the conditions of this conversation are not as recorded; the recorded answers were given all the same."
        for loop in changed
    )
