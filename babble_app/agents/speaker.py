"""Lets a program's model speak to a visitor word by word; what is meant for the program is held back."""

from __future__ import annotations

import re
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from babble_app.agents import talker
from babble_app.agents.answerer import MAX_CALLS, TOOL_ROUNDS, call_tools
from babble_app.agents.turn import Turn
from babble_app.schemas.events import TextDelta
from babble_app.schemas.models import ModelMessage, TextPart
from babble_app.tools.toolkit import ToolContext

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from babble_app.agents.answerer import Tools
    from babble_app.agents.request import ContextFile
    from babble_app.based.effects import TalkEffect
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.events import AgentEvent
    from babble_app.schemas.models import ModelRequest, ToolSpec
    from babble_app.tools.toolkit import OutsideTool

_MAY_BE_NEXT = re.compile(r"[\s>*`]*(?:N(?:E(?:X(?:T(?::.*)?)?)?)?)?")
"""What the line may still become that chooses an exit (agents/talker.py)."""


class Talk:
    """A turn of talk: what the model says, and what it lets be done before it has an answer for the program."""

    def __init__(
        self,
        model: ModelClient,
        effect: TalkEffect,
        outside: Sequence[OutsideTool] = (),
        *,
        instructions: str = "",
        data: str = "",
        files: Sequence[ContextFile] = (),
    ) -> None:
        """Prepare the turn.

        Args:
            model: Who speaks.
            effect: What the program waits for.
            outside: What may be called besides choosing an exit, which wins where the names are the same.
            instructions: The app's own, behind the program's prompt.
            data: What the asking page says of itself.
            files: What the visitor has given along.
        """
        self.answer: dict[str, Any] = {}
        """What the program is given, when `run` has ended."""
        self.text = ""
        """What was said."""
        self._model = model
        self._effect = effect
        slugs = {one.slug for one in effect.exits}
        self._outside: Tools = {one.name: one for one in outside if one.name not in slugs}
        request = talker.talk_request(effect, instructions=instructions, data=data, files=files)
        specs = tuple(one.spec for one in self._outside.values())
        self._context = ToolContext()
        self._request = request.model_copy(update={"tools": (*request.tools, *specs)})

    async def run(self) -> AsyncGenerator[AgentEvent, None]:
        """Yield what the visitor hears and sees of it.

        Raises:
            ModelAnswerInvalidError: the model said nothing.
        """
        messages = list(self._request.messages)
        exits = {one.slug for one in self._effect.exits}
        for number in range(TOOL_ROUNDS + 1):
            tools = self._request.tools if number < TOOL_ROUNDS else self._exit_tools()
            turn = Turn()
            request = self._request.model_copy(update={"messages": tuple(messages), "tools": tools})
            async with aclosing(self._speak(request, turn)) as pieces:
                async for piece in pieces:
                    yield piece
            yield turn.counted()
            called = {call.name for call in turn.tool_calls}
            if called & exits or not called & set(self._outside) or number == TOOL_ROUNDS:
                self.answer = talker.read_talk(self._effect, turn)
                return
            calls = tuple(turn.tool_calls[:MAX_CALLS])
            messages.append(ModelMessage(role="assistant", text=turn.text, tool_calls=calls))
            async with aclosing(
                call_tools(self._outside, self._context, calls, messages)
            ) as events:
                async for event in events:
                    yield event

    def _exit_tools(self) -> tuple[ToolSpec, ...]:
        return tuple(one for one in self._request.tools if one.name not in self._outside)

    async def _speak(self, request: ModelRequest, turn: Turn) -> AsyncGenerator[TextDelta, None]:
        voice = Voice(holds_lines=bool(self._effect.exits))
        async with aclosing(turn.stream(self._model, request)) as parts:
            async for part in parts:
                if isinstance(part, TextPart) and (text := voice.hear(part.text)):
                    self.text += text
                    yield TextDelta(text=text)
        if text := voice.finish():
            self.text += text
            yield TextDelta(text=text)


class Voice:
    """Passes text on without blanks at its ends, and without lines that choose an exit."""

    def __init__(self, *, holds_lines: bool) -> None:
        """Begin; `holds_lines`: whether a line may be meant for the program."""
        self._holds_lines = holds_lines
        self._line = ""
        """What is held of the line that is being written; it may still choose an exit."""
        self._is_plain = not holds_lines
        self._blanks = ""
        self._has_spoken = False

    def hear(self, text: str) -> str:
        """Take a piece and return what can be said of all so far."""
        if not self._holds_lines:
            return self._say(text)
        return "".join(self._say(piece) for piece in map(self._take, _lines(text)))

    def finish(self) -> str:
        """Return what was held and is to be said after all."""
        line, self._line = self._line, ""
        return "" if _is_next(line) else self._say(line)

    def _take(self, piece: str) -> str:
        if self._is_plain:
            self._is_plain = not piece.endswith("\n")
            return piece
        self._line += piece
        if _MAY_BE_NEXT.fullmatch(self._line.rstrip("\n")) and not self._line.endswith("\n"):
            return ""
        line, self._line = self._line, ""
        if line.endswith("\n"):
            return "" if _is_next(line) else line
        self._is_plain = True
        return line

    def _say(self, text: str) -> str:
        text = self._blanks + text
        if not self._has_spoken:
            text = text.lstrip()
        said = text.rstrip()
        self._blanks = text[len(said) :]
        self._has_spoken = self._has_spoken or bool(said)
        return said


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True) if "\n" in text else [text]


def _is_next(line: str) -> bool:
    return bool(re.fullmatch(r"[\s>*`]*NEXT:.*\s*", line))
