"""Tokens of apps: made, listed, changed, rotated, revoked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Query, status
from pydantic import Field, StringConstraints

from babble_app.api._bodies import Id, Name, Text, example
from babble_app.api._identity import Rt
from babble_app.api._operator_identity import Operating
from babble_app.api._times import aware
from babble_app.schemas.apps import NewOperatedToken, OperatedToken
from babble_app.schemas.base import Schema
from babble_app.services import app_fields, app_tokens, budgets, operators

router = APIRouter(prefix="/api/v1/admin/tokens", tags=["apps"])

BOUNDS: tuple[app_tokens.Bound, ...] = get_args(app_tokens.Bound)
RateLimit = Annotated[int, Field(ge=1, le=app_tokens.MAX_RATE_LIMIT)]
Dollars = Annotated[float, Field(ge=0, le=budgets.MAX_DOLLARS, allow_inf_nan=False)]
Origins = Annotated[
    tuple[Annotated[Text, StringConstraints(max_length=300)], ...],
    Field(max_length=app_fields.MAX_ORIGINS),
]
Instructions = Annotated[Text, StringConstraints(max_length=app_fields.MAX_INSTRUCTIONS_CHARS)]


class TokenFields(Schema):
    """What can be said of a token and of its app."""

    rate_limit_per_minute: RateLimit | None = None
    """Messages of everybody who comes with the token; null: only the app's own limits."""
    daily_budget_usd: Dollars | None = None
    """What may be spent in a day through the token; null: only the budgets of app and account."""
    allowed_origins: Origins | None = None
    """The pages that may use the app, such as `https://shop.example`; none: no page may."""
    system_prompt: Instructions | None = None
    """Instructions of the app."""
    expires_at: datetime | None = None
    """Without a zone it is UTC; null: never."""


class NewTokenBody(TokenFields):
    """A token to be made."""

    model_config = example(name="shop", allowed_origins=["https://shop.example"])

    name: Name
    app_id: Id | None = None
    """Left out: a new app is made."""
    agent_id: Id | None = None
    """The agent of the new app; left out: the plain assistant on the default model."""
    owner_email: Annotated[Text, StringConstraints(max_length=254)] = ""
    """Only with BABBLE_ADMIN_KEY: whose the new app will be; left out: the first administrator's."""
    channel: Literal["production", "staging"] = "production"
    """Tokens of the staging channel get the version that is staged."""


class TokenBody(TokenFields):
    """What changes; what is left out stays, null takes a limit, a budget or an end away."""

    model_config = example(rate_limit_per_minute=120, expires_at=None)

    name: Name | None = None


class RotateBody(Schema):
    """How long the old token goes on."""

    model_config = example(overlap_hours=24)

    overlap_hours: Annotated[float, Field(ge=0, le=app_tokens.MAX_OVERLAP_HOURS)] = 24


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_token(rt: Rt, operator: Operating, body: NewTokenBody) -> NewOperatedToken:
    """Make a token; this is the only time that it is shown. A name is enough: that makes an app of the plain assistant.

    Callers are persons, for their own apps, and whoever holds BABBLE_ADMIN_KEY, for everybody's.
    """
    return await operators.create_token(
        rt,
        operator,
        body.name,
        app_id=body.app_id,
        agent_id=body.agent_id,
        owner_email=body.owner_email,
        channel=body.channel,
        rate_limit_per_minute=body.rate_limit_per_minute,
        daily_budget_usd=body.daily_budget_usd,
        expires_at=aware(body.expires_at, "expires_at"),
        origins=body.allowed_origins,
        instructions=body.system_prompt,
    )


@router.get("")
async def list_tokens(
    rt: Rt, operator: Operating, app_id: Annotated[Id | None, Query()] = None
) -> list[OperatedToken]:
    """List tokens (of an app), the newest first; revoked ones too."""
    return await operators.list_tokens(rt, operator, app_id=app_id)


@router.get("/{token_id}")
async def get_token(rt: Rt, operator: Operating, token_id: Id) -> OperatedToken:
    """Return what is known about a token; the token itself is not."""
    return await operators.get_token(rt, operator, token_id)


@router.patch("/{token_id}")
async def update_token(rt: Rt, operator: Operating, token_id: Id, body: TokenBody) -> OperatedToken:
    """Change a token's name and bounds, and its app's origins and instructions."""
    lifted: list[app_tokens.Bound] = [bound for bound in BOUNDS if _is_null(body, bound)]
    return await operators.update_token(
        rt,
        operator,
        token_id,
        name=body.name,
        rate_limit_per_minute=body.rate_limit_per_minute,
        daily_budget_usd=body.daily_budget_usd,
        expires_at=aware(body.expires_at, "expires_at"),
        lifted=lifted,
        origins=body.allowed_origins,
        instructions=body.system_prompt,
    )


@router.delete("/{token_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_token(rt: Rt, operator: Operating, token_id: Id) -> None:
    """Revoke a token: it and the visitors who came with it are refused from now on, and their open streams end."""
    await operators.revoke_token(rt, operator, token_id)


@router.post("/{token_id}/rotate", status_code=status.HTTP_201_CREATED)
async def rotate_token(
    rt: Rt, operator: Operating, token_id: Id, body: RotateBody | None = None
) -> NewOperatedToken:
    """Make a token in the place of one, which goes on for some hours; limits and budget are the same."""
    hours = (body or RotateBody()).overlap_hours
    return await operators.rotate_token(rt, operator, token_id, overlap_hours=hours)


def _is_null(body: TokenBody, field: str) -> bool:
    """Say whether the caller has sent null, and not just nothing."""
    return field in body.model_fields_set and getattr(body, field) is None
