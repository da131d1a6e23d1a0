"""Keys of model providers: write-only, encrypted, several for each provider, some for one workspace only.

What opens a provider is found in `credentials`; its functions can be reached here too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from pydantic import SecretStr

from babble_app.errors import (
    ModelUnavailableError,
    NotFoundError,
    PermissionDeniedError,
    ValidationFailedError,
)
from babble_app.llm.credentials import Credential, environment_credential
from babble_app.llm.provider import Provider, all_providers
from babble_app.schemas.models import ProviderInfo, ProviderKey
from babble_app.services import limits
from babble_app.services.answer_store import forget_answers
from babble_app.services.credentials import (
    find_all_credentials,
    find_credential,
    find_credentials,
    open_key,
)
from babble_app.services.names import clean_label
from babble_app.services.vault import Place
from babble_app.store import keys as rows
from babble_app.store import users as user_rows
from babble_app.store import workspaces as workspace_rows
from babble_app.store.tables.base import new_id
from babble_app.store.tables.keys import ProviderKeyRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.services.runtime import Runtime

__all__ = [
    "add_key", "delete_key", "find_all_credentials", "find_credential", "find_credentials", "list_keys",
    "list_providers", "set_key", "test_key",
]  # fmt: skip

MAX_KEY_CHARS = 1000
MAX_URL_CHARS = 500
MAX_KEYS = 20
"""For one provider, all workspaces together."""
_UNREADABLE = "The stored key can no longer be read, as the server's master key was changed. Please enter it again."


async def list_providers(rt: Runtime, owner_id: str) -> list[ProviderInfo]:
    """Return all providers and whether the person can use them, with his keys by their ends; never a key."""
    async with rt.database.reading() as db:
        stored = await rows.list_keys(db, owner_id)
    return [
        _info(rt, provider, [_shape(rt, row) for row in stored if row.provider == provider.id])
        for provider in all_providers().values()
    ]


async def list_keys(rt: Runtime, owner_id: str, provider: str) -> list[ProviderKey]:
    """Return the person's keys for the provider by their ends, the oldest first."""
    _get_provider(provider)
    async with rt.database.reading() as db:
        stored = await rows.list_keys(db, owner_id, provider)
    return [_shape(rt, row) for row in stored]


async def set_key(rt: Runtime, owner_id: str, provider: str, key: str, base_url: str = "") -> None:
    """Store the person's key in place of all earlier ones; those of single workspaces stay.

    Raises:
        PermissionDeniedError: an address was given, and the person is no administrator.
        ValidationFailedError: the key or the address cannot be one.
    """
    row = _sealed_row(rt, owner_id, provider, key, base_url)
    async with rt.database.unit_of_work() as db:
        await _lock_owner(db, owner_id, row.base_url)
        await rows.delete_keys(db, owner_id, provider)
        db.add(row)
    rt.app_cache.forget()
    await forget_answers(rt, owner_id)


async def add_key(
    rt: Runtime,
    owner_id: str,
    provider: str,
    key: str,
    *,
    base_url: str = "",
    label: str = "",
    workspace_id: str = "",
) -> ProviderKey:
    """Store a further key; several of the same level take turns.

    Args:
        rt: The runtime.
        owner_id: Whose key.
        provider: What it opens.
        key: The key itself.
        base_url: Another address that speaks the provider's protocol; administrators only.
        label: What the person calls it; may be empty.
        workspace_id: The only workspace in which it is used, there instead of all others; empty: everywhere.

    Raises:
        PermissionDeniedError: an address was given, and the person is no administrator.
        ValidationFailedError: key, address or label cannot be one, the key is there already, or there are too many.
    """
    async with rt.database.unit_of_work() as db:
        if workspace_id:
            await workspace_rows.get_workspace(db, owner_id, workspace_id)
        row = _sealed_row(rt, owner_id, provider, key, base_url)
        row.label = clean_label(label)
        row.workspace_id = workspace_id or None
        await _lock_owner(db, owner_id, row.base_url)
        _check_new(rt, row, await rows.list_keys(db, owner_id, provider))
        db.add(row)
    rt.app_cache.forget()
    return _shape(rt, row)


async def delete_key(rt: Runtime, owner_id: str, provider: str, key_id: str = "") -> None:
    """Forget one key, or without `key_id` all that are of no single workspace; the server's environment stays."""
    _get_provider(provider)
    async with rt.database.unit_of_work() as db:
        if key_id:
            await db.delete(await rows.get_key(db, owner_id, provider, key_id))
        elif not await rows.delete_keys(db, owner_id, provider):
            raise NotFoundError("There is no stored key for this provider.")
    rt.app_cache.forget()
    await forget_answers(rt, owner_id)


async def test_key(rt: Runtime, owner_id: str, provider: str, key_id: str = "") -> str:  # noqa: PT028 - tries, is no test
    """Ask the provider whether it takes the key, and return its answer in words; raises when it does not.

    Without `key_id`, all keys are tried that the person uses the provider with outside of single workspaces.
    """
    await limits.hit(rt, "test_key", owner_id)
    known = _get_provider(provider)
    credentials = await (
        _find_one(rt, owner_id, provider, key_id) if key_id else _find_all(rt, owner_id, known)
    )
    for credential in credentials:
        await rt.models.check(provider, credential)
    if not known.key_required:
        return f"{known.title} answers."
    which = "the key" if len(credentials) == 1 else f"all {len(credentials)} keys"
    return f"{known.title} accepts {which}."


async def _find_one(
    rt: Runtime, owner_id: str, provider: str, key_id: str
) -> tuple[Credential, ...]:
    async with rt.database.reading() as db:
        row = await rows.get_key(db, owner_id, provider, key_id)
    key = open_key(rt, row)
    if key is None:
        raise ModelUnavailableError(_UNREADABLE)
    return (Credential(SecretStr(key), row.base_url, own=True),)


async def _find_all(rt: Runtime, owner_id: str, provider: Provider) -> tuple[Credential, ...]:
    if found := (await find_all_credentials(rt, owner_id)).get(provider.id):
        return found
    async with rt.database.reading() as db:
        stored = await rows.list_keys(db, owner_id, provider.id)
    unreadable = any(row.workspace_id is None for row in stored)
    raise ModelUnavailableError(
        _UNREADABLE if unreadable else f"{provider.title} is not set up. {provider.help}"
    )


def _sealed_row(
    rt: Runtime, owner_id: str, provider: str, key: str, base_url: str
) -> ProviderKeyRow:
    known = _get_provider(provider)
    key = _checked_key(known, key)
    place = Place(owner_id, provider, new_id("key"))
    sealed = rt.vault.seal(key, place)
    return ProviderKeyRow(
        id=place.row_id,
        owner_id=owner_id,
        provider=provider,
        key_id=sealed.key_id,
        nonce=sealed.nonce,
        ciphertext=sealed.ciphertext,
        # Of a short key four characters would be too much of it.
        last4=key[-4:] if len(key) >= 12 else "",
        base_url=_checked_address(known, base_url),
    )


async def _lock_owner(db: AsyncSession, owner_id: str, base_url: str) -> None:
    user = await user_rows.get_user(db, owner_id, lock=True)
    if base_url and user.role != "admin":
        # The server itself calls that address: whoever may choose it can make it call its neighbours.
        raise PermissionDeniedError("Only an administrator may set a provider's address.")


def _check_new(rt: Runtime, new: ProviderKeyRow, stored: Sequence[ProviderKeyRow]) -> None:
    if len(stored) >= MAX_KEYS:
        raise ValidationFailedError(f"{MAX_KEYS} keys for one provider are the most.", field="key")
    key = open_key(rt, new)
    for row in stored:
        same_place = (row.workspace_id, row.base_url) == (new.workspace_id, new.base_url)
        if same_place and open_key(rt, row) == key:
            raise ValidationFailedError("This key is stored already.", field="key")


def _shape(rt: Runtime, row: ProviderKeyRow) -> ProviderKey:
    return ProviderKey(
        id=row.id,
        provider=row.provider,
        last4=row.last4,
        label=row.label,
        base_url=row.base_url,
        workspace_id=row.workspace_id or "",
        readable=open_key(rt, row) is not None,
        created_at=row.created_at,
    )


def _info(rt: Runtime, provider: Provider, stored: list[ProviderKey]) -> ProviderInfo:
    source: Literal["environment", "settings", "none", "not_needed"] = "none"
    own = next((key for key in stored if key.readable and not key.workspace_id), None)
    environment = environment_credential(rt.settings, provider)
    if own is not None:
        source = "settings"
    elif provider.wire == "demo":
        source = "not_needed"
    elif environment is not None:
        source = "environment" if environment.api_key.get_secret_value() else "not_needed"
    ready = source != "none"
    return ProviderInfo(
        id=provider.id,
        title=provider.title,
        status="ready" if ready else ("no_key" if provider.key_required else "off"),
        key_source=source,
        last4=own.last4 if own else "",
        base_url=own.base_url if own else "",
        takes_base_url=provider.takes_base_url,
        key_env=provider.key_env,
        help=provider.help,
        keys=tuple(stored),
    )


def _get_provider(provider: str) -> Provider:
    known = all_providers().get(provider)
    if known is None or known.wire == "demo":
        raise NotFoundError("There is no such provider to set a key for.")
    return known


def _checked_key(provider: Provider, key: str) -> str:
    key = key.strip()
    if not key and provider.key_required:
        raise ValidationFailedError("Please enter the key.", field="key")
    if len(key) > MAX_KEY_CHARS or not key.isascii() or any(char.isspace() for char in key):
        message = "This is not a key: it must be one piece of letters, digits and signs."
        raise ValidationFailedError(message, field="key")
    return key


def _checked_address(provider: Provider, base_url: str) -> str:
    base_url = base_url.strip()
    if not base_url:
        return ""
    if not provider.takes_base_url:
        message = f"{provider.title} has its own address; leave this empty."
        raise ValidationFailedError(message, field="base_url")
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable, parts = False, urlsplit("")
    if not usable or parts.username or len(base_url) > MAX_URL_CHARS or not base_url.isprintable():
        message = "This is not an address. It looks like http://127.0.0.1:11434."
        raise ValidationFailedError(message, field="base_url")
    return base_url
