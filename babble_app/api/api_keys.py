"""The caller's personal keys of this API."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, status

from babble_app.api._bodies import Id, Name, example
from babble_app.api._identity import Me, Rt
from babble_app.api._times import aware
from babble_app.schemas.accounts import ApiKey, NewApiKey
from babble_app.schemas.base import Schema
from babble_app.services import api_keys

router = APIRouter(prefix="/api/settings/api-keys", tags=["settings"])


class ApiKeyBody(Schema):
    """A key to be made."""

    model_config = example(name="nightly report", expires_at=None)

    name: Name
    expires_at: datetime | None = None
    """Without a zone it is UTC; left out: never."""


@router.get("")
async def list_api_keys(rt: Rt, me: Me) -> list[ApiKey]:
    """List the caller's keys of this API, the newest first."""
    return await api_keys.list_keys(rt, me.id)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_api_key(rt: Rt, me: Me, body: ApiKeyBody) -> NewApiKey:
    """Make a key, to be sent as `Authorization: Bearer bbk_...`; this is the only time that it is shown."""
    expires_at = aware(body.expires_at, "expires_at")
    return await api_keys.create_key(rt, me.id, body.name, expires_at=expires_at)


@router.delete("/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_api_key(rt: Rt, me: Me, key_id: Id) -> None:
    """Refuse a key from now on."""
    await api_keys.delete_key(rt, me.id, key_id)
