"""Runs that write programs, and runs that meet the engine's own limits, on the demo model."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import NotFoundError
from babble_app.schemas.chats import AskedWith
from babble_app.schemas.events import Attempt, MessageDone, RunFailed, VersionSaved
from babble_app.services import (
    agents,
    chats,
    run_context,
    runs,
    usage,
    versions,
)
from babble_app.services.runtime import running
from babble_app.store.tables.base import now
from tests.conftest import make_settings
from tests.factories import make_chat

if TYPE_CHECKING:
    from pathlib import Path

    from babble_app.schemas.agents import Version
    from babble_app.schemas.events import RunEvent
    from babble_app.services.runtime import Runtime

BUILD = "Make an agent for a bakery called Nora. It greets people, asks for their name and says goodbye."
CHANGE = "Change the greeting to: Welcome to Nora!"
ANOTHER = "Make a new agent for a bike shop called Otto. It greets people and says goodbye."


class DeletesFirst:
    """The runtime's writer; whatever is to be written, the chat is deleted just before."""

    def __init__(self, rt: Runtime, owner_id: str, chat_id: str) -> None:
        self.rt, self.owner_id, self.chat_id, self.writer = rt, owner_id, chat_id, rt.writer

    def enqueue(self, operations: Any) -> asyncio.Future[None]:
        self.rt.writer = self.writer
        return asyncio.ensure_future(self._write(operations))

    async def _write(self, operations: Any) -> None:
        await chats.delete_chat(self.rt, self.owner_id, self.chat_id)
        # The run has long gathered what it needs, and would have asked its model, if it did not wait.
        await asyncio.sleep(0.05)
        await self.writer.write(operations)


async def ask(rt: Runtime, owner_id: str, chat_id: str, text: str) -> list[RunEvent]:
    run = await runs.start(rt, owner_id, chat_id, text=text)
    async with asyncio.timeout(30):
        return [item.event async for item in runs.events(rt, owner_id, run.id)]


async def saved(rt: Runtime, owner_id: str, events: list[RunEvent]) -> Version:
    event = next(event for event in events if isinstance(event, VersionSaved))
    return await versions.get_version(rt, owner_id, event.version_id)


async def test_a_described_agent_is_stored_and_stands_on_the_chats_canvas(rt: Runtime) -> None:
    owner, chat = await make_chat(rt, model="demo/based")

    events = await ask(rt, owner, chat.id, BUILD)

    version = await saved(rt, owner, events)
    assert (version.number, version.kind, version.author) == (1, "create", "builder")
    assert (version.request, version.model, version.rounds) == (BUILD, "demo/based", 1)
    assert "```based" in version.raw
    assert (await chats.get_chat(rt, owner, chat.id)).agent_id == version.agent_id
    assert isinstance(events[-1], MessageDone)
    answer = (await chats.list_messages(rt, owner, chat.id))[-1]
    assert [item.version_id for item in answer.versions] == [version.id]


async def test_a_change_goes_on_top_of_what_is_on_the_canvas(rt: Runtime) -> None:
    owner, chat = await make_chat(rt, model="demo/based")
    first = await saved(rt, owner, await ask(rt, owner, chat.id, BUILD))

    second = await saved(rt, owner, await ask(rt, owner, chat.id, CHANGE))

    assert (second.agent_id, second.parent_id, second.number) == (first.agent_id, first.id, 2)
    assert (second.kind, second.author) == ("edit", "iterator")
    assert "Welcome to Nora!" in second.text
    assert second.diff
    assert "```diff" in second.raw


async def test_another_agent_is_made_beside_the_one_on_the_canvas(rt: Runtime) -> None:
    owner, chat = await make_chat(rt, model="demo/based")
    nora = await saved(rt, owner, await ask(rt, owner, chat.id, BUILD))

    otto = await saved(rt, owner, await ask(rt, owner, chat.id, ANOTHER))

    assert (otto.number, otto.kind) == (1, "create")
    assert otto.agent_id != nora.agent_id
    assert (await agents.get_agent(rt, owner, nora.agent_id)).head_version_id == nora.id
    assert (await chats.get_chat(rt, owner, chat.id)).agent_id == otto.agent_id


async def test_each_attempt_and_the_last_raw_answer_are_stored_with_the_message(
    rt: Runtime,
) -> None:
    owner, chat = await make_chat(rt, model="demo/based")

    events = await ask(rt, owner, chat.id, f"{BUILD} (demo: never valid)")

    attempts = [event for event in events if isinstance(event, Attempt)]
    assert [(event.n, event.of) for event in attempts] == [(n, 5) for n in range(1, 6)]
    assert all(event.findings for event in attempts[1:])
    assert isinstance(events[-1], RunFailed)
    assert events[-1].code == "agent_not_valid"
    answer = (await chats.list_messages(rt, owner, chat.id))[-1]
    assert list(answer.attempts) == attempts
    assert answer.raw
    assert (await chats.get_chat(rt, owner, chat.id)).agent_id is None


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ({"BABBLE_RUN_TIMEOUT": 0.05, "BABBLE_DEMO_PACE": 120}, "model_timeout"),
        ({"BABBLE_MAX_RUN_CHARS": 20}, "model_answer_invalid"),
    ],
)
async def test_a_run_over_a_limit_of_the_engine_is_ended_in_words(
    tmp_path: Path, limit: dict[str, float], code: str
) -> None:
    async with running(make_settings(tmp_path, **limit)) as rt:
        owner, chat = await make_chat(rt, model="demo/based")

        events = await ask(rt, owner, chat.id, BUILD)

        assert isinstance(events[-1], RunFailed)
        assert (events[-1].code, events[-1].retryable) == (code, True)
        question, answer = await chats.list_messages(rt, owner, chat.id)
        assert (question.text, answer.status) == (BUILD, "failed")


async def test_a_chat_that_is_deleted_while_a_message_comes_in_does_not_exist(rt: Runtime) -> None:
    owner, chat = await make_chat(rt, model="demo/based")
    rt.writer = DeletesFirst(rt, owner, chat.id)  # pyright: ignore[reportAttributeAccessIssue]

    with pytest.raises(NotFoundError):
        await runs.start(rt, owner, chat.id, text="Hello")
    await rt.runs.close()
    lines = await usage.csv_rows(rt, owner, since=now() - timedelta(hours=1))
    assert len([line async for line in lines]) == 1  # the heading


async def test_a_chat_that_is_deleted_while_an_answer_is_asked_for_again_does_not_exist(
    rt: Runtime,
) -> None:
    owner, chat = await make_chat(rt, model="nobody/nothing")
    await ask(rt, owner, chat.id, "Hello")
    failed = (await chats.list_messages(rt, owner, chat.id))[-1]
    rt.writer = DeletesFirst(rt, owner, chat.id)  # pyright: ignore[reportAttributeAccessIssue]

    with pytest.raises(NotFoundError):
        await runs.run_again(rt, owner, failed.run_id or "")


async def test_it_is_known_whether_the_file_changed_since_the_chats_last_answer(
    rt: Runtime,
) -> None:
    owner, chat = await make_chat(rt, model="demo/based")
    first = await saved(rt, owner, await ask(rt, owner, chat.id, BUILD))
    assert not await edited(rt, owner, chat.id)

    by_hand = await versions.add_version(
        rt, owner, first.agent_id, text=f"{first.text}# by hand\n", parent_id=first.id, kind="manual", author="Ada",
    )  # fmt: skip
    assert await edited(rt, owner, chat.id)

    await versions.revert(rt, owner, first.agent_id, first.id)
    assert not await edited(rt, owner, chat.id)

    other = await chats.create_chat(rt, owner, chat.workspace_id, model="demo/based")
    await chats.update_chat(rt, owner, other.id, agent_id=first.agent_id)
    assert not await edited(rt, owner, other.id)

    await ask(rt, owner, other.id, CHANGE)
    assert await edited(rt, owner, chat.id)
    assert not await edited(rt, owner, other.id)

    await versions.revert(rt, owner, first.agent_id, by_hand.id)
    assert await edited(rt, owner, other.id)


async def edited(rt: Runtime, owner_id: str, chat_id: str) -> bool:
    context = await run_context.gather(
        rt,
        owner_id,
        await run_context.find(rt, owner_id, chat_id),
        question_id="msg_new",
        text="And now?",
        mode="auto",
        asked_with=AskedWith(),
    )
    return context.request.edited_by_hand
