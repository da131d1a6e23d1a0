"""Whether the server is up: for people, load balancers and orchestrators."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response

from babble_app.api._identity import Rt, get_runtime
from babble_app.errors import BabbleError
from babble_app.schemas.base import Schema
from babble_app.schemas.health import Health
from babble_app.services import health

router = APIRouter(tags=["health"])


class Live(Schema):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(Schema):
    """Whether requests can be served."""

    status: Literal["ok", "unavailable"]
    reason: str = ""


@router.get("/health")
async def get_health(rt: Rt) -> Health:
    """Say how the parts are. Calls no model, needs no credential, shows no secret."""
    return await health.get_health(rt)


@router.get("/health/live")
async def get_live() -> Live:
    """Answer 200 as long as the process runs."""
    return Live()


@router.get("/health/ready", responses={503: {"model": Ready}})
async def get_ready(request: Request, response: Response) -> Ready:
    """Answer 200 when the database is migrated and answers, else 503."""
    try:
        await health.check_ready(await get_runtime(request))
    except BabbleError as error:
        response.status_code = error.status
        return Ready(status="unavailable", reason=str(error))
    return Ready(status="ok")


# Load balancers ask with HEAD.
for _path, _endpoint in (
    ("/health", get_health),
    ("/health/live", get_live),
    ("/health/ready", get_ready),
):
    router.add_api_route(_path, _endpoint, methods=["HEAD"], include_in_schema=False)
