"""Visitors' conversations over time: kept as long as their app says, erased, and their files with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, update

from babble_app.errors import NotFoundError, QuotaExceededError
from babble_app.schemas.visits import VisitorMessage
from babble_app.services import (
    agents,
    app_callers,
    app_tokens,
    apps,
    chats,
    files,
    usage,
    visit_files,
    visit_messages,
    visit_removal,
    visit_sessions,
    visits,
)
from babble_app.services.runtime import Runtime, running
from babble_app.store.tables.base import now
from babble_app.store.tables.visits import VisitRow
from tests.conftest import make_settings
from tests.factories import in_chunks, make_agent, make_user, make_workspace
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Rule

if TYPE_CHECKING:
    from pathlib import Path

    from babble_app.services.app_callers import AppCaller


async def make_caller(rt: Runtime, *, retention_days: int | None = None) -> AppCaller:
    """Make an app that takes files, and come with its token."""
    owner = (await make_user(rt)).id
    app = await apps.create_app(rt, owner, "Helper")
    await apps.update_app(rt, owner, app.id, takes_files=True, retention_days=retention_days)
    token = await app_tokens.create_token(rt, owner, app.id, "site")
    return await app_callers.find_caller(rt, token.token)


async def ask(rt: Runtime, caller: AppCaller, text: str = "Hello", user: str = "") -> str:
    """Ask in a new conversation, wait for the answer, and return the session."""
    run = await visits.start(rt, caller, VisitorMessage(text=text), visitor=user)
    async for _ in visits.events(rt, caller, run):
        pass
    return run.session_id


async def give(rt: Runtime, caller: AppCaller, session_id: str, content: bytes = b"Soup: 4") -> str:
    given = await visit_files.add_file(
        rt, caller, session_id, name="menu.txt", chunks=in_chunks(content)
    )
    await files.wait_until_read(rt, caller.owner_id, given.id)
    return given.id


async def age(rt: Runtime, session_id: str, days: float) -> None:
    """Let nobody have touched a conversation for so many days."""
    at = now() - timedelta(days=days)
    statement = update(VisitRow).where(col(VisitRow.chat_id) == session_id).values(updated_at=at)
    async with rt.database.unit_of_work() as db:
        await db.exec(statement)


async def test_conversations_go_when_they_were_kept_long_enough(rt: Runtime) -> None:
    caller, keeper = await make_caller(rt, retention_days=30), await make_caller(rt)
    old, fresh, kept = await ask(rt, caller), await ask(rt, caller), await ask(rt, keeper)
    file_id = await give(rt, caller, old)
    await age(rt, old, 30.1)
    await age(rt, fresh, 29.9)
    await age(rt, kept, 4000)

    assert await visit_removal.delete_overdue(rt) == 1

    with pytest.raises(NotFoundError):
        await visit_sessions.get_session(rt, caller, old)
    with pytest.raises(NotFoundError):
        await files.get_file(rt, caller.owner_id, file_id)
    assert (await visit_sessions.get_session(rt, caller, fresh)).session_id == fresh
    assert (await visit_sessions.get_session(rt, keeper, kept)).session_id == kept


async def test_a_visitor_is_erased_with_all_that_was_given_and_nobody_else(rt: Runtime) -> None:
    caller = await make_caller(rt)
    first, second = await ask(rt, caller, user="ada"), await ask(rt, caller, user="ada")
    other = await ask(rt, caller, user="eve")
    file_id, kept_id = await give(rt, caller, first, b"Tea: 2"), await give(rt, caller, other)

    count = await visit_removal.erase_visitor(rt, caller.owner_id, caller.app.id, "ada")

    assert count == 2
    assert [one.session_id for one in await visit_sessions.list_sessions(rt, caller)] == [other]
    with pytest.raises(NotFoundError):
        await chats.get_chat(rt, caller.owner_id, second)
    with pytest.raises(NotFoundError):
        await files.get_content_path(rt, caller.owner_id, file_id)
    _, path = await files.get_content_path(rt, caller.owner_id, kept_id)
    assert path.read_bytes() == b"Soup: 4"


async def test_what_visitors_gave_goes_with_the_app_and_with_its_agent(rt: Runtime) -> None:
    plain = await make_caller(rt)
    kept = await give(rt, plain, await ask(rt, plain))
    owner, workspace = await make_workspace(rt)
    agent = await make_agent(rt, owner, workspace.id)
    app = await apps.create_app(rt, owner, "Helper", agent_id=agent.agent_id)
    await apps.update_app(rt, owner, app.id, takes_files=True)
    token = await app_tokens.create_token(rt, owner, app.id, "site")
    caller = await app_callers.find_caller(rt, token.token)
    given = await give(rt, caller, await ask(rt, caller), b"Tea: 2")
    _, path = await files.get_content_path(rt, plain.owner_id, kept)

    await agents.delete_agent(rt, owner, agent.agent_id)
    await apps.delete_app(rt, plain.owner_id, plain.app.id)

    for owner_id, file_id in ((owner, given), (plain.owner_id, kept)):
        with pytest.raises(NotFoundError):
            await files.get_file(rt, owner_id, file_id)
    assert not path.exists()


async def test_visitors_leave_room_for_their_host(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, BABBLE_WORKSPACE_QUOTA_MB=1)
    async with running(settings) as rt:
        caller = await make_caller(rt)
        session = await ask(rt, caller)
        part = b"x" * 400_000
        await give(rt, caller, session, part)

        with pytest.raises(QuotaExceededError) as refused:
            await give(rt, caller, session, part)
        own = await files.add_file(
            rt,
            caller.owner_id,
            caller.app.workspace_id,
            name="menu.txt",
            chunks=in_chunks(part),
        )

    assert "MB" not in str(refused.value)
    assert own.name == "menu.txt"


async def test_an_agents_program_is_told_what_its_visitor_gave(tmp_path: Path) -> None:
    with ModelServer(rules=[Rule("Soup costs 4.")]) as models:
        keys = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": models.openai_url}
        settings = make_settings(tmp_path, BABBLE_DEFAULT_MODEL="openai/shop", **keys)
        async with running(settings) as rt:
            owner, workspace = await make_workspace(rt)
            agent = await make_agent(rt, owner, workspace.id)
            app = await apps.create_app(rt, owner, "Helper", agent_id=agent.agent_id)
            await apps.update_app(rt, owner, app.id, takes_files=True)
            token = await app_tokens.create_token(rt, owner, app.id, "site")
            caller = await app_callers.find_caller(rt, token.token)
            session = await ask(rt, caller)
            await give(rt, caller, session)
            run = await visits.start(
                rt, caller, VisitorMessage(text="What is soup?"), session_id=session
            )
            async for _ in visits.events(rt, caller, run):
                pass

        *_, before, last = models.requests

    assert "Soup: 4" not in str(before.body)
    assert "Soup: 4" in str(last.body)


async def test_history_and_ratings_are_read_by_page(rt: Runtime) -> None:
    caller = await make_caller(rt)
    session = await ask(rt, caller, "One")
    for text in ("Two", "Three"):
        run = await visits.start(rt, caller, VisitorMessage(text=text), session_id=session)
        async for _ in visits.events(rt, caller, run):
            pass
    everything = await visit_messages.list_messages(rt, caller, session)
    await visit_messages.rate_message(rt, caller, everything[1].id, "down", "Too long")
    await visit_messages.rate_message(rt, caller, everything[1].id, "up")

    newest = await visit_messages.list_messages(rt, caller, session, limit=2)
    before = await visit_messages.list_messages(rt, caller, session, before=newest[0].id)

    assert [one.text for one in everything if one.role == "user"] == ["One", "Two", "Three"]
    assert [*before, *newest] == [
        one.model_copy(update={"rating": "up"}) if one.id == everything[1].id else one
        for one in everything
    ]


async def test_figures_are_of_the_app_alone(rt: Runtime) -> None:
    caller = await make_caller(rt)
    second = await apps.create_app(rt, caller.owner_id, "Second")
    await ask(rt, caller)
    since = now() - timedelta(hours=1)

    stats = await usage.get_app_stats(rt, caller.owner_id, caller.app.id, since=since)
    none = await usage.get_app_stats(rt, caller.owner_id, second.id, since=since)

    assert stats.requests >= 1
    assert [day.requests for day in stats.by_day] == [stats.requests]
    assert (none.requests, none.p95_ms, none.by_day) == (0, None, ())


async def test_a_session_that_was_opened_is_named_by_its_first_message(rt: Runtime) -> None:
    caller = await make_caller(rt)
    opened = await visit_sessions.open_session(rt, caller, visitor="ada")
    unnamed = await visit_sessions.get_session(rt, caller, opened.session_id)
    for text in ("Where is my parcel?", "Hello?"):
        run = await visits.start(
            rt, caller, VisitorMessage(text=text), session_id=opened.session_id
        )
        async for _ in visits.events(rt, caller, run):
            pass

    named = await visit_sessions.get_session(rt, caller, opened.session_id)

    assert (unnamed.title, unnamed.user) == ("", "ada")
    assert named.title == "Where is my parcel?"
    with pytest.raises(NotFoundError):
        await visit_sessions.get_session(rt, replace(caller, visitor="vis_x"), opened.session_id)
