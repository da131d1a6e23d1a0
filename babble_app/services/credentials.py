"""What opens each provider for a person: a workspace's keys, else the person's, else the server's; several take turns."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pydantic import SecretStr

from babble_app.llm.credentials import Credential
from babble_app.services.vault import Place, Sealed, SealedError
from babble_app.store import keys as rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.services.runtime import Runtime
    from babble_app.store.tables.keys import ProviderKeyRow

logger = logging.getLogger(__name__)


async def find_all_credentials(
    rt: Runtime, owner_id: str, workspace_id: str = ""
) -> dict[str, tuple[Credential, ...]]:
    """Return what opens each provider that the person can use, by the provider's id, in the order in which to try it.

    One level only: who has a key of his own does not pay with the server's, and a workspace's key spares the person's.
    Keys that were refused or rate-limited lately come last.

    Args:
        rt: The runtime.
        owner_id: Whose keys.
        workspace_id: Where the answer is needed; of others' workspaces, and of none, no keys are found.
    """
    return opened(rt, await rt.database.fetch(rows.list_sealed, owner_id, workspace_id))


def opened(rt: Runtime, stored: Sequence[rows.SealedKey]) -> dict[str, tuple[Credential, ...]]:
    """Return what opens each provider, as `find_all_credentials` does, where the keys were read already."""
    found: dict[str, tuple[Credential, ...]] = {}
    for provider in rt.models.providers:
        sealed = [row for row in stored if row.provider == provider]
        of_workspace = _open(rt, [row for row in sealed if row.workspace_id is not None])
        of_person = of_workspace or _open(rt, [row for row in sealed if row.workspace_id is None])
        if credentials := of_person or rt.models.environment_credentials(provider):
            found[provider] = rt.models.turns.in_turn(credentials)
    return found


async def find_credentials(
    rt: Runtime, owner_id: str, workspace_id: str = ""
) -> dict[str, Credential]:
    """Return what opens each provider that the person can use, by the provider's id: the key whose turn it is."""
    found = await find_all_credentials(rt, owner_id, workspace_id)
    return {provider: credentials[0] for provider, credentials in found.items()}


async def find_credential(rt: Runtime, owner_id: str, provider: str) -> Credential | None:
    """Return what opens the provider for the person: his own key, else the server's; None where there is neither."""
    return (await find_credentials(rt, owner_id)).get(provider)


def open_key(rt: Runtime, row: ProviderKeyRow | rows.SealedKey) -> str | None:
    """Decrypt a stored key; None when it was stored under another master key, or for another place."""
    place = Place(row.owner_id, row.provider, row.id)
    try:
        return rt.vault.open(Sealed(row.key_id, row.nonce, row.ciphertext), place)
    except SealedError:
        logger.warning("key %s was made with another master key", row.id)
        return None


def _open(rt: Runtime, sealed: list[rows.SealedKey]) -> list[Credential]:
    return [
        Credential(SecretStr(key), row.base_url, own=True)
        for row in sealed
        if (key := open_key(rt, row)) is not None
    ]
