"""One turn of an agent in a test conversation: an exit whose condition is met, else the next thing to say."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from babble_app.llm.demo.conditions import given_fields, is_met
from babble_app.llm.demo.fields import make_field
from babble_app.llm.demo.gather import gather
from babble_app.llm.demo.prompt import transcript
from babble_app.llm.demo.reply import Reply
from babble_app.llm.demo.words import (
    best_match,
    capital,
    is_question,
    listing,
    sentences,
    telling,
)
from babble_app.schemas.models import ToolCall

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from babble_app.llm.demo.fields import Field
    from babble_app.schemas.models import ModelRequest, ToolSpec

_ASK_FOR = re.compile(
    r"\b(?:ask for|collect|find out|gather)\b(?: these details, one at a time:)?\s*(?P<list>[^.;\n]+)",
    re.IGNORECASE,
)
_ASK_WHETHER = re.compile(
    r"\bask (?:them |the \w+ )?(?P<what>whether|if|what|which|how|when|where|who)\b(?P<rest>[^.;\n]*)",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:,\s*and\s+|,|\band\b|&)\s*")
_INSTRUCTION = re.compile(
    r"^(?:you are|your |ask|answer|exits?:|find out|say |never|always|do not|don't|be |keep |greet|otherwise|#)",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|hola|hallo|bonjour|ciao|olá)\b\W*\w*\W*$",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"(?:(?:hi|hello|hey|good \w+)\b[ ,.!]*)?(?:i['’]d like|i would like|i want|i need|we want|we need|can i|could i|may i)\b",
    re.IGNORECASE,
)
_CHANGES = re.compile(r"wants to change something", re.IGNORECASE)
_HELP = re.compile(r"\b(?:can|could|will|would) you help\b", re.IGNORECASE)
_RIGHT = re.compile(r"\b(?:is|are) (?:right|correct)$", re.IGNORECASE)
NOT_FOUND = "I am the offline demo model, not an AI: I find no answer to that in what I was given."


def take_turn(request: ModelRequest) -> Reply:
    """Return a tool call for the exit that fits, or the agent's next message."""
    system = "\n".join(message.text for message in request.messages if message.role == "system")
    turns = transcript(request.messages)
    waiting = bool(request.messages) and request.messages[-1].text.strip() == "[Speak next.]"
    if not waiting:
        # "Let me talk to a person" is a wish to leave, even where a detail is still missing that any words could be.
        for tool in sorted(request.tools, key=lambda tool: bool(given_fields(tool.description))):
            if is_met(tool.description or tool.name.replace("_", " "), turns):
                return Reply(tool_calls=(_call(tool, turns),))
    return Reply(_next_words(system, request.tools, turns, waiting=waiting))


def _call(tool: ToolSpec, turns: Sequence[tuple[str, str]]) -> ToolCall:
    properties: dict[str, Any] = tool.parameters.get("properties") or {}
    fields = {name: make_field(name.replace("_", " ")) for name in properties}
    found = gather(turns, [field for field in fields.values() if field])
    arguments = {
        name: found[field.key] for name, field in fields.items() if field and field.key in found
    }
    for name in tool.parameters.get("required") or ():
        arguments.setdefault(name, turns[-1][1])
    return ToolCall(id=f"demo_{tool.name}"[:40], name=tool.name, arguments=arguments)


def _next_words(
    system: str, tools: Sequence[ToolSpec], turns: Sequence[tuple[str, str]], *, waiting: bool
) -> str:
    said = turns[-1][1] if turns and turns[-1][0] == "user" else ""
    missing = _missing(system, tools, turns)
    if waiting:
        return _opening(system, missing, turns)
    if is_question(said) and not _HELP.search(said) and (answer := _answer(system, said)):
        return " ".join([answer, *missing[:1]])
    if missing:
        return _thanks(turns, said, missing[0]) + missing[0]
    if _GREETING.match(said):
        return "Hello! What can I do for you?"
    if answer := _answer(system, said, only_hits=True):
        return answer
    ways = "; ".join(tool.description for tool in tools)
    return f"I have noted that. Is there anything else? (I am the offline demo model; I wait for one of: {ways}.)"


def _thanks(turns: Sequence[tuple[str, str]], said: str, question: str) -> str:
    if not turns[:-1] or _GREETING.match(said):
        return ""
    if turns[-2][1].endswith(question) and not _WISH.match(said):
        return "Sorry, I did not understand that. "
    return "Gladly. " if _WISH.match(said) or _HELP.search(said) else "Thank you. "


def _opening(system: str, missing: Sequence[str], turns: Sequence[tuple[str, str]]) -> str:
    if missing:
        return missing[0]
    if _CHANGES.search(system):
        return _correction(system, turns) or "What would you like to change?"
    if match := _ASK_WHETHER.search(system):
        if match["what"].lower() in {"whether", "if"}:
            if _RIGHT.search(match["rest"].strip()):
                return "Is that right?"
            return f"Can you tell me whether {match['rest'].strip()}?"
        return f"{capital(match['what'])}{match['rest'].rstrip()}?"
    return "How can I help you?"


def _correction(system: str, turns: Sequence[tuple[str, str]]) -> str:
    """Repeat what the person corrected while refusing, as in "no, 4 nights"."""
    said = [turn for turn in turns if turn[0] == "user"][-1:]
    wanted = {field.key: field for field in _asked_in(system.partition("# How you answer")[0])}
    found = gather(said, wanted.values())
    if not found:
        return ""
    news = listing([f"{wanted[key].label} {value}" for key, value in found.items()])
    return f"I have changed that: {news}. Shall I read it all back?"


def _missing(system: str, tools: Sequence[ToolSpec], turns: Sequence[tuple[str, str]]) -> list[str]:
    """Return the questions for details that an exit or the prompt asks for and nobody has given yet."""
    wanted: dict[str, Field] = {}
    for tool in tools:
        wanted |= {field.key: field for field in given_fields(tool.description)}
    if not wanted:
        wanted = {field.key: field for field in _asked_in(system.partition("# How you answer")[0])}
    found = gather(turns, wanted.values())
    return [field.question for key, field in wanted.items() if key not in found]


def _asked_in(prompt: str) -> Iterator[Field]:
    for match in _ASK_FOR.finditer(prompt):
        for item in _SPLIT.split(match["list"]):
            if field := make_field(item):
                yield field


def _answer(system: str, said: str, *, only_hits: bool = False) -> str:
    """Return what the agent's data or prompt say about a question."""
    prompt = system.partition("# How you answer")[0]
    texts = [
        *_strings(_values(prompt)),
        *(piece for piece in sentences(prompt) if not _INSTRUCTION.match(piece)),
    ]
    pieces = [
        piece
        for text in texts
        for piece in sentences(text)
        if not piece.startswith(("{", "[", "Your task"))
    ]
    best = best_match(said, pieces)
    if best:
        return best
    return "" if only_hits or not telling(said) else NOT_FOUND


def _values(text: str) -> Iterator[Any]:
    """Yield the JSON objects and lists that stand in a text."""
    decoder, position = json.JSONDecoder(), 0
    while match := re.compile(r"[\[{]").search(text, position):
        try:
            value, position = decoder.raw_decode(text, match.start())
        except ValueError:
            position = match.end()
        else:
            yield value


def _strings(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _strings(value.values())  # pyright: ignore[reportUnknownArgumentType]
        elif isinstance(value, list):
            yield from _strings(value)  # pyright: ignore[reportUnknownArgumentType]
