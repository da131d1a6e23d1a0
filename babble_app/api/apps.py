"""Apps: where agents, or the plain assistant, go live for visitors."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, status
from pydantic import Field, StringConstraints

from babble_app.api._bodies import Id, ModelName, Name, Text, example
from babble_app.api._identity import Me, Rt
from babble_app.api.app_tokens import Instructions, Origins
from babble_app.schemas.apps import App, AppToken, Look, Release, Sighting
from babble_app.schemas.base import Schema
from babble_app.services import app_callers, app_tokens, apps, visit_removal

router = APIRouter(prefix="/api/apps", tags=["apps"])

ProfileId = Annotated[Text, StringConstraints(max_length=64)]


class NewAppBody(Schema):
    """An app to be made."""

    model_config = example(name="Shop helper", origins=["https://shop.example"])

    name: Name
    agent_id: Id | None = None
    """Whose live version visitors get; its newest goes live if none is. Left out: the plain assistant."""
    workspace_id: Id | None = None
    """Where an app without an agent lives; left out: in a workspace of its own kind."""
    profile: ProfileId = ""
    model: ModelName = ""
    """`provider/name`; empty: the profile's or the owner's default."""
    instructions: Instructions = ""
    """Added to the system prompt of whatever answers."""
    origins: Origins = ()
    """Pages that may embed it, such as `https://shop.example`."""


class AppBody(Schema):
    """What changes; what is left out stays."""

    model_config = example(paused=True)

    name: Name | None = None
    profile: ProfileId | None = None
    """Empty: none."""
    model: ModelName | None = None
    """Empty: the default."""
    instructions: Instructions | None = None
    look: Look | None = None
    origins: Origins | None = None
    rate_limit_per_minute: Annotated[int, Field(ge=1, le=apps.MAX_RATE_LIMIT)] | None = None
    """Messages of one visitor."""
    retention_days: Annotated[int, Field(ge=0, le=apps.MAX_RETENTION_DAYS)] | None = None
    """How long visitors' conversations are kept; null or 0: until somebody deletes them."""
    takes_files: bool | None = None
    paused: bool | None = None


class ReleaseBody(Schema):
    """What visitors get from now on."""

    model_config = example(version_id="ver_4fzRkP0aYtQ8sLwUe1Gd")

    version_id: Id | None
    """null: whichever version of the agent is live."""
    trial_version_id: Id | None = None
    """A further version for a share of the visitors, always the same ones."""
    trial_percent: Annotated[int, Field(ge=0, le=100)] = 0


class StageBody(Schema):
    """What tokens of the staging channel get."""

    model_config = example(version_id="ver_4fzRkP0aYtQ8sLwUe1Gd")

    version_id: Id | None
    """null: the agent's newest version."""


class NamingKey(Schema):
    """The secret with which a host page's server signs who its visitors are."""

    naming_key: str
    """HMAC-SHA256 with it over the visitor's `id` (with a name: `id`, a line feed, `name`), in hex, is the `signature`."""


class Erased(Schema):
    """What is gone."""

    conversations: int


@router.get("")
async def list_apps(
    rt: Rt,
    me: Me,
    workspace_id: Annotated[Id | None, Query()] = None,
    agent_id: Annotated[Id | None, Query()] = None,
) -> list[App]:
    """List the caller's apps (of a workspace, of an agent), the newest first."""
    return await apps.list_apps(rt, me.id, workspace_id=workspace_id, agent_id=agent_id)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_app(rt: Rt, me: Me, body: NewAppBody) -> App:
    """Make an app; its tokens are made with `POST /api/v1/admin/tokens`."""
    return await apps.create_app(
        rt,
        me.id,
        body.name,
        agent_id=body.agent_id,
        workspace_id=body.workspace_id,
        profile=body.profile,
        model=body.model,
        instructions=body.instructions,
        origins=body.origins,
    )


@router.get("/{app_id}")
async def get_app(rt: Rt, me: Me, app_id: Id) -> App:
    """Return an app."""
    return await apps.get_app(rt, me.id, app_id)


@router.patch("/{app_id}")
async def update_app(rt: Rt, me: Me, app_id: Id, body: AppBody) -> App:
    """Change an app; visitors see it at once."""
    keeps_for_ever = "retention_days" in body.model_fields_set and body.retention_days is None
    return await apps.update_app(
        rt,
        me.id,
        app_id,
        name=body.name,
        profile=body.profile,
        model=body.model,
        instructions=body.instructions,
        look=body.look,
        origins=body.origins,
        rate_limit_per_minute=body.rate_limit_per_minute,
        retention_days=0 if keeps_for_ever else body.retention_days,
        takes_files=body.takes_files,
        paused=body.paused,
    )


@router.delete("/{app_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_app(rt: Rt, me: Me, app_id: Id) -> None:
    """Delete an app with its tokens and all conversations of its visitors."""
    await apps.delete_app(rt, me.id, app_id)


@router.post("/{app_id}/release")
async def release(rt: Rt, me: Me, app_id: Id, body: ReleaseBody) -> App:
    """Choose the version that new conversations get; those that have begun stay with theirs."""
    return await apps.release(
        rt,
        me.id,
        app_id,
        version_id=body.version_id,
        trial_version_id=body.trial_version_id,
        trial_percent=body.trial_percent,
    )


@router.post("/{app_id}/rollback")
async def roll_back(rt: Rt, me: Me, app_id: Id) -> App:
    """Let the app point at what it pointed at before its last release; no test is asked."""
    return await apps.roll_back(rt, me.id, app_id)


@router.post("/{app_id}/stage")
async def stage(rt: Rt, me: Me, app_id: Id, body: StageBody) -> App:
    """Choose the version of the staging channel; no test is asked."""
    return await apps.stage(rt, me.id, app_id, body.version_id)


@router.get("/{app_id}/releases")
async def list_releases(rt: Rt, me: Me, app_id: Id) -> list[Release]:
    """List what the app pointed at, the newest first."""
    return await apps.list_releases(rt, me.id, app_id)


@router.get("/{app_id}/sightings")
async def list_sightings(rt: Rt, me: Me, app_id: Id) -> list[Sighting]:
    """List the origins whose pages have loaded the app or were refused it, the last seen first."""
    return await apps.list_sightings(rt, me.id, app_id)


@router.get("/{app_id}/tokens")
async def list_app_tokens(rt: Rt, me: Me, app_id: Id) -> list[AppToken]:
    """List the app's tokens, the newest first; revoked ones too."""
    return await app_tokens.list_tokens(rt, me.id, app_id=app_id)


@router.get("/{app_id}/naming-key")
async def get_naming_key(rt: Rt, me: Me, app_id: Id) -> NamingKey:
    """Return the secret with which the host page's own server signs who its visitors are; never put it into a page."""
    app = await apps.get_app(rt, me.id, app_id)
    return NamingKey(naming_key=app_callers.naming_key(rt, app.id))


@router.delete("/{app_id}/visitors/{visitor:path}")
async def erase_visitor(
    rt: Rt,
    me: Me,
    app_id: Id,
    visitor: Annotated[
        Text,
        Path(
            description="The `user` of the conversations, a browser's `vis_...`, or `user <id>` where its name was signed.",
            max_length=200,
        ),
    ],
) -> Erased:
    """Delete all conversations of one visitor, with what was given in them."""
    count = await visit_removal.erase_visitor(rt, me.id, app_id, visitor)
    return Erased(conversations=count)
