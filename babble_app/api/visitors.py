"""Visitors: a page exchanges the app's public token for one of its own visitor's."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import StringConstraints

from babble_app.api._app_identity import bearer, page_origin
from babble_app.api._bodies import Id, Text, example
from babble_app.api._identity import Rt, client_address
from babble_app.schemas.apps import VisitorToken
from babble_app.schemas.base import Schema
from babble_app.services import visitors

router = APIRouter(prefix="/api/v1/visitors", tags=["host apps"])


class NamedVisitor(Schema):
    """Who the host page's server says that its visitor is."""

    id: Annotated[Text, StringConstraints(min_length=1, max_length=200)]
    name: Annotated[Text, StringConstraints(max_length=120)] = ""
    signature: Annotated[str, StringConstraints(max_length=128)] = ""
    """HMAC-SHA256 of `id` (with a name: of `id`, a line feed, and `name`), in hex, with the app's naming key.

    Without it nobody is named; a wrong one is refused, and so are control characters in either.
    """


class VisitorBody(Schema):
    """What a page says when it begins, or goes on with, a visit."""

    model_config = example(page="https://shop.example/cart")

    app: Annotated[str, StringConstraints(max_length=80)] = ""
    """The app's slug; only for pages of this server, which send no token."""
    visitor_id: Id | None = None
    visitor_secret: Annotated[str, StringConstraints(max_length=100)] = ""
    """Both as a visit before got them: the same visitor comes back."""
    user: NamedVisitor | None = None
    page: Annotated[Text, StringConstraints(max_length=2_000)] = ""
    """The address of the page; the owner sees where the app is loaded."""


@router.post("")
async def begin_visit(rt: Rt, request: Request, body: VisitorBody) -> VisitorToken:
    """Return a token with which a page acts for one visitor, for 15 minutes; a visitor's own token is renewed."""
    token = bearer(request) if "authorization" in request.headers else ""
    return await visitors.begin_visit(
        rt,
        token,
        origin=page_origin(request),
        address=client_address(request),
        slug=body.app,
        visitor_id=body.visitor_id or "",
        visitor_secret=body.visitor_secret,
        user_id=body.user.id if body.user else "",
        user_name=body.user.name if body.user else "",
        signature=body.user.signature if body.user else "",
        page=body.page,
    )
