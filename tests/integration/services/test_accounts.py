"""Registration, log-in, logins, access tokens, suspension, and the end of an account."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import jwt
import pytest
from sqlalchemy import update
from sqlmodel import select

from babble_app.errors import (
    AccountSuspendedError,
    EmailTakenError,
    InvalidCredentialsError,
    NotFoundError,
    RateLimitedError,
    RegistrationClosedError,
    ValidationFailedError,
)
from babble_app.services import access_tokens, accounts
from babble_app.services.logins import hash_token
from babble_app.services.runtime import running
from babble_app.store.tables.accounts import LoginRow, UserRow
from babble_app.store.tables.base import now
from tests.conftest import make_settings
from tests.factories import PASSWORD, make_chat, make_file, make_user, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from babble_app.schemas.accounts import NewLogin
    from babble_app.services.runtime import Runtime


async def register(rt: Runtime, email: str = "ada@example.com", **fields: str) -> NewLogin:
    values = {"password": PASSWORD, "name": "Ada", "address": "10.0.0.1", "user_agent": "Test"}
    return await accounts.register(rt, email=email, **{**values, **fields})


async def log_in(
    rt: Runtime, email: str = "ada@example.com", password: str = PASSWORD, address: str = "10.0.0.2"
) -> NewLogin:
    return await accounts.log_in(
        rt, email=email, password=password, address=address, user_agent="Test"
    )


async def test_the_first_account_is_the_administrator_and_later_ones_are_not(rt: Runtime) -> None:
    first = await register(rt)
    second = await register(rt, "grace@example.com", address="10.0.0.9")

    assert (first.user.role, second.user.role) == ("admin", "member")


async def test_the_administrator_can_be_named(tmp_path: Path, database_address: str) -> None:
    settings = make_settings(
        tmp_path, DATABASE_URL=database_address, BABBLE_ADMIN_EMAIL="Boss@Example.com"
    )
    async with running(settings) as rt:
        first = await register(rt)
        boss = await register(rt, "boss@example.com", address="10.0.0.9")

    assert (first.user.role, boss.user.role) == ("member", "admin")


@pytest.mark.parametrize("mode", ["invite", "closed"])
async def test_after_the_first_account_registration_can_be_closed(
    mode: str, tmp_path: Path, database_address: str
) -> None:
    settings = make_settings(tmp_path, DATABASE_URL=database_address, BABBLE_REGISTRATION=mode)
    async with running(settings) as rt:
        await register(rt)

        with pytest.raises(RegistrationClosedError):
            await register(rt, "grace@example.com")
        made = await accounts.create_user(rt, "grace@example.com", PASSWORD)

    assert made.role == "member"


async def test_two_accounts_cannot_have_one_email_however_it_is_written(rt: Runtime) -> None:
    await register(rt)

    with pytest.raises(EmailTakenError):
        await register(rt, "  ADA@Example.COM ")
    with pytest.raises(EmailTakenError):
        await accounts.create_user(rt, "Ada@example.com", PASSWORD)


async def test_a_login_is_found_by_its_token_of_which_only_the_hash_is_stored(rt: Runtime) -> None:
    login = await register(rt)

    found = await accounts.find_user_by_login(rt, login.token)
    async with rt.database.reading() as db:
        stored = (await db.exec(select(LoginRow))).one()

    assert found == login.user
    assert stored.token_hash == hash_token(login.token)
    assert login.token not in str(stored.model_dump())
    assert await accounts.find_user_by_login(rt, login.token[:-1]) is None
    assert await accounts.find_user_by_login(rt, "") is None


async def test_a_wrong_password_and_an_unknown_email_get_the_same_answer_in_the_same_time(
    rt: Runtime,
) -> None:
    await register(rt)
    await rt.passwords.verify("warms up", None)

    texts: set[str] = set()
    fastest: list[float] = []
    for email in ("ada@example.com", "nobody@example.com", "no email"):
        times: list[float] = []
        for _ in range(4):
            begun = time.perf_counter()
            with pytest.raises(InvalidCredentialsError) as caught:
                await log_in(rt, email, "something else")
            times.append(time.perf_counter() - begun)
            texts.add(str(caught.value))
        fastest.append(min(times))  # what else the machine does only adds to a time

    assert len(texts) == 1
    assert min(fastest) > max(fastest) / 4, fastest


async def test_log_in_attempts_are_limited_by_email_and_by_address(rt: Runtime) -> None:
    with pytest.raises(RateLimitedError) as by_email:
        for n in range(100):
            rt.limiter.hit("log_in_email", "ada@example.com")
            rt.limiter.hit("log_in_address", f"10.0.1.{n}")
    with pytest.raises(RateLimitedError):
        await log_in(rt)
    with pytest.raises(RateLimitedError):
        for _ in range(100):
            rt.limiter.hit("log_in_address", "10.9.9.9")
    with pytest.raises(RateLimitedError):
        await log_in(rt, "other@example.com", address="10.9.9.9")

    assert by_email.value.retry_after_seconds >= 1


@pytest.mark.parametrize(
    ("field", "age"),
    [("last_seen_at", timedelta(days=14, minutes=1)), ("expires_at", timedelta(seconds=1))],
)
async def test_a_login_ends_when_idle_or_old(rt: Runtime, field: str, age: timedelta) -> None:
    login = await register(rt)
    async with rt.database.unit_of_work() as db:
        await db.exec(update(LoginRow).values({field: now() - age}))

    assert await accounts.find_user_by_login(rt, login.token) is None
    assert await accounts.list_logins(rt, login.user.id) == []


async def test_using_a_login_is_noted_at_most_once_a_minute(rt: Runtime) -> None:
    login = await register(rt)
    await accounts.find_user_by_login(rt, login.token)
    rt.login_cache.forget()
    first = (await accounts.list_logins(rt, login.user.id))[0].last_seen_at
    async with rt.database.unit_of_work() as db:
        await db.exec(update(LoginRow).values(last_seen_at=now() - timedelta(minutes=2)))

    await accounts.find_user_by_login(rt, login.token)
    second = (await accounts.list_logins(rt, login.user.id))[0].last_seen_at

    assert first == login.login.last_seen_at
    assert second > first


async def test_logging_out_ends_that_login_only(rt: Runtime) -> None:
    login = await register(rt)
    other = await log_in(rt)
    await accounts.find_user_by_login(rt, login.token)

    await accounts.log_out(rt, login.token)

    assert await accounts.find_user_by_login(rt, login.token) is None
    assert await accounts.find_user_by_login(rt, other.token) == login.user


async def test_a_revoked_login_is_refused_at_once_and_a_foreign_one_does_not_exist(
    rt: Runtime,
) -> None:
    login = await register(rt)
    stranger = await make_user(rt)
    await accounts.find_user_by_login(rt, login.token)

    with pytest.raises(NotFoundError):
        await accounts.revoke_login(rt, stranger.id, login.login.id)
    still = await accounts.find_user_by_login(rt, login.token)
    await accounts.revoke_login(rt, login.user.id, login.login.id)

    assert still is not None
    assert await accounts.find_user_by_login(rt, login.token) is None


async def test_an_access_token_names_its_account(rt: Runtime) -> None:
    login = await register(rt)

    token = await accounts.make_access_token(rt, login.user)

    assert token.expires_in == 900
    assert await accounts.find_user_by_bearer(rt, token.access_token) == login.user


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "somebody-else"},
        {"iss": "somebody-else"},
        {"exp": 1},
        {"sub": "usr_unknown"},
        {"iat": None},
    ],
)
async def test_an_access_token_that_is_not_quite_ours_is_refused(
    rt: Runtime, change: dict[str, object]
) -> None:
    login = await register(rt)
    token = (await accounts.make_access_token(rt, login.user)).access_token
    claims = jwt.decode(token, options={"verify_signature": False}) | change
    key = access_tokens._key(rt)

    forged = jwt.encode({k: v for k, v in claims.items() if v is not None}, key, "HS256")

    assert await accounts.find_user_by_bearer(rt, forged) is None


async def test_an_access_token_without_a_good_signature_is_refused(rt: Runtime) -> None:
    login = await register(rt)
    token = (await accounts.make_access_token(rt, login.user)).access_token
    claims = jwt.decode(token, options={"verify_signature": False})

    assert await accounts.find_user_by_bearer(rt, jwt.encode(claims, "x" * 32, "HS256")) is None
    assert await accounts.find_user_by_bearer(rt, jwt.encode(claims, None, "none")) is None
    assert await accounts.find_user_by_bearer(rt, "nonsense") is None


async def test_logging_out_everywhere_ends_logins_and_access_tokens(rt: Runtime) -> None:
    login = await register(rt)
    token = (await accounts.make_access_token(rt, login.user)).access_token
    await accounts.find_user_by_bearer(rt, token)

    await accounts.revoke_all_logins(rt, login.user.id)
    fresh = (await accounts.make_access_token(rt, login.user)).access_token

    assert await accounts.find_user_by_login(rt, login.token) is None
    assert await accounts.find_user_by_bearer(rt, token) is None
    assert await accounts.find_user_by_bearer(rt, fresh) is not None


async def test_a_suspended_account_is_refused_with_every_credential_until_it_is_not(
    rt: Runtime,
) -> None:
    login = await register(rt)
    token = (await accounts.make_access_token(rt, login.user)).access_token
    await accounts.find_user_by_login(rt, login.token)
    await accounts.find_user_by_bearer(rt, token)

    await accounts.suspend_user(rt, login.user.id, suspended=True)

    assert await accounts.find_user_by_login(rt, login.token) is None
    assert await accounts.find_user_by_bearer(rt, token) is None
    with pytest.raises(AccountSuspendedError):
        await log_in(rt)
    with pytest.raises(InvalidCredentialsError):
        await log_in(rt, password="wrong anyway")
    await accounts.suspend_user(rt, login.user.id, suspended=False)
    assert (await log_in(rt)).user.suspended is False


async def test_a_suspension_by_another_process_is_obeyed_within_a_second(
    rt: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = await register(rt)
    await accounts.find_user_by_login(rt, login.token)
    async with rt.database.unit_of_work() as db:
        await db.exec(update(UserRow).values(suspended_at=now()))
    clock = time.monotonic

    monkeypatch.setattr("babble_app.services.logins.time.monotonic", lambda: clock() + 1.0)

    assert await accounts.find_user_by_login(rt, login.token) is None


async def test_a_new_password_ends_all_logins_but_the_one_it_was_set_from(rt: Runtime) -> None:
    here = await register(rt)
    there = await log_in(rt)
    token = (await accounts.make_access_token(rt, here.user)).access_token

    with pytest.raises(ValidationFailedError, match="wrong"):
        await accounts.change_password(rt, here.user.id, "not it", "another long sentence")
    await accounts.change_password(
        rt, here.user.id, PASSWORD, "another long sentence", token=here.token
    )

    assert await accounts.find_user_by_login(rt, here.token) is not None
    assert await accounts.find_user_by_login(rt, there.token) is None
    assert await accounts.find_user_by_bearer(rt, token) is None
    with pytest.raises(InvalidCredentialsError):
        await log_in(rt)
    assert await log_in(rt, password="another long sentence")


async def test_a_person_changes_name_theme_and_model(rt: Runtime) -> None:
    user = await make_user(rt)

    changed = await accounts.update_user(
        rt, user.id, name=" Grace ", theme="dark", default_model="openai/gpt-4o-mini"
    )

    assert (changed.name, changed.theme) == ("Grace", "dark")
    assert await accounts.get_user(rt, user.id) == changed
    with pytest.raises(ValidationFailedError):
        await accounts.update_user(rt, user.id, default_model="no slash")
    with pytest.raises(ValidationFailedError):
        await accounts.update_user(rt, user.id, theme="pink")  # pyright: ignore[reportArgumentType]


async def test_a_deleted_account_takes_everything_with_it_and_nothing_of_others(
    rt: Runtime,
) -> None:
    mine = await register(rt)
    owner_id, _ = await make_chat(rt, mine.user.id)
    _, workspace = await make_workspace(rt, owner_id)
    file = await make_file(rt, owner_id, workspace.id, content=b"only mine")
    shared = await make_file(rt, owner_id, workspace.id, name="b.txt", content=b"shared")
    stranger, theirs = await make_workspace(rt)
    await make_file(rt, stranger, theirs.id, content=b"shared")

    with pytest.raises(ValidationFailedError):
        await accounts.delete_account(rt, owner_id, "not the password")
    await accounts.delete_account(rt, owner_id, PASSWORD)

    assert await accounts.find_user_by_login(rt, mine.token) is None
    with pytest.raises(NotFoundError):
        await accounts.get_user(rt, owner_id)
    assert not rt.blobs.path(file.sha256).exists()
    assert rt.blobs.path(shared.sha256).exists()
    assert len(await accounts.list_users(rt)) == 1


async def test_a_deleted_account_leaves_no_kept_answers(rt: Runtime) -> None:
    login = await accounts.register(
        rt, email="a@example.com", password=PASSWORD, name="", address="", user_agent=""
    )
    store = rt.answers.store
    await store.set(login.user.id, "key", b"answer", 60)
    await store.set("usr_another", "key", b"answer", 60)

    await accounts.delete_account(rt, login.user.id, PASSWORD)

    assert await store.get(login.user.id, "key") is None
    assert await store.get("usr_another", "key") == b"answer"
