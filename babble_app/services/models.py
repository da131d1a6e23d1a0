"""Which models a person can use now, and opening one with the right credential."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from babble_app.errors import ModelUnavailableError
from babble_app.llm.cached import cached
from babble_app.llm.choice import cheapest_first
from babble_app.llm.openrouter_names import routed_through_openrouter
from babble_app.llm.reasons import price_words
from babble_app.llm.route import Route
from babble_app.llm.routed import RoutedClient
from babble_app.schemas.calls import CallScope
from babble_app.services import keys
from babble_app.services.credentials import opened
from babble_app.store import keys as key_rows
from babble_app.store import users as user_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection

    from babble_app.llm.client import ModelClient
    from babble_app.llm.credentials import Credential
    from babble_app.llm.route import Candidate
    from babble_app.schemas.models import ModelInfo
    from babble_app.schemas.profiles import Profile
    from babble_app.services.runtime import Runtime
    from babble_app.store.keys import SealedKey

_DEARER = "Raise the limit of this kind of work in Settings, or choose a model for the chat."
DEMO_MODEL = "demo/based"
PREFERENCE = ("openai", "anthropic", "openrouter", "groq", "huggingface", "custom", "ollama")
"""Whose first model is the default when nobody chose one."""


async def list_models(rt: Runtime, owner_id: str) -> list[ModelInfo]:
    """Return what can be chosen now: the models of every provider that has a credential, and the demo's."""
    credentials = await keys.find_credentials(rt, owner_id)
    listed = await asyncio.gather(
        *(
            rt.models.list_models(provider, credentials[provider])
            for provider in rt.models.providers
            if provider in credentials
        )
    )
    return [model for models in listed for model in models]


async def open_model(
    rt: Runtime, owner_id: str, model: str, scope: CallScope | None = None
) -> ModelClient:
    """Open `provider/name`, and no other, with a key of the workspace, the person or the server, else OpenRouter's.

    Raises:
        ModelUnavailableError: the provider is unknown, or nothing opens it; the message says what would.
    """
    scope = scope or CallScope(owner_id=owner_id)
    route = await route_for(rt, owner_id, model, workspace_id=scope.workspace_id)
    return open_route(rt, route, scope)


def open_route(
    rt: Runtime,
    route: Route,
    scope: CallScope,
    *,
    cache_minutes: int | None = None,
    fresh: bool = False,
) -> ModelClient:
    """Return a route's models as one, whose calls are on `scope`'s account.

    Equal questions get the answer of before, for the profile's `cache_minutes`; not where it must be `fresh`.
    """
    client = RoutedClient(route, rt.models.health, rt.meter, scope, rt.start_task)
    if fresh:
        return client
    return cached(client, rt.answers, rt.meter, scope, cache_minutes)


async def route_for(
    rt: Runtime,
    owner_id: str,
    model: str = "",
    profile: Profile | None = None,
    *,
    defaults: Sequence[str] = (),
    workspace_id: str = "",
    credentials: Mapping[str, Sequence[Credential]] | None = None,
) -> Route:
    """Return the models that may answer.

    That is only `model` where somebody chose one; else the profile's, as far as something opens them, and then `defaults`, which
    are the person's unless the caller has looked them up already, and at last those that only its rules name. A model that
    several keys open is there once for each; `credentials` are those of the person in the workspace, looked up already.

    Raises:
        ModelUnavailableError: nothing opens the chosen model, or any of the others; or they are all dearer than the profile allows.
    """
    if credentials is None:
        credentials = await keys.find_all_credentials(rt, owner_id, workspace_id)
    if model:
        return Route(_candidates(rt, (model,), credentials))
    defaults = defaults or await default_models(rt, owner_id)
    if profile is None:
        return Route(_candidates(rt, defaults, credentials), why_first="your default")
    ruled = [model for rule in profile.rules for model in rule.models]
    candidates = _candidates(rt, (*profile.models, *defaults, *ruled), credentials)
    opened = {one.info.id for one in candidates}
    route = Route(
        candidates,
        name=profile.name,
        racing=profile.racing,
        hedging=profile.hedging,
        why_first=f"first choice of {profile.name}" if profile.models else "your default",
        rules=tuple(rule for rule in profile.rules if not opened.isdisjoint(rule.models)),
        classifier=_classifier(rt, profile.classifier, credentials),
        max_usd_per_million=profile.max_usd_per_million,
    )
    if not route.affordable:
        story = "; ".join(dict.fromkeys(price_words(one, route) for one in candidates))
        raise ModelUnavailableError(f"No model may answer: {story}. {_DEARER}")
    return cheapest_first(route, profile.models or defaults) if profile.cheapest_first else route


def _classifier(
    rt: Runtime, model: str, credentials: Mapping[str, Sequence[Credential]]
) -> Candidate | None:
    """Open a profile's classifier; one that nothing opens judges nothing."""
    try:
        return _candidates_of(rt, model, credentials)[0] if model else None
    except ModelUnavailableError:
        return None


def _candidates(
    rt: Runtime, names: Sequence[str], credentials: Mapping[str, Sequence[Credential]]
) -> tuple[Candidate, ...]:
    """Return those that something opens; if nothing opens any, say what would open the first."""
    found: list[Candidate] = []
    problems: list[ModelUnavailableError] = []
    for name in dict.fromkeys(names):
        try:
            found += _candidates_of(rt, name, credentials)
        except ModelUnavailableError as error:
            problems.append(error)
    if not found:
        raise problems[0]
    return tuple(found)


def _candidates_of(
    rt: Runtime, model: str, credentials: Mapping[str, Sequence[Credential]]
) -> list[Candidate]:
    """Return the model once for each key that opens it, in the order in which to try them."""
    provider = model.partition("/")[0]
    if provider not in rt.models.providers:
        return [rt.models.candidate(model, None)]
    if own := credentials.get(provider):
        return [rt.models.candidate(model, credential) for credential in own]
    routed = routed_through_openrouter(model)
    openers = credentials.get("openrouter")
    if routed is None or not openers:
        title = rt.models.providers[provider].title
        message = f"{title} is not set up here. Add its key in Settings, or choose another model."
        raise ModelUnavailableError(message)
    title = rt.models.providers["openrouter"].title
    return [rt.models.candidate(routed, opener, chosen=model, via=title) for opener in openers]


async def default_model(rt: Runtime, owner_id: str) -> str:
    """Return the model that answers where nobody chose one."""
    return (await default_models(rt, owner_id))[0]


async def default_models(rt: Runtime, owner_id: str) -> tuple[str, ...]:
    """Return the default model, and those that stand in for it.

    The default is the person's, else the server's, else the first of a provider that is set up, else the demo.
    """
    return await defaults_among(rt, *await rt.database.fetch(_read_chosen, owner_id))


async def defaults_among(
    rt: Runtime, chosen: user_rows.ChosenModels, stored: Sequence[SealedKey]
) -> tuple[str, ...]:
    """Return the same, where what the person chose and his keys were read already; those of a workspace do not count."""
    first = chosen.default or rt.settings.default_model or await _first_listed(rt, stored)
    return (first, *chosen.fallbacks)


def _read_chosen(
    db: Connection, owner_id: str
) -> tuple[user_rows.ChosenModels, Sequence[SealedKey]]:
    return user_rows.get_models(db, owner_id), key_rows.list_sealed(db, owner_id, "")


async def _first_listed(rt: Runtime, stored: Sequence[SealedKey]) -> str:
    credentials = opened(rt, [row for row in stored if row.workspace_id is None])
    for provider in PREFERENCE:
        if provider not in credentials:
            continue
        if models := await rt.models.list_models(provider, credentials[provider][0]):
            return models[0].id
    return DEMO_MODEL
