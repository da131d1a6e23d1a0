"""Makes a recording of a conversation's log: every answer with the question it was given to, and what came of it all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.based.effects import AnswerMismatchError, TalkEffect, UserEffect
from babble_app.based.outline import outline
from babble_app.based.player import question, read_moment
from babble_app.based.runner import Execution
from babble_app.based.transcript import transcript
from babble_app.schemas.agent_tests import Assertion, RecordedAnswer, Recording

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from babble_app.based.effects import Effect
    from babble_app.based.nodes import Program
    from babble_app.based.outline import Outline

_OTHER_PROGRAM = "The conversation does not belong to this program."


class Recorded:
    """A conversation that was run again from its log."""

    def __init__(self, program: Program, log: Sequence[dict[str, Any]]) -> None:
        """Run it.

        Raises:
            AnswerMismatchError: the log belongs to another program.
        """
        self.turns: list[str] = []
        self._answers: list[RecordedAnswer] = []
        self._outline = outline(program)
        self._moments = [answer for answer in log if answer.get("kind") == "now"]
        self.execution = Execution(program, now=self._moment)
        for answer in log:
            if answer.get("kind") != "now":
                self._give(answer)
        execution = self.execution
        self.recording = Recording(
            answers=tuple(self._answers),
            transcript=transcript(execution.events, execution.status),
            loops=tuple(dict.fromkeys(loop.conditions for loop in self._outline.loops)),
            questions=self._outline.questions,
        )

    def assertions(self) -> tuple[Assertion, ...]:
        """Return what happened as assertions.

        The conditions in their order, what was extracted, the actions, how it ended, and what the program itself said word by word;
        a model's words are not asserted, as another run may choose others.
        """
        events = self.execution.events
        fired = [event.text for event in events if event.type == "condition"]
        extracts = {event.name: event.data["value"] for event in events if event.type == "extract"}
        found = [Assertion(kind="conditions", value=fired, filled=True)]
        found += [
            Assertion(kind="extract", name=name, value=value, filled=True)
            for name, value in extracts.items()
        ]
        found += [
            Assertion(kind="action", name=event.name, value=event.data.get("args"), filled=True)
            for event in events
            if event.type == "action"
        ]
        found.append(Assertion(kind="status", value=self.execution.status, filled=True))
        said = [event.text for event in events if event.type == "agent" and event.via == "say"]
        found += [
            Assertion(kind="contains", value=text, filled=True)
            for text in dict.fromkeys(said)
            if text.strip()
        ]
        return tuple(found[:_MOST_ASSERTIONS])

    def _give(self, answer: dict[str, Any]) -> None:
        effect = self.execution.pending
        if effect is None:
            raise AnswerMismatchError(_OTHER_PROGRAM)
        if isinstance(effect, UserEffect):
            self.turns.append(str(answer.get("text", "")))
        else:
            self._answers.append(
                recorded_answer(self._outline, effect, answer, turn=len(self.turns))
            )
        self.execution.send(answer)

    def _moment(self) -> datetime:
        if not self._moments:
            raise AnswerMismatchError(_OTHER_PROGRAM)
        answer = self._moments.pop(0)
        plain = {"at": answer.get("at")}
        self._answers.append(RecordedAnswer(turn=len(self.turns), kind="now", answer=plain))
        return read_moment(answer)


_MOST_ASSERTIONS = 60
"""Leaves room for those that people add."""


def recorded_answer(
    shape: Outline, effect: Effect, answer: dict[str, Any], *, turn: int
) -> RecordedAnswer:
    """Return an answer with the question it was given to."""
    plain = {key: value for key, value in answer.items() if key != "kind"}
    chosen = ""
    if isinstance(effect, TalkEffect) and "exit" in plain:
        slugs = [one.slug for one in effect.exits]
        loop = shape.find_loop(effect.line)
        if loop is not None and plain["exit"] in slugs:
            chosen = loop.conditions[slugs.index(plain["exit"])]
    return question(shape, effect, turn).model_copy(update={"answer": plain, "exit": chosen})
