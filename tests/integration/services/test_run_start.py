"""What a run starts with is read once, and never older than what the person did before."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import NotFoundError
from babble_app.schemas.events import MessageDone, RunFailed
from babble_app.services import accounts, apps, chats, keys, profiles, run_context, runs
from babble_app.store import profiles as profile_rows
from tests.factories import make_chat, make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.schemas.chats import Chat
    from babble_app.schemas.events import RunEvent
    from babble_app.services.runtime import Runtime

MODEL = "custom/fake-model"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    rules = [
        Rule(Answer(text="never", fault="hang"), user="hang"),
        Rule("Hello there, friend."),
    ]
    with ModelServer(rules=rules) as running:
        yield running


@pytest.fixture
async def owner(rt: Runtime, server: ModelServer) -> str:
    user = await make_user(rt, role="admin")
    await keys.set_key(rt, user.id, "custom", "sk-canary-123456", base_url=server.openai_url)
    return user.id


@pytest.fixture
async def chat(rt: Runtime, owner: str) -> Chat:
    return (await make_chat(rt, owner, model=MODEL))[1]


async def ask(rt: Runtime, owner: str, chat: Chat, text: str) -> RunEvent:
    """Ask and return how it ended."""
    run = await runs.start(rt, owner, chat.id, text=text, mode="chat")
    return await end(rt, owner, run.id)


async def end(rt: Runtime, owner: str, run_id: str) -> RunEvent:
    async with asyncio.timeout(20):
        return [item.event async for item in runs.events(rt, owner, run_id)][-1]


async def test_what_was_found_counts_until_another_run_of_the_chat_comes(
    rt: Runtime, owner: str, chat: Chat
) -> None:
    found = await run_context.find(rt, owner, chat.id)
    other = await make_chat(rt, owner, model=MODEL)
    await ask(rt, owner, other[1], "hi")

    before = replace(found, read_at=found.read_at + 60)  # however slow this machine is
    assert before.is_current
    run = await runs.start(rt, owner, chat.id, text="hi", mode="chat")
    await end(rt, owner, run.id)
    await rt.runs.cancel(run.id)  # has left the turn when this returns

    assert before.turn.free
    assert not before.is_current


async def test_what_was_found_while_a_run_goes_on_does_not_count(
    rt: Runtime, owner: str, chat: Chat
) -> None:
    run = await runs.start(rt, owner, chat.id, text="hang", mode="chat")
    async with asyncio.timeout(20), aclosing(runs.events(rt, owner, run.id)) as events:
        await anext(events)  # it has the turn
    found = await run_context.find(rt, owner, chat.id)
    await runs.stop(rt, owner, run.id)

    assert found.turn.free
    assert not replace(found, read_at=found.read_at + 60).is_current


async def test_what_was_found_long_ago_does_not_count(rt: Runtime, owner: str, chat: Chat) -> None:
    found = await run_context.find(rt, owner, chat.id)

    assert not replace(found, read_at=found.read_at - run_context.FRESH_SECONDS).is_current


async def test_a_run_that_waited_in_line_finds_what_was_changed_meanwhile(
    rt: Runtime, owner: str, chat: Chat, server: ModelServer
) -> None:
    profile = await profiles.create_profile(rt, owner, name="Sea", instructions="Be a sailor.")
    await chats.update_chat(rt, owner, chat.id, profile=profile.id)
    first = await runs.start(rt, owner, chat.id, text="hang", mode="chat")
    waiting = await runs.start(rt, owner, chat.id, text="hi", mode="chat")

    await profiles.update_profile(rt, owner, profile.id, instructions="Be a pirate.")
    await runs.stop(rt, owner, first.id)
    last = await end(rt, owner, waiting.id)

    assert isinstance(last, MessageDone)
    assert "Be a pirate." in server.requests[-1].system


async def test_a_change_is_seen_by_the_next_message(
    rt: Runtime, owner: str, chat: Chat, server: ModelServer
) -> None:
    profile = await profiles.create_profile(rt, owner, name="Sea", instructions="Be a sailor.")
    await chats.update_chat(rt, owner, chat.id, profile=profile.id)
    await ask(rt, owner, chat, "hi")
    await profiles.update_profile(rt, owner, profile.id, instructions="Be a pirate.")
    await ask(rt, owner, chat, "hi again")
    assert "Be a pirate." in server.requests[-1].system

    await profiles.delete_profile(rt, owner, profile.id)
    await ask(rt, owner, chat, "and again")
    assert "pirate" not in server.requests[-1].system

    await keys.delete_key(rt, owner, "custom")
    last = await ask(rt, owner, chat, "once more")
    assert isinstance(last, RunFailed)
    assert last.code == "model_unavailable"

    await chats.delete_chat(rt, owner, chat.id)
    with pytest.raises(NotFoundError):
        await runs.start(rt, owner, chat.id, text="hi", mode="chat")


async def test_the_default_model_is_the_one_chosen_last(rt: Runtime, owner: str) -> None:
    chat = (await make_chat(rt, owner))[1]
    await accounts.update_user(rt, owner, default_model=MODEL)
    first = await runs.start(rt, owner, chat.id, text="hi", mode="chat")
    await end(rt, owner, first.id)

    await accounts.update_user(rt, owner, default_model="demo/based")
    second = await runs.start(rt, owner, chat.id, text="hi", mode="chat")
    await end(rt, owner, second.id)

    assert (first.model, second.model) == (MODEL, "demo/based")


async def test_a_stranger_finds_nothing(rt: Runtime, owner: str, chat: Chat) -> None:
    stranger = await make_user(rt, email="eve@example.com")
    mine = await profiles.create_profile(rt, owner, name="Sea", instructions="Be a sailor.")
    await chats.update_chat(rt, owner, chat.id, profile=mine.id)

    with pytest.raises(NotFoundError):
        await run_context.find(rt, stranger.id, chat.id)

    found = await run_context.find(rt, owner, chat.id)
    assert (found.profile and found.profile.instructions) == "Be a sailor."
    assert [key.owner_id for key in found.keys] == [owner]
    assert await rt.database.fetch(profile_rows.find_shape, stranger.id, mine.id) is None


async def test_a_new_conversation_of_an_app_rests_on_what_the_person_has_changed_just_now(
    rt: Runtime, owner: str
) -> None:
    profile = await profiles.create_profile(rt, owner, name="Quick")
    app = await apps.create_app(rt, owner, "Helper", profile=profile.id)

    async def find() -> run_context.Found:
        return await run_context.find_new(rt, owner, "s_new", app)

    before = await find()
    assert ([key.provider for key in before.keys], before.chosen.default) == (["custom"], "")

    await keys.add_key(rt, owner, "openai", "sk-canary-2345678")
    assert [key.provider for key in (await find()).keys] == ["custom", "openai"]
    await keys.delete_key(rt, owner, "custom")
    assert [key.provider for key in (await find()).keys] == ["openai"]
    await keys.set_key(rt, owner, "groq", "sk-canary-3456789")
    assert [key.provider for key in (await find()).keys] == ["openai", "groq"]
    await accounts.update_user(rt, owner, default_model="openai/gpt-x")
    assert (await find()).chosen.default == "openai/gpt-x"
    await profiles.update_profile(rt, owner, profile.id, name="Slow")
    changed = (await find()).profile
    assert changed is not None
    assert changed.name == "Slow"
    await profiles.delete_profile(rt, owner, profile.id)
    assert (await find()).profile is None
