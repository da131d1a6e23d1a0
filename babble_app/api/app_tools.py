"""Functions of an app that are HTTP calls: described by its owner, and tried."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field, SecretStr

from babble_app.api._bodies import Id, example
from babble_app.api._identity import Me, Rt
from babble_app.schemas.apps import HttpTool
from babble_app.schemas.base import Schema
from babble_app.services import app_tool_settings, app_tools, apps

router = APIRouter(prefix="/api/apps/{app_id}/tools", tags=["apps"])


class ToolsBody(Schema):
    """All functions that the app has from now on."""

    model_config = example(
        tools=[
            {
                "name": "check_stock",
                "description": "How many of a part are left",
                "parameters": {
                    "type": "object",
                    "properties": {"part": {"type": "string"}},
                    "required": ["part"],
                },
                "method": "GET",
                "url": "https://api.shop.example/parts/{part}",
                "secret_headers": ["X-Api-Key"],
            }
        ],
        secrets={"check_stock": {"X-Api-Key": "the shop's key"}},
    )

    tools: Annotated[list[HttpTool], Field(max_length=app_tool_settings.MAX_TOOLS)]
    """Their hosts must be among the `allowed_hosts` of the app's workspace, or calls are refused."""
    secrets: dict[str, dict[str, SecretStr]] = Field(
        default_factory=dict[str, dict[str, SecretStr]]
    )
    """Values of secret headers by tool and header, which are never shown again; what is left out stays as it is."""


class TryBody(Schema):
    """What the function is called with."""

    model_config = example(arguments={"part": "bell"})

    arguments: dict[str, Any] = Field(default_factory=dict[str, Any])


class Tried(Schema):
    """What an agent would read."""

    result: str


@router.get("")
async def list_tools(rt: Rt, me: Me, app_id: Id) -> list[HttpTool]:
    """List the app's functions; of secret headers the names."""
    return list((await apps.get_app(rt, me.id, app_id)).tools)


@router.put("")
async def set_tools(rt: Rt, me: Me, app_id: Id, body: ToolsBody) -> list[HttpTool]:
    """Give the app exactly these functions."""
    secrets = {
        tool: {header: value.get_secret_value() for header, value in headers.items()}
        for tool, headers in body.secrets.items()
    }
    app = await app_tool_settings.set_tools(rt, me.id, app_id, body.tools, secrets)
    return list(app.tools)


@router.post("/{name}/try")
async def try_tool(rt: Rt, me: Me, app_id: Id, name: Id, body: TryBody) -> Tried:
    """Call a function as an agent would; what an agent would be told of a failure is the detail of a 422."""
    return Tried(result=await app_tools.try_tool(rt, me.id, app_id, name, body.arguments))
