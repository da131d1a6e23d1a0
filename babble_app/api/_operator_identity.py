"""Who handles tokens of apps: a person, or whoever holds BABBLE_ADMIN_KEY."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from babble_app.api._identity import Rt, bearer_scheme, cookie_scheme, current_user
from babble_app.services.operators import Operator, holds_admin_key


async def current_operator(
    request: Request,
    rt: Rt,
    _token: Annotated[object, Depends(bearer_scheme)],
    _login: Annotated[object, Depends(cookie_scheme)],
) -> Operator:
    """Return the caller.

    Raises:
        UnauthenticatedError: no valid credential came with the call.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and holds_admin_key(rt, token.strip()):
        return Operator()
    return Operator((await current_user(request, rt, None, None)).id)


Operating = Annotated[Operator, Depends(current_operator)]
