"""How an app answers, and its limits: kind of work, model, instructions; messages a minute, money, how long talks are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import reflex as rx

from babble_app.errors import BabbleError, ValidationFailedError
from babble_app.services import apps, models, profiles, runtime
from babble_app.states.app_money import MoneyView, money_views, save_caps
from babble_app.states.app_page import shown_app
from babble_app.states.choices import Kind, ModelChoice, kind_of
from babble_app.states.session import find_user, is_somebody_else
from babble_app.states.settings import model_title
from babble_app.states.toasts import toast

if TYPE_CHECKING:
    from babble_app.schemas.apps import App


class BehaviourState(rx.State):
    """The two forms about how the app answers and within which limits."""

    loaded: bool = False
    kinds: list[Kind] = []
    models: list[ModelChoice] = []
    profile: str = ""
    model: str = ""
    instructions: str = ""
    rate: str = ""
    retention: str = ""
    takes_files: bool = False
    money: list[MoneyView] = []
    """The caps on a day and on a month, and how much of them is gone."""
    problems: dict[str, str] = {}
    """What is wrong, by the field's name; under an empty name what belongs to none."""
    shown: int = 0
    """Counts what was saved: forms are filled anew with each."""
    _of: str = ""

    @rx.event
    async def load(self) -> rx.event.EventCallback[()] | None:
        """Fill the forms from the app of the page; the models come when their providers have answered."""
        found = await shown_app(self)
        if found is None:
            return None
        owner_id, app = found
        found_kinds = await profiles.list_profiles(runtime.current(), owner_id)
        self.kinds = [kind_of(one) for one in found_kinds]
        if self._of != app.id:
            # Only then: this also runs when a lost connection is back, and what is being typed must stay.
            self._of, self.problems, self.shown = app.id, {}, self.shown + 1
        await self._show(owner_id, app)
        return BehaviourState.list_models

    @rx.event(background=True, supersedes=True)
    async def list_models(self) -> None:
        """Ask all providers that are ready for their models."""
        async with self:
            user = await find_user(self)
        if user is None:
            return
        found = await models.list_models(runtime.current(), user.id)
        async with self:
            if not await is_somebody_else(self, user.id):
                self.models = [ModelChoice(model.id, model_title(model)) for model in found]

    @rx.event
    def pick_profile(self, profile_id: str) -> None:
        """Choose what kind of work it is; stored with the form."""
        self.profile = profile_id

    @rx.event
    def pick_model(self, model: str) -> None:
        """Choose who answers; stored with the form."""
        self.model = model

    @rx.event
    async def save_answers(self, form: dict[str, Any]) -> None:
        """Store kind of work, model and instructions."""
        await self._save(
            profile=self.profile,
            model=self.model,
            instructions=str(form.get("instructions") or ""),
        )

    @rx.event
    async def save_limits(self, form: dict[str, Any]) -> None:
        """Store how much visitors may ask and cost, and how long their conversations are kept."""
        found = await shown_app(self)
        if found is None:
            return
        owner_id, app = found
        numbers, self.problems = _read_numbers(form)
        if self.problems:
            return
        self.problems = await save_caps(owner_id, app.id, form)
        if self.problems:
            return
        await self._save(
            rate_limit_per_minute=numbers["rate_limit_per_minute"],
            retention_days=numbers["retention_days"] or 0,
            takes_files=bool(form.get("takes_files")),
        )

    async def _save(self, **fields: Any) -> None:
        found = await shown_app(self)
        if found is None:
            return
        owner_id, app = found
        self.problems = {}
        try:
            saved = await apps.update_app(runtime.current(), owner_id, app.id, **fields)
        except BabbleError as error:
            name = error.field if isinstance(error, ValidationFailedError) else ""
            self.problems = {name or "": str(error)}
            return
        await self._show(owner_id, saved)
        self.shown += 1
        await toast(self, "Saved.", "good")

    async def _show(self, owner_id: str, app: App) -> None:
        self.profile, self.model, self.instructions = app.profile, app.model, app.instructions
        self.rate, self.retention = str(app.rate_limit_per_minute), str(app.retention_days or "")
        self.takes_files = app.takes_files
        self.money = await money_views(owner_id, app.id)
        self.loaded = True


def _read_numbers(form: dict[str, Any]) -> tuple[dict[str, int | None], dict[str, str]]:
    """Return the whole numbers of the form (None: left empty), and which fields hold none."""
    numbers: dict[str, int | None] = {}
    problems: dict[str, str] = {}
    for name in ("rate_limit_per_minute", "retention_days"):
        text = str(form.get(name) or "").strip()
        if text and not (text.isascii() and text.isdecimal()):
            problems[name] = "This is a whole number, such as 20."
        numbers[name] = int(text[:9]) if text and name not in problems else None
    if not problems and numbers["rate_limit_per_minute"] is None:
        problems["rate_limit_per_minute"] = "Say how many messages a visitor may send in a minute."
    return numbers, problems
