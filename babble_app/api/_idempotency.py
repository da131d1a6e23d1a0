"""The Idempotency-Key header, as the routes that spend money take it."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import AfterValidator, Field

from babble_app.services.idempotency import KeyedRequest

MAX_KEY_CHARS = 200
_KEY = re.compile(r"[\x21-\x7e]+")


def _usable(key: str) -> str:
    if len(key) > MAX_KEY_CHARS:
        message = (
            f"An Idempotency-Key has at most {MAX_KEY_CHARS} characters; this one has {len(key)}."
        )
        raise ValueError(message)
    if not _KEY.fullmatch(key):
        message = (
            "An Idempotency-Key has 1 or more letters, digits and signs of ASCII, without spaces."
        )
        raise ValueError(message)
    return key


_Key = Annotated[
    str,
    AfterValidator(_usable),
    Field(
        json_schema_extra={
            "minLength": 1,
            "maxLength": MAX_KEY_CHARS,
            "pattern": r"^[\x21-\x7e]+$",
        }
    ),
]
_DESCRIPTION = (
    "A word that you make up for this request. The same request with the same key within 24 hours is not carried out again: "
    "it gets the first answer. Another request with the key gives 409 `idempotency_conflict`. After a failure the key may be "
    "used again."
)


async def _keyed_request(
    request: Request,
    idempotency_key: Annotated[
        _Key | None,
        Header(description=_DESCRIPTION, examples=["3f6c1d0a-8f4e-4f0b-9a55-0d5b8a8f7c11"]),
    ] = None,
) -> KeyedRequest | None:
    """Return the request's key and what tells it from others: method, path and body."""
    if idempotency_key is None:
        return None
    place = f"{request.method} {request.url.path}\n".encode()
    return KeyedRequest(idempotency_key, hashlib.sha256(place + await request.body()).hexdigest())


Keyed = Annotated[KeyedRequest | None, Depends(_keyed_request)]
