"""Visitors' conversations for their app's owner: found, read, exported, kept as tests, erased; and what was not answered."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import ConflictError, NotFoundError, ValidationFailedError
from babble_app.schemas.conversations import ConversationFilter
from babble_app.services import (
    agent_tests,
    exports,
    unanswered,
    visit_desk,
    visit_exports,
    visit_people,
    visit_tests,
)
from babble_app.services.unanswered import says_it_does_not_know
from tests.conftest import make_settings
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule, ToolUse
from tests.visit_factories import DESK, Visited, make_visited

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from babble_app.services.runtime import Runtime
    from babble_app.settings import Settings

ALL = ConversationFilter()


@pytest.fixture
def models() -> Iterator[ModelServer]:
    """A model that does not know everything."""
    rules = [
        Rule(Answer(tools=[ToolUse("the_visitor_wants_a_person")]), user="person"),
        Rule("I\N{RIGHT SINGLE QUOTATION MARK}m afraid I don't know that.", user="(?i)pool"),
        Rule(Answer(fault="status", status=400), user="break"),
        Rule("It costs ten."),
    ]
    with ModelServer(rules=rules) as server:
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


async def found(app: Visited, **wanted: object) -> list[str]:
    page = await visit_desk.list_conversations(
        app.rt, app.owner_id, app.app_id, ConversationFilter.model_validate(wanted)
    )
    return [one.id for one in page.items]


async def test_conversations_are_found_by_what_is_known_of_them(rt: Runtime) -> None:
    app = await make_visited(rt, program=DESK)
    room = await app.ask("What does a 100% quiet room cost?", visitor="guest 7")
    pool = await app.ask("Is there a pool?", visitor="guest 8")
    await app.rate(pool, "down", "No help at all.")

    assert await found(app) == [pool.session_id, room.session_id]
    assert await found(app, rating="down") == [pool.session_id]
    assert await found(app, rating="up") == []
    assert await found(app, search="QUIET") == [room.session_id]
    assert await found(app, search="100%") == [room.session_id]
    assert await found(app, search="%") == [room.session_id]
    assert await found(app, search="guest 8") == [pool.session_id]
    assert await found(app, search="\0") == []
    assert await found(app, version=1) == [pool.session_id, room.session_id]
    assert await found(app, version=2) == []
    assert await found(app, channel="staging") == []
    assert await visit_desk.list_versions(rt, app.owner_id, app.app_id) == [1]
    about = (await visit_desk.list_conversations(rt, app.owner_id, app.app_id, ALL)).items[0]
    assert (about.version_number, about.messages, about.rated_down) == (1, 2, True)
    assert (about.last_role, about.waits, about.answering) == ("assistant", False, False)


async def test_conversations_come_in_pages_without_gap_or_double(rt: Runtime) -> None:
    app = await make_visited(rt)
    asked = [(await app.ask(f"Question {number}")).session_id for number in range(5)]
    listed: list[str] = []
    after = ""
    while True:
        page = await visit_desk.list_conversations(
            rt, app.owner_id, app.app_id, ALL, limit=2, after=after
        )
        listed += [one.id for one in page.items]
        if not (after := page.next):
            break

    assert listed == asked[::-1]
    with pytest.raises(ValidationFailedError):
        await visit_desk.list_conversations(rt, app.owner_id, app.app_id, ALL, after="nowhere")


async def test_a_conversation_is_read_with_ratings_in_pages(rt: Runtime) -> None:
    app = await make_visited(rt)
    first = await app.ask("What does a room cost?")
    await app.ask("And two?", first.session_id)
    await app.rate(first, "down", "Too much")
    place = (rt, app.owner_id, app.app_id, first.session_id)

    newest = await visit_desk.get_conversation(*place, limit=2)
    earlier = await visit_desk.get_conversation(*place, limit=2, before=newest.messages[0].id)

    assert [one.text for one in newest.messages] == ["And two?", "It costs ten."]
    assert (newest.has_earlier, earlier.has_earlier) == (True, False)
    rated = earlier.messages[-1]
    assert (rated.rating, rated.comment, rated.model) == ("down", "Too much", "openai/desk")


async def test_what_visitors_were_not_told_is_gathered_and_equal_questions_are_one(
    rt: Runtime,
) -> None:
    app = await make_visited(rt)
    staging = await make_visited(rt, app.owner_id, channel="staging")
    first = await app.ask("Is there a pool?")
    second = await app.ask("is there a POOL")
    good = await app.ask("What does a room cost?")
    bad = await app.ask("What does a suite cost?")
    await app.rate(bad, "down")
    await staging.ask("Is there a pool?")
    taken = await app.ask("Where are you?")
    place = (rt, app.owner_id, app.app_id, taken.session_id)
    await visit_people.take_over(*place)
    await app.ask("Hello?", taken.session_id)
    await visit_people.write_message(*place, "At the beach.")

    gathered = await unanswered.list_unanswered(rt, app.owner_id, app.app_id)

    assert [(one.question, one.count, one.reasons) for one in gathered] == [
        ("is there a POOL", 2, ("unsure",)),
        ("Where are you?", 1, ("handed_over",)),
        ("What does a suite cost?", 1, ("rated_down",)),
    ]
    assert gathered[0].conversation_ids == (second.session_id, first.session_id)
    assert good.session_id not in {id_ for one in gathered for id_ in one.conversation_ids}
    assert await unanswered.list_unanswered(rt, staging.owner_id, staging.app_id) == []


async def test_failed_answers_and_transfers_are_gathered(rt: Runtime) -> None:
    app = await make_visited(rt, program=DESK)
    await app.ask("I want a person")
    with pytest.raises(Exception, match=r".+"):
        await app.ask("Please break")

    gathered = await unanswered.list_unanswered(rt, app.owner_id, app.app_id)

    assert {one.question: one.reasons for one in gathered} == {
        "Please break": ("failed",),
        "I want a person": ("handed_over",),
    }


@pytest.mark.parametrize(
    "text",
    [
        "I don't know.",
        "Sorry, I am not sure about that.",
        "I couldn\N{RIGHT SINGLE QUOTATION MARK}t find it in the files.",
        "The menu does not contain any information about that.",
        "Das weiß ich leider nicht.",
        "Dazu habe ich keine Informationen.",
        "Je ne sais pas.",
        "No lo sé.",
    ],
)
def test_an_answer_that_says_it_is_none_is_told_from_one(text: str) -> None:
    assert says_it_does_not_know(text)


@pytest.mark.parametrize(
    "text", ["", "It costs ten.", "You know where it is.", "Das ist nicht weit."]
)
def test_an_answer_is_no_confession(text: str) -> None:
    assert not says_it_does_not_know(text)


async def test_a_conversation_becomes_a_test_that_passes(rt: Runtime) -> None:
    app = await make_visited(rt, program=DESK)
    first = await app.ask("What does a room cost?")
    await app.ask("I want a person", first.session_id)

    test = await visit_tests.keep_as_test(rt, app.owner_id, app.app_id, first.session_id)

    assert test.last is not None
    assert test.last.passed
    assert test.spec.turns == ("What does a room cost?", "I want a person")
    await visit_desk.delete_conversations(rt, app.owner_id, app.app_id, [first.session_id])
    kept = await agent_tests.list_tests(rt, app.owner_id, app.agent_id)
    assert [one.id for one in kept] == [test.id]


async def test_the_plain_assistants_conversations_are_no_tests(rt: Runtime) -> None:
    app = await make_visited(rt)
    first = await app.ask("Hello")

    with pytest.raises(ConflictError, match="plain assistant"):
        await visit_tests.keep_as_test(rt, app.owner_id, app.app_id, first.session_id)


async def test_conversations_are_exported_as_json_and_as_a_table(rt: Runtime) -> None:
    app = await make_visited(rt)
    first = await app.ask('=HYPERLINK("x")', visitor="guest 7")
    place = (rt, app.owner_id, app.app_id, first.session_id)
    await visit_people.take_over(*place)
    await visit_people.write_message(*place, "Nine.")
    which = (rt, app.owner_id, app.app_id, ALL)

    told = [json.loads(line) async for line in await visit_exports.json_lines(*which)]
    table = "".join([line async for line in await visit_exports.csv_rows(*which)])

    assert [message["text"] for message in told[0]["messages"]][-1] == "Nine."
    assert told[0]["about"]["id"] == first.session_id
    lines = list(csv.DictReader(io.StringIO(table)))
    assert [line["who"] for line in lines] == ["visitor", "agent", "Ada"]
    assert lines[0]["text"] == '\'=HYPERLINK("x")'


async def test_the_owners_data_hold_what_visitors_said(rt: Runtime) -> None:
    app = await make_visited(rt)
    session_id = (await app.ask("Where is the lamp?")).session_id

    path = await exports.export_data(rt, app.owner_id)

    place = f"workspaces/shop/apps/desk/conversations/{session_id}.json"
    with zipfile.ZipFile(path) as archive:
        told = archive.read(place).decode()
    assert "Where is the lamp?" in told


async def test_erasing_takes_all_or_nothing(rt: Runtime) -> None:
    app = await make_visited(rt)
    one, two = await app.ask("One"), await app.ask("Two")

    with pytest.raises(NotFoundError):
        await visit_desk.delete_conversations(rt, app.owner_id, app.app_id, [one.session_id, "s_0"])
    assert await found(app) == [two.session_id, one.session_id]
    await visit_desk.delete_conversations(
        rt, app.owner_id, app.app_id, [one.session_id, two.session_id]
    )
    assert await found(app) == []
