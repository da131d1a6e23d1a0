"""Whose account a program works for that has the server in its own process (local.py)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from babble_app.errors import EmailTakenError, NotFoundError
from babble_app.services import accounts
from babble_app.store.users import LOCAL_EMAIL

if TYPE_CHECKING:
    from babble_app.schemas.accounts import User
    from babble_app.services.runtime import Runtime

_NAME = "This computer"
_ADVICE = "There are several accounts here. Say whose brain it is: owner='ada@example.com'."


async def get_local_owner(rt: Runtime, email: str = "") -> User:
    """Return the account with the address; without one the only account, which is made where there is none.

    Raises:
        NotFoundError: there is no such account, or there are several and no address was given.
    """
    users = await accounts.list_users(rt)
    if not users and not email:
        return await _make(rt)
    wanted = email.strip().lower() or (users[0].email if len(users) == 1 else LOCAL_EMAIL)
    for user in users:
        if user.email == wanted:
            return user
    raise NotFoundError(f"There is no account {wanted} here." if email else _ADVICE)


async def _make(rt: Runtime) -> User:
    """Make an account that nobody can log in to; whoever registers first is still the administrator."""
    try:
        return await accounts.create_user(rt, LOCAL_EMAIL, secrets.token_urlsafe(32), name=_NAME)
    except EmailTakenError:
        # Another program opened the same data at the same moment.
        return await get_local_owner(rt, LOCAL_EMAIL)
