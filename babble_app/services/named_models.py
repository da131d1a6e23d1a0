"""What a caller of the OpenAI-compatible routes may name as its `model`: the app itself, agents of its workspace, models.

The token of an app that pages embed is public (SECURITY.md 2): everybody who reads the page has it. It therefore opens that app, and
neither other agents nor models that the app's owner pays for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from babble_app.errors import ModelUnavailableError, NotFoundError
from babble_app.schemas.models import NamedModel
from babble_app.services import agents, models
from babble_app.services.app_callers import AppCaller
from babble_app.store import agents as agent_rows

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime

APP = "app"
AGENT_PREFIX = "agent/"
OWNER = "babble"
USUAL_PROVIDER = "openai"
"""Whose models are meant by a name without a provider: that is how programs name them that were written for OpenAI."""
_AGENT = re.compile(r"agent/([^/@]{1,200})(?:@(\d{1,9}))?")
_UNKNOWN = "There is no model of that name here. GET /v1/models lists those that there are."
_PUBLIC = (
    "This app's token is in web pages, so it opens the app itself only: name the model `app`. "
    "For others make a token of an app without allowed origins, and keep it on a server."
)


@dataclass(frozen=True)
class NamedAgent:
    """The app itself, or an agent of its workspace in its place."""

    caller: AppCaller
    """As it calls that agent."""
    version_id: str | None = None
    """None: as for all visitors."""


async def list_models(rt: Runtime, caller: AppCaller) -> list[NamedModel]:
    """Return what the caller can name now: the app, agents of which something is live, and models."""
    app = caller.app
    names = [NamedModel(id=app.slug, created_at=app.created_at, owned_by=OWNER)]
    if is_public(caller):
        return names
    for one in await agents.list_agents(rt, caller.owner_id, app.workspace_id):
        if one.live_number is not None or caller.channel == "staging":
            name = f"{AGENT_PREFIX}{one.slug}"
            names.append(NamedModel(id=name, created_at=one.created_at, owned_by=OWNER))
    offered = await models.list_models(rt, caller.owner_id)
    return names + [
        NamedModel(id=one.id, created_at=None, owned_by=one.provider) for one in offered
    ]


async def get_model(rt: Runtime, caller: AppCaller, name: str) -> NamedModel:
    """Return the one of that name, also where the list does not show it (a version, `app`).

    Raises:
        ModelUnavailableError: there is none.
    """
    for one in await list_models(rt, caller):
        if one.id == name:
            return one
    if await find_agent(rt, caller, name) is None:
        raise ModelUnavailableError(_UNKNOWN)
    return NamedModel(id=name, created_at=caller.app.created_at, owned_by=OWNER)


async def find_agent(rt: Runtime, caller: AppCaller, name: str) -> NamedAgent | None:
    """Return the app or the agent of that name; None: it is the name of a model.

    Raises:
        ModelUnavailableError: the agent or its version is not there, or the caller may not name anything but its app.
    """
    app = caller.app
    if name in {APP, app.slug}:
        return NamedAgent(caller)
    if is_public(caller):
        raise ModelUnavailableError(_PUBLIC)
    if not name.startswith(AGENT_PREFIX):
        return None
    match = _AGENT.fullmatch(name)
    if match is None:
        raise ModelUnavailableError(_UNKNOWN)
    number = int(match[2]) if match[2] else None
    try:
        found = await rt.database.fetch(
            agent_rows.find_named, caller.owner_id, app.workspace_id, match[1], number
        )
    except NotFoundError as error:
        raise ModelUnavailableError(_UNKNOWN) from error
    if found.id == app.agent_id:
        return NamedAgent(caller, found.version_id)
    plain = {"agent_id": found.id, "version_id": None, "trial_version_id": None}
    other = app.model_copy(update={**plain, "staging_version_id": None})
    calls = replace(
        caller,
        app=other,
        live_version_id=found.live_version_id,
        head_version_id=found.head_version_id,
    )
    return NamedAgent(calls, found.version_id)


def full_name(model: str) -> str:
    """Return `provider/name` of a model as callers name it."""
    return model if "/" in model else f"{USUAL_PROVIDER}/{model}"


def is_public(caller: AppCaller) -> bool:
    """Whether anybody may have come by the credential: pages hold it, or a visitor does."""
    return bool(caller.app.origins or caller.visitor or not caller.token_id)
