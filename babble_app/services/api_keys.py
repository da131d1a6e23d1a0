"""Personal keys of the API (`bbk_...`): for a person's own scripts, made and shown once, taken back by deleting them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.errors import ConflictError
from babble_app.schemas.accounts import NewApiKey
from babble_app.services import last_uses
from babble_app.services.app_tokens import clean_expiry
from babble_app.services.logins import Known
from babble_app.services.names import clean_name
from babble_app.services.token_format import (
    hash_token,
    is_well_formed,
    make_token,
    shown_prefix,
)
from babble_app.store import api_keys as rows
from babble_app.store import users as user_rows
from babble_app.store.tables.api_keys import ApiKeyRow
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from datetime import datetime

    from babble_app.schemas.accounts import ApiKey, User
    from babble_app.services.runtime import Runtime

PREFIX = "bbk"
MAX_KEYS = 50


async def create_key(
    rt: Runtime, owner_id: str, name: str, *, expires_at: datetime | None = None
) -> NewApiKey:
    """Make a key with which the person's scripts may do all that the person may; it is shown here only.

    Raises:
        ValidationFailedError: the name cannot be used, or the key would be expired from the start.
        ConflictError: there are as many as there may be.
    """
    key = make_token(PREFIX)
    row = ApiKeyRow(
        owner_id=owner_id,
        name=clean_name(name),
        key_hash=hash_token(key),
        prefix=shown_prefix(key),
        last4=key[-4:],
        expires_at=clean_expiry(expires_at),
    )
    async with rt.database.unit_of_work() as db:
        await user_rows.get_user(db, owner_id, lock=True)
        if await rows.count_keys(db, owner_id) >= MAX_KEYS:
            raise ConflictError(f"{MAX_KEYS} keys are the most. Delete one that is not used.")
        db.add(row)
    return NewApiKey(**rows.key_shape(row).model_dump(), key=key)


async def list_keys(rt: Runtime, owner_id: str) -> list[ApiKey]:
    """Return the person's keys, the newest first, without what they are."""
    async with rt.database.reading() as db:
        return await rows.list_keys(db, owner_id)


async def delete_key(rt: Runtime, owner_id: str, key_id: str) -> None:
    """Refuse the key from now on; streams that were begun with it end within a second."""
    async with rt.database.unit_of_work() as db:
        await rows.delete_key(db, owner_id, key_id)
    rt.login_cache.forget()


async def find_user_by_key(rt: Runtime, key: str, *, even_expired: bool = False) -> User | None:
    """Return whose key it is; None when it is mistyped, deleted or expired, or the account suspended.

    A stream that was begun with a key goes on when that expires, but not when it is deleted: `even_expired`.
    """
    if not is_well_formed(key, PREFIX):
        return None
    place = f"{hash_token(key)} {even_expired}"
    if known := rt.login_cache.find(place):
        return known.user
    async with rt.database.reading() as db:
        found = await rows.find_by_hash(db, hash_token(key))
    if found is None:
        return None
    row, person = found
    over = row.expires_at is not None and row.expires_at <= now() and not even_expired
    if over or person.suspended_at is not None:
        return None
    last_uses.note(rt, row.id, rows.touch_key(row.id))
    user = user_rows.user_shape(person)
    rt.login_cache.keep(place, Known(user, person.tokens_valid_after))
    return user
