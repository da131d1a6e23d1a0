"""How the server is."""

from __future__ import annotations

from typing import Literal

from babble_app.schemas.base import Schema


class Health(Schema):
    """The state of the parts; nothing in it is secret."""

    status: Literal["ok", "degraded"]
    version: str
    database: Literal["ok", "unavailable"]
    ollama: Literal["connected", "unavailable", "not_configured"]
    providers: dict[str, Literal["ok", "unavailable", "not_configured"]]
    """By provider: whether the server itself has what it needs to call it."""
    uptime_s: float
