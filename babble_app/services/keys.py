"""Keys of model providers: write-only, encrypted; a person's own goes before the server's environment."""

from __future__ import annotations

import logging
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
from babble_app.schemas.models import ProviderInfo
from babble_app.services import limits
from babble_app.services.vault import Place, Sealed, SealedError
from babble_app.store import keys as rows
from babble_app.store import users as user_rows
from babble_app.store.tables.base import new_id
from babble_app.store.tables.keys import ProviderKeyRow

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime

logger = logging.getLogger(__name__)

MAX_KEY_CHARS = 1000
MAX_URL_CHARS = 500


async def list_providers(rt: Runtime, owner_id: str) -> list[ProviderInfo]:
    """Return all providers and whether the person can use them; never a key."""
    async with rt.database.reading() as db:
        stored = {row.provider: row for row in await rows.list_keys(db, owner_id)}
    return [_info(rt, provider, stored.get(provider.id)) for provider in all_providers().values()]


async def set_key(rt: Runtime, owner_id: str, provider: str, key: str, base_url: str = "") -> None:
    """Store the person's key, in place of an earlier one.

    Raises:
        PermissionDeniedError: an address was given, and the person is no administrator.
        ValidationFailedError: the key or the address cannot be one.
    """
    known = _get_provider(provider)
    key = _checked_key(known, key)
    base_url = _checked_address(known, base_url)
    place = Place(owner_id, provider, new_id("key"))
    sealed = rt.vault.seal(key, place)
    async with rt.database.unit_of_work() as db:
        user = await user_rows.get_user(db, owner_id, lock=True)
        if base_url and user.role != "admin":
            # The server itself calls that address: whoever may choose it can make it call its neighbours.
            raise PermissionDeniedError("Only an administrator may set a provider's address.")
        await rows.delete_key(db, owner_id, provider)
        db.add(
            ProviderKeyRow(
                id=place.row_id,
                owner_id=owner_id,
                provider=provider,
                key_id=sealed.key_id,
                nonce=sealed.nonce,
                ciphertext=sealed.ciphertext,
                # Of a short key four characters would be too much of it.
                last4=key[-4:] if len(key) >= 12 else "",
                base_url=base_url,
            )
        )


async def delete_key(rt: Runtime, owner_id: str, provider: str) -> None:
    """Forget the person's key; one of the server's environment stays."""
    _get_provider(provider)
    async with rt.database.unit_of_work() as db:
        if not await rows.delete_key(db, owner_id, provider):
            raise NotFoundError("There is no stored key for this provider.")


async def test_key(rt: Runtime, owner_id: str, provider: str) -> str:
    """Ask the provider whether it takes the key, and return its answer in words; raises when it does not."""
    await limits.hit(rt, "test_key", owner_id)
    known = _get_provider(provider)
    credential = await find_credential(rt, owner_id, provider)
    if credential is None:
        async with rt.database.reading() as db:
            stored = await rows.find_key(db, owner_id, provider)
        message = f"{known.title} is not set up. {known.help}"
        if stored is not None:
            message = (
                f"The stored key for {known.title} can no longer be read, as the server's master key "
                "was changed. Please enter it again."
            )
        raise ModelUnavailableError(message)
    await rt.models.check(provider, credential)
    return f"{known.title} accepts the key." if known.key_required else f"{known.title} answers."


async def find_credential(rt: Runtime, owner_id: str, provider: str) -> Credential | None:
    """Return what opens the provider for the person: his own key, else the server's; None where there is neither."""
    return (await find_credentials(rt, owner_id)).get(provider)


async def find_credentials(rt: Runtime, owner_id: str) -> dict[str, Credential]:
    """Return what opens each provider that the person can use, by the provider's id."""
    found = {
        provider.id: credential
        for provider in rt.models.providers.values()
        if (credential := environment_credential(rt.settings, provider))
    }
    for row in await rt.database.fetch(rows.list_sealed, owner_id):
        if row.provider in rt.models.providers and (key := _opened(rt, row)) is not None:
            found[row.provider] = Credential(SecretStr(key), row.base_url)
    return found


def _opened(rt: Runtime, row: ProviderKeyRow | rows.SealedKey) -> str | None:
    place = Place(row.owner_id, row.provider, row.id)
    try:
        return rt.vault.open(Sealed(row.key_id, row.nonce, row.ciphertext), place)
    except SealedError:
        logger.warning("key %s was made with another master key", row.id)
        return None


def _info(rt: Runtime, provider: Provider, row: ProviderKeyRow | None) -> ProviderInfo:
    source: Literal["environment", "settings", "none", "not_needed"] = "none"
    environment = environment_credential(rt.settings, provider)
    if row is not None and _opened(rt, row) is not None:
        source = "settings"
    elif provider.wire == "demo":
        source = "not_needed"
    elif environment is not None:
        source = "environment" if environment.api_key.get_secret_value() else "not_needed"
    ready = source != "none"
    own = row if source == "settings" else None
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
