"""Task profiles: those that come with Babble, and a person's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack, get_args

from babble_app.agents.profile import all_profiles
from babble_app.errors import ConflictError, NotFoundError, ValidationFailedError
from babble_app.schemas.profiles import ToolGroup
from babble_app.services.names import clean_model, clean_name, clean_note
from babble_app.services.route_rules import check_judged, clean_rules
from babble_app.services.storable import check_json
from babble_app.store import chats as chat_rows
from babble_app.store import profiles as rows
from babble_app.store import users as user_rows
from babble_app.store.tables.base import now
from babble_app.store.tables.profiles import ProfileRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from babble_app.schemas.profiles import Profile, RouteRule
    from babble_app.services.runtime import Runtime

MAX_PROFILES = 50
"""Of one person."""
MAX_MODELS = 10
MAX_INSTRUCTIONS_CHARS = 20_000
MAX_TEMPERATURE = 2.0
MAX_OUTPUT_TOKENS = 200_000
MAX_CACHE_MINUTES = 1_440
MAX_PRICE_USD = 1_000_000


class ProfileFields(TypedDict, total=False):
    """What a person may set of a profile."""

    name: str
    description: str
    makes: Literal["text", "image", "video"]
    models: Sequence[str]
    tools: Sequence[ToolGroup]
    instructions: str
    temperature: float | None
    max_output_tokens: int | None
    rules: Sequence[RouteRule]
    classifier: str
    max_usd_per_million: float | None
    cheapest_first: bool
    racing: bool
    hedging: bool
    cache_minutes: int | None


async def list_profiles(rt: Runtime, owner_id: str) -> list[Profile]:
    """Return the profiles that come with Babble, then the person's own, the oldest first."""
    async with rt.database.reading() as db:
        own = [rows.profile_shape(row) for row in await rows.list_profiles(db, owner_id)]
    return [*all_profiles().values(), *own]


async def get_profile(rt: Runtime, owner_id: str, profile_id: str) -> Profile:
    """Return a profile that comes with Babble, or one of the person's own."""
    if builtin := all_profiles().get(profile_id):
        return builtin
    async with rt.database.reading() as db:
        return rows.profile_shape(await rows.get_profile(db, owner_id, profile_id))


async def find_profile(rt: Runtime, owner_id: str, profile_id: str) -> Profile | None:
    """Return the profile as `get_profile` does, or None; also for an empty id."""
    if not profile_id:
        return None
    try:
        return await get_profile(rt, owner_id, profile_id)
    except NotFoundError:
        return None


async def create_profile(rt: Runtime, owner_id: str, **fields: Unpack[ProfileFields]) -> Profile:
    """Make a profile of the person's own; what is left out is as in `Profile`.

    Raises:
        ValidationFailedError: a field cannot be used, or the person has too many.
    """
    row = ProfileRow(owner_id=owner_id, name="")
    _set(row, {"name": "", **fields})
    async with rt.database.unit_of_work() as db:
        await user_rows.get_user(db, owner_id, lock=True)  # counted by one at a time
        if len(await rows.list_profiles(db, owner_id)) >= MAX_PROFILES:
            message = f"{MAX_PROFILES} profiles are the most. Delete one first."
            raise ValidationFailedError(message)
        db.add(row)
    return rows.profile_shape(row)


async def update_profile(
    rt: Runtime, owner_id: str, profile_id: str, **fields: Unpack[ProfileFields]
) -> Profile:
    """Change what is given of the person's profile.

    Raises:
        ConflictError: it comes with Babble.
        ValidationFailedError: a field cannot be used.
    """
    _require_own(profile_id)
    async with rt.database.unit_of_work() as db:
        row = await rows.get_profile(db, owner_id, profile_id, lock=True)
        _set(row, fields)
        row.updated_at = now()
    rt.app_cache.forget()
    return rows.profile_shape(row)


async def delete_profile(rt: Runtime, owner_id: str, profile_id: str) -> None:
    """Delete the person's profile; chats that had it have none then.

    Raises:
        ConflictError: it comes with Babble.
    """
    _require_own(profile_id)
    async with rt.database.unit_of_work() as db:
        await db.delete(await rows.get_profile(db, owner_id, profile_id, lock=True))
        await chat_rows.forget_profile(db, owner_id, profile_id)
    rt.app_cache.forget()


def _require_own(profile_id: str) -> None:
    if profile_id in all_profiles():
        message = "This profile comes with Babble and stays as it is. Make one of your own with what you want of it."
        raise ConflictError(message)


def _set(row: ProfileRow, fields: ProfileFields | dict[str, Any]) -> None:
    """Put checked values into the row; raises ValidationFailedError."""
    for name, value in fields.items():
        check_json(value, field=name)
        setattr(row, name, _CLEANERS[name](value))
    check_judged(row.rules, row.classifier)


def _clean_instructions(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if len(text) > MAX_INSTRUCTIONS_CHARS:
        message = f"The instructions have {len(text):,} characters; {MAX_INSTRUCTIONS_CHARS:,} is the most."
        raise ValidationFailedError(message, field="instructions")
    return text


def _clean_models(models: Sequence[str]) -> list[str]:
    cleaned = [clean_model(model, field="models") for model in models]
    if len(cleaned) > MAX_MODELS:
        message = f"A profile prefers at most {MAX_MODELS} models."
        raise ValidationFailedError(message, field="models")
    return list(dict.fromkeys(model for model in cleaned if model))


def _clean_tools(tools: Sequence[str]) -> list[str]:
    known = get_args(ToolGroup)
    for tool in tools:
        if tool not in known:
            message = f"There are no tools {tool[:40]!r}; there are {', '.join(known)}."
            raise ValidationFailedError(message, field="tools")
    return [tool for tool in known if tool in tools]


def _clean_makes(makes: str) -> str:
    if makes not in {"text", "image", "video"}:
        message = "A profile makes text, image or video."
        raise ValidationFailedError(message, field="makes")
    return makes


def _within(
    name: str, words: str, lowest: float, most: float
) -> Callable[[float | None], float | None]:
    def clean(value: float | None) -> float | None:
        if value is None or lowest <= value <= most:  # false of NaN too
            return value
        message = f"The {words} is a number from {lowest:,g} to {most:,.0f}."
        raise ValidationFailedError(message, field=name)

    return clean


_CLEANERS: dict[str, Callable[[Any], Any]] = {
    "name": clean_name,
    "description": lambda text: clean_note(text, field="description"),
    "makes": _clean_makes,
    "models": _clean_models,
    "tools": _clean_tools,
    "instructions": _clean_instructions,
    "temperature": _within("temperature", "temperature", 0, MAX_TEMPERATURE),
    "max_output_tokens": _within("max_output_tokens", "limit of tokens", 1, MAX_OUTPUT_TOKENS),
    "rules": clean_rules,
    "classifier": lambda model: clean_model(model, field="classifier"),
    "max_usd_per_million": _within(
        "max_usd_per_million", "price in dollars of a million tokens", 0, MAX_PRICE_USD
    ),
    "cheapest_first": bool,
    "racing": bool,
    "hedging": bool,
    "cache_minutes": _within("cache_minutes", "time in minutes", 0, MAX_CACHE_MINUTES),
}
