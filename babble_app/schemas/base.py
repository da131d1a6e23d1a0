"""What all shapes have in common: frozen, unknown fields refused, times as RFC 3339 UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer


def _rfc3339(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Timestamp = Annotated[datetime, PlainSerializer(_rfc3339, return_type=str, when_used="json")]
"""An aware UTC time; `2026-11-21T06:33:00.000Z` in JSON."""


class Schema(BaseModel):
    """Base of every shape."""

    # The lines below fields become their descriptions in the API's documentation; 60 ms at start for all shapes together.
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
