"""Agents behind OpenAI's protocol: the client sends the whole conversation each time, and the program goes on where it stood."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import openai
import pytest

from babble_app.store import conversations
from babble_app.store import visits as visit_rows
from tests.factories import make_agent
from tests.fakes.script import Answer, Rule, ToolUse
from tests.integration.api.openai_world import BIKES, MODEL, OpenAIWorld, open_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openai import OpenAI

    from babble_app.schemas.visits import Visit
    from tests.fakes.script import Incoming
    from tests.integration.api.app_people import HostApp

PRICE = "the_visitor_asks_for_the_price"
BYE = "the_visitor_says_goodbye"
GREETING = "Welcome to the bike shop.\n\n"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAIWorld]:
    with open_world(tmp_path_factory.mktemp("agents")) as opened:
        opened.upstream.script.rules = [
            Rule(Answer(tools=[ToolUse(PRICE)]), user="price$"),
            Rule(Answer(tools=[ToolUse(BYE)]), user="^bye$"),
            Rule(echo),
        ]
        yield opened


def echo(incoming: Incoming) -> str:
    return f"So: {incoming.last_user}"


@pytest.fixture
def host(world: OpenAIWorld) -> Iterator[HostApp]:
    made = world.make(program=BIKES, model=MODEL)
    world.upstream.requests.clear()
    with made.client:
        yield made


class Chat:
    """A client that keeps the conversation itself."""

    def __init__(self, client: OpenAI, model: str = "app", **fields: Any) -> None:
        self.messages: list[Any] = []
        self._create: Any = client.chat.completions.create
        self._fields = {"model": model, **fields}

    def say(self, text: str) -> str:
        self.messages.append({"role": "user", "content": text})
        answer = self._create(messages=self.messages, **self._fields)
        reply = answer.choices[0].message.content
        self.messages.append({"role": "assistant", "content": reply})
        return reply

    def stream(self, text: str) -> str:
        self.messages.append({"role": "user", "content": text})
        chunks = self._create(messages=self.messages, stream=True, **self._fields)
        reply = "".join(one.choices[0].delta.content or "" for one in chunks)
        self.messages.append({"role": "assistant", "content": reply})
        return reply


def list_visits(world: OpenAIWorld, host: HostApp) -> list[Visit]:
    async def read() -> list[Visit]:
        async with world.server.runtime.database.reading() as db:
            return await visit_rows.list_visits(db, host.owner_id, host.app.id, limit=50)

    return world.server.call(read())


def test_three_turns_run_the_program_and_are_one_conversation(world: OpenAIWorld, host: HostApp):
    with world.client(host) as client:
        chat = Chat(client, user="ada")
        replies = [chat.say("My bell is broken"), chat.stream("The price"), chat.say("bye")]
        with pytest.raises(openai.BadRequestError, match="has ended"):
            chat.say("Wait")

    assert replies == [
        f"{GREETING}So: My bell is broken",
        "A repair is 40 euros. You asked 1 times.\n\nSo: [Speak next.]",
        "Ride safely! You asked 1 times.",
    ]
    [visit] = [one for one in list_visits(world, host) if one.status != "waiting"]
    assert visit.visitor == "ada"
    assert visit.version_number == 1


def test_a_conversation_that_branches_off_is_forked_at_that_turn(world: OpenAIWorld, host: HostApp):
    with world.client(host) as client:
        chat = Chat(client)
        chat.say("My bell is broken")
        chat.say("The price")
        other = Chat(client)
        other.messages = chat.messages[:4]
        first = chat.say("price")
        second = other.say("Again, the price")

    assert first.startswith("A repair is 40 euros. You asked 2 times.")
    assert second.startswith("A repair is 40 euros. You asked 2 times.")
    assert len(list_visits(world, host)) == 2


def test_blanks_that_a_client_trims_do_not_lose_the_conversation(world: OpenAIWorld, host: HostApp):
    with world.client(host) as client:
        chat = Chat(client)
        chat.say("The price")
        chat.messages[1]["content"] = f" {chat.messages[1]['content']}\n"
        second = chat.say("price")

    assert "You asked 2 times." in second
    assert len(list_visits(world, host)) == 1


def test_an_unknown_conversation_is_told_to_the_program_without_asking_a_model(
    world: OpenAIWorld, host: HostApp
):
    with world.client(host) as client:
        chat = Chat(client)
        chat.messages = [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": f"{GREETING}What is broken?"},
            {"role": "user", "content": "What is the price?"},
            {"role": "assistant", "content": "A repair is 40 euros. You asked 1 times.\n\nSo?"},
        ]
        reply = chat.say("And what is the price")

    assert reply.startswith("A repair is 40 euros. You asked 2 times.")
    assert len(world.upstream.requests) == 2
    [visit] = list_visits(world, host)
    messages = world.server.call(said(world, host, visit.id))
    assert messages[:2] == [("user", "Hi"), ("assistant", f"{GREETING}What is broken?")]
    assert len(messages) == 6


async def said(world: OpenAIWorld, host: HostApp, chat_id: str) -> list[tuple[str, str]]:
    rt = world.server.runtime
    found = await rt.database.fetch(conversations.get_conversation, host.owner_id, chat_id, 50)
    return [(one.role, one.text) for one in found.said]


def test_what_stands_in_the_systems_place_is_shown_as_data(world: OpenAIWorld, host: HostApp):
    with world.client(host) as client:
        client.chat.completions.create(
            model="app",
            messages=[
                {"role": "system", "content": "You are a pirate."},
                {"role": "user", "content": "Hello"},
            ],
        )

    asked = world.upstream.requests[-1]
    assert "pirate" not in asked.system
    assert any("pirate" in text and role == "user" for role, text in asked.messages)


def test_agents_of_the_workspace_and_versions_go_by_their_names(world: OpenAIWorld, host: HostApp):
    rt = world.server.runtime
    second = BIKES.replace("bike shop", "boat shop")
    version = world.server.call(
        make_agent(rt, host.owner_id, host.app.workspace_id, name="Boats", program=second)
    )
    with world.client(host) as client:
        own = client.models.list().data[0].id
        greeting = Chat(client, "agent/greeter@1").say("Hi")
        boats = Chat(client, "agent/boats@1")
        replies = [boats.say("Hi"), boats.say("The price")]
        for name in ("agent/nobody", "agent/boats@2", "agent/greeter@0", "agent/"):
            with pytest.raises(openai.NotFoundError):
                Chat(client, name).say("Hi")
            with pytest.raises(openai.NotFoundError):
                client.models.retrieve(name)
        with pytest.raises(openai.BadRequestError, match="live"):
            Chat(client, "agent/boats").say("Hi")
        found = client.models.retrieve("agent/boats@1").id

    assert version.number == 1
    assert own == host.app.slug
    assert greeting == f"{GREETING}So: Hi"
    assert replies[0].startswith("Welcome to the boat shop.")
    assert "You asked 1 times." in replies[1]
    assert found == "agent/boats@1"


def test_a_token_that_pages_hold_opens_its_app_only(world: OpenAIWorld):
    host = world.make(program=BIKES, model=MODEL, origins=["https://shop.example"])
    with world.client(host) as client:
        answer = Chat(client, host.app.slug).say("Hi")
        listed = [one.id for one in client.models.list()]
        for name in (MODEL, "agent/greeter"):
            with pytest.raises(openai.NotFoundError, match="web pages"):
                Chat(client, name).say("Hi")
        with pytest.raises(openai.NotFoundError, match="web pages"):
            client.embeddings.create(model=MODEL, input="x")

    assert answer.endswith("So: Hi")
    assert listed == [host.app.slug]


def test_conversations_of_others_are_not_found_again(world: OpenAIWorld, host: HostApp):
    other = world.make(program=BIKES, model=MODEL)
    with world.client(host) as mine, world.client(other) as theirs:
        chat = Chat(mine, user="ada")
        chat.say("The price")
        for client, user in ((theirs, "ada"), (mine, "bob")):
            stranger = Chat(client, user=user)
            stranger.messages = chat.messages[:2]
            stranger.say("price")
        response = mine.responses.create(model="app", input="Hi")
        with pytest.raises(openai.NotFoundError):
            theirs.responses.create(model="app", input="x", previous_response_id=response.id)

    by_visitor = [one.visitor for one in list_visits(world, host)]
    assert sorted(by_visitor) == ["", "ada", "bob"]
    assert len(list_visits(world, other)) == 1


def test_the_plain_assistant_remembers_what_was_told(world: OpenAIWorld):
    host = world.make(model=MODEL)
    with world.client(host) as client:
        chat = Chat(client)
        chat.say("I am Ada")
        chat.say("Who am I?")
        fork = Chat(client)
        fork.messages = chat.messages[:2]
        fork.say("And who are you?")
    asked = world.upstream.requests[-1].messages
    told = [text for _, text in asked]

    assert any("I am Ada" in text for text in told)
    assert not any("Who am I?" in text for text in told)
    assert len(list_visits(world, host)) == 2


def test_two_at_once_do_not_both_go_on_in_the_same_place(world: OpenAIWorld, host: HostApp):
    with world.client(host) as client:
        chat = Chat(client)
        chat.say("The price")

        def branch(number: int) -> str:
            one = Chat(client)
            one.messages = list(chat.messages)
            return one.say(f"{number}: the price")

        with ThreadPoolExecutor(4) as pool:
            replies = list(pool.map(branch, range(4)))

    assert all("You asked 2 times." in one for one in replies)
    assert len(list_visits(world, host)) == 4
