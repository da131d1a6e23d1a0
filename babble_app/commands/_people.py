"""Whose things a command works on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.errors import NotFoundError

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime


async def find_person(rt: Runtime, email: str, advice: str) -> str:
    """Return the id of whoever has the address, or of the only account where none is given.

    Raises:
        NotFoundError: there is no such account, or several; `advice` says what to do then.
    """
    from babble_app.services import accounts

    users = await accounts.list_users(rt)
    found = [user for user in users if not email or user.email == email.strip().lower()]
    if len(found) == 1:
        return found[0].id
    raise NotFoundError(f"There is no account {email}." if email else advice)
