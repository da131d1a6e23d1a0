"""Reads what OpenAI's chat completions answer, streamed or whole; LiteLLM gives every provider's answer this form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from babble_app.llm import failures, model_table
from babble_app.llm.tool_calls import ToolCallPieces
from babble_app.schemas.models import (
    ModelAnswer,
    ModelDone,
    ReasoningPart,
    TextPart,
)
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from babble_app.llm.target import Target
    from babble_app.schemas.models import ModelEvent

Finish = Literal["stop", "length", "tool_calls", "content_filter"]
_FINISHES: dict[str, Finish] = {
    "length": "length",
    "max_tokens": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    "refusal": "content_filter",
}
"""Every other word (stop, eos, end_turn, ...) is an ordinary end."""


MISSHAPEN = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What reading JSON of an unexpected shape raises."""

WRITING_SURCHARGE = 0.25
"""What Anthropic asks beyond the price for tokens that it writes into its cache (docs, "Prompt caching")."""


class AnswerReader:
    """Turns the chunks of one streamed answer into events."""

    def __init__(self, target: Target, max_chars: int) -> None:
        self.finish: Finish | None = None
        self.fresh = False
        """Whether anything but keep-alives and headings came since the last `batch`; the idle deadline goes by it."""
        self._started = False
        self._target = target
        self._max_chars = max_chars
        self._model = target.model
        self._usage: Usage | None = None
        self._tools = ToolCallPieces()
        self._kind: Literal["text", "reasoning"] = "text"
        self._pieces: list[str] = []
        self._events: list[ModelEvent] = []

    def read(self, chunk: object) -> None:
        """Take one chunk.

        Raises:
            BabbleError: the chunk is an error, or no chunk at all.
        """
        if not isinstance(chunk, dict):
            raise failures.garbled(self._target)
        fields = cast("dict[str, Any]", chunk)
        if fields.get("error"):
            raise failures.error_event(self._target, fields["error"])
        if model := fields.get("model"):
            self._model = str(model)
        if usage := fields.get("usage"):
            self._usage = read_usage(self._target, usage)
        try:
            if choices := fields.get("choices"):
                self._choice(choices[0])
        except MISSHAPEN as error:
            raise failures.garbled(self._target) from error

    def batch(self) -> list[ModelEvent]:
        """Return the events since the last call; pieces that arrived together are joined."""
        self._flush()
        self.fresh = False
        events, self._events = self._events, []
        return events

    def close(self) -> None:
        """Note the server's own end mark; it counts where the reason of the end was left out."""
        if self._started and self.finish is None:
            self.finish = "stop"

    def end(self) -> list[ModelEvent]:
        """Return the last events: whole tool calls, then `ModelDone`.

        Raises:
            ModelAnswerInvalidError: the answer is not at its end.
        """
        calls = self._tools.calls()
        if self.finish is None:
            raise (failures.cut_off if self._started else failures.empty)(self._target)
        done = ModelDone(
            usage=self._usage or Usage(),
            model=self._model,
            finish_reason="tool_calls" if calls and self.finish == "stop" else self.finish,
        )
        return [*self.batch(), *calls, done]

    def _choice(self, choice: dict[str, Any]) -> None:
        delta = cast("dict[str, Any]", choice.get("delta") or {})
        if text := delta.get("content"):
            self._add("text", text)
        if thought := delta.get("reasoning_content") or delta.get("reasoning"):
            self._add("reasoning", thought)
        for piece in delta.get("tool_calls") or ():
            self._tools.add(piece)
            self.fresh = self._started = True
            if self._tools.chars > self._max_chars:
                raise failures.too_long(self._target, self._max_chars)
        if finish := choice.get("finish_reason"):
            if finish == "error":
                raise failures.error_event(self._target, choice.get("error") or "the model failed")
            self.finish = _FINISHES.get(finish, "stop")

    def _add(self, kind: Literal["text", "reasoning"], text: object) -> None:
        if not isinstance(text, str):
            raise failures.garbled(self._target)
        if kind != self._kind:
            self._flush()
            self._kind = kind
        self._pieces.append(text)
        self.fresh = self._started = True

    def _flush(self) -> None:
        if self._pieces:
            text = "".join(self._pieces)
            part = TextPart(text=text) if self._kind == "text" else ReasoningPart(text=text)
            self._events.append(part)
            self._pieces.clear()


def read_answer(target: Target, document: object) -> ModelAnswer:
    """Read an answer that came in one piece.

    Raises:
        BabbleError: it is an error, or no answer at all.
    """
    fields = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    if fields.get("error"):
        raise failures.error_event(target, fields["error"])
    try:
        choice = cast("dict[str, Any]", fields["choices"][0])
        message = cast("dict[str, Any]", choice["message"])
        tools = ToolCallPieces()
        for number, piece in enumerate(message.get("tool_calls") or ()):
            tools.add({**piece, "index": number})
        calls = tuple(tools.calls())
        finish = _FINISHES.get(choice.get("finish_reason") or "stop", "stop")
        return ModelAnswer(
            text=message.get("content") or "",
            reasoning=message.get("reasoning_content") or message.get("reasoning") or "",
            tool_calls=calls,
            usage=read_usage(target, fields.get("usage") or {}),
            model=str(fields.get("model") or target.model),
            finish_reason="tool_calls" if calls and finish == "stop" else finish,
        )
    except MISSHAPEN as error:
        raise failures.garbled(target) from error


def answer_events(answer: ModelAnswer) -> list[ModelEvent]:
    """Return a whole answer as the events of a stream."""
    events: list[ModelEvent] = []
    if answer.reasoning:
        events.append(ReasoningPart(text=answer.reasoning))
    if answer.text:
        events.append(TextPart(text=answer.text))
    done = ModelDone(usage=answer.usage, model=answer.model, finish_reason=answer.finish_reason)
    return [*events, *answer.tool_calls, done]


def read_usage(target: Target, usage: object) -> Usage:
    """Read token figures; the price is the provider's own where it names one, else the table's."""
    fields = cast("dict[str, Any]", usage) if isinstance(usage, dict) else {}
    details = cast("dict[str, Any]", fields.get("prompt_tokens_details") or {})
    counted = Usage(
        input_tokens=int(fields.get("prompt_tokens") or 0),
        output_tokens=int(fields.get("completion_tokens") or 0),
        cached_tokens=int(details.get("cached_tokens") or 0),
    )
    cost = fields.get("cost")
    if not isinstance(cost, int | float):
        written = int(details.get("cache_creation_tokens") or 0)
        priced = counted.input_tokens + round(written * WRITING_SURCHARGE)
        priced_usage = counted.model_copy(update={"input_tokens": priced})
        cost = model_table.cost_usd(target.provider.id, target.model, priced_usage)
    return counted.model_copy(update={"cost_usd": cost})
