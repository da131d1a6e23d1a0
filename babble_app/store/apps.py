"""Apps, their tokens and releases, and where they were seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Label, bindparam, delete, func, update
from sqlalchemy import select as select_columns
from sqlalchemy.engine import Connection
from sqlmodel import col, select

from babble_app.errors import NotFoundError
from babble_app.schemas.apps import App, AppToken, Release, Sighting
from babble_app.store.prepared import Prepared
from babble_app.store.tables.accounts import UserRow
from babble_app.store.tables.agents import AgentRow
from babble_app.store.tables.apps import AppReleaseRow, AppRow, AppTokenRow, SightingRow
from babble_app.store.tables.base import now
from babble_app.store.tables.chats import ChatRow
from babble_app.store.tables.workspaces import FileRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.store.writer import Operation

_NANO = 1_000_000_000
_NO_APP = "There is no such app."
_NO_TOKEN = "There is no such token."  # noqa: S105 - words, no secret


class TokenFacts(NamedTuple):
    """What a token allows."""

    id: str
    channel: str
    rate_limit_per_minute: int | None
    expires_at: datetime | None
    revoked_at: datetime | None


_APP_COLUMNS = [col(getattr(AppRow, name)) for name in App.model_fields]
_OPENED = (
    select_columns(
        col(AppRow.owner_id),
        col(UserRow.suspended_at).is_not(None).label("suspended"),
        col(AgentRow.live_version_id),
        col(AgentRow.head_version_id),
        *_APP_COLUMNS,
    )
    .join(UserRow, col(UserRow.id) == AppRow.owner_id)
    .outerjoin(AgentRow, col(AgentRow.id) == AppRow.agent_id)
)
_TOKEN_COLUMNS: list[Label[Any]] = [
    col(getattr(AppTokenRow, name)).label(f"token_{name}") for name in TokenFacts._fields
]
_WITH_TOKEN = _OPENED.add_columns(*_TOKEN_COLUMNS).join(
    AppTokenRow, col(AppTokenRow.app_id) == AppRow.id
)
_BY_TOKEN = Prepared(_WITH_TOKEN.where(col(AppTokenRow.token_hash) == bindparam("value")))
_BY_TOKEN_ID = Prepared(_WITH_TOKEN.where(col(AppTokenRow.id) == bindparam("value")))
_BY_SLUG = Prepared(_OPENED.where(col(AppRow.slug) == bindparam("value")))
_BY_ID = Prepared(_OPENED.where(col(AppRow.id) == bindparam("value")))
_TOUCH_TOKEN = Prepared(
    update(AppTokenRow)
    .where(col(AppTokenRow.id) == bindparam("of_token"))
    .values(last_used_at=bindparam("at"))
)


class OpenedApp(NamedTuple):
    """An app as a call of its visitors finds it."""

    owner_id: str
    suspended: bool
    """Whether its owner's account is."""
    live_version_id: str | None
    head_version_id: str | None
    """Both None: it has no agent."""
    app: App
    token: TokenFacts | None = None


Finder = Callable[[Connection, str], OpenedApp | None]


def find_by_token(db: Connection, token_hash: str) -> OpenedApp | None:
    """Return the app that a token opens, whatever the token's state, for `Database.fetch`."""
    return _find(db, _BY_TOKEN, token_hash)


def find_by_token_id(db: Connection, token_id: str) -> OpenedApp | None:
    """Return the app of a token that a visitor's token names, for `Database.fetch`."""
    return _find(db, _BY_TOKEN_ID, token_id)


def find_by_slug(db: Connection, slug: str) -> OpenedApp | None:
    """Return the app of that slug, for `Database.fetch`."""
    return _find(db, _BY_SLUG, slug)


def find_by_id(db: Connection, app_id: str) -> OpenedApp | None:
    """Return the app that a visitor's token names, for `Database.fetch`."""
    return _find(db, _BY_ID, app_id)


async def get_app(db: AsyncSession, owner_id: str, app_id: str, *, lock: bool = False) -> AppRow:
    """Return the owner's app, locked against other changes if wanted; raises NotFoundError."""
    statement = select(AppRow).where(AppRow.id == app_id, AppRow.owner_id == owner_id)
    if lock:
        statement = statement.with_for_update()
    row = (await db.exec(statement)).one_or_none()
    if row is None:
        raise NotFoundError(_NO_APP)
    return row


async def list_apps(
    db: AsyncSession, owner_id: str, *, workspace_id: str | None = None, agent_id: str | None = None
) -> list[App]:
    """Return the owner's apps (of a workspace, of an agent), the newest first."""
    statement = (
        select(AppRow)
        .where(AppRow.owner_id == owner_id)
        .order_by(col(AppRow.created_at).desc(), col(AppRow.id))
    )
    if workspace_id is not None:
        statement = statement.where(AppRow.workspace_id == workspace_id)
    if agent_id is not None:
        statement = statement.where(AppRow.agent_id == agent_id)
    return [app_shape(row) for row in (await db.exec(statement)).all()]


async def find_owner(
    db: AsyncSession, *, token_id: str = "", app_id: str = "", agent_id: str = ""
) -> str | None:
    """Return whose the thing is, whoever asks; for the holder of the server's own key, who acts for everybody."""
    if token_id:
        statement = select(AppTokenRow.owner_id).where(AppTokenRow.id == token_id)
    elif app_id:
        statement = select(AppRow.owner_id).where(AppRow.id == app_id)
    else:
        statement = select(AgentRow.owner_id).where(AgentRow.id == agent_id)
    return (await db.exec(statement)).one_or_none()


async def list_token_owners(db: AsyncSession) -> list[str]:
    """Return everybody who has tokens; for the holder of the server's own key."""
    return list((await db.exec(select(AppTokenRow.owner_id).distinct())).all())


async def list_retentions(db: AsyncSession) -> list[tuple[str, str, int]]:
    """Return owner, id and days of everybody's apps that keep conversations for a time; only the hourly sweep asks this."""
    statement = select(AppRow.owner_id, AppRow.id, AppRow.retention_days).where(
        col(AppRow.retention_days).is_not(None)
    )
    found = (await db.exec(statement)).all()
    return [(owner_id, app_id, days) for owner_id, app_id, days in found if days is not None]


async def is_slug_taken(db: AsyncSession, slug: str) -> bool:
    """Say whether an app of anybody's has the slug: they are parts of addresses."""
    return (await db.exec(select(AppRow.id).where(AppRow.slug == slug))).first() is not None


async def delete_apps(
    db: AsyncSession, owner_id: str, *, app_id: str | None = None, agent_id: str | None = None
) -> int:
    """Delete the owner's app, or those of an agent, with all visitors' conversations; return how many."""
    found = select(AppRow.id).where(AppRow.owner_id == owner_id)
    if app_id is not None:
        found = found.where(AppRow.id == app_id)
    if agent_id is not None:
        found = found.where(AppRow.agent_id == agent_id)
    ids = list((await db.exec(found)).all())
    chats = (col(ChatRow.owner_id) == owner_id, col(ChatRow.app_id).in_(ids))
    given = col(FileRow.session_id).in_(select(ChatRow.id).where(*chats))
    await db.exec(delete(FileRow).where(col(FileRow.owner_id) == owner_id, given))
    await db.exec(delete(ChatRow).where(*chats))
    await db.exec(delete(AppRow).where(col(AppRow.owner_id) == owner_id, col(AppRow.id).in_(ids)))
    return len(ids)


async def get_token(
    db: AsyncSession, owner_id: str, token_id: str, *, lock: bool = False
) -> AppTokenRow:
    """Return the owner's token, locked against other changes if wanted; raises NotFoundError."""
    statement = select(AppTokenRow).where(
        AppTokenRow.id == token_id, AppTokenRow.owner_id == owner_id
    )
    if lock:
        statement = statement.with_for_update()
    row = (await db.exec(statement)).one_or_none()
    if row is None:
        raise NotFoundError(_NO_TOKEN)
    return row


async def list_tokens(
    db: AsyncSession, owner_id: str, *, app_id: str | None = None
) -> list[AppToken]:
    """Return the owner's tokens (of an app), the newest first."""
    statement = (
        select(AppTokenRow)
        .where(AppTokenRow.owner_id == owner_id)
        .order_by(col(AppTokenRow.created_at).desc(), col(AppTokenRow.id))
    )
    if app_id is not None:
        statement = statement.where(AppTokenRow.app_id == app_id)
    return [token_shape(row) for row in (await db.exec(statement)).all()]


def touch_token(token_id: str) -> Operation:
    """Note that the token was used."""
    return _TOUCH_TOKEN, [{"of_token": token_id, "at": now()}]


async def list_releases(db: AsyncSession, owner_id: str, app_id: str) -> list[Release]:
    """Return what the owner's app pointed at, the newest first."""
    statement = (
        select(AppReleaseRow)
        .where(AppReleaseRow.owner_id == owner_id, AppReleaseRow.app_id == app_id)
        .order_by(col(AppReleaseRow.number).desc())
    )
    rows = (await db.exec(statement)).all()
    return [Release.model_validate(row.model_dump(exclude={"owner_id"})) for row in rows]


async def next_release_number(db: AsyncSession, owner_id: str, app_id: str) -> int:
    """Return the number of the app's next release; the app is locked meanwhile."""
    statement = select(func.max(AppReleaseRow.number)).where(
        AppReleaseRow.owner_id == owner_id, AppReleaseRow.app_id == app_id
    )
    return ((await db.exec(statement)).one() or 0) + 1


async def list_sightings(db: AsyncSession, owner_id: str, app_id: str) -> list[Sighting]:
    """Return where the owner's app was loaded, the last seen first."""
    statement = (
        select(SightingRow)
        .where(SightingRow.owner_id == owner_id, SightingRow.app_id == app_id)
        .order_by(col(SightingRow.seen_at).desc())
    )
    hidden = {"owner_id", "app_id"}
    return [
        Sighting.model_validate(row.model_dump(exclude=hidden))
        for row in (await db.exec(statement)).all()
    ]


def app_shape(row: AppRow) -> App:
    """Return the row as its owner sees it."""
    return App.model_validate(row.model_dump(include=set(App.model_fields)) | _plain(row.tools))


def token_shape(row: AppTokenRow) -> AppToken:
    """Return the row as its owner sees it."""
    hidden = {"owner_id", "token_hash", "daily_budget_nano"}
    nano = row.daily_budget_nano
    budget = None if nano is None else nano / _NANO
    return AppToken.model_validate({**row.model_dump(exclude=hidden), "daily_budget_usd": budget})


def _plain(tools: list[dict[str, Any]]) -> dict[str, Any]:
    """Return tools without the sealed values of their headers."""
    shown = [
        {**{key: value for key, value in tool.items() if key != "sealed_headers"}} for tool in tools
    ]
    return {"tools": shown}


def _find(db: Connection, statement: Prepared, value: str) -> OpenedApp | None:
    row = statement.one_named(db, {"value": value})
    if row is None:
        return None
    values = {name: row[name] for name in App.model_fields}
    token = None
    if "token_id" in row:
        token = TokenFacts(*(row[f"token_{name}"] for name in TokenFacts._fields))
    return OpenedApp(
        owner_id=row["owner_id"],
        suspended=row["suspended"],
        live_version_id=row["live_version_id"],
        head_version_id=row["head_version_id"],
        app=App.model_validate(values | _plain(values["tools"])),
        token=token,
    )
