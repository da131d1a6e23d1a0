"""Apps, their tokens, and who comes with one: what tests of the host apps' routes start from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from babble_app.services import app_tokens, apps, workspaces
from tests.factories import make_agent

if TYPE_CHECKING:
    import httpx

    from babble_app.schemas.apps import App, NewAppToken
    from tests.integration.api.conftest import LiveServer

BIKE_SHOP = """say("Welcome to the bike shop.")
loop:
    talk("You take repair orders for bikes. Ask what is broken.", False)
until "the visitor says goodbye":
    say("Ride safely!")
"""


@dataclass
class HostApp:
    """An app with a token, and a client that sends it."""

    app: App
    token: NewAppToken
    client: httpx.Client
    owner_id: str


def make_host_app(
    server: LiveServer,
    owner_id: str,
    *,
    name: str = "Helper",
    program: str | None = None,
    agent_id: str | None = None,
    token: dict[str, Any] | None = None,
    **fields: Any,
) -> HostApp:
    """Make an app of the plain assistant, of an agent, or of a program that is made an agent and goes live."""

    async def make() -> tuple[App, NewAppToken]:
        rt = server.runtime
        of_agent = agent_id
        if program is not None:
            workspace = await workspaces.create_workspace(rt, owner_id, "Shop")
            of_agent = (await make_agent(rt, owner_id, workspace.id, program=program)).agent_id
        app = await apps.create_app(rt, owner_id, name, agent_id=of_agent, **fields)
        return app, await app_tokens.create_token(rt, owner_id, app.id, "site", **(token or {}))

    app, made = server.call(make())
    return HostApp(app, made, server.client(Authorization=f"Bearer {made.token}"), owner_id)


def read_frames(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the id, the kind and the data of every frame of a stream."""
    frames: list[tuple[str, str, dict[str, Any]]] = []
    for block in text.split("\n\n"):
        fields = dict(
            line.split(": ", 1) for line in block.splitlines() if not line.startswith(":")
        )
        if fields:
            frames.append((fields["id"], fields["event"], json.loads(fields["data"])))
    return frames
