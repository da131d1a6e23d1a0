"""Embeddings, as OpenAI's clients ask for them."""

from __future__ import annotations

import base64
import sys
from array import array
from typing import TYPE_CHECKING, Any, cast

from fastapi import APIRouter, Request
from starlette.responses import Response

from babble_app.api._app_identity import Caller
from babble_app.api._app_route import AppRoute
from babble_app.api._idempotency import Keyed
from babble_app.api._identity import Rt
from babble_app.api.openai._bodies import EmbeddingsBody, described, read_body
from babble_app.api.openai._stream import json_answer
from babble_app.errors import ModelUnavailableError, ValidationFailedError
from babble_app.services import embeddings, named_models

if TYPE_CHECKING:
    from collections.abc import Sequence

router = APIRouter(prefix="/v1/embeddings", tags=["openai"], route_class=AppRoute)

_EXAMPLE = {"model": "openai/text-embedding-3-small", "input": ["A red bike", "A blue bike"]}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A list of vectors, in the order of the texts.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


@router.post(
    "",
    response_class=Response,
    responses=_ANSWERS,
    openapi_extra=described(EmbeddingsBody, _EXAMPLE),
)
async def embed(rt: Rt, caller: Caller, request: Request, keyed: Keyed) -> Response:
    """Turn texts into vectors, by a model of a provider that makes them."""
    body = await read_body(request, EmbeddingsBody)
    if await named_models.find_agent(rt, caller, body.model) is not None:
        message = "Agents make no embeddings. Name a model, such as openai/text-embedding-3-small."
        raise ModelUnavailableError(message)
    made = await embeddings.embed(
        rt,
        caller,
        body.model,
        _texts(body),
        dimensions=body.dimensions,
        user=body.user or "",
        keyed=keyed,
    )
    as_text = body.encoding_format == "base64"
    data = [
        {"object": "embedding", "index": number, "embedding": _packed(one) if as_text else one}
        for number, one in enumerate(made.vectors)
    ]
    tokens = made.usage.input_tokens
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return json_answer({"object": "list", "data": data, "model": body.model, "usage": usage})


def _texts(body: EmbeddingsBody) -> Sequence[str] | Sequence[Sequence[int]]:
    given = body.input
    if isinstance(given, str):
        texts: Sequence[str] | Sequence[Sequence[int]] = [given]
    elif isinstance(given[0], int):
        texts = [cast("list[int]", given)]
    else:
        texts = cast("list[str] | list[list[int]]", given)
    if not all(texts):
        raise ValidationFailedError("A text is empty.", field="input")
    return texts


def _packed(vector: Sequence[float]) -> str:
    """Return a vector as OpenAI's clients unpack it: 32-bit floats, the lowest byte first."""
    floats = array("f", vector)
    if sys.byteorder != "little":
        floats.byteswap()
    return base64.b64encode(floats.tobytes()).decode()
