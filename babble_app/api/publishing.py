"""Which version of an agent is live."""

from __future__ import annotations

from fastapi import APIRouter

from babble_app.api._bodies import Id, example
from babble_app.api._identity import Me, Rt
from babble_app.schemas.agents import Agent, Publication
from babble_app.schemas.base import Schema
from babble_app.services import publishing

router = APIRouter(prefix="/api/agents/{agent_id}", tags=["agents"])


class PublishBody(Schema):
    """The version to go live."""

    model_config = example(version_id="ver_4fzRkP0aYtQ8sLwUe1Gd")

    version_id: Id


@router.post("/publish")
async def publish(rt: Rt, me: Me, agent_id: Id, body: PublishBody) -> Agent:
    """Make a version live; a gated agent's must pass the chosen tests (409 `tests_failing`)."""
    return await publishing.publish(rt, me.id, agent_id, body.version_id)


@router.post("/rollback")
async def roll_back(rt: Rt, me: Me, agent_id: Id) -> Agent:
    """Make the version live again that was live before; 409 when there was none."""
    return await publishing.roll_back(rt, me.id, agent_id)


@router.get("/publications")
async def list_publications(rt: Rt, me: Me, agent_id: Id) -> list[Publication]:
    """List which version was live when, newest first."""
    return await publishing.list_publications(rt, me.id, agent_id)
