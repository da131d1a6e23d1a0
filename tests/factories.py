"""Makes what tests start from; every function has defaults for all that does not matter."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from babble_app.schemas.events import VersionProposed
from babble_app.services import (
    agents,
    chats,
    files,
    proposals,
    workspaces,
)
from babble_app.services.proposals import Origin
from babble_app.store.tables.accounts import UserRow
from babble_app.store.users import user_shape

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from babble_app.schemas.accounts import Role, User
    from babble_app.schemas.agents import Proposal, Version
    from babble_app.schemas.chats import Chat
    from babble_app.schemas.workspaces import File, Workspace
    from babble_app.services.runtime import Runtime

PASSWORD = "a plain long sentence 7"
PROGRAM = """loop:
    talk("Greet the visitor and ask what they need.", True)
until "The visitor says goodbye":
    say("Goodbye!", True)
"""
_numbers = itertools.count(1)


async def make_user(
    rt: Runtime, *, email: str = "", name: str = "Ada", role: Role = "member"
) -> User:
    """Add an account that nobody can log in to (hashing takes long; `accounts.register` makes real ones)."""
    row = UserRow(
        email=email or f"person{next(_numbers)}@example.com",
        name=name,
        role=role,
        password_hash="!",
    )
    async with rt.database.unit_of_work() as db:
        db.add(row)
    return user_shape(row)


async def make_workspace(
    rt: Runtime, owner_id: str | None = None, *, name: str = "Shop"
) -> tuple[str, Workspace]:
    """Add a workspace, with a person if none is given; returns the person's id with it."""
    owner_id = owner_id or (await make_user(rt)).id
    return owner_id, await workspaces.create_workspace(rt, owner_id, name)


async def make_chat(rt: Runtime, owner_id: str | None = None, **fields: Any) -> tuple[str, Chat]:
    """Add a chat in a new workspace."""
    owner_id, workspace = await make_workspace(rt, owner_id)
    return owner_id, await chats.create_chat(rt, owner_id, workspace.id, **fields)


async def make_file(
    rt: Runtime,
    owner_id: str,
    workspace_id: str,
    *,
    name: str = "notes.txt",
    content: bytes = b"The shop opens at nine.",
) -> File:
    """Upload a file and wait until it has been read."""
    file = await files.add_file(rt, owner_id, workspace_id, name=name, chunks=in_chunks(content))
    return await files.wait_until_read(rt, owner_id, file.id)


async def make_agent(
    rt: Runtime, owner_id: str, workspace_id: str, *, name: str = "Greeter", program: str = PROGRAM
) -> Version:
    """Add an agent and return its first version."""
    proposal = VersionProposed(kind="create", program=program, name=name, summary="Greets.")
    return await agents.create_agent(
        rt, owner_id, workspace_id, proposal=proposal, request="Make a greeter.", model="demo/based"
    )


async def make_proposal(
    rt: Runtime,
    owner_id: str,
    agent_id: str,
    parent_id: str,
    *,
    chat_id: str | None = None,
    text: str = PROGRAM.replace("Goodbye!", "Good night!"),
    after: str | None = None,
    request: str = "Say good night.",
) -> Proposal:
    """Add a change that waits for the person."""
    origin = Origin(chat_id, "run_1", request, "demo/based", parent_id, after)
    proposed = VersionProposed(
        kind="edit", program=text, name="", summary="Says good night.", rounds=2, raw="```diff"
    )
    proposal = await proposals.add_proposal(rt, owner_id, agent_id, origin, proposed)
    assert proposal is not None
    return proposal


async def in_chunks(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    """Yield the bytes as an upload brings them."""
    for at in range(0, len(content), size):
        yield content[at : at + size]
