"""Accounts: registration, log-in, what a person may change of his own, and what administrators do.

Logins and access tokens have modules of their own; their functions can be reached here too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sqlalchemy.exc import IntegrityError

from babble_app.errors import (
    AccountSuspendedError,
    EmailTakenError,
    InvalidCredentialsError,
    RegistrationClosedError,
    ValidationFailedError,
)
from babble_app.services import limits
from babble_app.services.access_tokens import find_user_by_bearer, make_access_token
from babble_app.services.answer_store import forget_answers
from babble_app.services.exports import export_data
from babble_app.services.logins import (
    add_login,
    end_all,
    find_user_by_login,
    list_logins,
    log_out,
    revoke_all_logins,
    revoke_login,
)
from babble_app.services.names import (
    clean_email,
    clean_fallbacks,
    clean_model,
    clean_name,
    find_email,
)
from babble_app.services.passwords import check_password
from babble_app.services.removal import removing
from babble_app.store import users as rows
from babble_app.store.tables.accounts import UserRow
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.accounts import NewLogin, Role, User
    from babble_app.services.runtime import Runtime

__all__ = [
    "change_password", "create_user", "delete_account", "export_data", "find_user_by_bearer", "find_user_by_login",
    "get_user", "list_logins", "list_users", "log_in", "log_out", "make_access_token", "register", "revoke_all_logins",
    "revoke_login", "suspend_user", "update_user",
]  # fmt: skip

Theme = Literal["system", "light", "dark"]
_THEMES = ("system", "light", "dark")
_WRONG = "Email or password is wrong."


async def register(
    rt: Runtime, *, email: str, password: str, name: str, address: str, user_agent: str
) -> NewLogin:
    """Make an account and log it in. The first account is the administrator's, or the one of BABBLE_ADMIN_EMAIL.

    Raises:
        RegistrationClosedError: BABBLE_REGISTRATION takes no new accounts.
        EmailTakenError: there is an account with this address.
        ValidationFailedError: email, password or name cannot be used; the message says why.
    """
    await limits.hit(rt, "register", limits.network_of(address))
    email = clean_email(email)
    check_password(password, email)
    name = clean_name(name or email.partition("@")[0][:60])
    password_hash = await rt.passwords.hash(password)
    async with rt.database.unit_of_work() as db:
        await rt.database.lock(db, "register")
        first = await rows.count_users(db) == 0
        named = _admin_email(rt)
        if not (first or email == named or rt.settings.registration == "open"):
            raise RegistrationClosedError(_closed(rt))
        if await rows.find_user_by_email(db, email):
            raise EmailTakenError("There is an account with this email address. Log in instead.")
        administrator = email == named if named else first
        row = UserRow(
            email=email,
            name=name,
            role="admin" if administrator else "member",
            password_hash=password_hash,
        )
        db.add(row)
        await db.flush()
        return await add_login(db, row, address=address, user_agent=user_agent)


async def log_in(
    rt: Runtime, *, email: str, password: str, address: str, user_agent: str
) -> NewLogin:
    """Log an account in.

    Raises:
        InvalidCredentialsError: unknown email or wrong password: same words, same time.
        AccountSuspendedError: both were right, but an administrator suspended the account.
        RateLimitedError: too many attempts from the address or for the email.
    """
    email = find_email(email)
    await limits.hit(rt, "log_in_address", limits.network_of(address))
    await limits.hit(rt, "log_in_email", email)
    async with rt.database.reading() as db:
        found = await rows.find_user_by_email(db, email)
    if not await rt.passwords.verify(password, found.password_hash if found else None) or not found:
        raise InvalidCredentialsError(_WRONG)
    if found.suspended_at is not None:
        raise AccountSuspendedError("This account was suspended. Ask your administrator.")
    better = None
    if rt.passwords.needs_rehash(found.password_hash):
        better = await rt.passwords.hash(password)
    async with rt.database.unit_of_work() as db:
        row = await rows.get_user(db, found.id, lock=True)
        if row.password_hash != found.password_hash:
            # The password was changed while it was being verified.
            raise InvalidCredentialsError(_WRONG)
        row.password_hash = better or row.password_hash
        return await add_login(db, row, address=address, user_agent=user_agent)


async def get_user(rt: Runtime, owner_id: str) -> User:
    """Return the account."""
    async with rt.database.reading() as db:
        return rows.user_shape(await rows.get_user(db, owner_id))


async def update_user(
    rt: Runtime,
    owner_id: str,
    *,
    name: str | None = None,
    default_model: str | None = None,
    fallback_models: Sequence[str] | None = None,
    theme: Theme | None = None,
) -> User:
    """Change what is given of the account."""
    async with rt.database.unit_of_work() as db:
        row = await rows.get_user(db, owner_id, lock=True)
        if name is not None:
            row.name = clean_name(name)
        if default_model is not None:
            row.default_model = clean_model(default_model, field="default_model")
        if fallback_models is not None:
            row.fallback_models = clean_fallbacks(fallback_models)
        if theme is not None:
            if theme not in _THEMES:
                raise ValidationFailedError("The theme is system, light or dark.", field="theme")
            row.theme = theme
        await db.flush()
    rt.login_cache.forget()
    rt.app_cache.forget()
    return rows.user_shape(row)


async def change_password(
    rt: Runtime, owner_id: str, current: str, new: str, *, token: str = ""
) -> None:
    """Set a new password; all other logins and all access tokens end.

    Args:
        rt: The runtime.
        owner_id: Whose password.
        current: The password until now.
        new: The password from now on.
        token: The login from which this is asked for; it goes on.
    """
    user = await _confirm_password(
        rt, owner_id, current, "current", "The current password is wrong."
    )
    if current == new:
        raise ValidationFailedError("The new password is the old one.", field="new")
    check_password(new, user.email)
    password_hash = await rt.passwords.hash(new)
    async with rt.database.unit_of_work() as db:
        row = await rows.get_user(db, owner_id, lock=True)
        row.password_hash = password_hash
        await end_all(db, row, but_token=token)
    rt.login_cache.forget()


async def delete_account(rt: Runtime, owner_id: str, password: str) -> None:
    """Erase the account and everything it owns: rows, file contents, logins, kept answers."""
    await _confirm_password(
        rt, owner_id, password, "password", "The password is wrong; nothing was deleted."
    )
    async with removing(rt, owner_id) as db:
        await rows.delete_user(db, owner_id)
    rt.login_cache.forget()
    await forget_answers(rt, owner_id)


async def create_user(
    rt: Runtime, email: str, password: str, role: Role = "member", name: str = ""
) -> User:
    """Make an account for somebody; for administrators and the command line, whatever BABBLE_REGISTRATION says."""
    email = clean_email(email)
    check_password(password, email)
    password_hash = await rt.passwords.hash(password)
    row = UserRow(
        email=email,
        name=clean_name(name or email.partition("@")[0][:60]),
        role=role,
        password_hash=password_hash,
    )
    try:
        async with rt.database.unit_of_work() as db:
            db.add(row)
    except IntegrityError as error:
        raise EmailTakenError("There is an account with this email address.") from error
    return rows.user_shape(row)


async def list_users(rt: Runtime) -> list[User]:
    """Return all accounts, the oldest first; for administrators."""
    async with rt.database.reading() as db:
        return [rows.user_shape(row) for row in await rows.list_users(db)]


async def suspend_user(rt: Runtime, user_id: str, suspended: bool) -> User:
    """Refuse all credentials of the account, or take it back; for administrators."""
    async with rt.database.unit_of_work() as db:
        row = await rows.get_user(db, user_id, lock=True)
        row.suspended_at = now() if suspended else None
        if suspended:
            await end_all(db, row)
        await db.flush()
    rt.login_cache.forget()
    rt.app_cache.forget()
    return rows.user_shape(row)


def _admin_email(rt: Runtime) -> str:
    """Return BABBLE_ADMIN_EMAIL as accounts have it; empty where none is named."""
    return clean_email(rt.settings.admin_email) if rt.settings.admin_email.strip() else ""


async def _confirm_password(
    rt: Runtime, owner_id: str, password: str, field: str, refusal: str
) -> UserRow:
    await limits.hit(rt, "password", owner_id)
    async with rt.database.reading() as db:
        row = await rows.get_user(db, owner_id)
    if not await rt.passwords.verify(password, row.password_hash):
        raise ValidationFailedError(refusal, field=field)
    return row


def _closed(rt: Runtime) -> str:
    if rt.settings.registration == "invite":
        return "New accounts are made by invitation here. Ask your administrator for one."
    return "This server takes no new accounts. Ask your administrator."
