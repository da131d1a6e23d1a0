"""Judges outcomes of a test's conversation; a verdict counts only with words of the transcript that are really in it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, cast

from babble_app.agents.prompt_texts import render
from babble_app.agents.shapes import read_json
from babble_app.errors import ModelAnswerInvalidError
from babble_app.retrieval.enclosing import enclose
from babble_app.schemas.agent_tests import Judgement
from babble_app.schemas.models import ModelMessage, ModelRequest
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.llm.client import ModelClient

MIN_QUOTE_CHARS = 8
"""A shorter quote is evidence only when it is a whole line."""
_TRIES = 2
_QUOTES = str.maketrans("“”„«»‘’‚`", '"""""\'\'\'\'')
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "passed": {"type": "boolean"},
        "quote": {"type": "string"},
        "reason": {"type": "string"},
    },
    "required": ["passed", "quote", "reason"],
    "additionalProperties": False,
}


class NotJudgedError(ModelAnswerInvalidError):
    """The judge gave no verdict with evidence, asked twice."""

    def __init__(self, problem: str, usage: Usage) -> None:
        """Keep what the tries cost."""
        super().__init__(f"Not judged: {problem}")
        self.usage = usage


async def judge(
    model: ModelClient, outcome: str, transcript: Sequence[str]
) -> tuple[Judgement, Usage]:
    """Return whether the outcome is so, with the words that show it, and what the judging cost.

    Raises:
        NotJudgedError: after a second try there was no verdict with a quote that is in the transcript.
        BabbleError: the model failed.
    """
    usage = Usage()
    problem = ""
    for _ in range(_TRIES):
        answer = await model.complete(_request(outcome, transcript, problem))
        usage += answer.usage
        verdict, problem = _read(answer.text, transcript)
        if verdict is not None:
            return verdict.model_copy(update={"outcome": outcome}), usage
    raise NotJudgedError(problem, usage)


def _request(outcome: str, transcript: Sequence[str], problem: str) -> ModelRequest:
    told = f"\n\nYour answer before could not be used: {problem}" if problem else ""
    prompt = render("judge", outcome=outcome, problem=told)
    messages = (
        ModelMessage(role="system", text=prompt),
        ModelMessage(role="user", text=enclose("transcript", "\n".join(transcript))),
    )
    return ModelRequest(messages=messages, task="judge", json_schema=_SCHEMA, temperature=0.0)


def _read(text: str, transcript: Sequence[str]) -> tuple[Judgement | None, str]:
    """Return the verdict, or what is wrong with the answer."""
    found: Any = read_json(text, words_suffice=False)
    verdict = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    if not isinstance(verdict.get("passed"), bool):
        return (
            None,
            'it is not the JSON object that was asked for, with `"passed": true` or `false`.',
        )
    quote = verdict.get("quote")
    if not isinstance(quote, str) or not is_quoted(quote, transcript):
        return (
            None,
            "its quote is not in the transcript word by word, or too short to show anything.",
        )
    reason = str(verdict.get("reason") or "")[:1000]
    return Judgement(
        outcome="", passed=verdict["passed"], quote=quote.strip()[:1000], reason=reason
    ), ""


def is_quoted(quote: str, transcript: Sequence[str]) -> bool:
    """Whether the words stand in one line of the transcript; spaces and kinds of quotation marks do not matter."""
    wanted = _folded(quote).strip("\"' .…")
    if not wanted:
        return False
    for line in transcript:
        said = _folded(line)
        whole = said.partition(": ")[2] or said
        if wanted == whole.strip("\"' .…") or (len(wanted) >= MIN_QUOTE_CHARS and wanted in said):
            return True
    return False


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    return re.sub(r"\s+", " ", plain).strip()
