"""What tests of the whole brain do again and again."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from pydantic import SecretStr

from babble_app.llm.credentials import Credential
from babble_app.llm.route import Route
from babble_app.schemas.calls import CallScope
from babble_app.schemas.models import ModelMessage, ModelRequest
from babble_app.services import models, runs

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from babble_app.llm.client import ModelClient
    from babble_app.schemas.events import RunEvent
    from babble_app.services.runtime import Runtime
    from tests.fakes.model_server import ModelServer
    from tests.integration.llm.routes import Dead

MODEL = "custom/fake-model"
TOKEN_NANO = 1_000_000
"""A token of an answer costs a tenth of a cent."""
KEY = "sk-canary-brain-0123456789"


def write_cents(folder: Path) -> str:
    """Write the price of the model above into a file and return its path."""
    path = folder / "cents.json"
    path.write_text(f'{{"{MODEL}": {{"input_per_million": 0, "output_per_million": 1000}}}}')
    return str(path)


def open_along(
    rt: Runtime, owner_id: str, servers: dict[str, ModelServer | Dead], *, key: str = KEY
) -> ModelClient:
    """Open the route of the models `custom/<name>`, each behind its server, as runs do."""
    candidates = tuple(
        rt.models.candidate(f"custom/{name}", Credential(SecretStr(key), server.openai_url))
        for name, server in servers.items()
    )
    return models.open_route(rt, Route(candidates), CallScope(owner_id=owner_id), fresh=True)


def ask(text: str = "hi", **fields: Any) -> ModelRequest:
    """Make a request of one message."""
    return ModelRequest(messages=(ModelMessage(role="user", text=text),), **fields)


async def answer_of(client: ModelClient, request: ModelRequest, *, streamed: bool) -> str:
    """Return the answer's text, whichever way it is asked for."""
    if not streamed:
        return (await client.complete(request)).text
    async with aclosing(client.stream(request)) as events:
        return "".join([event.text async for event in events if event.type == "text"])


async def follow(rt: Runtime, owner_id: str, run_id: str) -> list[RunEvent]:
    """Return all that came of a run."""
    async with asyncio.timeout(60), aclosing(runs.events(rt, owner_id, run_id)) as events:
        return [item.event async for item in events]
