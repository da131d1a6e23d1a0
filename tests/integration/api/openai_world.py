"""A server whose models are scripted ones on a real socket, and OpenAI's own client with an app's token."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openai import OpenAI

from tests.fakes.model_server import ModelServer
from tests.integration.api.app_people import HostApp, make_host_app
from tests.integration.api.conftest import LiveServer, Person, make_person, make_settings, serve

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

MODEL = "custom/fake-model"
BIKES = """say("Welcome to the bike shop.")
asked = 0
loop:
    talk("You take repair orders for bikes. Ask what is broken.", False)
until "the visitor asks for the price":
    asked = asked + 1
    say(f"A repair is 40 euros. You asked {asked} times.")
    return "Go on."
until "the visitor says goodbye":
    say(f"Ride safely! You asked {asked} times.")
"""
"""Counts in a variable, so that a lost state shows."""


@dataclass
class OpenAIWorld:
    """Everything that a test calls."""

    server: LiveServer
    upstream: ModelServer
    person: Person

    def make(self, **fields: Any) -> HostApp:
        """Make an app with a token."""
        return make_host_app(self.server, self.person.user.id, **fields)

    def client(self, host: HostApp | str, **fields: Any) -> OpenAI:
        """Open OpenAI's client with the app's token."""
        token = host if isinstance(host, str) else host.token.token
        return OpenAI(base_url=f"{self.server.url}/v1", api_key=token, max_retries=0, **fields)


@contextmanager
def open_world(folder: Path) -> Generator[OpenAIWorld]:
    """Serve until the block is left."""
    with ModelServer() as upstream:
        upstream.script.models = ["fake-model"]
        settings = make_settings(
            folder,
            BABBLE_CUSTOM_BASE_URL=upstream.openai_url,
            OLLAMA_HOST=upstream.url,
        )
        with serve(settings) as server:
            person = make_person(server)
            with person.client:
                yield OpenAIWorld(server, upstream, person)
