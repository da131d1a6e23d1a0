"""The models that a token can name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path

from babble_app.api._app_identity import Caller
from babble_app.api._identity import Rt
from babble_app.services import named_models

if TYPE_CHECKING:
    from babble_app.schemas.models import NamedModel

router = APIRouter(prefix="/v1/models", tags=["openai"])


@router.get("")
async def list_named_models(rt: Rt, caller: Caller) -> dict[str, Any]:
    """Return the app, the agents of its workspace, and the models that its owner can use."""
    found = await named_models.list_models(rt, caller)
    return {"object": "list", "data": [_written(one) for one in found]}


@router.get("/{name:path}")
async def get_named_model(
    rt: Rt, caller: Caller, name: Annotated[str, Path(max_length=300)]
) -> dict[str, Any]:
    """Return the model of that name."""
    return _written(await named_models.get_model(rt, caller, name))


def _written(model: NamedModel) -> dict[str, Any]:
    created = int(model.created_at.timestamp()) if model.created_at else 0
    return {"id": model.id, "object": "model", "created": created, "owned_by": model.owned_by}
