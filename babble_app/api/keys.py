"""The caller's keys of model providers: written, tested and deleted, never read back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import Field, SecretStr, StringConstraints

from babble_app.api._bodies import Id, Text, example
from babble_app.api._identity import Me, Rt
from babble_app.errors import NotFoundError
from babble_app.schemas.base import Schema
from babble_app.schemas.models import ProviderInfo, ProviderKey
from babble_app.services import keys

router = APIRouter(prefix="/api/settings/keys", tags=["settings"])


class KeyBody(Schema):
    """A provider's key, its address, or both."""

    model_config = example(key="sk-...")

    key: Annotated[SecretStr, Field(max_length=1000)] = SecretStr("")
    """May be left out where the provider asks for none."""
    base_url: Annotated[Text, StringConstraints(max_length=500)] = ""
    """Another address that speaks the provider's protocol; administrators only."""


class NewKeyBody(KeyBody):
    """A further key."""

    model_config = example(key="sk-...", label="Team")

    label: Annotated[Text, StringConstraints(max_length=120)] = ""
    workspace_id: Id | None = None
    """The only workspace in which it is used, there instead of all others; left out: everywhere."""


class KeyTest(Schema):
    """The provider took the key."""

    status: str = "ok"
    message: str


@router.get("")
async def list_providers(rt: Rt, me: Me) -> list[ProviderInfo]:
    """List the providers and which of them have a key."""
    return await keys.list_providers(rt, me.id)


@router.get("/{provider}")
async def get_provider(rt: Rt, me: Me, provider: Id) -> ProviderInfo:
    """Say whether there is a key for a provider; at most its last four characters are shown."""
    for info in await keys.list_providers(rt, me.id):
        if info.id == provider:
            return info
    message = f"There is no provider '{provider}'."
    raise NotFoundError(message)


@router.put("/{provider}")
async def set_key(rt: Rt, me: Me, provider: Id, body: KeyBody) -> ProviderInfo:
    """Store a key, encrypted, in place of all earlier ones; those of single workspaces stay."""
    await keys.set_key(rt, me.id, provider, body.key.get_secret_value(), base_url=body.base_url)
    return await get_provider(rt, me, provider)


@router.post("/{provider}", status_code=status.HTTP_201_CREATED)
async def add_key(rt: Rt, me: Me, provider: Id, body: NewKeyBody) -> ProviderKey:
    """Store a further key, encrypted; several take turns."""
    return await keys.add_key(
        rt,
        me.id,
        provider,
        body.key.get_secret_value(),
        base_url=body.base_url,
        label=body.label,
        workspace_id=body.workspace_id or "",
    )


@router.get("/{provider}/all")
async def list_keys(rt: Rt, me: Me, provider: Id) -> list[ProviderKey]:
    """List the caller's keys for a provider, the oldest first; at most the last four characters of each are shown."""
    return await keys.list_keys(rt, me.id, provider)


@router.delete("/{provider}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_keys(rt: Rt, me: Me, provider: Id) -> None:
    """Delete the caller's keys; those of single workspaces and of the server's environment stay."""
    await keys.delete_key(rt, me.id, provider)


@router.delete("/{provider}/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_key(rt: Rt, me: Me, provider: Id, key_id: Id) -> None:
    """Delete one key."""
    await keys.delete_key(rt, me.id, provider, key_id)


@router.post("/{provider}/test")
async def test_keys(rt: Rt, me: Me, provider: Id) -> KeyTest:
    """Ask the provider whether it takes the key, or all keys that take turns."""
    return KeyTest(message=await keys.test_key(rt, me.id, provider))


@router.post("/{provider}/{key_id}/test")
async def test_key(rt: Rt, me: Me, provider: Id, key_id: Id) -> KeyTest:
    """Ask the provider whether it takes this key."""
    return KeyTest(message=await keys.test_key(rt, me.id, provider, key_id))
