"""Tells a model's thinking from its answer where both come in one text: `<think>` and its kin, as open models write them.

DeepSeek R1, Qwen 3, QwQ, Magistral and others do so wherever their server does not take the thinking out (Ollama before 0.9,
LM Studio, vLLM without a reasoning parser). Some prompt templates end with the opening tag, so that only the closing one comes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from babble_app.schemas.models import ModelAnswer, ReasoningPart, TextPart

Part = TextPart | ReasoningPart

_TAGS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<reasoning>": "</reasoning>",
    "[think]": "[/think]",
}
_LONE = "</think>"
"""The closing tag of the templates that end with the opening one."""
_QUOTES = ("`", "'", '"', "“", "‘")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass
class Habits:
    """What was learned of one model."""

    begins_thinking: bool = False
    """Its answers begin within the thinking: the opening tag is in its prompt."""


class ThoughtSplitter:
    """Takes pieces of an answer and gives back text and thinking, as soon as it is certain which is which.

    An opening tag counts at the beginning of a line outside of code fences; thinking that is never closed stays thinking.
    """

    def __init__(self, habits: Habits) -> None:
        """Begin an answer; `habits` is used and kept up to date."""
        self._habits = habits
        self._closing = _LONE if habits.begins_thinking else ""
        self._assumed: list[str] | None = [] if habits.begins_thinking else None
        """What came as thinking only because the model's answers usually begin so."""
        self._held = ""
        self._fence = ""
        self._line_start = True
        self._blank = True
        """Whether only white space came of the text."""
        self._after_thinking = False
        self._tagged = False
        """Whether a tag was used or spoken of: no closing one is a lone one then."""
        self._tail = ""

    def feed(self, text: str) -> list[Part]:
        """Take a piece and return what is certain now."""
        tail = self._tail + text
        if not (self._closing or self._held or self._line_start or "<" in tail or "\n" in text):
            self._tail = tail[-6:]  # nearly every piece comes here: a third of the time
            return self._say(text)
        parts: list[Part] = []
        for line in _LINE.findall(text):
            self._held += line
            before = ""
            while self._held not in {"", before}:
                before = self._held
                parts += self._thinking() if self._closing else self._text()
        return _merged(parts)

    def finish(self) -> list[Part]:
        """Return what was held back; the answer is over."""
        held, self._held = self._held, ""
        if self._assumed is not None and self._closing:
            return [TextPart(text="".join(self._assumed) + held)]
        if not held:
            return []
        return [ReasoningPart(text=held) if self._closing else TextPart(text=held)]

    def _thinking(self) -> list[Part]:
        if self._assumed == [] and (opening := _opening(self._held)) != "":
            if opening:
                self._open(opening)
                self._assumed = None
            return []
        at = self._held.lower().find(self._closing)
        if at < 0:
            return self._think(self._take(len(self._held) - _overlap(self._held, self._closing)))
        thought = self._take(at)
        self._take(len(self._closing))
        self._closing, self._assumed = "", None
        self._line_start = self._after_thinking = True
        return self._think(thought)

    def _text(self) -> list[Part]:
        """Take the text up to the next place at which something may begin or end."""
        if self._line_start:
            opening = "" if self._fence else _opening(self._held)
            if opening is None or (not opening and _may_be_fence(self._held)):
                return []
            if opening:
                self._open(opening)
                return []
            self._note_fence()
        end = self._held.find("\n") + 1 or len(self._held)
        lone = self._held[:end].lower().find(_LONE)
        if lone >= 0 and self._is_lone(lone):
            return self._all_was_thinking(lone)
        if end == len(self._held) and not self._held.endswith("\n"):
            end -= _overlap(self._held, _LONE)
        if not end:
            return []
        text = self._take(end)
        self._line_start = text.endswith("\n")
        self._tagged = self._tagged or "<think" in self._tail + text
        self._tail = (self._tail + text)[-6:]
        return self._say(text)

    def _open(self, opening: str) -> None:
        self._take(self._held.lower().find(opening) + len(opening))
        self._closing, self._tagged = _TAGS[opening], True

    def _is_lone(self, at: int) -> bool:
        before = self._tail + self._held[:at]
        return not self._tagged and "<think" not in before and before[-1:] not in _QUOTES

    def _all_was_thinking(self, at: int) -> list[Part]:
        thought = self._take(at)
        self._take(len(_LONE))
        began = not self._blank or bool(thought.strip())
        self._habits.begins_thinking = began
        self._fence, self._line_start, self._after_thinking, self._tagged = "", True, True, True
        return [ReasoningPart(text=thought, all_before=True)] if began else []

    def _think(self, text: str) -> list[Part]:
        if not text:
            return []
        if self._assumed is not None:
            self._assumed.append(text)
        return [ReasoningPart(text=text)]

    def _say(self, text: str) -> list[Part]:
        if self._after_thinking:
            text = text.lstrip()
        self._after_thinking = self._after_thinking and not text
        self._blank = self._blank and not text.strip()
        return [TextPart(text=text)] if text else []

    def _take(self, chars: int) -> str:
        taken, self._held = self._held[:chars], self._held[chars:]
        return taken

    def _note_fence(self) -> None:
        found = _FENCE.match(self._held.lstrip(" "))
        if not found:
            return
        mark = found[1]
        if not self._fence:
            self._fence = mark
        elif mark.startswith(self._fence):
            self._fence = ""


def part_answer(answer: ModelAnswer, habits: Habits) -> ModelAnswer:
    """Return a whole answer with the thinking taken out of its text."""
    splitter = ThoughtSplitter(habits)
    parts = [*splitter.feed(answer.text), *splitter.finish()]
    begin = next((at for at, part in enumerate(parts) if _all_before(part)), -1) + 1
    text = "".join(part.text for part in parts[begin:] if isinstance(part, TextPart))
    thoughts = [
        part.text for at, part in enumerate(parts) if at < begin or isinstance(part, ReasoningPart)
    ]
    if not thoughts:
        return answer
    reasoning = answer.reasoning + "".join(thoughts)
    return answer.model_copy(update={"text": text, "reasoning": reasoning.strip()})


def _merged(parts: list[Part]) -> list[Part]:
    merged: list[Part] = []
    for part in parts:
        if merged and merged[-1].type == part.type and not _all_before(part):
            joined = replace(merged[-1], text=merged[-1].text + part.text)
            merged[-1] = joined
        else:
            merged.append(part)
    return merged


def _all_before(part: Part) -> bool:
    return isinstance(part, ReasoningPart) and part.all_before


def _opening(line: str) -> str | None:
    """Return the opening tag that a line begins with; None while that cannot be said yet."""
    start = line.lstrip(" \t\n\r").lower()[:12]
    for tag in _TAGS:
        if start.startswith(tag):
            return tag
    return None if any(tag.startswith(start) for tag in _TAGS) else ""


def _may_be_fence(line: str) -> bool:
    start = line.lstrip(" ")
    return any(mark.startswith(start) for mark in ("```", "~~~"))


def _overlap(text: str, tag: str) -> int:
    """Return how many characters at the text's end may be the tag's beginning."""
    tail = text[-len(tag) + 1 :].lower()
    return next((n for n in range(len(tail), 0, -1) if tail.endswith(tag[:n])), 0)
