"""Runs a program up to its next question to the outside, and replays what was answered before.

The log holds every answer; the same program with the same log gives the same events, so a run survives a restart
without being stored in any other form.
"""

from __future__ import annotations

import json
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from babble_app.based.effects import AnswerMismatchError, NowEffect, UserEffect, check_answer
from babble_app.based.machine.assembly import make_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from babble_app.based.effects import Effect
    from babble_app.based.machine.limits import Limits
    from babble_app.based.nodes import Program
    from babble_app.schemas.sessions import SessionStatus, TraceEvent


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Execution:
    """One run of a program: its trace, its log, and what it waits for."""

    def __init__(
        self,
        program: Program,
        log: Sequence[dict[str, Any]] = (),
        seed: int = 0,
        *,
        now: Callable[[], datetime] = _utc_now,
        limits: Limits | None = None,
    ) -> None:
        """Run from the top; answers of the log are given where they were given before.

        With a part of a log, `log[:n]`, the run stands where its first n answers had been given (an event's `step`).

        Raises:
            AnswerMismatchError: the log belongs to another program.
        """
        self.log: list[dict[str, Any]] = []
        self.pending: Effect | None = None
        self._now = now
        self._machine = make_machine(seed=seed, limits=limits)
        self._run = self._machine.run(program.tree)
        self._replay: deque[dict[str, Any]] = deque(_copy(answer) for answer in log)
        self._advance(None)
        while self._replay:
            if self.pending is None:
                message = (
                    "The stored conversation does not belong to this program; start a new one."
                )
                raise AnswerMismatchError(message)
            self._answer(self._replay.popleft())

    @property
    def events(self) -> list[TraceEvent]:
        """The whole trace so far."""
        return self._machine.trace.events

    @property
    def status(self) -> SessionStatus:
        """`waiting` while an answer is pending, else how the run ended; after `done()` a message may go on."""
        if isinstance(self.pending, UserEffect) and self.pending.ended:
            return "done"
        if self.pending is not None:
            return "waiting"
        return self.events[-1].name  # type: ignore[return-value]  # the end event's name is the status

    @property
    def line(self) -> int | None:
        """The line that waits, or the last that ran."""
        return self.pending.line if self.pending is not None else self._machine.line

    @property
    def visited(self) -> frozenset[int]:
        """Lines of the statements that ran so far."""
        return frozenset(self._machine.visited)

    @property
    def variables(self) -> dict[str, str]:
        """Short texts of what the program's own names hold."""
        return self._machine.variables()

    def send(self, answer: dict[str, Any]) -> list[TraceEvent]:
        """Answer what is pending, run on, and return the new events.

        Raises:
            AnswerMismatchError: the answer is of another kind, or nothing is pending.
        """
        before = len(self.events)
        self._answer(_copy(answer))
        return self.events[before:]

    def _answer(self, answer: dict[str, Any]) -> None:
        if self.pending is None:
            message = "The program has ended; it waits for nothing."
            raise AnswerMismatchError(message)
        check_answer(self.pending, answer)
        self.log.append(answer)
        self._advance(_copy(answer))

    def _advance(self, answer: dict[str, Any] | None) -> None:
        self.pending = None
        self._machine.meter.resume()
        try:
            effect = self._run.send(answer)
            while isinstance(effect, NowEffect):
                effect = self._run.send(self._moment())
        except StopIteration:
            return
        finally:
            self._machine.meter.pause()
        self.pending = effect

    def _moment(self) -> dict[str, Any]:
        if not self._replay:
            moment = {"kind": "now", "at": self._now().isoformat()}
        elif self._replay[0].get("kind") == "now":
            moment = self._replay.popleft()
        else:
            message = "The stored conversation does not belong to this program; start a new one."
            raise AnswerMismatchError(message)
        self.log.append(moment)
        return moment


def _copy(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the answer as it will be when it was stored and read again."""
    try:
        copy: Any = json.loads(json.dumps(answer))
    except (TypeError, ValueError, RecursionError) as error:
        message = "The answer is not made of JSON values."
        raise AnswerMismatchError(message) from error
    if not isinstance(copy, dict):
        message = "The answer must be an object."
        raise AnswerMismatchError(message)
    return cast("dict[str, Any]", copy)  # JSON objects have text keys
