"""Tokens of apps: made, shown once, rotated with an overlap, revoked at once."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from babble_app.errors import ConflictError, NotFoundError, ValidationFailedError
from babble_app.llm import prices
from babble_app.schemas.apps import NewAppToken
from babble_app.services import budgets
from babble_app.services.app_fields import clean_count
from babble_app.services.names import clean_name
from babble_app.services.token_format import hash_token, make_token, shown_prefix
from babble_app.store import apps as rows
from babble_app.store.tables.apps import AppTokenRow
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from babble_app.schemas.apps import AppToken, Channel
    from babble_app.services.runtime import Runtime

MAX_RATE_LIMIT = 1_000_000
MAX_OVERLAP_HOURS = 24 * 30
Bound = Literal["rate_limit_per_minute", "daily_budget_usd", "expires_at"]
"""What a token may have and may do without."""


async def create_token(
    rt: Runtime,
    owner_id: str,
    app_id: str,
    name: str,
    *,
    channel: Channel = "production",
    rate_limit_per_minute: int | None = None,
    daily_budget_usd: float | None = None,
    expires_at: datetime | None = None,
) -> NewAppToken:
    """Make a token of the app; this is the only time that it is shown.

    Raises:
        NotFoundError: there is no such app.
        ValidationFailedError: a figure is out of its bounds, or it would be expired from the start.
    """
    row, token = _new_row(owner_id, app_id, clean_name(name), channel)
    row.rate_limit_per_minute = clean_count(
        rate_limit_per_minute, 1, MAX_RATE_LIMIT, "rate_limit_per_minute"
    )
    row.expires_at = clean_expiry(expires_at)
    async with rt.database.unit_of_work() as db:
        await rows.get_app(db, owner_id, app_id)
        db.add(row)
    if daily_budget_usd is not None:
        await set_daily_budget(rt, owner_id, row.id, daily_budget_usd)
    made = await get_token(rt, owner_id, row.id)
    return NewAppToken(**made.model_dump(), token=token)


async def get_token(rt: Runtime, owner_id: str, token_id: str) -> AppToken:
    """Return the token, without what it is."""
    async with rt.database.reading() as db:
        return rows.token_shape(await rows.get_token(db, owner_id, token_id))


async def list_tokens(rt: Runtime, owner_id: str, *, app_id: str | None = None) -> list[AppToken]:
    """Return the person's tokens (of an app), the newest first."""
    async with rt.database.reading() as db:
        if app_id is not None:
            await rows.get_app(db, owner_id, app_id)
        return await rows.list_tokens(db, owner_id, app_id=app_id)


async def update_token(
    rt: Runtime,
    owner_id: str,
    token_id: str,
    *,
    name: str | None = None,
    rate_limit_per_minute: int | None = None,
    daily_budget_usd: float | None = None,
    expires_at: datetime | None = None,
    lifted: Collection[Bound] = (),
) -> AppToken:
    """Change what is given of the token; bounds that are `lifted` hold no more."""
    limit = clean_count(rate_limit_per_minute, 1, MAX_RATE_LIMIT, "rate_limit_per_minute")
    expiry = clean_expiry(expires_at)
    async with rt.database.unit_of_work() as db:
        row = await rows.get_token(db, owner_id, token_id, lock=True)
        row.name = row.name if name is None else clean_name(name)
        row.rate_limit_per_minute = limit or row.rate_limit_per_minute
        row.expires_at = expiry or row.expires_at
        if "rate_limit_per_minute" in lifted:
            row.rate_limit_per_minute = None
        if "expires_at" in lifted:
            row.expires_at = None
    if daily_budget_usd is not None:
        await set_daily_budget(rt, owner_id, token_id, daily_budget_usd)
    if "daily_budget_usd" in lifted:
        await _lift_daily_budget(rt, owner_id, token_id)
    rt.app_cache.forget()
    return await get_token(rt, owner_id, token_id)


async def revoke_token(rt: Runtime, owner_id: str, token_id: str) -> AppToken:
    """Refuse the token, and all visitors who came with it, from now on; open streams end within a second."""
    async with rt.database.unit_of_work() as db:
        row = await rows.get_token(db, owner_id, token_id, lock=True)
        row.revoked_at = row.revoked_at or now()
    rt.app_cache.forget()
    return rows.token_shape(row)


async def rotate_token(
    rt: Runtime, owner_id: str, token_id: str, *, overlap_hours: float = 24
) -> NewAppToken:
    """Make a token in the place of one, which goes on for the overlap; budget and limits are the same.

    Raises:
        ConflictError: the token is revoked or expired.
    """
    if not 0 <= overlap_hours <= MAX_OVERLAP_HOURS:
        message = f"The overlap is 0 to {MAX_OVERLAP_HOURS} hours."
        raise ValidationFailedError(message, field="overlap_hours")
    at = now()
    async with rt.database.unit_of_work() as db:
        old = await rows.get_token(db, owner_id, token_id, lock=True)
        if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= at):
            raise ConflictError("This token is not valid any more. Make a new one.")
        channel: Channel = "staging" if old.channel == "staging" else "production"
        row, token = _new_row(owner_id, old.app_id, old.name, channel)
        row.rate_limit_per_minute, row.expires_at = old.rate_limit_per_minute, old.expires_at
        end = at + timedelta(hours=overlap_hours)
        old.expires_at = min(old.expires_at, end) if old.expires_at else end
        budget = old.daily_budget_nano
        db.add(row)
    if budget is not None:
        await set_daily_budget(rt, owner_id, row.id, budget / prices.NANO)
    rt.app_cache.forget()
    made = await get_token(rt, owner_id, row.id)
    return NewAppToken(**made.model_dump(), token=token)


async def set_daily_budget(rt: Runtime, owner_id: str, token_id: str, limit_usd: float) -> None:
    """Cap what may be spent in a day through the token."""
    await budgets.set_budget(rt, owner_id, "token", token_id, "day", limit_usd=limit_usd)
    async with rt.database.unit_of_work() as db:
        row = await rows.get_token(db, owner_id, token_id, lock=True)
        row.daily_budget_nano = prices.nano(limit_usd)


async def _lift_daily_budget(rt: Runtime, owner_id: str, token_id: str) -> None:
    with suppress(NotFoundError):
        await budgets.delete_budget(rt, owner_id, "token", token_id, "day")
    async with rt.database.unit_of_work() as db:
        row = await rows.get_token(db, owner_id, token_id, lock=True)
        row.daily_budget_nano = None


def _new_row(owner_id: str, app_id: str, name: str, channel: Channel) -> tuple[AppTokenRow, str]:
    token = make_token("bb")
    row = AppTokenRow(
        owner_id=owner_id,
        app_id=app_id,
        name=name,
        token_hash=hash_token(token),
        prefix=shown_prefix(token),
        last4=token[-4:],
        channel=channel,
    )
    return row, token


def clean_expiry(expires_at: datetime | None) -> datetime | None:
    """Return the moment; raises ValidationFailedError when it has passed."""
    if expires_at is not None and expires_at <= now():
        message = "That moment has passed already. Choose a later one."
        raise ValidationFailedError(message, field="expires_at")
    return expires_at
