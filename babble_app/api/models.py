"""Models that can be chosen."""

from __future__ import annotations

from fastapi import APIRouter

from babble_app.api._identity import Me, Rt
from babble_app.schemas.models import ModelInfo
from babble_app.services import models

router = APIRouter(prefix="/api/models", tags=["models"])


@router.get("")
async def list_models(rt: Rt, me: Me) -> list[ModelInfo]:
    """List the models that the caller can use now, with the caller's keys and the server's."""
    return await models.list_models(rt, me.id)
