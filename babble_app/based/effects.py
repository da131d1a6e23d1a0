"""What a running program asks of the outside, and the answers it takes.

Answers are JSON objects, because they are stored and replayed:
- `{"kind": "talk", "reply": text}`, or `{"kind": "talk", "exit": slug, "arguments": {}}`, with `"also": [slugs]` if others were named
- `{"kind": "ask", "value": any}`, `{"kind": "summarize", "text": text}`, `{"kind": "rephrase", "text": text}`
- `{"kind": "user", "text": text}`
- `{"kind": "http", "status": number, "body": any, "headers": {}, "mocked": bool}`, `{"kind": "action", "value": any, "mocked": bool}`,
  and for both `{"kind": ..., "error": words}` when the call failed
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from babble_app.errors import ValidationFailedError

Role: TypeAlias = Literal["user", "assistant"]


class AnswerMismatchError(ValidationFailedError):
    """An answer is not one to what the program waits for, or a log belongs to another program."""


@dataclass(frozen=True, slots=True)
class Exit:
    """A condition that the model may choose."""

    slug: str
    text: str
    parameters: dict[str, Any] | None = None
    """JSON Schema of the arguments, for conditions that are tools."""


@dataclass(frozen=True, slots=True)
class TalkEffect:
    """The model shall answer the user, or choose an exit."""

    line: int
    prompt: str
    data: dict[str, Any]
    """`default_values` and `info` of the talk, where given."""
    messages: tuple[tuple[Role, str], ...]
    """The whole session's transcript, older first."""
    exits: tuple[Exit, ...]
    """Empty when the model shall just speak (`first`)."""
    first: bool
    """The agent speaks without a new message of the user: on entering, or after `return` and `continue`."""
    context: str = ""
    """What the model must know in this turn: the value of `return VALUE`, or why an exit was refused."""


@dataclass(frozen=True, slots=True)
class AskEffect:
    """The model shall answer a question from `input` alone, as JSON of the given shape."""

    line: int
    question: str
    example: Any
    schema: dict[str, Any] | None
    """Wins over `example`."""
    input: str
    problem: str = ""
    """What was wrong with the answer before, when this is the second try."""


@dataclass(frozen=True, slots=True)
class SummarizeEffect:
    """The model shall summarize `input`."""

    line: int
    prompt: str
    input: str


@dataclass(frozen=True, slots=True)
class RephraseEffect:
    """The model shall say `text` in its own words."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class UserEffect:
    """The program waits for the user."""

    line: int
    exits: tuple[Exit, ...] = field(default=())
    ended: bool = False
    """The program said `done()`: nobody needs to answer, but a message goes on after it."""


@dataclass(frozen=True, slots=True)
class HttpEffect:
    """A network call; `params`, `body` and `headers` are JSON values."""

    line: int
    method: str
    url: str
    params: dict[str, Any]
    body: Any
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class ActionEffect:
    """A call of an outside service, such as `integrations.slack.send`; `args` are JSON values."""

    line: int
    name: str
    args: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NowEffect:
    """The program wants the time; `Execution` answers this itself and keeps the answer in the log."""


ModelEffect: TypeAlias = TalkEffect | AskEffect | SummarizeEffect | RephraseEffect
Effect: TypeAlias = ModelEffect | UserEffect | HttpEffect | ActionEffect
EFFECTS = (
    TalkEffect, AskEffect, SummarizeEffect, RephraseEffect, UserEffect, HttpEffect, ActionEffect, NowEffect,
)  # fmt: skip


def check_answer(effect: Effect, answer: dict[str, Any]) -> None:
    """Make sure that the answer fits the effect.

    Raises:
        AnswerMismatchError: it does not.
    """
    kind = _KINDS[type(effect)]
    if answer.get("kind") != kind:
        message = f"The program waits for an answer of kind {kind!r}, not {answer.get('kind')!r}."
        raise AnswerMismatchError(message)
    fields = _FIELDS[kind]
    if not any(_has(answer, name, types) for name, types in fields):
        raise AnswerMismatchError(f"The answer lacks {' or '.join(name for name, _ in fields)}.")


_KINDS: dict[type, str] = {
    TalkEffect: "talk",
    AskEffect: "ask",
    SummarizeEffect: "summarize",
    RephraseEffect: "rephrase",
    UserEffect: "user",
    HttpEffect: "http",
    ActionEffect: "action",
}
_FIELDS: dict[str, tuple[tuple[str, type], ...]] = {
    "talk": (("reply", str), ("exit", str)),
    "ask": (("value", object),),
    "summarize": (("text", str),),
    "rephrase": (("text", str),),
    "user": (("text", str),),
    "http": (("status", int), ("error", str)),
    "action": (("value", object), ("error", str)),
}


def _has(answer: dict[str, Any], name: str, types: type) -> bool:
    return name in answer and isinstance(answer[name], types)
