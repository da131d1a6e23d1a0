"""One agent, and whoever talks to it: a shell with curl, Babble's Python client, and OpenAI's, all at once.

Each holds a conversation of its own with the program, whose variables show at its end what it remembers of whom.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from contextlib import ExitStack
from shutil import which
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from babble_app.sdk import AsyncBrainClient, BrainClient, DoneEvent
from tests.fakes.script import Answer, Rule, ToolUse
from tests.integration.api.app_people import HostApp, read_frames
from tests.integration.api.openai_world import MODEL, OpenAIWorld, open_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openai import OpenAI

    from babble_app.sdk import AsyncSession, Session
    from tests.fakes.script import Incoming

COUNTER = '''\
"""Asks for a name, then for a number, and answers with both."""

name_tool = {
    "name": "take_name",
    "description": "The visitor has said who they are",
    "parameters": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
}
number_tool = {
    "name": "take_number",
    "description": "The visitor has named a number",
    "parameters": {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]},
}
say("This is the doubling counter.")
loop:
    talk("Ask who is there. Exit when the name is known.", False)
until name_tool as who:
    name = who["name"]
    say(f"Good day, {name}. Which number?")
until "the visitor leaves":
    done()
loop:
    talk("Ask for a number. Exit when there is one.", False)
until number_tool as chosen:
    say(f"{name}, twice {chosen['number']} is {2 * chosen['number']}.")
until "the visitor leaves":
    done()
'''


def take_name(incoming: Incoming) -> Answer:
    return Answer(tools=[ToolUse("take_name", {"name": incoming.last_user})])


def take_number(incoming: Incoming) -> Answer:
    return Answer(tools=[ToolUse("take_number", {"number": int(incoming.last_user)})])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAIWorld]:
    with open_world(tmp_path_factory.mktemp("clients")) as opened:
        opened.upstream.script.rules = [
            Rule("Who is there?", user="^Hello$"),
            Rule(take_name, tool="take_name"),
            Rule(take_number, tool="take_number"),
        ]
        yield opened


@pytest.fixture
def host(world: OpenAIWorld) -> Iterator[HostApp]:
    made = world.make(program=COUNTER, model=MODEL)
    with made.client:
        yield made


class Client(Protocol):
    """Somebody in a conversation."""

    def say(self, text: str) -> str:
        """Return what the agent answers."""
        ...


class Curl:
    """A shell: a process for each message."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        headers = [f"Authorization: Bearer {token}", "Content-Type: application/json"]
        self._options = ["-sS", *(part for header in headers for part in ("-H", header))]
        self._session: dict[str, str] = {}

    def say(self, text: str) -> str:
        reply = json.loads(self._post("/api/v1/chat", text))
        assert "response" in reply, reply
        self._session = {"session_id": reply["session_id"]}
        return reply["response"]

    def _post(self, path: str, text: str) -> str:
        body = json.dumps({"message": text, **self._session})
        command = ["curl", *self._options, "--data-binary", "@-", f"{self._url}{path}"]
        done = subprocess.run(command, input=body, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


class StreamingCurl(Curl):
    """A shell that shows the answer while it is made."""

    def say(self, text: str) -> str:
        frames = read_frames(self._post("/api/v1/chat/stream", text))
        self._session = {"session_id": frames[0][2]["session_id"]}
        said = "".join(data["text"] for _, kind, data in frames if kind == "delta")
        assert frames[-1][1] == "done"
        assert frames[-1][2]["response"] == said
        return said


class Blocking:
    """Babble's client."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def say(self, text: str) -> str:
        return self._session.chat(text).response


class Awaited:
    """Babble's client with asyncio, as the answer is written."""

    def __init__(self, runner: asyncio.Runner, session: AsyncSession) -> None:
        self._runner = runner
        self._session = session

    def say(self, text: str) -> str:
        return self._runner.run(self._stream(text))

    async def _stream(self, text: str) -> str:
        events = [event async for event in self._session.stream(text)]
        assert isinstance(events[-1], DoneEvent)
        return events[-1].answer.response


class OpenAIs:
    """OpenAI's client, which tells the whole conversation each time."""

    def __init__(self, client: OpenAI) -> None:
        self._create: Any = client.chat.completions.create
        self._messages: list[Any] = []

    def say(self, text: str) -> str:
        self._messages.append({"role": "user", "content": text})
        answer = self._create(model="app", messages=self._messages)
        reply = answer.choices[0].message
        self._messages.append({"role": "assistant", "content": reply.content})
        return reply.content


@pytest.mark.skipif(which("curl") is None, reason="no curl")
def test_every_client_is_led_through_the_program_and_remembered(
    world: OpenAIWorld, host: HostApp
) -> None:
    url, token = world.server.url, host.token.token
    with ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner())
        asynchronous = AsyncBrainClient(base_url=url, token=token)
        stack.callback(lambda: runner.run(asynchronous.aclose()))
        blocking = stack.enter_context(BrainClient(base_url=url, token=token))
        clients: dict[str, tuple[Client, int]] = {
            "Ada": (Curl(url, token), 21),
            "Bo": (StreamingCurl(url, token), 4),
            "Cleo": (Blocking(blocking.session()), 50),
            "Dan": (Awaited(runner, asynchronous.session()), 7),
            "Eve": (OpenAIs(stack.enter_context(world.client(host))), 8),
        }
        first = [client.say("Hello") for client, _ in clients.values()]
        second = [client.say(name) for name, (client, _) in clients.items()]
        third = [client.say(str(number)) for client, number in clients.values()]

    assert first == ["This is the doubling counter.\n\nWho is there?"] * 5
    assert second == [f"Good day, {name}. Which number?" for name in clients]
    assert third == [
        "Ada, twice 21 is 42.",
        "Bo, twice 4 is 8.",
        "Cleo, twice 50 is 100.",
        "Dan, twice 7 is 14.",
        "Eve, twice 8 is 16.",
    ]
    kept = world.person.client.get(f"/api/apps/{host.app.id}/conversations").json()["items"]
    assert [(one["messages"], one["status"]) for one in kept] == [(6, "finished")] * 5
    assert {one["last_text"] for one in kept} == set(third)
