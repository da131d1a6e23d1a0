"""What goes into a language model and what comes out, the same for every provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from babble_app.schemas.base import Schema, Timestamp
from babble_app.schemas.usage import Usage

Task = Literal[
    "answer",
    "triage",
    "build",
    "change",
    "talk",
    "ask",
    "summarize",
    "rephrase",
    "persona",
    "judge",
]
"""What the call is for. Routing and the offline demo model go by it; it is never sent to a provider."""


class Image(Schema):
    """A picture for models that see."""

    media_type: str
    data: bytes
    """The encoded file (PNG, JPEG, WebP or GIF)."""


class ToolCall(Schema):
    """A tool the model asked for. Also an event of the stream: it comes whole, never in pieces."""

    type: Literal["tool_call"] = "tool_call"
    id: str
    name: str
    arguments: dict[str, Any]
    error: str = ""
    """Set when the model's arguments were not a JSON object; `arguments` is then empty."""


class ModelMessage(Schema):
    """One message of the prompt."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str = ""
    images: tuple[Image, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    """Assistant only."""
    tool_call_id: str = ""
    """Tool only: which call this answers."""


class ToolSpec(Schema):
    """A function the model may call."""

    name: str
    description: str
    parameters: dict[str, Any]
    """JSON Schema of an object."""
    strict: bool = False
    """Whether the arguments must keep to the schema, where the provider can promise that."""


class Wishes(Schema):
    """What a caller asks for by the names of OpenAI's wire; passed on where the provider takes it."""

    stop: tuple[str, ...] = ()
    seed: int | None = None
    top_p: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    tool_choice: str | dict[str, Any] | None = None
    """`auto`, `none`, `required`, or `{"type": "function", "function": {"name": ...}}`."""
    parallel_tool_calls: bool | None = None
    reasoning_effort: str = ""
    json_object: bool = False
    """Whether the answer's text is JSON of any shape."""
    user: str = ""
    """Whom it is for, in the caller's words."""


class ModelRequest(Schema):
    """One call of a model."""

    messages: tuple[ModelMessage, ...]
    task: Task = "answer"
    tools: tuple[ToolSpec, ...] = ()
    json_schema: dict[str, Any] | None = None
    """When given, the answer's text is JSON of this shape (as far as the provider can promise)."""
    temperature: float | None = None
    max_output_tokens: int | None = None
    wishes: Wishes | None = None
    fresh: bool = False
    """Whether the answer must be made now: no earlier one is reused, and this one is not kept for others."""


@dataclass(frozen=True, slots=True)
class TextPart:
    """A piece of the answer; no `Schema`, as an answer has hundreds, which a model would make four times as large."""

    text: str
    type: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """A piece of the model's thinking."""

    text: str
    all_before: bool = False
    """Whether the text that came before was thinking too, which nobody could know."""
    type: Literal["reasoning"] = "reasoning"


class ModelDone(Schema):
    """The end of the stream; always last, exactly once, unless the stream raised."""

    type: Literal["done"] = "done"
    usage: Usage = Usage()
    model: str
    """What the provider says it ran; from a route, `provider/name` of who answered."""
    finish_reason: Literal["stop", "length", "tool_calls", "content_filter"] = "stop"
    why: str = ""
    """One line: why this model answered, where there was a choice."""
    cached: bool = False
    """Whether an earlier answer was given again."""


ModelEvent = Annotated[TextPart | ReasoningPart | ToolCall | ModelDone, Field(discriminator="type")]


class ModelAnswer(Schema):
    """A whole answer, not streamed."""

    text: str
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage = Usage()
    model: str
    finish_reason: Literal["stop", "length", "tool_calls", "content_filter"] = "stop"
    why: str = ""
    """One line: why this model answered, where there was a choice."""
    cached: bool = False
    """Whether an earlier answer was given again."""


class Embeddings(Schema):
    """Vectors of texts, in the texts' order."""

    vectors: tuple[tuple[float, ...], ...]
    usage: Usage = Usage()
    model: str
    """What the provider says it ran."""


class ModelInfo(Schema):
    """A model that can be chosen now."""

    id: str
    """`provider/name`, as `model` fields everywhere take it."""
    provider: str
    title: str
    note: str = ""
    """What to know before choosing it, such as "not an AI"."""
    context_tokens: int | None = None
    sees_images: bool = False
    calls_tools: bool = False
    output_usd_per_million: float | None = None
    """What a million tokens of its answers cost; None where nobody knows, 0 where nothing is paid."""


class ProviderKey(Schema):
    """A stored key as its owner sees it; never the key itself."""

    id: str
    provider: str
    last4: str = ""
    """Its last four characters; empty for a short one."""
    label: str = ""
    base_url: str = ""
    workspace_id: str = ""
    """The only workspace that it is used in; empty: all of the owner's."""
    readable: bool = True
    """False when it was stored under another master key of the server: it must be entered again."""
    created_at: Timestamp


class ProviderInfo(Schema):
    """A provider as the settings page shows it; never the key itself."""

    id: str
    title: str
    status: Literal["ready", "no_key", "off"]
    key_source: Literal["environment", "settings", "none", "not_needed"]
    last4: str = ""
    base_url: str = ""
    takes_base_url: bool = False
    key_env: str = ""
    help: str = ""
    keys: tuple[ProviderKey, ...] = ()
    """The person's own, the oldest first; those of one workspace too."""


class NamedModel(Schema):
    """What can be named as the model of an OpenAI-compatible request."""

    id: str
    created_at: Timestamp | None
    owned_by: str
