"""People in visitors' conversations: asked for, taking over, heard by the visitor, and handing back."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import ConflictError, NotFoundError, ValidationFailedError
from babble_app.schemas.conversations import ConversationFilter
from babble_app.schemas.visits import VisitorMessage
from babble_app.services import (
    visit_desk,
    visit_news,
    visit_people,
    visits,
)
from babble_app.services.idempotency import KeyedRequest
from tests.conftest import make_settings
from tests.factories import make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule, ToolUse
from tests.visit_factories import DESK, Visited, make_visited

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator
    from pathlib import Path

    from babble_app.schemas.conversations import VisitNews
    from babble_app.services.runtime import Runtime
    from babble_app.settings import Settings


@pytest.fixture
def models() -> Iterator[ModelServer]:
    """A model that gets a person when a person is wanted."""
    person = Answer(tools=[ToolUse("the_visitor_wants_a_person")])
    with ModelServer(rules=[Rule(person, user="person"), Rule("It costs ten.")]) as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path, database_address: str, models: ModelServer) -> Settings:
    return make_settings(
        tmp_path,
        DATABASE_URL=database_address,
        BABBLE_DEFAULT_MODEL="openai/desk",
        OPENAI_API_KEY="sk-test",
        OPENAI_BASE_URL=models.openai_url,
    )


async def waiting(app: Visited) -> list[str]:
    wanted = ConversationFilter(waiting=True)
    page = await visit_desk.list_conversations(app.rt, app.owner_id, app.app_id, wanted)
    assert all(one.waits for one in page.items)
    return [one.id for one in page.items]


async def test_a_person_answers_in_the_place_of_the_assistant_who_then_knows_what_was_said(
    rt: Runtime, models: ModelServer
) -> None:
    app = await make_visited(rt)
    first = await app.ask("What does a room cost?")
    place = (rt, app.owner_id, app.app_id, first.session_id)

    name = await visit_people.take_over(*place)
    left = await app.ask("Really?", first.session_id)
    assert await waiting(app) == [first.session_id]
    await visit_people.write_message(*place, "Nine, for you.")
    assert await waiting(app) == []
    await visit_people.write_message(*place, "With breakfast.")
    await visit_people.hand_back(*place)
    after = await app.ask("And two?", first.session_id)

    assert name == "Ada"
    assert (left.response, left.human, left.ended) == ("", True, False)
    assert (after.response, after.human) == ("It costs ten.", False)
    assert len(models.requests) == 2
    assert models.requests[-1].messages == [
        ("user", "What does a room cost?"),
        ("assistant", "It costs ten."),
        ("user", "Really?"),
        ("assistant", "Nine, for you.\n\nWith breakfast."),
        ("user", "And two?"),
    ]
    told = (await visit_desk.get_conversation(*place)).messages
    assert [(one.role, one.human) for one in told][2:5] == [
        ("user", ""),
        ("assistant", "Ada"),
        ("assistant", "Ada"),
    ]


async def test_a_program_that_hands_over_waits_for_a_person_and_begins_anew_when_handed_back(
    rt: Runtime,
) -> None:
    app = await make_visited(rt, program=DESK)
    first = await app.ask("I want a person")
    place = (rt, app.owner_id, app.app_id, first.session_id)
    assert (first.human, first.ended) == (True, False)
    assert first.response.endswith("I will get somebody.")
    assert await waiting(app) == [first.session_id]
    assert await visit_desk.count_waiting(rt, app.owner_id) == {app.app_id: 1}

    left = await app.ask("Hurry", first.session_id)
    await visit_people.take_over(*place)
    await visit_people.hand_back(*place)
    after = await app.ask("What does a room cost?", first.session_id)

    assert (left.response, left.human) == ("", True)
    assert after.response == "Hello, this is the front desk.\n\nIt costs ten."
    assert await visit_desk.count_waiting(rt, app.owner_id) == {}


async def test_a_program_goes_on_from_where_it_stood_when_it_is_handed_back(rt: Runtime) -> None:
    app = await make_visited(rt, program=DESK)
    first = await app.ask("What does a room cost?")
    place = (rt, app.owner_id, app.app_id, first.session_id)

    await visit_people.take_over(*place)
    await app.ask("Hm", first.session_id)
    await visit_people.hand_back(*place)

    assert (await app.ask("And two?", first.session_id)).response == "It costs ten."


async def test_a_message_for_a_person_is_stored_once_under_its_key(rt: Runtime) -> None:
    app = await make_visited(rt)
    first = await app.ask("Hello")
    place = (rt, app.owner_id, app.app_id, first.session_id)
    await visit_people.take_over(*place)
    keyed = KeyedRequest("key", "fingerprint")

    runs = [
        await visits.start(
            rt, app.caller, VisitorMessage(text="Hi"), session_id=first.session_id, keyed=keyed
        )
        for _ in range(2)
    ]

    assert runs[0].run_id == runs[1].run_id
    said = (await visit_desk.get_conversation(*place)).messages
    assert [one.text for one in said if one.role == "user"] == ["Hello", "Hi"]


async def test_nobody_writes_where_the_agent_answers_and_nothing_that_is_empty(rt: Runtime) -> None:
    app = await make_visited(rt)
    first = await app.ask("Hello")
    place = (rt, app.owner_id, app.app_id, first.session_id)

    with pytest.raises(ConflictError, match="Take the conversation over"):
        await visit_people.write_message(*place, "Hello")
    await visit_people.take_over(*place)
    with pytest.raises(ValidationFailedError):
        await visit_people.write_message(*place, " ")


async def test_another_app_of_the_same_owner_is_not_the_conversations(rt: Runtime) -> None:
    app = await make_visited(rt)
    other = await make_visited(rt, app.owner_id)
    first = await app.ask("Hello")
    place = (rt, app.owner_id, other.app_id, first.session_id)

    for act in (
        visit_people.take_over(*place),
        visit_people.hand_back(*place),
        visit_people.write_message(*place, "x"),
        visit_desk.get_conversation(*place),
        visit_desk.delete_conversations(*place[:3], [first.session_id]),
    ):
        with pytest.raises(NotFoundError):
            await act


async def test_somebody_without_a_name_is_not_called_by_their_address(rt: Runtime) -> None:
    nameless = await make_user(rt, name="")
    app = await make_visited(rt, nameless.id)
    first = await app.ask("Hello")

    name = await visit_people.take_over(rt, app.owner_id, app.app_id, first.session_id)

    assert name == visit_people.NAMELESS


async def hear(news: AsyncGenerator[VisitNews, None]) -> Any:
    """Return what is heard next: a text, or who answers."""
    async with asyncio.timeout(30):
        one = await anext(news)
    return one.message.text if one.message else (one.person, one.asked)


async def test_the_visitor_hears_who_answers_and_what_a_person_says(rt: Runtime) -> None:
    app = await make_visited(rt, program=DESK)
    first = await app.ask("I want a person")
    place = (rt, app.owner_id, app.app_id, first.session_id)
    allowed = [True]

    async def is_allowed() -> bool:
        return allowed[0]

    at = await visit_news.find_place(rt, app.caller, first.session_id, None)
    async with aclosing(visit_news.news(rt, app.caller, first.session_id, at, is_allowed)) as news:
        assert await hear(news) == ("", True)
        await visit_people.take_over(*place)
        assert await hear(news) == ("Ada", False)
        one = await visit_people.write_message(*place, "One")
        assert await hear(news) == "One"
        await visit_people.write_message(*place, "Two")
        assert await hear(news) == "Two"
        allowed[0] = False
        with pytest.raises(StopAsyncIteration):
            await hear(news)

    allowed[0] = True
    at = await visit_news.find_place(rt, app.caller, first.session_id, one)
    async with aclosing(visit_news.news(rt, app.caller, first.session_id, at, is_allowed)) as again:
        assert [await hear(again), await hear(again)] == [("Ada", False), "Two"]


async def test_a_place_in_another_session_is_none(rt: Runtime) -> None:
    app = await make_visited(rt)
    mine, theirs = await app.ask("Hello"), await app.ask("Hello")

    with pytest.raises(NotFoundError):
        await visit_news.find_place(rt, app.caller, mine.session_id, theirs.message_id)
