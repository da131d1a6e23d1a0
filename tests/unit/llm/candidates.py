"""Models of a route that are never called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.llm.route import Candidate
from babble_app.schemas.models import ModelInfo

if TYPE_CHECKING:
    from babble_app.llm.client import ModelClient


def make_candidate(name: str, *, key: str = "key", via: str = "", **facts: Any) -> Candidate:
    """Return a model that can do everything, unless `facts` say otherwise."""
    able = {"calls_tools": True, "sees_images": True, **facts}
    info = ModelInfo(id=f"acme/{name}", provider="acme", title=name, **able)
    return Candidate(info=info, open=_never, health_key=key, via=via)


def _never(retrying: bool) -> ModelClient:
    message = f"nobody opens this model (retrying: {retrying})"
    raise AssertionError(message)
