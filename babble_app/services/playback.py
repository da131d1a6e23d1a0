"""A run that remembers what each of its answers was asked for, and plays a recorded conversation as far as it fits.

Answers are given again in their order, and nothing after the first that does not fit: what is made is a conversation that can go on
from there. (Tests are played by `based/player.py`, which looks an answer up by its question and says everything that the user said.)
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, assert_never, cast

from babble_app.based import parser
from babble_app.based.effects import (
    ActionEffect,
    AskEffect,
    HttpEffect,
    RephraseEffect,
    SummarizeEffect,
    TalkEffect,
    UserEffect,
)
from babble_app.based.mocks import answer_from
from babble_app.based.outline import outline
from babble_app.based.runner import Execution
from babble_app.schemas.sessions import ConditionCount, SessionStep
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.based.effects import Effect
    from babble_app.based.nodes import Program
    from babble_app.schemas.mocks import Mock

USED = "used"
"""The key of a log's entry that says what the answer took: `{"seconds": 0.8, "usage": {...}}`."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the program waited for when an answer came."""

    effect: Effect
    event: int
    """How many events had been traced by then."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer of an earlier run, with what it had been asked for; None for the time, which nobody is asked."""

    effect: Effect | None
    answer: dict[str, Any]


class Playback(Execution):
    """An execution whose log can be explained entry by entry."""

    def __init__(
        self,
        program: Program,
        log: Sequence[dict[str, Any]] = (),
        *,
        rest: Sequence[Recorded] = (),
    ) -> None:
        """Run from the top; of `rest` only the times are taken, where the program asks for one."""
        self._asked: dict[int, _Asked] = {}
        self._rest = deque(rest)
        self._program = program
        super().__init__(program, log, now=self._time)

    def steps(self) -> tuple[SessionStep, ...]:
        """Return every answer's question, in order."""
        return tuple(
            _step(number, asked, self.log[number]) for number, asked in self._asked.items()
        )

    def recorded(self) -> list[Recorded]:
        """Return the log with what was asked, to be played again."""
        found = ((self._asked.get(number), answer) for number, answer in enumerate(self.log))
        return [Recorded(asked.effect if asked else None, answer) for asked, answer in found]

    def conditions(self) -> tuple[ConditionCount, ...]:
        """Return the program's conditions in the order of their lines, and how often each was chosen."""
        fired = [event for event in self.events if event.type == "condition"]
        words = {event.line: event.text for event in fired}
        return tuple(
            ConditionCount(
                line=one.line,
                text=words.get(one.line) or one.text,
                hits=sum(event.line == one.line for event in fired),
            )
            for one in outline(self._program).exits
        )

    def play_on(self, mocks: Sequence[Mock] | None = None) -> None:
        """Give the answers of `rest` while they fit what the program asks; with `mocks`, calls are answered by those."""
        while self.pending is not None:
            self._skip_times()
            outside = isinstance(self.pending, HttpEffect | ActionEffect)
            if outside and mocks is not None:
                if self._rest and _fits(self.pending, self._rest[0]):
                    self._rest.popleft()
                self.send(answer_from(mocks, cast("HttpEffect | ActionEffect", self.pending)))
            elif self._rest and _fits(self.pending, self._rest[0]):
                self.send(self._rest.popleft().answer)
            else:
                return

    def _answer(self, answer: dict[str, Any]) -> None:
        if self.pending is not None:
            self._asked[len(self.log)] = _Asked(self.pending, len(self.events))
        super()._answer(answer)

    def _time(self) -> datetime:
        if self._rest and self._rest[0].answer.get("kind") == "now":
            return datetime.fromisoformat(self._rest.popleft().answer["at"])
        return datetime.now(UTC)

    def _skip_times(self) -> None:
        """Drop times that the program did not ask for this time."""
        while self._rest and self._rest[0].effect is None:
            self._rest.popleft()


async def resume(program: str, log: Sequence[dict[str, Any]]) -> Playback:
    """Replay a program's text in a thread: it may take its whole budget of steps."""
    return await asyncio.to_thread(lambda: Playback(parser.parse(program), log))


async def replace(
    program: str, log: Sequence[dict[str, Any]], step: int, answer: dict[str, Any]
) -> Playback:
    """Replay with another answer at `step`, and the recorded ones after it while they fit."""

    def play() -> Playback:
        parsed = parser.parse(program)
        rest = Playback(parsed, log).recorded()[step + 1 :]
        run = Playback(parsed, [*log[:step], answer], rest=rest)
        run.play_on()
        return run

    return await asyncio.to_thread(play)


async def play_again(
    old_program: str, log: Sequence[dict[str, Any]], program: str, mocks: Sequence[Mock]
) -> Playback:
    """Replay the old program's conversation with a program and mocks, while the recorded answers fit."""

    def play() -> Playback:
        rest = Playback(parser.parse(old_program), log).recorded()
        run = Playback(parser.parse(program), rest=rest)
        run.play_on(mocks)
        return run

    return await asyncio.to_thread(play)


def _fits(effect: Effect, recorded: Recorded) -> bool:
    """Whether the answer can be given here too: it was asked for the same thing."""
    old, answer = recorded.effect, recorded.answer
    match effect:
        case UserEffect():
            return isinstance(old, UserEffect)
        case TalkEffect():
            if not isinstance(old, TalkEffect) or effect.first != old.first:
                return False
            here = effect.line == old.line or effect.prompt == old.prompt
            offered = "reply" in answer or answer.get("exit") in {one.slug for one in effect.exits}
            return here and offered
        case AskEffect():
            return isinstance(old, AskEffect) and effect.question == old.question
        case SummarizeEffect():
            return isinstance(old, SummarizeEffect) and effect.prompt == old.prompt
        case RephraseEffect():
            return isinstance(old, RephraseEffect) and effect.text == old.text
        case HttpEffect():
            return isinstance(old, HttpEffect) and (effect.method, effect.url) == (
                old.method,
                old.url,
            )
        case ActionEffect():
            return isinstance(old, ActionEffect) and effect.name == old.name
        case _:
            assert_never(effect)


def _step(number: int, asked: _Asked, answer: dict[str, Any]) -> SessionStep:
    used: dict[str, Any] = answer.get(USED) or {}
    usage: Any = used.get("usage")
    return SessionStep(
        number=number,
        kind=answer["kind"],
        line=asked.effect.line,
        event=asked.event,
        asked=_question(asked.effect),
        seconds=used.get("seconds"),
        usage=Usage.model_validate(usage) if usage else None,
    )


def _question(effect: Effect) -> dict[str, Any]:
    """Return what was asked, without the transcript that the steps before show."""
    match effect:
        case TalkEffect():
            exits = [{"slug": one.slug, "text": one.text} for one in effect.exits]
            asked = {"prompt": effect.prompt, "exits": exits, "context": effect.context}
            return asked | {"data": effect.data, "first": effect.first}
        case AskEffect():
            asked = {"question": effect.question, "input": effect.input, "problem": effect.problem}
            return asked | {"example": effect.example, "schema": effect.schema}
        case SummarizeEffect():
            return {"prompt": effect.prompt, "input": effect.input}
        case RephraseEffect():
            return {"text": effect.text}
        case HttpEffect():
            asked = {"method": effect.method, "url": effect.url, "params": effect.params}
            return asked | {"body": effect.body, "headers": effect.headers}
        case ActionEffect():
            return {"name": effect.name, "args": effect.args}
        case UserEffect():
            return {"exits": [{"slug": one.slug, "text": one.text} for one in effect.exits]}
        case _:
            assert_never(effect)
