"""The database itself keeps versions as they were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from babble_app.services import versions
from tests.factories import make_agent, make_chat

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime


@pytest.mark.parametrize(
    "statement", ["UPDATE versions SET summary = 'another'", "DELETE FROM versions"]
)
async def test_no_statement_changes_or_deletes_a_version(rt: Runtime, statement: str) -> None:
    owner, chat = await make_chat(rt)
    version = await make_agent(rt, owner, chat.workspace_id)

    with pytest.raises(IntegrityError, match="a version"):
        async with rt.database.unit_of_work() as db:
            await (await db.connection()).execute(text(statement))

    assert await versions.get_version(rt, owner, version.id) == version


@pytest.mark.parametrize(
    "statement", ["DELETE FROM agents", "DELETE FROM workspaces", "DELETE FROM users"]
)
async def test_versions_go_with_what_they_belong_to(rt: Runtime, statement: str) -> None:
    owner, chat = await make_chat(rt)
    await make_agent(rt, owner, chat.workspace_id)

    async with rt.database.unit_of_work() as db:
        connection = await db.connection()
        await connection.execute(text(statement))
        left = (await connection.execute(text("SELECT count(*) FROM versions"))).scalar_one()

    assert left == 0
