"""Pictures and videos of a run: who makes them for the person, and how they become files of the workspace."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from babble_app.errors import ModelUnavailableError
from babble_app.llm.route import Route
from babble_app.llm.routed_media import RoutedMedia
from babble_app.schemas.calls import CallScope
from babble_app.schemas.events import TextDelta
from babble_app.services import chats, files, keys

if TYPE_CHECKING:
    from babble_app.agents.request import AgentRequest
    from babble_app.schemas.events import FileMade
    from babble_app.schemas.profiles import Profile
    from babble_app.services.run_driver import Job
    from babble_app.services.runtime import Runtime


async def with_media(
    rt: Runtime, job: Job, request: AgentRequest, workspace_id: str
) -> AgentRequest:
    """Return the request with whoever makes what its profile is for, on the run's account; as it is when that is text.

    The chat is not looked up: a visitor's new one is still being stored.
    """
    if request.profile is None or request.profile.makes == "text":
        return request
    route = await _route(rt, job.owner_id, request.profile, workspace_id)
    scope = CallScope(
        owner_id=job.owner_id,
        workspace_id=workspace_id,
        chat_id=job.chat_id,
        run_id=job.run_id,
        app_id=job.visit.app.id if job.visit else "",
        token_id=job.visit.token_id if job.visit else "",
        profile=request.profile.id,
    )
    return replace(request, media=RoutedMedia(route, rt.models.health, rt.meter, scope))


async def _route(rt: Runtime, owner_id: str, profile: Profile, workspace_id: str) -> Route:
    """Return the models that may make it: the profile's, then all others that make such things, once for each key that opens them.

    Raises:
        ModelUnavailableError: nothing opens any of them.
    """
    credentials = await keys.find_all_credentials(rt, owner_id, workspace_id)
    names = dict.fromkeys((*profile.models, *_known_models(rt, profile.makes)))
    candidates = tuple(
        rt.models.candidate(name, credential)
        for name in names
        for credential in credentials.get(name.partition("/")[0], ())
    )
    able = tuple(one for one in candidates if one.open_media is not None)
    if not able:
        raise _nobody(rt, profile)
    preferred = able[0].info.id in profile.models
    why_first = f"first choice of {profile.name}" if preferred else ""
    return Route(able, name=profile.name, why_first=why_first)


def _nobody(rt: Runtime, profile: Profile) -> ModelUnavailableError:
    makers = " or ".join(
        one.title
        for one in rt.models.providers.values()
        if (one.image_models if profile.makes == "image" else one.video_models)
    )
    message = (
        f"No model that makes {profile.makes}s is set up here. Add a key for {makers} in Settings."
    )
    return ModelUnavailableError(message)


async def list_makers(rt: Runtime, owner_id: str) -> dict[Literal["image", "video"], list[str]]:
    """Return the models that make pictures and those that make videos, as far as one of the person's keys opens them."""
    credentials = await keys.find_credentials(rt, owner_id)
    kinds: tuple[Literal["image", "video"], ...] = ("image", "video")
    return {
        makes: [name for name in _known_models(rt, makes) if name.partition("/")[0] in credentials]
        for makes in kinds
    }


async def keep_file(rt: Runtime, job: Job, made: FileMade) -> TextDelta:
    """Store what was made in the chat's workspace, and return the words that show it."""
    chat = await chats.get_chat(rt, job.owner_id, job.chat_id)
    file = await files.add_made_file(
        rt,
        job.owner_id,
        chat.workspace_id,
        name=made.name,
        media_type=made.media_type,
        data=made.data,
    )
    return TextDelta(text=f"![{file.name}](/api/files/{file.id}/content)\n")


def _known_models(rt: Runtime, makes: str) -> tuple[str, ...]:
    return tuple(
        f"{provider.id}/{name}"
        for provider in rt.models.providers.values()
        for name in (provider.video_models if makes == "video" else provider.image_models)
    )
