"""Changes of agents that wait for a person's word."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import Field

from babble_app.api._bodies import Id, example
from babble_app.api._identity import Me, Rt
from babble_app.schemas.agents import Proposal, Version
from babble_app.schemas.base import Schema
from babble_app.services import proposals

router = APIRouter(prefix="/api/proposals", tags=["agents"])


class KeepBody(Schema):
    """Which changes to keep; empty: all of them."""

    model_config = example(hunks=[1, 3])

    hunks: Annotated[list[int], Field(max_length=10_000)] | None = None
    """Numbers of hunks in the proposal's `diff`."""


@router.get("/{proposal_id}")
async def get_proposal(rt: Rt, me: Me, proposal_id: Id) -> Proposal:
    """Return a proposal with what it changes, hunk by hunk."""
    return await proposals.get_proposal(rt, me.id, proposal_id)


@router.post("/{proposal_id}/keep", status_code=status.HTTP_201_CREATED)
async def keep_proposal(rt: Rt, me: Me, proposal_id: Id, body: KeepBody | None = None) -> Version:
    """Make a version of a proposal, or of some of its changes; brought together with what was changed since."""
    return await proposals.keep(rt, me.id, proposal_id, hunks=body.hunks if body else None)


@router.post("/{proposal_id}/discard")
async def discard_proposal(rt: Rt, me: Me, proposal_id: Id) -> Proposal:
    """Refuse a proposal; the agent stays as it is."""
    return await proposals.discard(rt, me.id, proposal_id)
