"""Workspaces and chats: names, files in context, messages, what is deleted with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from babble_app.errors import NotFoundError, ValidationFailedError
from babble_app.services import chats, workspaces
from babble_app.store import runs as run_rows
from tests.factories import make_agent, make_chat, make_file, make_workspace

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime


async def add_messages(rt: Runtime, owner: str, chat_id: str, *texts: str) -> None:
    for text in texts:
        await rt.writer.write(
            [run_rows.add_message(f"msg_{text}", owner, chat_id, run_id="", role="user", text=text)]
        )


async def test_workspaces_are_listed_with_what_is_in_them_the_last_edited_first(
    rt: Runtime,
) -> None:
    owner, first = await make_workspace(rt, name="First")
    await make_workspace(rt, owner, name="Second")
    await make_file(rt, owner, first.id, content=b"12345")
    await make_agent(rt, owner, first.id)
    await chats.create_chat(rt, owner, first.id)
    await workspaces.update_workspace(rt, owner, first.id, name="Renamed")

    listed = await workspaces.list_workspaces(rt, owner)

    assert [item.name for item in listed] == ["Renamed", "Second"]
    top = listed[0]
    assert (top.file_count, top.chat_count, top.agent_count, top.size_bytes) == (1, 1, 1, 5)


async def test_a_workspace_needs_a_name(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)

    with pytest.raises(ValidationFailedError):
        await workspaces.create_workspace(rt, owner, "  ")
    with pytest.raises(ValidationFailedError, match="10,000"):
        await workspaces.update_workspace(rt, owner, workspace.id, name="x" * 10_000)


async def test_a_chat_is_named_after_its_first_message_once(rt: Runtime) -> None:
    owner, chat = await make_chat(rt)

    await rt.writer.write(
        chats.naming(owner, chat.id, "  # Build me an **agent** that takes orders\n")
    )
    named = await chats.get_chat(rt, owner, chat.id)
    await rt.writer.write(chats.naming(owner, chat.id, "Something else"))

    assert chat.title == ""
    assert named.title == "Build me an agent that takes orders"
    assert (await chats.get_chat(rt, owner, chat.id)).title == named.title


async def test_a_long_first_message_is_cut_after_a_word(rt: Runtime) -> None:
    owner, chat = await make_chat(rt)

    await rt.writer.write(chats.naming(owner, chat.id, "word " * 100))

    title = (await chats.get_chat(rt, owner, chat.id)).title
    assert title.endswith("word…")
    assert len(title) <= chats.MAX_TITLE_CHARS


async def test_a_title_that_a_person_chose_stays(rt: Runtime) -> None:
    owner, chat = await make_chat(rt, title="My chat")

    await rt.writer.write(chats.naming(owner, chat.id, "Something else"))

    assert (await chats.get_chat(rt, owner, chat.id)).title == "My chat"


async def test_a_change_moves_the_last_edit_and_the_place_in_the_list(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    first = await chats.create_chat(rt, owner, workspace.id, title="first")
    second = await chats.create_chat(rt, owner, workspace.id, title="second")

    changed = await chats.update_chat(rt, owner, first.id, title="changed", model="demo/based")
    listed = await chats.list_chats(rt, owner, workspace.id)

    assert changed.updated_at > first.updated_at
    assert changed.model == "demo/based"
    assert [item.id for item in listed] == [first.id, second.id]


async def test_a_chat_sees_the_chosen_files_of_its_own_workspace_only(rt: Runtime) -> None:
    owner, chat = await make_chat(rt)
    file = await make_file(rt, owner, chat.workspace_id)
    _, elsewhere = await make_workspace(rt, owner)
    foreign = await make_file(rt, owner, elsewhere.id)

    with_file = await chats.choose_files(rt, owner, chat.id, [file.id, file.id])
    with pytest.raises(NotFoundError):
        await chats.choose_files(rt, owner, chat.id, [file.id, foreign.id])
    still = await chats.get_chat(rt, owner, chat.id)
    without = await chats.choose_files(rt, owner, chat.id, [])

    assert with_file.file_ids == still.file_ids == (file.id,)
    assert without.file_ids == ()


async def test_an_agent_of_another_workspace_cannot_be_put_on_the_canvas(rt: Runtime) -> None:
    owner, chat = await make_chat(rt)
    agent = await make_agent(rt, owner, chat.workspace_id)
    _, elsewhere = await make_workspace(rt, owner)
    foreign = await make_agent(rt, owner, elsewhere.id)

    chosen = await chats.update_chat(rt, owner, chat.id, agent_id=agent.agent_id)
    with pytest.raises(NotFoundError):
        await chats.update_chat(rt, owner, chat.id, agent_id=foreign.agent_id)
    cleared = await chats.update_chat(rt, owner, chat.id, agent_id="")

    assert chosen.agent_id == agent.agent_id
    assert cleared.agent_id is None


async def test_messages_come_in_pages_oldest_first(rt: Runtime) -> None:
    owner, chat = await make_chat(rt)
    await add_messages(rt, owner, chat.id, *"abcde")

    newest = await chats.list_messages(rt, owner, chat.id, limit=2)
    before = await chats.list_messages(rt, owner, chat.id, limit=2, before=newest[0].id)
    everything = await chats.list_messages(rt, owner, chat.id)

    assert [message.text for message in newest] == ["d", "e"]
    assert [message.text for message in before] == ["b", "c"]
    assert [message.text for message in everything] == [*"abcde"]


async def test_a_deleted_chat_takes_its_messages_and_leaves_its_files(rt: Runtime) -> None:
    owner, chat = await make_chat(rt)
    file = await make_file(rt, owner, chat.workspace_id)
    await chats.choose_files(rt, owner, chat.id, [file.id])
    await add_messages(rt, owner, chat.id, "a")

    await chats.delete_chat(rt, owner, chat.id)

    with pytest.raises(NotFoundError):
        await chats.get_message(rt, owner, "msg_a")
    assert (await workspaces.get_workspace(rt, owner, chat.workspace_id)).file_count == 1
