"""What spends money is carried out once for each Idempotency-Key, whoever sends it again and when."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select, update

from babble_app.errors import BabbleError, IdempotencyConflictError
from babble_app.schemas.sessions import SessionTurn
from babble_app.services import chats, idempotency, keys, runs, session_forks, sessions
from babble_app.services.idempotency import KEPT, KeyedRequest
from babble_app.services.runtime import running
from babble_app.store import idempotency as rows
from babble_app.store import sessions as session_rows
from babble_app.store.tables.base import now
from babble_app.store.tables.idempotency import IdempotencyKeyRow
from tests.factories import make_agent, make_chat, make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.schemas.chats import Chat
    from babble_app.services.runtime import Runtime
    from babble_app.settings import Settings

MODEL = "custom/fake-model"
KEY = KeyedRequest("k1", "as it was sent")
OTHER = KeyedRequest("k1", "as another was sent")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    rules = [
        Rule("Hello there, friend.", user="^hi"),
        Rule("Welcome.", user="Speak next"),
        Rule([Answer(fault="status", status=401), Answer(text="Now it works.")], user="refused"),
    ]
    with ModelServer(rules=rules) as opened:
        yield opened


@pytest.fixture
async def owner(rt: Runtime, server: ModelServer) -> str:
    user = await make_user(rt, role="admin")
    await keys.set_key(rt, user.id, "custom", "sk-canary-123456", base_url=server.openai_url)
    return user.id


@pytest.fixture
async def chat(rt: Runtime, owner: str) -> Chat:
    return (await make_chat(rt, owner, model=MODEL))[1]


@pytest.fixture
async def agent(rt: Runtime, owner: str, chat: Chat) -> str:
    return (await make_agent(rt, owner, chat.workspace_id)).agent_id


async def _end(rt: Runtime, owner: str, run_id: str) -> str:
    async with asyncio.timeout(20):
        return [item.event.type async for item in runs.events(rt, owner, run_id)][-1]


async def _grow_old(rt: Runtime) -> None:
    """Make every answer as old as those that are forgotten."""
    async with rt.database.unit_of_work() as db:
        await db.exec(update(IdempotencyKeyRow).values(created_at=now() - KEPT))


async def _stored_keys(rt: Runtime) -> list[str]:
    async with rt.database.reading() as db:
        return list((await db.exec(select(col(IdempotencyKeyRow.key)))).all())


async def test_ten_equal_messages_at_once_start_one_run(
    rt: Runtime, owner: str, chat: Chat
) -> None:
    sent = await asyncio.gather(
        *(runs.start(rt, owner, chat.id, text="hi", mode="chat", keyed=KEY) for _ in range(10))
    )

    assert len({run.id for run in sent}) == 1
    await _end(rt, owner, sent[0].id)
    assert len(await chats.list_messages(rt, owner, chat.id)) == 2


async def test_the_same_key_gives_the_first_answer_and_another_request_is_refused(
    rt: Runtime, owner: str, chat: Chat
) -> None:
    first = await runs.start(rt, owner, chat.id, text="hi", mode="chat", keyed=KEY)
    await _end(rt, owner, first.id)

    again = await runs.start(rt, owner, chat.id, text="hi", mode="chat", keyed=KEY)

    assert again.model_dump_json() == first.model_dump_json()
    with pytest.raises(IdempotencyConflictError):
        await runs.start(rt, owner, chat.id, text="hi again", mode="chat", keyed=OTHER)
    assert len(await chats.list_messages(rt, owner, chat.id)) == 2


async def test_an_answer_is_known_after_the_server_was_started_again(
    rt: Runtime, settings: Settings, owner: str, chat: Chat
) -> None:
    first = await runs.start(rt, owner, chat.id, text="hi", mode="chat", keyed=KEY)
    await _end(rt, owner, first.id)

    async with running(settings) as later:
        again = await runs.start(later, owner, chat.id, text="hi", mode="chat", keyed=KEY)

    assert again.id == first.id


async def test_a_key_is_free_again_after_a_day(rt: Runtime, owner: str, chat: Chat) -> None:
    first = await runs.start(rt, owner, chat.id, text="hi", mode="chat", keyed=KEY)
    await _end(rt, owner, first.id)
    await _grow_old(rt)

    second = await runs.start(rt, owner, chat.id, text="hi you", mode="chat", keyed=OTHER)

    assert second.id != first.id
    await _end(rt, owner, second.id)
    assert await _stored_keys(rt) == ["k1"]


async def test_old_answers_are_forgotten(rt: Runtime, owner: str, chat: Chat) -> None:
    old = await runs.start(rt, owner, chat.id, text="hi", mode="chat", keyed=KEY)
    await _grow_old(rt)
    young = KeyedRequest("k2", "later")
    new = await runs.start(rt, owner, chat.id, text="hi", mode="chat", keyed=young)

    sweeping = asyncio.create_task(idempotency.forget_old_answers(rt))
    async with asyncio.timeout(20):
        while await _stored_keys(rt) != ["k2"]:
            await asyncio.wait({sweeping}, timeout=0.01)

    sweeping.cancel()
    for run in (old, new):
        await _end(rt, owner, run.id)


async def test_a_run_is_repeated_once(rt: Runtime, owner: str, chat: Chat) -> None:
    failed = await runs.start(rt, owner, chat.id, text="refused", mode="chat")
    assert await _end(rt, owner, failed.id) == "run.failed"

    again = await asyncio.gather(
        *(runs.run_again(rt, owner, failed.id, keyed=KEY) for _ in range(10))
    )

    assert len({run.id for run in again}) == 1
    assert await _end(rt, owner, again[0].id) == "message.done"
    assert (
        len(await chats.list_messages(rt, owner, chat.id)) == 3
    )  # the question, what failed, what did not


async def test_a_test_conversation_is_begun_and_reset_once(
    rt: Runtime, owner: str, agent: str
) -> None:
    begun = await asyncio.gather(
        *(sessions.start_session(rt, owner, agent, model=MODEL, keyed=KEY) for _ in range(10))
    )
    reset = await asyncio.gather(
        *(
            session_forks.reset(rt, owner, begun[0].id, keyed=KeyedRequest("k2", "reset"))
            for _ in range(10)
        )
    )

    assert len({session.id for session in begun}) == 1
    assert len({session.id for session in reset}) == 1
    async with rt.database.reading() as db:
        assert len(await session_rows.list_sessions(db, owner, agent)) == 2


async def test_a_visitors_message_is_heard_once(
    rt: Runtime, owner: str, agent: str, server: ModelServer
) -> None:
    session = await sessions.start_session(rt, owner, agent, model=MODEL)
    asked = len(server.requests)

    turns = await asyncio.gather(
        *(sessions.send_message(rt, owner, session.id, "hi", keyed=KEY) for _ in range(10))
    )

    assert all(turn == turns[0] for turn in turns)
    assert len(server.requests) == asked + 1
    whole = await sessions.get_session(rt, owner, session.id)
    assert whole.events == (*session.events, *turns[0].events)


async def test_what_failed_can_be_sent_again_with_its_key(
    rt: Runtime, owner: str, agent: str
) -> None:
    session = await sessions.start_session(rt, owner, agent, model=MODEL)

    with pytest.raises(BabbleError):
        await sessions.send_message(rt, owner, session.id, "refused", keyed=KEY)
    turn = await sessions.send_message(rt, owner, session.id, "refused", keyed=KEY)

    assert "Now it works." in [event.text for event in turn.events]


async def test_of_two_processes_only_one_carries_a_request_out(
    rt: Runtime, owner: str, agent: str
) -> None:
    session = await sessions.start_session(rt, owner, agent, model=MODEL)
    theirs = SessionTurn(events=(), state=session.state)

    async def work() -> SessionTurn:
        # The other process stores its answer while this one works.
        await rt.writer.write(
            rows.add_answer(
                owner,
                KEY.key,
                fingerprint=KEY.fingerprint,
                answer=theirs.model_dump_json(),
                made_after=now() - KEPT,
            )
        )
        async with rt.database.unit_of_work() as db:
            row = await session_rows.get_session(db, owner, session.id)
            row.program = "ours"
            mine = SessionTurn(events=session.events, state=session.state)
            await idempotency.keep(db, owner, KEY, mine)
            return mine

    answer = await idempotency.answer_once(rt, owner, KEY, SessionTurn, work)

    assert answer == theirs
    assert (await sessions.get_session(rt, owner, session.id)).program == session.program
