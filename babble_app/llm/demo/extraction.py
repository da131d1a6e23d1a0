"""Answers `.ask` (a value of a given shape, from a transcript), `.summarize` and rephrasing."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from babble_app.llm.demo.fields import Field, make_field
from babble_app.llm.demo.gather import gather
from babble_app.llm.demo.prompt import read_input
from babble_app.llm.demo.reply import Reply
from babble_app.llm.demo.words import best_match, sentences, shorten, tidy

if TYPE_CHECKING:
    from babble_app.llm.demo.fields import FieldKind
    from babble_app.schemas.models import ModelRequest

_TURN = re.compile(
    r"^(user|assistant): (.*?)(?=^(?:user|assistant): |\Z)", re.DOTALL | re.MULTILINE
)
_YES = re.compile(
    r"\b(?:yes|yep|yeah|sure|correct|right|confirm\w*|ok(?:ay)?|true|sí|ja|oui|sim)\b",
    re.IGNORECASE,
)
_NO = re.compile(r"\b(?:no|nope|not|wrong|never|false|nein|non|não)\b", re.IGNORECASE)
_QUESTION = re.compile(r"^Question:[ \t]*(.*)$", re.MULTILINE)
_REWORDINGS = (
    ("I am ", "I'm "), ("do not ", "don't "), ("cannot ", "can't "), ("Hello", "Hi"), ("Goodbye", "Bye for now"),
    ("Thank you", "Many thanks"), ("I have ", "I've "), ("Please ", "Kindly "),
)  # fmt: skip


def extract_value(request: ModelRequest) -> Reply:
    """Return JSON of the shape that the prompt shows, filled from the text between its tags."""
    system = "\n".join(message.text for message in request.messages if message.role == "system")
    text = read_input(request.messages[-1].text)
    turns: list[tuple[str, str]] = [(match[1], match[2].strip()) for match in _TURN.finditer(text)]
    match = _QUESTION.search(system)
    question = match[1] if match else ""
    shape = _shape(system[match.end() :] if match else system, request.json_schema)
    value = _fill(shape, question, turns or [("user", text)])
    return Reply(json.dumps(value, ensure_ascii=False))


def summarize(request: ModelRequest) -> Reply:
    """Return the beginning of what each side said."""
    text = read_input(request.messages[-1].text)
    said = [match[2].strip() for match in _TURN.finditer(text) if match[1] == "user"]
    if said:
        told = "; ".join(shorten(tidy(piece), 80).rstrip(".") for piece in said[:6])
        return Reply(f"The person said: {told}.")
    return Reply(" ".join(sentences(text)[:2]) or "There is nothing to sum up.")


def rephrase(request: ModelRequest) -> Reply:
    """Return the text with a few of its words exchanged."""
    text = read_input(request.messages[-1].text)
    for old, new in _REWORDINGS:
        text = text.replace(old, new)
    return Reply(text)


def _shape(text: str, schema: dict[str, Any] | None) -> Any:
    """Return an example of the wanted value: the one in the prompt, or one made from its JSON Schema."""
    if schema is not None:
        return _example_of(schema)
    decoder = json.JSONDecoder()
    for match in re.finditer(r"[\[{\"]|-?\d|\btrue\b|\bfalse\b", text):
        try:
            value: Any = decoder.raw_decode(text, match.start())[0]
        except ValueError:
            continue
        return _example_of(value) if _is_schema(value) else value
    return ""


def _is_schema(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    found: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType] - objects of JSON have string keys
    return "properties" in found or found.get("type") in {
        "object",
        "array",
        "string",
        "integer",
        "number",
        "boolean",
    }


def _example_of(schema: dict[str, Any]) -> Any:
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        properties: dict[str, dict[str, Any]] = schema.get("properties") or {}
        return {name: _example_of(part) for name, part in properties.items()}
    if kind == "array":
        return [_example_of(schema.get("items") or {})]
    if schema.get("enum"):
        return list(schema["enum"])
    return {"integer": 1, "number": 1.5, "boolean": True}.get(str(kind), "")


def _fill(shape: Any, label: str, turns: list[tuple[str, str]]) -> Any:
    if isinstance(shape, dict):
        return _fill_object(shape, turns)  # pyright: ignore[reportUnknownArgumentType]
    said = [text for role, text in turns if role == "user"]
    last = said[-1] if said else ""
    if isinstance(shape, bool):
        return None if not (_YES.search(last) or _NO.search(last)) else not _NO.search(last)
    if isinstance(shape, int | float):
        return _number(_find(label, "number", turns) or last, shape)
    if isinstance(shape, list):
        items = [piece.strip() for piece in re.split(r",|\band\b", last) if piece.strip()]
        return items if not shape or isinstance(shape[0], str) else []
    return _find(label, None, turns) or best_match(label, said) or last or None


def _fill_object(shape: dict[str, Any], turns: list[tuple[str, str]]) -> dict[str, Any]:
    fields = {key: _field(str(key), example) for key, example in shape.items()}
    found = gather(turns, fields.values())
    filled: dict[str, Any] = {}
    for key, example in shape.items():
        value = found.get(fields[key].key)
        if value is None and isinstance(example, bool | dict):
            filled[key] = _fill(example, str(key), turns)
        elif (
            value is not None and isinstance(example, int | float) and not isinstance(example, bool)
        ):
            filled[key] = _number(value, example)
        else:
            filled[key] = value
    return filled


def _field(key: str, example: Any) -> Field:
    label = key.replace("_", " ").strip()
    made = make_field(label) or Field(key, label, "text", "", "")
    kind: FieldKind = (
        "number"
        if isinstance(example, int | float) and not isinstance(example, bool)
        else made.kind
    )
    return Field(made.key, made.label, kind, made.example, made.question)


def _find(question: str, kind: FieldKind | None, turns: list[tuple[str, str]]) -> str:
    """Look for the detail that a question such as "What is the city?" is about."""
    match = re.search(r"\b(?:is|are|was) (?:the|their|your|his|her) (?P<noun>[\w -]+)\?", question)
    field = make_field(match["noun"]) if match else make_field(question)
    if field is None:
        return ""
    wanted = Field(field.key, field.label, kind or field.kind, field.example, field.question)
    return gather(turns, [wanted]).get(wanted.key, "")


def _number(text: str, example: float) -> float | None:
    match = re.search(r"-?\d+(?:[.,]\d+)?", text)
    if not match:
        return None
    number = float(match.group().replace(",", "."))
    return int(number) if isinstance(example, int) else number
