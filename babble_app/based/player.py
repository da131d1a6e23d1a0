"""Plays a test's part of a conversation: gives a program the user's turns, recorded answers and mocks, as far as they go.

Whoever drives it answers the rest: nobody in a replay, a model in a live test, a model and a simulated user with a persona.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from babble_app.based import effects
from babble_app.based.mocks import answer_from, fits
from babble_app.based.outline import outline
from babble_app.based.runner import Execution
from babble_app.schemas.agent_tests import RecordedAnswer, Recording

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from babble_app.based.effects import Effect
    from babble_app.based.nodes import Program
    from babble_app.based.outline import Outline
    from babble_app.schemas.mocks import Mock

UNRECORDED_TIME = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""What a replayed program is told when it asks for the time and none was recorded."""


class Player:
    """One run of a program with what is known of it beforehand."""

    def __init__(
        self,
        program: Program,
        *,
        turns: Sequence[str] = (),
        recording: Recording | None = None,
        mocks: Sequence[Mock] = (),
        shape: Outline | None = None,
        real_time: bool = False,
    ) -> None:
        """Start the program; it stands at its first question that has to be answered from outside.

        Args:
            program: What is run.
            turns: What the user says.
            recording: The answers that are known.
            mocks: Answer the network calls and actions that are not recorded.
            shape: The program's outline, where it is at hand.
            real_time: Whether a time that is not recorded is the real one.
        """
        self.outline = shape or outline(program)
        self.recording = recording or Recording()
        self.turn = 0
        """Messages of the user that were heard."""
        self._turns = turns
        self._mocks = mocks
        self._unused = list(self.recording.answers)
        self._loops = match_loops(recorded_loops(self.recording), self.outline)
        self._now = UNRECORDED_TIME
        self._real_time = real_time
        self._last: tuple[Effect, int] | None = None
        """What was answered last, and how long the trace was then."""
        self.execution = Execution(program, now=self._moment)

    def advance(self) -> Effect | None:
        """Answer what can be answered; return what cannot, or None when the program has ended."""
        while (effect := self.execution.pending) is not None:
            answer = self._find_answer(effect)
            if answer is None:
                return effect
            self.answer(answer)
        return None

    def answer(self, answer: dict[str, Any]) -> None:
        """Give the answer to what is pending; it may be the user's.

        Raises:
            AnswerMismatchError: it is no answer to that.
        """
        if (effect := self.execution.pending) is not None:
            self._last = effect, len(self.execution.events)
        self.turn += answer.get("kind") == "user"
        self.execution.send(answer)

    @property
    def refused(self) -> bool:
        """Whether the program asks once more because it could not use the answer that it was just given."""
        effect = self.execution.pending
        if self._last is None or effect is None or len(self.execution.events) != self._last[1]:
            return False
        before = self._last[0]
        return (type(before), before.line) == (type(effect), effect.line)

    @property
    def turns_left(self) -> Sequence[str]:
        """What the user has not said."""
        return self._turns[self.turn :]

    def next_recorded(self) -> RecordedAnswer | None:
        """Return the answer of a model that was recorded for this turn and has not been asked for."""
        kinds = {"talk", "ask", "summarize", "rephrase"}
        found = (one for one in self._unused if one.turn == self.turn and one.kind in kinds)
        return next(found, None)

    def recorded_loop(self, line: int) -> tuple[str, ...]:
        """Return the conditions, as recorded, of the conversation whose `talk` is in the line."""
        return self._loops.get(line, ())

    def _find_answer(self, effect: Effect) -> dict[str, Any] | None:
        if isinstance(effect, effects.UserEffect):
            return {"kind": "user", "text": self.turns_left[0]} if self.turns_left else None
        wanted = question(self.outline, effect, self.turn)
        if isinstance(effect, (effects.HttpEffect, effects.ActionEffect)):
            found = self._take(lambda one: (one.kind, one.asked) == (wanted.kind, wanted.asked))
            return _whole(found) if found else answer_from(self._mocks, effect)
        if isinstance(effect, effects.TalkEffect):
            return self._find_talk(effect)
        found = self._take(lambda one: _key(one) == _key(wanted))
        return _whole(found) if found else None

    def _find_talk(self, effect: effects.TalkEffect) -> dict[str, Any] | None:
        loop = self.outline.find_loop(effect.line)
        recorded = self._loops.get(effect.line)
        if loop is None or recorded is None:
            return None
        wanted = (self.turn, "talk", effect.first, recorded)
        found = next(
            (one for one in self._unused if (one.turn, one.kind, one.first, one.loop) == wanted),
            None,
        )
        if found is None or (found.exit and found.exit not in loop.conditions):
            return None
        self._unused.remove(found)
        if not found.exit:
            return _whole(found)
        chosen = effect.exits[loop.conditions.index(found.exit)]
        return {**_whole(found), "exit": chosen.slug}

    def _take(self, fits: Callable[[RecordedAnswer], bool]) -> RecordedAnswer | None:
        found = next((one for one in self._unused if fits(one)), None)
        if found is not None:
            self._unused.remove(found)
        return found

    def _moment(self) -> datetime:
        found = self._take(lambda one: one.kind == "now")
        if found is not None:
            self._now = read_moment(found.answer)
        return datetime.now(UTC) if found is None and self._real_time else self._now


def question(shape: Outline, effect: Effect, turn: int) -> RecordedAnswer:
    """Return what is asked, in the form in which it is recorded."""
    match effect:
        case effects.TalkEffect():
            loop = shape.find_loop(effect.line)
            conditions = loop.conditions if loop else tuple(one.text for one in effect.exits)
            return RecordedAnswer(turn=turn, kind="talk", loop=conditions, first=effect.first)
        case effects.AskEffect():
            kind, asked = "ask", effect.question
        case effects.SummarizeEffect():
            kind, asked = "summarize", effect.prompt
        case effects.RephraseEffect():
            kind, asked = "rephrase", effect.text
        case effects.HttpEffect():
            return RecordedAnswer(turn=turn, kind="http", asked=f"{effect.method} {effect.url}")
        case effects.ActionEffect():
            return RecordedAnswer(turn=turn, kind="action", asked=effect.name)
        case effects.UserEffect():
            raise ValueError("the user's turns are no questions")
    source = shape.question_source(kind, effect.line, asked)
    return RecordedAnswer(turn=turn, kind=kind, asked=asked, source=source)


def recorded_loops(recording: Recording) -> tuple[tuple[str, ...], ...]:
    """Return the conversations that the recorded program is known to have had."""
    used = tuple(one.loop for one in recording.answers if one.kind == "talk")
    return tuple(dict.fromkeys((*recording.loops, *used)))


def match_loops(recorded: Sequence[tuple[str, ...]], shape: Outline) -> dict[int, tuple[str, ...]]:
    """Say which recorded conversation each one of the program is, by the line of its `talk`.

    One with the same conditions is the same, wherever it stands; of the others those that have most in common are, and those
    that have nothing in common with any are new.
    """
    by_set = {frozenset(loop): loop for loop in recorded}
    found = {
        loop.talk_line: by_set[frozenset(loop.conditions)]
        for loop in shape.loops
        if frozenset(loop.conditions) in by_set
    }
    new = [loop for loop in shape.loops if loop.talk_line not in found]
    gone = [loop for loop in recorded if loop not in found.values()]
    pairs = [
        (-len(common), place, loop.talk_line, old)
        for loop in new
        for place, old in enumerate(gone)
        if (common := set(loop.conditions) & set(old))
    ]
    for _, _, line, old in sorted(pairs):
        if line not in found and old not in found.values():
            found[line] = old
    return found


def is_mocked(mocks: Sequence[Mock], one: RecordedAnswer) -> bool:
    """Whether a mock is for the network call or the action that was recorded."""
    if one.kind == "http":
        method, _, url = one.asked.partition(" ")
        effect = effects.HttpEffect(0, method, url, {}, None, {})
    elif one.kind == "action":
        effect = effects.ActionEffect(0, one.asked, {})
    else:
        return False
    return any(fits(mock, effect) for mock in mocks)


def read_moment(answer: dict[str, Any]) -> datetime:
    """Return the time of a recorded `now`.

    Raises:
        AnswerMismatchError: it holds none.
    """
    try:
        moment = datetime.fromisoformat(str(answer.get("at")))
    except ValueError as error:
        message = "A recorded time is no time."
        raise effects.AnswerMismatchError(message) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _key(one: RecordedAnswer) -> tuple[int, str, str]:
    return one.turn, one.kind, one.asked


def _whole(one: RecordedAnswer) -> dict[str, Any]:
    return {**one.answer, "kind": one.kind}
