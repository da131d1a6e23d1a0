"""What OpenAI's clients send. Fields that mean nothing here are passed over, as their servers do with those of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from babble_app.api._bodies import Text

if TYPE_CHECKING:
    from fastapi import Request

MAX_MESSAGES = 2_000
MAX_TOOLS = 128
MAX_INPUTS = 2_048
"""As many texts as OpenAI takes in one request for embeddings."""
JsonObject = dict[str, Any]
_Model = Annotated[Text, StringConstraints(min_length=1, max_length=300)]
_User = Annotated[Text, StringConstraints(max_length=200)] | None
_Tokens = Annotated[int, Field(ge=1, le=10_000_000)] | None
_Share = Annotated[float, Field(ge=0, le=1)] | None
_Temperature = Annotated[float, Field(ge=0, le=2)] | None
_Penalty = Annotated[float, Field(ge=-2, le=2)] | None
_Stop = Annotated[str, StringConstraints(min_length=1, max_length=500)]
_Seed = Annotated[int, Field(ge=-(2**63), lt=2**63)] | None
_Tools = Annotated[list[JsonObject], Field(max_length=MAX_TOOLS)] | None


class OpenAIBody(BaseModel):
    """What all requests have in common."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    model: _Model
    """`app` (or its slug), `agent/<slug>`, `agent/<slug>@<version>`, or `provider/name`."""
    user: _User = None
    """Your own name of the person it is for: conversations and limits go by it."""


class ChatBody(OpenAIBody):
    """A chat completion."""

    messages: Annotated[list[JsonObject], Field(min_length=1, max_length=MAX_MESSAGES)]
    stream: bool | None = None
    stream_options: JsonObject | None = None
    n: int | None = None
    temperature: _Temperature = None
    top_p: _Share = None
    max_tokens: _Tokens = None
    max_completion_tokens: _Tokens = None
    stop: _Stop | Annotated[list[_Stop], Field(max_length=16)] | None = None
    seed: _Seed = None
    presence_penalty: _Penalty = None
    frequency_penalty: _Penalty = None
    tools: _Tools = None
    tool_choice: str | JsonObject | None = None
    parallel_tool_calls: bool | None = None
    response_format: JsonObject | None = None
    reasoning_effort: Annotated[str, StringConstraints(max_length=20)] | None = None
    logprobs: bool | None = None


class ResponsesBody(OpenAIBody):
    """A response."""

    input: str | Annotated[list[JsonObject], Field(max_length=MAX_MESSAGES)]
    instructions: str | None = None
    previous_response_id: Annotated[Text, StringConstraints(max_length=100)] | None = None
    """Of an agent's or the app's answer; models remember nothing."""
    stream: bool | None = None
    temperature: _Temperature = None
    top_p: _Share = None
    max_output_tokens: _Tokens = None
    tools: _Tools = None
    tool_choice: str | JsonObject | None = None
    parallel_tool_calls: bool | None = None
    text: JsonObject | None = None
    reasoning: JsonObject | None = None
    metadata: JsonObject | None = None
    background: bool | None = None
    conversation: str | JsonObject | None = None


class EmbeddingsBody(OpenAIBody):
    """Texts that become vectors."""

    input: (
        str
        | Annotated[list[str], Field(min_length=1, max_length=MAX_INPUTS)]
        | Annotated[list[int], Field(min_length=1)]
        | Annotated[list[list[int]], Field(min_length=1, max_length=MAX_INPUTS)]
    )
    """A text, several, or their tokens."""
    encoding_format: Annotated[str, StringConstraints(pattern="^(float|base64)$")] | None = None
    dimensions: Annotated[int, Field(ge=1, le=100_000)] | None = None


B = TypeVar("B", bound=OpenAIBody)


async def read_body(request: Request, kind: type[B]) -> B:
    """Return the request's body; raises RequestValidationError.

    Read here and not by the framework: orjson takes a fifth of the time, and refuses half of a surrogate pair.
    """
    try:
        document = orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        problem = {"type": "json_invalid", "loc": ("body", error.pos), "ctx": {"error": error.msg}}
        raise RequestValidationError([problem]) from error
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        raise RequestValidationError(
            [{**one, "loc": ("body", *one["loc"])} for one in found]
        ) from error


def described(kind: type[OpenAIBody], example: JsonObject) -> JsonObject:
    """Return what the API's description says of a body that `read_body` reads."""
    schema = kind.model_json_schema(ref_template="#/components/schemas/{model}")
    content = {"application/json": {"schema": {**schema, "examples": [example]}}}
    return {"requestBody": {"required": True, "content": content}}
