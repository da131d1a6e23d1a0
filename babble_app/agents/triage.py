"""Decides what a chat message asks for: a rule where a rule can, else the model with a small piece of JSON.

The same question says which files the message needs, for `selection.py`, which asks where its own rules cannot tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from babble_app.agents.prompt_texts import render
from babble_app.errors import ModelAnswerInvalidError
from babble_app.retrieval.enclosing import enclose
from babble_app.schemas.models import ModelMessage, ModelRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from babble_app.agents.request import AgentRequest, ContextFile
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.usage import Usage

Kind = Literal["answer", "build", "change"]

MAX_CLASSIFIED_CHARS = 4000
MAX_BEFORE_CHARS = 800
MAX_BEGINNING_CHARS = 160
MAX_FILES = 40

_AGENT = (
    r"(?:agents?|agente|agenten|bots?|chat ?bots?|voice ?bots?|assistants?|assistenten?|asistente|assistente|receptionist|"
    r"concierge|help ?desk|hotline)"
)
_MAKE = (
    r"(?:make|build|create|write|design|generate|develop|set up|prepare|draft|i want|i need|i would like|i'd like|we need|we want|"
    r"need|want|give me|erstelle?|baue?|schreibe?|mach|entwirf|ich (?:will|brauche|möchte)|crea|haz|construye|escribe|quiero|"
    r"necesito|crée|fais|construis|écris|je veux|crie|faça|quero|costruisci|scrivi|voglio)"
)
_POLITE = (
    r"(?:(?:please|bitte|por favor|kindly|now|ok(?:ay)?|hi|hello|hey)[,!. ]+)*"
    r"(?:(?:can|could|would|will) you (?:please )?)?(?:let'?s )?"
)
_BUILD = re.compile(rf"^{_POLITE}{_MAKE}\b.{{0,120}}?\b{_AGENT}\b", re.IGNORECASE | re.DOTALL)
_DESCRIBED = re.compile(
    rf"^(?:an?|the|my|our|ein(?:e|en)?|une?|una?|um|uma)?\s*(?:[\w'-]+\s+){{0,6}}{_AGENT}\b.{{0,60}}?"
    r"\b(?:that|who|which|for|to|called|named|der|die|das|für|que|qui|para|pour|che|per)\b",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    rf"\b(?:new|another|different|second|neuen?|anderen?|nuevo|otro|nouvel|autre)\s+(?:\w+\s+){{0,4}}{_AGENT}\b",
    re.IGNORECASE,
)
_SMALL_TALK = re.compile(
    r"^\W*(?:hi|hello|hey|hallo|hola|bonjour|ciao|olá|moin|servus|good (?:morning|afternoon|evening|day)|thanks?(?: you)?"
    r"(?: (?:so|very) much| a lot)?|thx|cheers|danke(?: schön)?|gracias|merci|great|nice|cool|ok(?:ay)?|perfect|super|bye|goodbye"
    r"|how are you|who are you|what can you do|help)(?:\s+(?:there|babble|again|all|everyone|so much))?\W*$",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"^\W*(?:what|who|whom|whose|how|why|when|where|which|is|are|was|were|does|do|did|has|have|should|tell me|explain|describe|"
    r"summari[sz]e|list|show me|find|was|wer|wie|warum|wann|wo|welche\w*|ist|sind|qué|quién|cómo|por qué|cuándo|dónde|cuál|"
    r"que|quel\w*|qui|comment|pourquoi|quand|où|est-ce)\b",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    rf"^{_POLITE}(?:add|change|remove|delete|drop|rename|make|let|use|replace|set|ask|also|greet|say|instead|don'?t|do not|always|"
    r"never|stop|fix|correct|include|translate|shorten|extend|update|edit|modify|adjust|improve|rewrite|greet|put|move|turn|give|have|"
    r"allow|offer|mention|end|start|begin|call|insert|it (?:should|must|shall|needs)|"
    r"the (?:agent|bot|greeting|program) (?:should|must|shall|needs)|füge|ändere|entferne|lösche|mach|ersetze|nenne|frage?|"
    r"añade|agrega|cambia|quita|elimina|haz|pregunta|ajoute|change|"
    r"supprime|remplace|renomme|aggiungi|cambia|rimuovi)\b",
    re.IGNORECASE,
)
_KINDS = ("answer", "build", "change")
_KIND = re.compile(r'"?kind"?\s*:\s*"(answer|build|change)"')
_FILES = re.compile(r'"?files"?\s*:\s*\[([\d\s,]*)\]')


@dataclass(frozen=True)
class Decision:
    """What the message asks for, and what deciding it cost."""

    kind: Kind
    usage: Usage | None = None
    """Of the model, when it was asked."""
    files: tuple[str, ...] | None = None
    """Ids of the files that it needs, when the model was asked and said so."""


async def decide(model: ModelClient, request: AgentRequest) -> Decision:
    """Decide by the mode, by a rule, else by the model; what stays unclear is answered, which changes nothing."""
    if request.mode == "chat":
        return Decision("answer")
    if request.mode == "build":
        return Decision("build" if request.program is None else "change")
    kind = find_kind(request.text.strip(), has_program=request.program is not None)
    return Decision(kind) if kind else await ask(model, request)


def find_kind(text: str, *, has_program: bool) -> Kind | None:
    """Return what the message plainly is; None where a rule cannot tell."""
    if not text or is_small_talk(text):
        return "answer"
    if has_program:
        return _kind_with_program(text)
    if _BUILD.match(text) or (_DESCRIBED.match(text) and not _QUESTION.match(text)):
        return "build"
    if _QUESTION.match(text):
        return "answer"
    return None


def _kind_with_program(text: str) -> Kind | None:
    if _BUILD.match(text) and _ANOTHER.search(text[:200]):
        return "build"
    if _CHANGE.match(text):
        return "change"
    return "answer" if _QUESTION.match(text) else None


def is_small_talk(text: str) -> bool:
    """Whether a message is a greeting, thanks or the like, and nothing else."""
    return _SMALL_TALK.match(text) is not None


async def ask(model: ModelClient, request: AgentRequest) -> Decision:
    """Ask the model what the message wants and which of the request's files it needs."""
    there = "There is an agent on the canvas." if request.program else "There is no agent yet."
    files = [file for file in request.files if file.pages][:MAX_FILES]
    example = '{"kind": "answer"}' if not files else '{"kind": "answer", "files": [2]}'
    wish = render("triage_files") if files else ""
    messages = (
        ModelMessage(
            role="system", text=render("triage", situation=there, files=wish, example=example)
        ),
        ModelMessage(role="user", text="\n\n".join(_told(request, files))),
    )
    wanted = ModelRequest(
        messages=messages,
        task="triage",
        json_schema=_schema(with_files=bool(files)),
        max_output_tokens=2000,
    )
    try:
        answer = await model.complete(wanted)
    except ModelAnswerInvalidError:  # nothing said, or thoughts only
        return Decision("answer")
    kind = _read_kind(answer.text, has_program=request.program is not None)
    return Decision(kind, answer.usage, _read_files(answer.text, files))


def _told(request: AgentRequest, files: Sequence[ContextFile]) -> Iterator[str]:
    """Yield the answer before, the files' names and beginnings, and the message."""
    if request.history and request.history[-1].role == "assistant":
        yield enclose("before", request.history[-1].text[-MAX_BEFORE_CHARS:])
    if files:
        lines = [
            f"{number}. {file.name}: {_beginning(file)}" for number, file in enumerate(files, 1)
        ]
        yield enclose("files", "\n".join(lines))
    yield enclose("request", request.text[:MAX_CLASSIFIED_CHARS])


def _beginning(file: ContextFile) -> str:
    text = next((page.text for page in file.pages if page.text.strip()), "")
    return " ".join(text[: 4 * MAX_BEGINNING_CHARS].split())[:MAX_BEGINNING_CHARS]


def _schema(*, with_files: bool) -> dict[str, Any]:
    properties: dict[str, Any] = {"kind": {"type": "string", "enum": list(_KINDS)}}
    if with_files:
        properties["files"] = {"type": "array", "items": {"type": "integer"}}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _read_kind(answer: str, *, has_program: bool) -> Kind:
    """Read the model's word; a garbled one means a plain answer."""
    found = _KIND.findall(answer)
    kind = found[-1] if found else answer.strip().strip("\"'.`").lower()
    if kind == "build":
        return "build"
    if kind == "change":
        return "change" if has_program else "build"
    return "answer"


def _read_files(answer: str, files: Sequence[ContextFile]) -> tuple[str, ...] | None:
    """Read the numbers of files; None for garbled ones."""
    found = _FILES.findall(answer)
    if not found:
        return None
    numbers = [int(number) for number in re.findall(r"\d{1,4}", found[-1])]
    if any(not 1 <= number <= len(files) for number in numbers):
        return None
    return tuple(files[number - 1].id for number in dict.fromkeys(numbers))
