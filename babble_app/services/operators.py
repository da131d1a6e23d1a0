"""Tokens of apps as operators handle them: each person the person's own, whoever holds BABBLE_ADMIN_KEY everybody's.

The holder of the key is nobody in particular. What is made with it belongs to the account that is named, else to the first
administrator's, so that somebody sees it on the Publish page and pays for it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.errors import (
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    ValidationFailedError,
)
from babble_app.schemas.apps import NewOperatedToken, OperatedToken
from babble_app.services import app_tokens, apps
from babble_app.services.names import find_email
from babble_app.store import apps as rows
from babble_app.store import users as user_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from babble_app.schemas.apps import App, AppToken, Channel
    from babble_app.services.app_tokens import Bound
    from babble_app.services.runtime import Runtime


@dataclass(frozen=True)
class Operator:
    """Who handles tokens."""

    owner_id: str = ""
    """A person; empty: the holder of the server's own key."""


def holds_admin_key(rt: Runtime, token: str) -> bool:
    """Say whether the token is BABBLE_ADMIN_KEY; never where none is set."""
    key = rt.settings.admin_key.get_secret_value()
    # Digests are of one length, so that not even the key's length can be measured.
    digests = [hashlib.sha256(text.encode("utf-8", "replace")).digest() for text in (key, token)]
    return hmac.compare_digest(*digests) and bool(key)


async def create_token(
    rt: Runtime,
    operator: Operator,
    name: str,
    *,
    app_id: str | None = None,
    agent_id: str | None = None,
    owner_email: str = "",
    channel: Channel = "production",
    rate_limit_per_minute: int | None = None,
    daily_budget_usd: float | None = None,
    expires_at: datetime | None = None,
    origins: Iterable[str] | None = None,
    instructions: str | None = None,
) -> NewOperatedToken:
    """Make a token of an app, or of a new app: of the agent, or of the plain assistant.

    Raises:
        NotFoundError: there is no such app, agent or account.
        PermissionDeniedError: a person acts for another one.
        ValidationFailedError: a figure, an origin or the moment cannot be used.
    """
    app_tokens.clean_expiry(expires_at)
    owner_id = await _owner(rt, operator, app_id or "", agent_id or "", owner_email)
    if app_id is None:
        app = await apps.create_app(
            rt,
            owner_id,
            name,
            agent_id=agent_id,
            origins=origins or (),
            instructions=instructions or "",
        )
    else:
        app = await apps.get_app(rt, owner_id, app_id)
        if agent_id is not None and agent_id != app.agent_id:
            message = "This app is not of that agent. Give one of the two."
            raise ValidationFailedError(message, field="agent_id")
        app = await _update_app(rt, owner_id, app, origins, instructions)
    made = await app_tokens.create_token(
        rt,
        owner_id,
        app.id,
        name,
        channel=channel,
        rate_limit_per_minute=rate_limit_per_minute,
        daily_budget_usd=daily_budget_usd,
        expires_at=expires_at,
    )
    return NewOperatedToken(**_with_app(made, app).model_dump(), token=made.token)


async def list_tokens(
    rt: Runtime, operator: Operator, *, app_id: str | None = None
) -> list[OperatedToken]:
    """Return the operator's tokens (of an app), the newest first; raises NotFoundError."""
    if app_id is not None:
        owners = [await _owner(rt, operator, app_id)]
    elif operator.owner_id:
        owners = [operator.owner_id]
    else:
        async with rt.database.reading() as db:
            owners = await rows.list_token_owners(db)
    found: list[OperatedToken] = []
    for owner_id in owners:
        own = {app.id: app for app in await apps.list_apps(rt, owner_id)}
        found += [
            _with_app(token, own[token.app_id])
            for token in await app_tokens.list_tokens(rt, owner_id, app_id=app_id)
            if token.app_id in own
        ]
    return sorted(found, key=lambda token: token.created_at, reverse=True)


async def get_token(rt: Runtime, operator: Operator, token_id: str) -> OperatedToken:
    """Return the token, without what it is; raises NotFoundError."""
    owner_id = await _owner_of_token(rt, operator, token_id)
    token = await app_tokens.get_token(rt, owner_id, token_id)
    return _with_app(token, await apps.get_app(rt, owner_id, token.app_id))


async def update_token(
    rt: Runtime,
    operator: Operator,
    token_id: str,
    *,
    name: str | None = None,
    rate_limit_per_minute: int | None = None,
    daily_budget_usd: float | None = None,
    expires_at: datetime | None = None,
    lifted: Collection[Bound] = (),
    origins: Iterable[str] | None = None,
    instructions: str | None = None,
) -> OperatedToken:
    """Change what is given of the token and of its app; bounds that are `lifted` hold no more."""
    owner_id = await _owner_of_token(rt, operator, token_id)
    token = await app_tokens.update_token(
        rt,
        owner_id,
        token_id,
        name=name,
        rate_limit_per_minute=rate_limit_per_minute,
        daily_budget_usd=daily_budget_usd,
        expires_at=expires_at,
        lifted=lifted,
    )
    app = await apps.get_app(rt, owner_id, token.app_id)
    return _with_app(token, await _update_app(rt, owner_id, app, origins, instructions))


async def revoke_token(rt: Runtime, operator: Operator, token_id: str) -> None:
    """Refuse the token, and all visitors who came with it, from now on; raises NotFoundError."""
    owner_id = await _owner_of_token(rt, operator, token_id)
    await app_tokens.revoke_token(rt, owner_id, token_id)


async def rotate_token(
    rt: Runtime, operator: Operator, token_id: str, *, overlap_hours: float
) -> NewOperatedToken:
    """Make a token in the place of one, which goes on for the overlap.

    Raises:
        ConflictError: the token is revoked or expired.
    """
    owner_id = await _owner_of_token(rt, operator, token_id)
    made = await app_tokens.rotate_token(rt, owner_id, token_id, overlap_hours=overlap_hours)
    app = await apps.get_app(rt, owner_id, made.app_id)
    return NewOperatedToken(**_with_app(made, app).model_dump(), token=made.token)


async def _owner_of_token(rt: Runtime, operator: Operator, token_id: str) -> str:
    if operator.owner_id:
        return operator.owner_id
    async with rt.database.reading() as db:
        found = await rows.find_owner(db, token_id=token_id)
    if found is None:
        raise NotFoundError("There is no such token.")
    return found


async def _owner(
    rt: Runtime, operator: Operator, app_id: str = "", agent_id: str = "", email: str = ""
) -> str:
    """Return whose thing is meant, or for whom a new one is made."""
    if operator.owner_id:
        if email:
            message = "A person makes tokens of the person's own apps. Leave `owner_email` out."
            raise PermissionDeniedError(message)
        return operator.owner_id
    async with rt.database.reading() as db:
        if app_id or agent_id:
            found = await rows.find_owner(db, app_id=app_id, agent_id=agent_id)
            if found is None:
                raise NotFoundError(f"There is no such {'app' if app_id else 'agent'}.")
            return found
        if email:
            row = await user_rows.find_user_by_email(db, find_email(email))
            if row is None:
                raise NotFoundError("There is no account with this email address.")
            return row.id
        everybody = await user_rows.list_users(db)
    for row in everybody:
        if row.role == "admin" and row.suspended_at is None:
            return row.id
    message = "Nobody administers this server yet, so the app would be nobody's. Register first, or give `owner_email`."
    raise ConflictError(message)


async def _update_app(
    rt: Runtime,
    owner_id: str,
    app: App,
    origins: Iterable[str] | None,
    instructions: str | None,
) -> App:
    if origins is None and instructions is None:
        return app
    return await apps.update_app(rt, owner_id, app.id, origins=origins, instructions=instructions)


def _with_app(token: AppToken, app: App) -> OperatedToken:
    return OperatedToken(
        **token.model_dump(exclude={"token"}),
        app_name=app.name,
        app_slug=app.slug,
        agent_id=app.agent_id,
        allowed_origins=app.origins,
        system_prompt=app.instructions,
    )
