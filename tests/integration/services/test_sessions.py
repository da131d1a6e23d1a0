"""Test conversations: their mocks, going on from a step, another answer in the place of a recorded one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import ConflictError, NotFoundError, ValidationFailedError
from babble_app.schemas.mocks import Mock
from babble_app.services import keys, session_forks, sessions
from babble_app.store import sessions as session_rows
from tests.factories import make_agent, make_user, make_workspace
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule, ToolUse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.schemas.sessions import AgentSession
    from babble_app.services.runtime import Runtime
    from tests.databases import Source

MODEL = "custom/fake-model"
SHOP = """\
import requests

loop:
    talk("Tell what is in stock.", False)
until "the visitor asks for the stock":
    try:
        stock = requests.get("https://shop.example/stock").json()
        say(f"We have {stock.get('count', 'no')} cakes.")
    except requests.RequestException:
        say("The shop cannot be reached.")
    return
until "the visitor leaves":
    say("Goodbye!")
"""
SEVEN = Mock(kind="http", url="https://shop.example/*", body={"count": 7})


@pytest.fixture
def source(sqlite: Source) -> Source:
    """One kind of database: nothing here depends on it."""
    return sqlite


@pytest.fixture
def server() -> Iterator[ModelServer]:
    rules = [
        Rule(Answer(tools=[ToolUse("the_visitor_asks_for_the_stock")]), user="stock"),
        Rule(Answer(tools=[ToolUse("the_visitor_leaves")]), user="bye"),
        Rule("How can I help?"),
    ]
    with ModelServer(rules=rules) as running:
        yield running


@pytest.fixture
async def owner(rt: Runtime, server: ModelServer) -> str:
    user = await make_user(rt, role="admin")
    await keys.set_key(rt, user.id, "custom", "sk-canary-123456", base_url=server.openai_url)
    return user.id


async def begin(rt: Runtime, owner: str, *said: str, **fields: Any) -> AgentSession:
    _, workspace = await make_workspace(rt, owner)
    version = await make_agent(rt, owner, workspace.id, program=SHOP)
    session = await sessions.start_session(rt, owner, version.agent_id, model=MODEL, **fields)
    for text in said:
        await sessions.send_message(rt, owner, session.id, text)
    return await sessions.get_session(rt, owner, session.id)


def spoken(session: AgentSession) -> list[str]:
    return [event.text for event in session.events if event.type in {"agent", "user"}]


async def test_calls_are_answered_by_the_conversation_s_mocks(rt: Runtime, owner: str) -> None:
    session = await begin(rt, owner, "What is in stock?", mocks=[SEVEN])

    assert "We have 7 cakes." in spoken(session)
    assert session.mocks == (SEVEN,)
    assert [step.kind for step in session.steps] == ["user", "talk", "http"]
    assert session.variables["stock"] == "{'count': 7}"
    assert [one.hits for one in session.conditions] == [1, 0]


async def test_every_step_of_a_model_says_its_time_and_tokens(rt: Runtime, owner: str) -> None:
    session = await begin(rt, owner, "Hello")

    talk = next(step for step in session.steps if step.kind == "talk")
    assert talk.seconds is not None
    assert talk.usage
    assert talk.usage.input_tokens > 0
    assert "used" not in session.log[talk.number]


async def test_going_on_from_a_step_makes_another_conversation(rt: Runtime, owner: str) -> None:
    old = await begin(rt, owner, "Hello", "What is in stock?")
    second = next(step.number for step in old.steps if step.kind == "user" and step.number)

    new = await session_forks.fork(rt, owner, old.id, step=second)
    turn = await sessions.send_message(rt, owner, new.id, "bye")

    assert spoken(new) == ["Hello", "How can I help?"]
    assert turn.state.status == "finished"
    assert await sessions.get_session(rt, owner, old.id) == old


async def test_another_answer_is_played_and_what_follows_with_it(rt: Runtime, owner: str) -> None:
    old = await begin(rt, owner, "What is in stock?", "bye")
    call = next(step.number for step in old.steps if step.kind == "http")

    new = await session_forks.fork(
        rt, owner, old.id, step=call, answer={"kind": "http", "error": "no route to host"}
    )

    assert "The shop cannot be reached." in spoken(new)
    assert spoken(new)[-2:] == ["bye", "Goodbye!"]
    assert new.state.status == "finished"


@pytest.mark.parametrize(
    ("step", "answer", "field"),
    [
        (99, None, "step"),
        (-1, None, "step"),
        (3, {"kind": "user", "text": "x"}, "step"),
        (1, {"kind": "user", "text": "x"}, "answer"),
        (1, {"kind": "talk"}, None),
    ],
)
async def test_a_step_or_an_answer_that_is_none_is_refused(
    rt: Runtime, owner: str, step: int, answer: dict[str, Any] | None, field: str | None
) -> None:
    session = await begin(rt, owner, "What is in stock?")

    with pytest.raises(ValidationFailedError) as caught:
        await session_forks.fork(rt, owner, session.id, step=step, answer=answer)

    assert caught.value.field == field


async def test_a_conversation_is_played_again_with_mocks_and_a_text_that_is_not_saved(
    rt: Runtime, owner: str
) -> None:
    old = await begin(rt, owner, "What is in stock?", "bye")
    await sessions.set_mocks(rt, owner, old.id, [SEVEN])

    again = await session_forks.replay(rt, owner, old.id, program=SHOP.replace("Goodbye!", "Ciao!"))

    assert "We have 7 cakes." in spoken(again)
    assert spoken(again)[-1] == "Ciao!"
    assert (again.version_id, again.mocks) == (None, (SEVEN,))


async def test_mocks_stay_when_the_conversation_is_reset(rt: Runtime, owner: str) -> None:
    session = await begin(rt, owner)
    await sessions.set_mocks(rt, owner, session.id, [SEVEN])

    assert (await session_forks.reset(rt, owner, session.id)).mocks == (SEVEN,)


@pytest.mark.parametrize("mocks", [[SEVEN] * 51, [Mock(kind="http", body="x" * 200_001)]])
async def test_there_are_not_more_mocks_than_can_be_kept(
    rt: Runtime, owner: str, mocks: list[Mock]
) -> None:
    session = await begin(rt, owner)

    with pytest.raises(ValidationFailedError):
        await sessions.set_mocks(rt, owner, session.id, mocks)


async def test_a_turn_that_another_process_overtook_is_not_stored(
    rt: Runtime, owner: str, server: ModelServer
) -> None:
    session = await begin(rt, owner)

    async def overtake(_incoming: Any) -> str:
        async with rt.database.unit_of_work() as db:
            row = await session_rows.get_session(db, owner, session.id)
            row.log = [{"kind": "user", "text": "from elsewhere"}]
        return "Late."

    server.script.rules.insert(0, Rule(overtake, user="slow"))
    with pytest.raises(ConflictError):
        await sessions.send_message(rt, owner, session.id, "slow")

    async with rt.database.reading() as db:
        row = await session_rows.get_session(db, owner, session.id)
    assert row.log == [{"kind": "user", "text": "from elsewhere"}]


async def test_nobody_else_s_conversation_is_there(rt: Runtime, owner: str) -> None:
    session = await begin(rt, owner)
    other = (await make_user(rt)).id

    results = await asyncio.gather(
        session_forks.fork(rt, other, session.id, step=0),
        session_forks.replay(rt, other, session.id),
        sessions.set_mocks(rt, other, session.id, []),
        return_exceptions=True,
    )

    assert [type(result) for result in results] == [NotFoundError] * 3
