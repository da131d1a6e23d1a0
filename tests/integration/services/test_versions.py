"""Versions: immutable, numbered, put on top of the newest only, reverted byte for byte."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import ConflictError, NotFoundError, ValidationFailedError
from babble_app.services import (
    agents,
    chats,
    versions,
)
from tests.factories import PROGRAM, make_agent, make_chat, make_workspace

if TYPE_CHECKING:
    from babble_app.schemas.agents import Version
    from babble_app.services.runtime import Runtime

CHANGED = PROGRAM.replace("Goodbye!", "See you!")


async def change(
    rt: Runtime, owner: str, parent: Version, text: str = CHANGED, **fields: Any
) -> Version:
    values = {"kind": "manual", "author": "Ada", "parent_id": parent.id} | fields
    return await versions.add_version(rt, owner, parent.agent_id, text=text, **values)


async def test_a_new_agent_has_one_version_with_a_diff_from_nothing(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)

    version = await make_agent(rt, owner, workspace.id, name="Order Taker")
    agent = await agents.get_agent(rt, owner, version.agent_id)

    assert (agent.name, agent.slug, agent.head_number) == ("Order Taker", "order-taker", 1)
    assert agent.head_version_id == version.id
    assert (version.text, version.kind, version.added) == (PROGRAM, "create", 4)
    assert version.diff.startswith("---")


async def test_agents_of_one_name_get_slugs_of_their_own(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)

    await asyncio.gather(*(make_agent(rt, owner, workspace.id, name="Shop") for _ in range(4)))

    found = await agents.list_agents(rt, owner, workspace.id)
    assert sorted(agent.slug for agent in found) == ["shop", "shop-2", "shop-3", "shop-4"]


async def test_a_change_goes_on_top_and_leaves_the_older_version_as_it_was(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    first = await make_agent(rt, owner, workspace.id)

    second = await change(rt, owner, first)
    listed = await versions.list_versions(rt, owner, first.agent_id)

    assert (second.number, second.parent_id) == (2, first.id)
    assert (second.added, second.removed) == (1, 1)
    assert [item.number for item in listed] == [2, 1]
    assert await versions.get_version(rt, owner, first.id) == first


async def test_a_change_of_an_outdated_version_is_a_conflict_that_names_the_newest(
    rt: Runtime,
) -> None:
    owner, workspace = await make_workspace(rt)
    first = await make_agent(rt, owner, workspace.id)
    second = await change(rt, owner, first)

    with pytest.raises(ConflictError) as caught:
        await change(rt, owner, first, PROGRAM.replace("Goodbye", "Farewell"))

    assert caught.value.head == second.id


async def test_of_changes_at_once_exactly_one_wins(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    first = await make_agent(rt, owner, workspace.id)
    texts = [PROGRAM.replace("Goodbye", f"Goodbye {n}") for n in range(6)]

    results = await asyncio.gather(
        *(change(rt, owner, first, text) for text in texts), return_exceptions=True
    )

    assert sum(isinstance(result, ConflictError) for result in results) == 5
    assert [item.number for item in await versions.list_versions(rt, owner, first.agent_id)] == [
        2,
        1,
    ]


async def test_nothing_changed_is_refused(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    first = await make_agent(rt, owner, workspace.id)

    with pytest.raises(ValidationFailedError, match="Nothing was changed"):
        await change(rt, owner, first, PROGRAM)


@pytest.mark.parametrize("text", ["", " \n", "x" * 200_001, "a\0b", "\ud800"])
async def test_what_cannot_be_a_program_is_refused(rt: Runtime, text: str) -> None:
    owner, workspace = await make_workspace(rt)
    first = await make_agent(rt, owner, workspace.id)

    with pytest.raises(ValidationFailedError):
        await change(rt, owner, first, text)


async def test_a_hand_edit_with_errors_is_refused_and_says_where(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    first = await make_agent(rt, owner, workspace.id)

    with pytest.raises(ValidationFailedError, match=r"line \d+: "):
        await change(rt, owner, first, PROGRAM + "loop:\n")

    assert (await agents.get_agent(rt, owner, first.agent_id)).head_version_id == first.id


@pytest.mark.parametrize(
    "program", [PROGRAM, PROGRAM.replace("\n", "\r\n"), PROGRAM.rstrip() + "  # ümläut ✓"]
)
async def test_a_revert_gives_the_old_text_byte_for_byte_as_a_new_version(
    rt: Runtime, program: str
) -> None:
    owner, workspace = await make_workspace(rt)
    first = await make_agent(rt, owner, workspace.id, program=program)
    await change(rt, owner, first)

    third = await versions.revert(rt, owner, first.agent_id, first.id)

    assert third.text.encode() == program.encode()
    assert third.sha256 == first.sha256
    assert (third.number, third.kind, third.summary) == (3, "revert", "Back to version 1.")
    with pytest.raises(ValidationFailedError, match="already"):
        await versions.revert(rt, owner, first.agent_id, first.id)


async def test_any_two_versions_can_be_compared_both_ways(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    first = await make_agent(rt, owner, workspace.id)
    second = await change(rt, owner, first)

    forth = await versions.diff_versions(rt, owner, first.agent_id, first.id, second.id)
    back = await versions.diff_versions(rt, owner, first.agent_id, second.id, first.id)

    assert forth.unified == second.diff
    assert '+    say("See you!", True)' in forth.unified
    assert '-    say("See you!", True)' in back.unified


async def test_versions_of_another_agent_are_not_this_agents(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    mine = await make_agent(rt, owner, workspace.id)
    other = await make_agent(rt, owner, workspace.id)

    with pytest.raises(NotFoundError):
        await versions.diff_versions(rt, owner, mine.agent_id, mine.id, other.id)
    with pytest.raises(NotFoundError):
        await versions.revert(rt, owner, mine.agent_id, other.id)
    with pytest.raises(NotFoundError):
        await change(rt, owner, mine, parent_id=other.id)


async def test_a_renamed_agent_keeps_its_slug(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    first = await make_agent(rt, owner, workspace.id, name="Shop")

    renamed = await agents.update_agent(rt, owner, first.agent_id, name="Store")

    assert (renamed.name, renamed.slug) == ("Store", "shop")


async def test_a_deleted_agent_takes_its_versions_and_leaves_its_chat(rt: Runtime) -> None:
    owner, chat = await make_chat(rt)
    first = await make_agent(rt, owner, chat.workspace_id)
    await chats.update_chat(rt, owner, chat.id, agent_id=first.agent_id)

    await agents.delete_agent(rt, owner, first.agent_id)

    with pytest.raises(NotFoundError):
        await versions.get_version(rt, owner, first.id)
    assert (await chats.get_chat(rt, owner, chat.id)).agent_id is None
