"""Conversations that are told whole each time: found again, forked, or told to the program, on both databases."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import NotFoundError
from babble_app.schemas.events import MessageDone
from babble_app.services import app_callers, app_tokens, apps, chats, recalled, visits
from babble_app.services.named_models import NamedAgent
from babble_app.services.recalled import TellingCaller
from babble_app.services.told import told
from babble_app.store import recalled as rows
from babble_app.store import runs as run_rows
from tests.factories import make_agent, make_workspace

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime
    from babble_app.services.told import Said
    from babble_app.services.visits import VisitRun


async def make_caller(rt: Runtime, visitor: str = "", *, plain: bool = False) -> TellingCaller:
    owner_id, workspace = await make_workspace(rt)
    agent_id = None if plain else (await make_agent(rt, owner_id, workspace.id)).agent_id
    app = await apps.create_app(
        rt, owner_id, "Desk", agent_id=agent_id, workspace_id=workspace.id, model="demo/based"
    )
    token = await app_tokens.create_token(rt, owner_id, app.id, "site")
    caller = await app_callers.find_caller(rt, token.token)
    return TellingCaller(NamedAgent(caller), "app", visitor, "10.0.0.1")


async def ask(
    rt: Runtime, who: TellingCaller, *said: Said, after: str = ""
) -> tuple[VisitRun, str]:
    run = await recalled.start(rt, who, told(said), after=after)
    async with aclosing(visits.events(rt, who.agent.caller, run)) as events:
        found = [one.event async for one in events]
    assert isinstance(found[-1], MessageDone), found[-1]
    return run, found[-1].text


async def test_a_conversation_is_gone_on_with_where_it_ends_and_forked_elsewhere(
    rt: Runtime,
) -> None:
    who = await make_caller(rt, "ada")
    owner_id = who.agent.caller.owner_id
    first, one = await ask(rt, who, ("user", "Hello"))
    second, two = await ask(rt, who, ("user", "Hello"), ("assistant", one), ("user", "Help"))
    so_far: list[Said] = [("user", "Hello"), ("assistant", one)]

    fork, _ = await ask(rt, who, *so_far, ("user", "Something else"))
    on, _ = await ask(rt, who, *so_far, ("user", "Help"), ("assistant", two), ("user", "And?"))
    fork_on, _ = await ask(rt, who, ("user", "And?"), after=fork.run_id.removeprefix("run_"))

    assert first.session_id == second.session_id == on.session_id
    assert fork.session_id == fork_on.session_id != first.session_id
    messages = await chats.list_messages(rt, owner_id, fork.session_id)
    assert [one.text for one in messages[:3]] == ["Hello", one, "Something else"]
    visit = await visits.find_standing(rt, who.agent.caller, fork.session_id)
    assert (visit.visitor, visit.status) == ("ada", "waiting")


async def test_no_run_of_a_copied_message_is_left_open(rt: Runtime) -> None:
    who = await make_caller(rt, plain=True)
    run, _ = await ask(
        rt, who, ("assistant", "Hi!"), ("user", "I am Ada"), ("assistant", "Yes"), ("user", "So?")
    )

    async with rt.database.reading() as db:
        assert await run_rows.list_left_open(db) == []
    said = await rt.database.fetch(rows.list_said, who.agent.caller.owner_id, run.run_id)
    assert [text for _, text in said][:4] == ["Hi!", "I am Ada", "Yes", "So?"]


async def test_an_answer_of_another_app_or_visitor_is_not_gone_on_from(rt: Runtime) -> None:
    mine, theirs = await make_caller(rt), await make_caller(rt)
    run, _ = await ask(rt, mine, ("user", "Hello"))
    after = run.run_id.removeprefix("run_")

    with pytest.raises(NotFoundError):
        await recalled.start(rt, theirs, told([("user", "x")]), after=after)
    with pytest.raises(NotFoundError):
        await recalled.start(rt, mine, told([("user", "x")]), after="nothing")
    owner_id = theirs.agent.caller.owner_id
    assert await rt.database.fetch(rows.list_said, owner_id, run.run_id) == []


async def test_several_at_once_each_get_a_conversation_of_their_own(rt: Runtime) -> None:
    who = await make_caller(rt)
    first, one = await ask(rt, who, ("user", "Hello"))
    so_far: list[Said] = [("user", "Hello"), ("assistant", one)]
    after = first.run_id.removeprefix("run_")

    told_runs = await asyncio.gather(
        *(ask(rt, who, *so_far, ("user", f"Help {number}")) for number in range(4))
    )
    later = await asyncio.gather(
        *(ask(rt, who, ("user", f"More {number}"), after=after) for number in range(3))
    )

    sessions = [run.session_id for run, _ in (*told_runs, *later)]
    assert len(set(sessions)) == 7
    assert sessions.count(first.session_id) == 1
