"""Task profiles: which models a kind of work is given to, and how."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, status
from pydantic import Field, StringConstraints

from babble_app.api._bodies import Id, ModelName, Name, Text, example
from babble_app.api._identity import Me, Rt
from babble_app.schemas.base import Schema
from babble_app.schemas.profiles import Profile, RouteRule, ToolGroup
from babble_app.services import profiles

router = APIRouter(prefix="/api/profiles", tags=["profiles"])

_Description = Annotated[Text, StringConstraints(max_length=profiles.MAX_INSTRUCTIONS_CHARS)]
_Instructions = Annotated[Text, StringConstraints(max_length=2 * profiles.MAX_INSTRUCTIONS_CHARS)]
_Models = Annotated[tuple[ModelName, ...], Field(max_length=100)]
_Rules = Annotated[tuple[RouteRule, ...], Field(max_length=100)]
_Tools = Annotated[tuple[ToolGroup, ...], Field(max_length=20)]


class _Fields(Schema):
    """What may be left out of a profile."""

    description: _Description = ""
    makes: Literal["text", "image", "video"] = "text"
    models: _Models = ()
    """`provider/name`, the preferred first; empty: the caller's default."""
    tools: _Tools = ()
    """Groups of tools: calculating with code, searching the web, deep search, thinking."""
    instructions: _Instructions = ""
    """What the model is told behind Babble's own words."""
    temperature: float | None = None
    """0 to 2."""
    max_output_tokens: int | None = None
    """1 to 200,000."""
    rules: _Rules = ()
    """At most 8, each with 1 to 4 models and a condition; the first one that holds brings its models to the front."""
    classifier: ModelName = ""
    """`provider/name` of a small model that judges how hard a question is, for rules that ask for that."""
    max_usd_per_million: float | None = None
    """0 to 1,000,000: the most that a million tokens of an answer may cost; models of unknown price are kept out then."""
    cheapest_first: bool = False
    """Whether the cheapest of the models that fits is asked first."""
    racing: bool = False
    """Whether the first two models are asked at once, and the first good token wins."""
    hedging: bool = False
    """Whether a second model is asked when the first is slower than it usually is."""
    cache_minutes: int | None = None
    """0 to 1,440: how long answers are given again; null: 60 without and 30 with history."""


class ProfileBody(_Fields):
    """A profile to be; all but its name may be left out."""

    model_config = example(name="Release notes", models=["demo/based"], instructions="Be brief.")

    name: Name


class ProfileChanges(_Fields):
    """What to change; parts left out stay, and null takes a limit back."""

    model_config = example(temperature=0.2, tools=["code", "web"])

    name: Name = ""


@router.get("")
async def list_profiles(rt: Rt, me: Me) -> list[Profile]:
    """List the profiles that come with Babble, then the caller's own."""
    return await profiles.list_profiles(rt, me.id)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_profile(rt: Rt, me: Me, body: ProfileBody) -> Profile:
    """Make a profile."""
    return await profiles.create_profile(rt, me.id, **_given(body))


@router.get("/{profile_id}")
async def get_profile(rt: Rt, me: Me, profile_id: Id) -> Profile:
    """Return a profile."""
    return await profiles.get_profile(rt, me.id, profile_id)


@router.patch("/{profile_id}")
async def update_profile(rt: Rt, me: Me, profile_id: Id, body: ProfileChanges) -> Profile:
    """Change one of the caller's own profiles."""
    return await profiles.update_profile(rt, me.id, profile_id, **_given(body))


@router.delete("/{profile_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_profile(rt: Rt, me: Me, profile_id: Id) -> None:
    """Delete one of the caller's own profiles; chats that had it have none then."""
    await profiles.delete_profile(rt, me.id, profile_id)


def _given(body: _Fields) -> dict[str, Any]:
    return {name: getattr(body, name) for name in body.model_fields_set}
