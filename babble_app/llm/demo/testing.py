"""The demo's part in tests of agents: a user who says the goal and leaves, and a judge who compares words."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from babble_app.llm.demo.reply import Reply

if TYPE_CHECKING:
    from babble_app.schemas.models import ModelRequest

_GOAL = re.compile(r"^What you want: (?P<goal>.*?)(?=\n\s*\n# )", re.MULTILINE | re.DOTALL)
_QUOTED = re.compile(r"“([^”]+)”")
_OUTCOME = re.compile(
    r"^What must be so: (?P<outcome>.*?)(?=\n\s*\nJudge by)", re.MULTILINE | re.DOTALL
)
_NOTE = "The offline demo model only compares words; it is no judge."


def play_user(request: ModelRequest) -> Reply:
    """Say the goal's conditions one after the other, then end."""
    found = _GOAL.search(request.messages[0].text)
    goal = found["goal"].strip() if found else ""
    wishes = _QUOTED.findall(goal) or [goal or "Hello"]
    said = sum(message.role == "assistant" for message in request.messages)
    return Reply(wishes[said] if said < len(wishes) else "[END]")


def judge(request: ModelRequest) -> Reply:
    """Take the outcome for so when a line of the transcript has half of its words."""
    found = _OUTCOME.search(request.messages[0].text)
    wanted = _words(found["outcome"]) if found else set[str]()
    lines = [line for line in request.messages[-1].text.splitlines()[1:-1] if line.strip()]
    best = max(lines, key=lambda line: len(wanted & _words(line)), default="")
    passed = bool(wanted) and len(wanted & _words(best)) * 2 >= len(wanted)
    verdict = {"passed": passed, "quote": best, "reason": _NOTE}
    return Reply(json.dumps(verdict, ensure_ascii=False))


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) > 2}
