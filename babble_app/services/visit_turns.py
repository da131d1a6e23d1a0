"""One turn of a visitor's conversation with an agent: its Based program goes on from its log to its next pause.

The turn's events are the run's: text as it is spoken, calls as tools. What the program goes on from is handed to the run engine
at last (`ProgramMoved`), and stored with the answer or not at all: after a failure the same message can be sent again.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from babble_app.agents import talker
from babble_app.agents.speaker import speak
from babble_app.agents.turn import Turn
from babble_app.based import parser
from babble_app.based.effects import (
    ActionEffect,
    AnswerMismatchError,
    HttpEffect,
    TalkEffect,
    UserEffect,
)
from babble_app.errors import ConflictError
from babble_app.schemas.events import (
    ProgramMoved,
    StateChanged,
    TextDelta,
    ToolAnswered,
    ToolCalled,
    UsageCounted,
)
from babble_app.services import outside
from babble_app.services.playback import Playback
from babble_app.store import visits as rows
from babble_app.store.agents import unpacked
from babble_app.store.tables.base import new_id

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from babble_app.based.nodes import Program
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.apps import App, PageTool
    from babble_app.schemas.events import AgentEvent
    from babble_app.services.runtime import Runtime

PARAGRAPH = "\n\n"
"""Between two things that an agent says in one turn."""
ENDED = "ended"
"""The name of the state that says that the program has come to its end; its detail is how."""
CRASHED = (
    "Something in this agent went wrong, and it cannot go on. Please begin a new conversation."
)
_SUMMARY_CHARS = 200
_MOST_PROGRAMS = 200


@dataclass(frozen=True)
class VisitTurn:
    """What a run knows besides when it answers a visitor of an app."""

    app: App
    token_id: str
    version_id: str | None
    version_number: int | None
    log: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    data: str = ""
    """What the page or program says of itself, as JSON."""
    tools: tuple[PageTool, ...] = ()


class Programs:
    """Parsed programs of versions, which never change; the longest unused are forgotten."""

    def __init__(self) -> None:
        """Start empty."""
        self._kept: OrderedDict[str, tuple[int, Program]] = OrderedDict()

    async def get(self, rt: Runtime, owner_id: str, version_id: str) -> tuple[int, Program]:
        """Return the number and the program of the owner's version; raises NotFoundError."""
        if version_id in self._kept:
            self._kept.move_to_end(version_id)
            return self._kept[version_id]
        number, text_zlib = await rt.database.fetch(rows.get_program, owner_id, version_id)
        program = await asyncio.to_thread(lambda: parser.parse(unpacked(text_zlib)))
        self._kept[version_id] = number, program
        if len(self._kept) > _MOST_PROGRAMS:
            self._kept.popitem(last=False)
        return number, program


async def run(
    rt: Runtime, owner_id: str, turn: VisitTurn, text: str | None, model: ModelClient
) -> AsyncGenerator[AgentEvent, None]:
    """Yield what comes of the visitor's message; without one, what the program says first.

    Raises:
        ConflictError: the program has ended, or cannot go on from this log.
        BabbleError: the model failed.
    """
    assert turn.version_id is not None
    yield StateChanged(name="answering")
    _, program = await rt.programs.get(rt, owner_id, turn.version_id)
    play = await _resume(program, turn.log)
    conversation = _Conversation(rt, owner_id, turn, play, model)
    if not turn.log:
        async with aclosing(conversation.go_on(0)) as events:
            async for event in events:
                yield event
    if text is not None:
        if not isinstance(play.pending, UserEffect):
            if turn.log:
                raise ConflictError(
                    "This conversation has ended. Begin a new one: leave `session_id` out."
                )
        else:
            heard = len(play.events)
            await asyncio.to_thread(play.send, {"kind": "user", "text": text})
            async with aclosing(conversation.go_on(heard)) as events:
                async for event in events:
                    yield event
    if not isinstance(play.pending, UserEffect):
        if play.status in {"failed", "limit"}:
            yield conversation.say(CRASHED)
        yield StateChanged(name=ENDED, detail=play.status)
    yield ProgramMoved(log=list(play.log), status=play.status)


async def _resume(program: Program, log: list[dict[str, Any]]) -> Playback:
    try:
        return await asyncio.to_thread(Playback, program, log)
    except AnswerMismatchError as error:
        message = "This conversation cannot go on after an upgrade. Begin a new one: leave `session_id` out."
        raise ConflictError(message) from error


class _Conversation:
    """The run of a program in this turn, and what was said in it so far."""

    def __init__(
        self, rt: Runtime, owner_id: str, turn: VisitTurn, play: Playback, model: ModelClient
    ) -> None:
        self._rt = rt
        self._owner_id = owner_id
        self._turn = turn
        self._play = play
        self._model = model
        self._has_spoken = False

    def say(self, text: str) -> TextDelta:
        """Return a thing that is said as a paragraph of its own."""
        space = PARAGRAPH if self._has_spoken else ""
        self._has_spoken = True
        return TextDelta(text=space + text)

    async def go_on(self, seen: int) -> AsyncGenerator[AgentEvent, None]:
        """Answer what the program asks until it waits for the visitor or ends; of its events, `seen` are told already."""
        play = self._play
        for event in self._told(seen):
            yield event
        while play.pending is not None and not isinstance(play.pending, UserEffect):
            effect, seen, spoken = play.pending, len(play.events), ""
            match effect:
                case TalkEffect():
                    spoken_turn = Turn()
                    request = talker.talk_request(
                        effect, instructions=self._turn.app.instructions, data=self._turn.data
                    )
                    async with aclosing(speak(self._model, request, spoken_turn)) as pieces:
                        async for piece in pieces:
                            yield TextDelta(text=piece) if spoken else self.say(piece)
                            spoken += piece
                    yield spoken_turn.counted()
                    answer = talker.read_talk(effect, spoken_turn)
                case HttpEffect() | ActionEffect():
                    name = effect.name if isinstance(effect, ActionEffect) else _call_name(effect)
                    call_id = new_id("call")
                    shown = effect.args if isinstance(effect, ActionEffect) else {}
                    yield ToolCalled(call_id=call_id, name=name, arguments=shown)
                    answer, _ = await self._outside(effect)
                    failed = str(answer.get("error", ""))
                    yield ToolAnswered(
                        call_id=call_id, name=name, ok=not failed, summary=failed[:_SUMMARY_CHARS]
                    )
                case _:
                    answer, usage = await self._outside(effect)
                    yield UsageCounted(usage=usage)
            await asyncio.to_thread(play.send, answer)
            for event in self._told(seen, already=spoken):
                yield event

    async def _outside(self, effect: Any) -> tuple[dict[str, Any], Any]:
        return await outside.answer_effect(
            self._rt,
            self._owner_id,
            self._turn.app.workspace_id,
            effect,
            model=self._model,
            live=True,
        )

    def _told(self, seen: int, already: str = "") -> list[AgentEvent]:
        """Return what the visitor hears of the program's new events; `already`: what was spoken word by word."""
        told: list[AgentEvent] = []
        for event in self._play.events[seen:]:
            if event.type != "agent" or not event.text.strip():
                continue
            if already and event.via == "talk":
                already = ""
                continue
            told.append(self.say(event.text))
        return told


def _call_name(effect: HttpEffect) -> str:
    return f"http {effect.method.lower()}"
