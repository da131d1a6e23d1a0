"""Accounts by script: registering, tokens, logins, the account itself."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response, status
from pydantic import Field, SecretStr, StringConstraints

from babble_app.api._bodies import Id, ModelName, Text, example
from babble_app.api._identity import Me, Rt, client_address, user_agent
from babble_app.api._one_time_file import OneTimeFile
from babble_app.schemas.accounts import LOGIN_COOKIE, Login, NewLogin, User
from babble_app.schemas.base import Schema
from babble_app.services import access_tokens, accounts
from babble_app.services.names import MAX_FALLBACKS
from babble_app.services.runtime import Runtime

router = APIRouter(prefix="/api/auth", tags=["auth"])

Email = Annotated[Text, StringConstraints(max_length=320)]
Password = Annotated[SecretStr, Field(max_length=1024)]


class CredentialsBody(Schema):
    """What proves an account."""

    model_config = example(email="you@example.com", password="a long sentence")  # noqa: S106 - made up

    email: Email
    password: Password


class NewAccountBody(CredentialsBody):
    """An account to be."""

    model_config = example(email="you@example.com", password="a long sentence", name="Ada")  # noqa: S106 - made up

    name: Annotated[Text, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class Token(Schema):
    """A token for `Authorization: Bearer`, and whose it is."""

    user: User
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme's name, no secret
    expires_in: int
    """Seconds."""


class AccountBody(Schema):
    """What to change of one's account; parts left out stay."""

    model_config = example(name="Ada", theme="dark")

    name: Annotated[Text, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    default_model: ModelName = ""
    """`provider/name`; empty: the server's."""
    fallback_models: Annotated[tuple[ModelName, ...], Field(max_length=MAX_FALLBACKS)] = ()
    """Asked in this order when the default model cannot answer."""
    theme: Literal["system", "light", "dark"] = "system"


class NewPasswordBody(Schema):
    """The old and the new password."""

    model_config = example(current="a long sentence", new="another long sentence")

    current: Password
    new: Password


class PasswordBody(Schema):
    """The password, as a confirmation."""

    model_config = example(password="a long sentence")  # noqa: S106 - made up

    password: Password


@router.post("/register", status_code=status.HTTP_201_CREATED)
async def register(rt: Rt, request: Request, body: NewAccountBody) -> Token:
    """Make an account. The first one is the administrator's."""
    login = await accounts.register(
        rt,
        email=body.email,
        password=body.password.get_secret_value(),
        name=body.name,
        address=client_address(request),
        user_agent=user_agent(request),
    )
    return await _token(rt, login)


@router.post("/login")
async def log_in(rt: Rt, request: Request, body: CredentialsBody) -> Token:
    """Return a token for scripts. A wrong password and an unknown email get the same answer."""
    login = await accounts.log_in(
        rt,
        email=body.email,
        password=body.password.get_secret_value(),
        address=client_address(request),
        user_agent=user_agent(request),
    )
    return await _token(rt, login)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
async def log_out(rt: Rt, me: Me, request: Request, response: Response) -> None:
    """End the browser's login when the cookie was sent; else all access tokens of the account, made before now."""
    if "authorization" in request.headers:
        await access_tokens.revoke_access_tokens(rt, me.id)
        return
    await accounts.log_out(rt, request.cookies[LOGIN_COOKIE])
    response.delete_cookie(LOGIN_COOKIE, httponly=True, samesite="lax")


@router.get("/me")
async def get_me(me: Me) -> User:
    """Return the caller's account."""
    return me


@router.patch("/me")
async def update_me(rt: Rt, me: Me, body: AccountBody) -> User:
    """Change the caller's name, default model with what it falls back to, or theme."""
    return await accounts.update_user(rt, me.id, **body.model_dump(exclude_unset=True))


@router.delete("/me", status_code=status.HTTP_204_NO_CONTENT)
async def delete_me(rt: Rt, me: Me, body: PasswordBody) -> None:
    """Erase the account and everything in it. There is no way back."""
    await accounts.delete_account(rt, me.id, body.password.get_secret_value())


@router.post("/password", status_code=status.HTTP_204_NO_CONTENT)
async def change_password(rt: Rt, me: Me, request: Request, body: NewPasswordBody) -> None:
    """Change the password; all tokens end, and all logins but the one that asks."""
    await accounts.change_password(
        rt,
        me.id,
        body.current.get_secret_value(),
        body.new.get_secret_value(),
        token=request.cookies.get(LOGIN_COOKIE, ""),
    )


@router.get(
    "/export",
    response_class=OneTimeFile,
    status_code=status.HTTP_200_OK,
    responses={200: {"content": {"application/zip": {}}, "description": "A zip file."}},
)
async def export(rt: Rt, me: Me) -> OneTimeFile:
    """Download everything that the caller owns."""
    path = await accounts.export_data(rt, me.id)
    return OneTimeFile(
        path,
        media_type="application/zip",
        filename="babble-export.zip",
        headers={"Content-Security-Policy": "sandbox; default-src 'none'"},
    )


@router.get("/logins")
async def list_logins(rt: Rt, me: Me) -> list[Login]:
    """List where the caller is logged in."""
    return await accounts.list_logins(rt, me.id)


@router.delete("/logins", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_all_logins(rt: Rt, me: Me) -> None:
    """Log out everywhere: all logins and all tokens end."""
    await accounts.revoke_all_logins(rt, me.id)


@router.delete("/logins/{login_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_login(rt: Rt, me: Me, login_id: Id) -> None:
    """End one login."""
    await accounts.revoke_login(rt, me.id, login_id)


async def _token(rt: Runtime, login: NewLogin) -> Token:
    # A token stands on its own: no login of a browser shall be left behind in the list of logins.
    await accounts.log_out(rt, login.token)
    token = await accounts.make_access_token(rt, login.user)
    return Token(user=login.user, access_token=token.access_token, expires_in=token.expires_in)
