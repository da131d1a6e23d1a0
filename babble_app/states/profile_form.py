"""The form in which a kind of work is made or changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import reflex as rx

from babble_app.errors import BabbleError, ValidationFailedError
from babble_app.schemas.profiles import Profile, ToolGroup
from babble_app.services import made_files, profiles, runtime
from babble_app.services.profiles import MAX_MODELS
from babble_app.states.profiles import load_profiles
from babble_app.states.rule_form import RuleFormState, read_rules, show_rules
from babble_app.states.session import get_user
from babble_app.states.toasts import toast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from babble_app.services.profiles import ProfileFields

NUMBERS: dict[str, tuple[type[float], str]] = {
    "temperature": (float, "The temperature is a number, such as 0.3."),
    "max_output_tokens": (int, "This is a whole number, such as 4000."),
    "max_usd_per_million": (float, "This is an amount in US dollars, such as 10 or 0.50."),
    "cache_minutes": (int, "This is a whole number of minutes, such as 30."),
}


@dataclass(frozen=True)
class ModelPlace:
    """A place in the order of the preferred models."""

    number: int
    """From 0."""
    model: str = ""
    """Empty: the place is free."""


class ProfileFormState(rx.State):
    """The kind of work as it is being written."""

    open: bool = False
    id: str = ""
    """The one that is changed; empty for one that is being made."""
    name: str = ""
    description: str = ""
    makes: Literal["text", "image", "video"] = "text"
    models: list[ModelPlace] = []
    """Those chosen and one free place, as long as there may be another."""
    image_makers: list[str] = []
    video_makers: list[str] = []
    tools: list[str] = []
    instructions: str = ""
    temperature: str = ""
    max_output_tokens: str = ""
    cache_minutes: str = ""
    max_usd_per_million: str = ""
    cheapest_first: bool = False
    racing: bool = False
    hedging: bool = False
    problems: dict[str, str] = {}
    """What is wrong, by the field's name; under an empty name what belongs to none."""
    _models_of: dict[str, list[ModelPlace]] = {}
    """What had been chosen for the other things that may be made."""

    @rx.event
    async def open_new(self) -> None:
        """Make one from nothing."""
        await self._open(Profile(id="", name=""))

    @rx.event
    async def open_profile(self, profile_id: str) -> None:
        """Change one of the person's own."""
        user = await get_user(self)
        profile = await profiles.get_profile(runtime.current(), user.id, profile_id)
        await self._open(profile if not profile.builtin else _copy_of(profile))

    @rx.event
    async def copy_profile(self, profile_id: str) -> None:
        """Make one that begins as another is."""
        user = await get_user(self)
        await self._open(
            _copy_of(await profiles.get_profile(runtime.current(), user.id, profile_id))
        )

    @rx.event
    def close_form(self) -> None:
        """Change nothing."""
        self.open = False

    @rx.event
    def pick_makes(self, makes: str) -> None:
        """Say what comes of a message; models of another kind are of no use then."""
        if makes in {"text", "image", "video"} and makes != self.makes:
            self._models_of = {**self._models_of, self.makes: self.models}
            self.makes = makes  # pyright: ignore[reportAttributeAccessIssue]  # one of the three
            self.models = self._models_of.get(makes, model_places(()))
            self.problems = {}

    @rx.event
    def pick_model(self, number: int, model: str) -> None:
        """Prefer the model, at that place of the order; empty: take the place out."""
        chosen = [one.model for one in self.models if one.model]
        chosen[number : number + 1] = [model]
        self.models = model_places(chosen)

    @rx.event
    def raise_model(self, number: int) -> None:
        """Ask the model at that place before the one above it."""
        chosen = [one.model for one in self.models if one.model]
        if 0 < number < len(chosen):
            chosen[number - 1 : number + 1] = [chosen[number], chosen[number - 1]]
            self.models = model_places(chosen)

    @rx.event
    async def save_profile(self, form: dict[str, Any]) -> None:
        """Store it, or say beside each field what is wrong; what was typed stays."""
        user, rt = await get_user(self), runtime.current()
        if not self.open:
            return
        # Where no text is made, the fields about texts are out of sight: they stay as they were.
        texts = self.makes == "text"
        fields, problems = read_profile(form, NUMBERS if texts else {})
        if texts:
            rules = await read_rules(self, form)
            fields["rules"] = rules or ()
            fields["classifier"] = (await self.get_state(RuleFormState)).classifier
            problems |= {} if rules is not None else {"rules": "See the marked rule."}
        self.problems = problems
        if problems:
            return
        fields["makes"] = self.makes
        fields["models"] = [one.model for one in self.models if one.model]
        try:
            if self.id:
                saved = await profiles.update_profile(rt, user.id, self.id, **fields)
            else:
                saved = await profiles.create_profile(rt, user.id, **fields)
        except BabbleError as error:
            name = error.field if isinstance(error, ValidationFailedError) else ""
            self.problems = {name or "": str(error)}
            return
        self.open = False
        await toast(self, f"Saved {saved.name}.", "good")
        await load_profiles(self)

    async def _open(self, profile: Profile) -> None:
        user = await get_user(self)
        makers = await made_files.list_makers(runtime.current(), user.id)
        self.reset()
        self.open, self.id = True, profile.id
        self.name, self.description, self.makes = profile.name, profile.description, profile.makes
        self.models = model_places(profile.models)
        self.image_makers, self.video_makers = makers["image"], makers["video"]
        self.tools, self.instructions = list(profile.tools), profile.instructions
        self.temperature = _plain(profile.temperature)
        self.max_output_tokens = _plain(profile.max_output_tokens)
        self.cache_minutes = _plain(profile.cache_minutes)
        self.max_usd_per_million = _plain(profile.max_usd_per_million)
        self.cheapest_first = profile.cheapest_first
        self.racing, self.hedging = profile.racing, profile.hedging
        await show_rules(self, profile)


def model_places(models: Sequence[str]) -> list[ModelPlace]:
    """Return the chosen models in their order, each once, then a free place if there may be another."""
    chosen = list(dict.fromkeys(model for model in models if model))
    return [ModelPlace(number, model) for number, model in enumerate([*chosen, ""][:MAX_MODELS])]


def read_profile(
    form: dict[str, Any], wanted: Mapping[str, tuple[type[float], str]] = NUMBERS
) -> tuple[ProfileFields, dict[str, str]]:
    """Return what the form says, and which of the numbers `wanted` are none, by the fields' names."""
    problems: dict[str, str] = {}
    numbers: dict[str, Any] = {}
    for name, (kind, problem) in wanted.items():
        text = str(form.get(name) or "").strip()
        try:
            # Thousands may be parted; a comma in a temperature could mean anything.
            numbers[name] = kind(text if kind is float else text.replace(",", "")) if text else None
        except ValueError:
            problems[name] = problem
    fields: dict[str, Any] = {
        "name": str(form.get("name") or ""),
        "description": str(form.get("description") or ""),
        "instructions": str(form.get("instructions") or ""),
        "tools": [tool for tool in get_args(ToolGroup) if form.get(f"tool-{tool}")],
        "cheapest_first": bool(form.get("cheapest_first")),
        "racing": bool(form.get("racing")),
        "hedging": bool(form.get("hedging")),
    }
    return cast("ProfileFields", fields | numbers), problems


def _copy_of(profile: Profile) -> Profile:
    name = f"{profile.name}, my way"
    return profile.model_copy(update={"id": "", "name": name, "builtin": False})


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:.9f}".rstrip("0").rstrip(".")
