"""One turn of a visitor's conversation with an agent: its Based program goes on from its log to its next pause.

The turn's events are the run's: text as it is spoken, calls as tools. What the program goes on from is handed to the run engine
at last (`ProgramMoved`), and stored with the answer or not at all: after a failure the same message can be sent again.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from babble_app.agents.speaker import Talk
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
from babble_app.services import app_tools, outside
from babble_app.services.playback import Playback
from babble_app.store import visits as rows
from babble_app.store.tables.base import new_id
from babble_app.tools.toolkit import ToolError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from babble_app.agents.request import ContextFile
    from babble_app.based.effects import Effect
    from babble_app.based.nodes import Program
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.apps import App, PageTool
    from babble_app.schemas.events import AgentEvent
    from babble_app.schemas.usage import Usage
    from babble_app.services.runtime import Runtime
    from babble_app.tools.toolkit import OutsideTool

PARAGRAPH = "\n\n"
"""Between two things that an agent says in one turn."""
ENDED = "ended"
"""The name of the state that says that the program has come to its end; its detail is how."""
TRANSFERRED = "transferred"
"""How a program ends that hands over to a person; its conversation goes on, with one."""
HANDED_OVER = (ENDED, TRANSFERRED)
HUMAN = "human"
"""The name of the state that says that a person answers."""
CRASHED = (
    "Something in this agent went wrong, and it cannot go on. Please begin a new conversation."
)
_SUMMARY_CHARS = 200


@dataclass(frozen=True)
class VisitTurn:
    """What a run knows besides when it answers a visitor of an app."""

    app: App
    token_id: str
    version_id: str | None
    version_number: int | None
    is_new: bool = False
    """Whether nothing can have been said before."""
    opening: bool = False
    """Whether nobody has asked anything: the program says what it says first."""
    data: str = ""
    """What the page or program says of itself, as JSON."""
    tools: tuple[PageTool, ...] = ()
    told_digest: str = ""
    """Of all that was said up to this message: the turn is found again by it. Empty: its caller keeps the session's id."""


async def run(
    rt: Runtime,
    owner_id: str,
    session_id: str,
    turn: VisitTurn,
    text: str | None,
    model: ModelClient,
    outside: Sequence[OutsideTool] = (),
    files: Sequence[ContextFile] = (),
) -> AsyncGenerator[AgentEvent, None]:
    """Yield what comes of the visitor's message; without one, what the program says first.

    The log is read here, not when the message came: another message of the session may have had its turn in between.

    The program's actions are the functions in `outside` of the same name; models that talk may call those too.

    Raises:
        ConflictError: the program has ended, or cannot go on from this log.
        BabbleError: the model failed.
    """
    assert turn.version_id is not None
    yield StateChanged(name="answering")
    _, program = await rt.programs.get(rt, owner_id, turn.version_id)
    begun, log = (False, []) if turn.is_new else await _read_log(rt, owner_id, turn, session_id)
    play = await _resume(program, log)
    conversation = _Conversation(rt, owner_id, turn, play, model, outside, files)
    if not begun or _is_under_way(play):
        async with aclosing(conversation.go_on(len(play.events) if log else 0)) as events:
            async for event in events:
                yield event
    if text is not None:
        if not isinstance(play.pending, UserEffect):
            if begun:
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


async def _read_log(
    rt: Runtime, owner_id: str, turn: VisitTurn, session_id: str
) -> tuple[bool, list[dict[str, Any]]]:
    """Return whether the program has run before, and its log, which may be empty all the same."""
    standing = await rt.database.fetch(rows.get_standing, owner_id, turn.app.id, session_id)
    return standing.status != rows.NEW, standing.log


def _is_under_way(play: Playback) -> bool:
    """Whether the program waits for something else than the visitor, as after a conversation that was only told of."""
    return play.pending is not None and not isinstance(play.pending, UserEffect)


async def _resume(program: Program, log: list[dict[str, Any]]) -> Playback:
    try:
        return await asyncio.to_thread(Playback, program, log)
    except AnswerMismatchError as error:
        message = "This conversation cannot go on after an upgrade. Begin a new one: leave `session_id` out."
        raise ConflictError(message) from error


class _Conversation:
    """The run of a program in this turn, and what was said in it so far."""

    def __init__(
        self,
        rt: Runtime,
        owner_id: str,
        turn: VisitTurn,
        play: Playback,
        model: ModelClient,
        outside: Sequence[OutsideTool],
        files: Sequence[ContextFile],
    ) -> None:
        self._rt = rt
        self._owner_id = owner_id
        self._turn = turn
        self._play = play
        self._model = model
        self._outside_tools = outside
        self._files = files
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
                    talk = Talk(
                        self._model,
                        effect,
                        self._outside_tools,
                        instructions=self._turn.app.instructions,
                        data=self._turn.data,
                        files=self._files,
                    )
                    begun = False
                    async with aclosing(talk.run()) as told:
                        async for event in told:
                            if isinstance(event, TextDelta) and not begun:
                                begun = True
                                yield self.say(event.text)
                            else:
                                yield event
                    answer, spoken = talk.answer, talk.text
                case HttpEffect() | ActionEffect():
                    call_id = new_id("call")
                    tool = self._tool_of(effect)
                    yield _called(effect, call_id, tool)
                    answer = await self._call(effect, call_id, tool)
                    failed = str(answer.get("error", ""))
                    yield ToolAnswered(
                        call_id=call_id,
                        name=_call_name(effect),
                        ok=not failed,
                        summary=failed[:_SUMMARY_CHARS],
                    )
                case _:
                    answer, usage = await self._outside(effect)
                    yield UsageCounted(usage=usage)
            await asyncio.to_thread(play.send, answer)
            for event in self._told(seen, already=spoken):
                yield event

    def _tool_of(self, effect: HttpEffect | ActionEffect) -> OutsideTool | None:
        named = isinstance(effect, ActionEffect)
        return app_tools.find_tool(self._outside_tools, effect.name) if named else None

    async def _call(
        self, effect: HttpEffect | ActionEffect, call_id: str, tool: OutsideTool | None
    ) -> dict[str, Any]:
        if tool is None or not isinstance(effect, ActionEffect):
            return (await self._outside(effect))[0]
        try:
            result = await tool.call(call_id, effect.args)
        except ToolError as error:
            return {"kind": "action", "error": str(error)}
        return {"kind": "action", "value": _value(result), "mocked": False}

    async def _outside(self, effect: Effect) -> tuple[dict[str, Any], Usage]:
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


def _called(
    effect: HttpEffect | ActionEffect, call_id: str, tool: OutsideTool | None
) -> ToolCalled:
    return ToolCalled(
        call_id=call_id,
        name=tool.name if tool else _call_name(effect),
        arguments=effect.args if isinstance(effect, ActionEffect) else {},
        by_page=tool is not None and tool.by_page,
    )


def _call_name(effect: HttpEffect | ActionEffect) -> str:
    return effect.name if isinstance(effect, ActionEffect) else f"http {effect.method.lower()}"


def _value(result: str) -> Any:
    """Return what a function answered as a value that programs can use: JSON where it is some."""
    try:
        return orjson.loads(result)
    except orjson.JSONDecodeError:
        return result
