"""Types of what callers send: ids, names and texts that can be stored anywhere."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, StringConstraints

from babble_app.errors import NotFoundError

_ID = re.compile(r"[A-Za-z0-9_\-]{1,64}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _existing_shape(value: str) -> str:
    """Refuse what can't be an id just as an unknown id is refused."""
    if not _ID.fullmatch(value):
        message = "There is no such thing here, or it is not yours."
        raise NotFoundError(message)
    return value


def _storable(value: str) -> str:
    # PostgreSQL stores no NUL, and nothing encodes half of a surrogate pair.
    if _UNSTORABLE.search(value):
        message = "The text holds characters that cannot be stored (NUL or a lone surrogate)."
        raise ValueError(message)
    return value


Text = Annotated[str, AfterValidator(_storable)]
Name = Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
ModelName = Annotated[Text, StringConstraints(max_length=200)]
Id = Annotated[str, AfterValidator(_existing_shape)]
"""An id in a path, a body or a query; what can't be one is not found."""


def example(**fields: Any) -> ConfigDict:
    """Return the part of a body's configuration that shows it filled in."""
    return ConfigDict(json_schema_extra={"examples": [fields]})
