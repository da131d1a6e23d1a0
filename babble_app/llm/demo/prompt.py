"""Reads a prompt as `agents/request.py` lays it out: the request, the program, files, passages, and the round."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.models import ModelMessage, ModelRequest

_ROUND = re.compile(r"\ARound (\d+) of \d+\.")
_FENCE = re.compile(r"^(`{3,})based[ \t]*\n(.*?)^\1[ \t]*$", re.DOTALL | re.MULTILINE)
_PROGRAM_BEGIN = "The program now:"
_BLOCK = re.compile(r"^<(file|passage)\b([^>\n]*)>\n(.*?)^</\1>", re.DOTALL | re.MULTILINE)
_ATTRIBUTE = re.compile(r"(\w+)=\"([^\"]*)\"")
_INPUT = re.compile(r"<(input|request)>\n?(.*)</\1>", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A piece of a file in the prompt."""

    number: int
    """What a citation calls it; 0 for files."""
    file: str
    page: str
    text: str


@dataclass(frozen=True)
class Prompt:
    """A model request, taken apart."""

    system: str
    request: str
    """The person's own words."""
    program: str
    """The program that the request is about, or an empty string."""
    shown: str
    """The program as it was shown last: a later round may begin at a draft with earlier changes in it."""
    pieces: tuple[Piece, ...]
    round: int
    """1 for the first answer to the request."""
    complaint: str
    """What was said about the answer before; empty in the first round."""


def read_prompt(request: ModelRequest) -> Prompt:
    """Return what a request holds, whatever its task is."""
    users = [message.text for message in request.messages if message.role == "user"]
    rounds = [text for text in users if _ROUND.match(text)]
    programs = [text for text in users if text.lstrip().startswith(_PROGRAM_BEGIN)]
    others = [text for text in users if not _ROUND.match(text) and text not in programs]
    last = _ROUND.match(users[-1]) if users else None
    return Prompt(
        system="\n".join(message.text for message in request.messages if message.role == "system"),
        request=_unwrapped(others[-1]) if others else "",
        program=_program(programs[:1]),
        shown=_program(programs[-1:]),
        pieces=tuple(piece for text in others[:-1] for piece in _pieces(text)),
        round=int(last[1]) if last else 1,
        complaint=rounds[-1] if rounds and last else "",
    )


def transcript(messages: Sequence[ModelMessage]) -> list[tuple[str, str]]:
    """Return who said what in a test conversation, without the wish to speak next."""
    said = [
        (message.role, message.text)
        for message in messages
        if message.role in {"user", "assistant"}
    ]
    return [turn for turn in said if turn[1].strip() != "[Speak next.]"]


def read_input(text: str) -> str:
    """Return what stands between `<input>` or `<request>` tags, or the whole text."""
    return _unwrapped(text)


def _unwrapped(text: str) -> str:
    match = _INPUT.search(text)
    return match[2].strip() if match else text.strip()


def _program(texts: Sequence[str]) -> str:
    match = _FENCE.search(texts[0]) if texts else None
    return match[2] if match else ""


def _pieces(text: str) -> list[Piece]:
    found: list[Piece] = []
    for match in _BLOCK.finditer(text):
        named = dict(_ATTRIBUTE.findall(match[2]))
        number = int(named.get("number", "0")) if named.get("number", "0").isdigit() else 0
        found.append(
            Piece(
                number,
                named.get("file") or named.get("name", ""),
                named.get("page", ""),
                match[3].strip(),
            )
        )
    return found
