"""Lets a program's model speak to a visitor word by word; what is meant for the program is held back."""

from __future__ import annotations

import re
from contextlib import aclosing
from typing import TYPE_CHECKING

from babble_app.schemas.models import TextPart

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from babble_app.agents.turn import Turn
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.models import ModelRequest

_MAY_BE_NEXT = re.compile(r"[\s>*`]*(?:N(?:E(?:X(?:T(?::.*)?)?)?)?)?")
"""What the line may still become that chooses an exit (agents/talker.py)."""


async def speak(model: ModelClient, request: ModelRequest, turn: Turn) -> AsyncGenerator[str, None]:
    """Yield what the visitor hears of the model's answer; `turn` holds the whole answer when it ends."""
    voice = Voice(holds_lines=bool(request.tools))
    async with aclosing(turn.stream(model, request)) as parts:
        async for part in parts:
            if isinstance(part, TextPart) and (text := voice.hear(part.text)):
                yield text
    if text := voice.finish():
        yield text


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
