"""What the scripted model server is told to answer.

A script is JSON (or the same as Python objects):

    {
      "models": ["fake-model"],             names that the lists of models show
      "tokens_per_second": 0,               pace of all answers; 0 is as fast as it goes
      "queue": [ANSWER, ...],               answered first, in this order, whatever is asked
      "rules": [                            then the first rule of which everything under "when" holds
        {"when": {"user": "regex on the last user text", "system": "regex on the system text",
                  "model": "regex", "tool": "a tool offered", "after_tool": true, "json": true, "stream": true},
         "answer": ANSWER or [ANSWER, ...]  a list is answered one after the other, its last again and again
        }
      ]
    }

ANSWER is a text, or an object of which every field may be left out:

    {"text": "Hello there", "reasoning": "hm", "finish": "stop",
     "tools": [{"name": "look_up", "arguments": {"id": 7}}],   arguments as text are sent as they are: broken JSON
     "usage": [10, 5],                      tokens in and out; counted by words otherwise
     "delay": 0.5,                          seconds before the first token
     "tokens_per_second": 50,
     "fault": FAULT, "after": 3,            after how many tokens a fault in the middle happens
     "status": 429, "retry_after": 1, "message": "slow down"}

FAULT is one of: "status" (answers `status`; a 401 repeats the key), "html" (a web page with status 200), "hang" (never
answers), "reset" (drops the connection unanswered), "empty" (a stream without content), "huge" (50 MB of text); and in
the middle: "stall" (says nothing more), "cut" (drops the connection), "close" (ends politely without an end mark),
"garbage" (sends what is no frame), "error" (an error event). A drip is a small `tokens_per_second`. In Python an answer
may also be a callable, plain or async: `def answer(incoming: Incoming) -> Answer | str`. What no rule fits is refused with
400.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

MIDDLE_FAULTS = ("stall", "cut", "close", "garbage", "error")
FAULTS = ("status", "html", "hang", "reset", "empty", "huge", *MIDDLE_FAULTS)


@dataclass
class Incoming:
    """A request, read alike from every wire."""

    wire: str
    model: str
    stream: bool
    messages: list[tuple[str, str]]
    """Role and text, without the system's."""
    system: str
    tools: list[str]
    json_schema: dict[str, Any] | None
    images: int
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def last_user(self) -> str:
        """The newest text of the user's."""
        return next((text for role, text in reversed(self.messages) if role == "user"), "")

    @property
    def after_tool(self) -> bool:
        """Whether the newest message is a tool's answer."""
        return bool(self.messages) and self.messages[-1][0] == "tool"


@dataclass
class ToolUse:
    """A tool that the answer calls."""

    name: str
    arguments: dict[str, Any] | str = field(default_factory=dict[str, Any])


@dataclass
class Answer:
    """One scripted answer."""

    text: str = ""
    reasoning: str = ""
    tools: list[ToolUse] = field(default_factory=list[ToolUse])
    finish: str = "stop"
    usage: tuple[int, int] | None = None
    cache_usage: tuple[int, int] = (0, 0)
    """Anthropic only: tokens read from and written into its cache, besides those of `usage`."""
    delay: float = 0.0
    tokens_per_second: float | None = None
    fault: str = ""
    after: int = 3
    status: int = 500
    retry_after: float | None = None
    message: str = "the scripted failure"

    def __post_init__(self) -> None:
        """Refuse misspelt faults: a test would pass for the wrong reason."""
        if self.fault and self.fault not in FAULTS:
            message = f"unknown fault {self.fault!r}; there are {', '.join(FAULTS)}"
            raise ValueError(message)

    @property
    def pieces(self) -> list[str]:
        """The text cut as models send it: a word with the white space before it."""
        return re.findall(r"\s*\S+\s*\Z|\s*\S+|\s+\Z", self.text)


Computed = Callable[[Incoming], "Answer | str | Awaitable[Answer | str]"]
AnswerSource = Answer | str | dict[str, Any] | Computed


async def make_answer(source: AnswerSource, incoming: Incoming) -> Answer:
    """Build the answer that a script's entry stands for."""
    if callable(source):
        computed = source(incoming)
        source = await computed if isawaitable(computed) else computed
    if isinstance(source, str):
        return Answer(text=source)
    if isinstance(source, Answer):
        return source
    fields = dict(source)
    fields["tools"] = [ToolUse(**tool) for tool in fields.get("tools", [])]
    if usage := fields.get("usage"):
        fields["usage"] = (int(usage[0]), int(usage[1]))
    return Answer(**fields)


class Rule:
    """Answers for the requests that fit."""

    def __init__(self, answer: AnswerSource | list[AnswerSource], **when: str | bool) -> None:
        unknown = set(when) - {"user", "system", "model", "tool", "after_tool", "json", "stream"}
        if unknown:
            message = f"unknown conditions: {', '.join(sorted(unknown))}"
            raise ValueError(message)
        self._answers: list[AnswerSource] = list(answer) if isinstance(answer, list) else [answer]
        self._when = when

    def fits(self, incoming: Incoming) -> bool:
        """Tell whether every condition holds."""
        return all(_holds(name, wanted, incoming) for name, wanted in self._when.items())

    def next(self) -> AnswerSource:
        """Return the next answer; the last one stays."""
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def _holds(name: str, wanted: str | bool, incoming: Incoming) -> bool:
    if name == "tool":
        return wanted in incoming.tools
    if name == "after_tool":
        return incoming.after_tool is wanted
    if name == "json":
        return (incoming.json_schema is not None) is wanted
    if name == "stream":
        return incoming.stream is wanted
    text = {"user": incoming.last_user, "system": incoming.system, "model": incoming.model}[name]
    return re.search(str(wanted), text, re.IGNORECASE | re.DOTALL) is not None


@dataclass
class Script:
    """Everything that a server was told."""

    queue: list[AnswerSource] = field(default_factory=list[AnswerSource])
    rules: list[Rule] = field(default_factory=list[Rule])
    models: list[str] = field(default_factory=lambda: ["fake-model"])
    tokens_per_second: float = 0.0

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Script:
        """Read the format described above."""
        return cls(
            queue=list(document.get("queue", [])),
            rules=[
                Rule(rule["answer"], **rule.get("when", {})) for rule in document.get("rules", [])
            ],
            models=list(document.get("models", ["fake-model"])),
            tokens_per_second=float(document.get("tokens_per_second", 0)),
        )

    async def answer(self, incoming: Incoming) -> Answer:
        """Choose what to say."""
        if self.queue:
            return await make_answer(self.queue.pop(0), incoming)
        for rule in self.rules:
            if rule.fits(incoming):
                return await make_answer(rule.next(), incoming)
        message = f"the script has no answer to {incoming.last_user[:200]!r}"
        return Answer(fault="status", status=400, message=message)
