"""Settings about models: providers with their keys, and the default model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.services import accounts, keys, models, runtime, workspaces
from babble_app.services.names import MAX_FALLBACKS
from babble_app.states.account import load_account
from babble_app.states.provider_rows import KeyRow, ProviderRow, provider_row, with_answer
from babble_app.states.session import find_user, get_user, is_somebody_else
from babble_app.states.shell import fill_shell
from babble_app.states.toasts import toast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.models import ModelInfo


@dataclass(frozen=True)
class ModelChoice:
    """A model in the picker."""

    id: str
    title: str


@dataclass(frozen=True)
class Place:
    """A workspace in the form of a new key."""

    id: str
    name: str


@dataclass(frozen=True)
class Fallback:
    """A place in the order of those that stand in for the default model."""

    number: int
    """From 0."""
    model: str = ""
    """Empty: the place is free."""
    label: str = ""


class SettingsState(rx.State):
    """What the models part of the page shows."""

    loaded: bool = False
    providers: list[ProviderRow] = []
    choices: list[ModelChoice] = []
    default_model: str = ""
    server_model: str = ""
    """What answers when nothing is chosen."""
    fallbacks: list[Fallback] = []
    """Those chosen and one free place, as long as there may be another."""
    dialog: Literal["", "key", "replace", "remove"] = ""
    chosen: ProviderRow = ProviderRow()
    chosen_key: KeyRow = KeyRow()
    places: list[Place] = []
    """The workspaces that a key can be kept for."""
    is_admin: bool = False
    problem: str = ""
    testing: str = ""
    """The key that is being tried, or the provider whose server's key is."""

    @rx.event
    async def load(self) -> rx.event.EventCallback[()]:
        """Show the page; the lists of models come when their providers have answered."""
        await fill_shell(self, workspace_id="", title="Settings")
        self.testing = ""
        user = await get_user(self)
        self.is_admin, self.default_model = user.role == "admin", user.default_model
        self.fallbacks = fallback_rows(user.fallback_models)
        await self._refresh()
        await load_account(self)
        return SettingsState.list_choices

    async def _refresh(self) -> None:
        rt, user = runtime.current(), await get_user(self)
        found = await workspaces.list_workspaces(rt, user.id)
        self.places = [Place(one.id, one.name) for one in found]
        names = {one.id: one.name for one in found}
        self.providers = [
            provider_row(info, names) for info in await keys.list_providers(rt, user.id)
        ]
        self.loaded = True

    @rx.event(background=True, supersedes=True)
    async def list_choices(self) -> None:
        """Ask all providers that are ready for their models."""
        async with self:
            user = await find_user(self)
        if user is None:
            return
        rt = runtime.current()
        found = await models.list_models(rt, user.id)
        used = await models.default_model(rt, user.id)
        async with self:
            if await is_somebody_else(self, user.id):
                return
            self.choices = [ModelChoice(model.id, model_title(model)) for model in found]
            self.server_model = used if not user.default_model else ""

    @rx.event
    async def choose_model(self, model: str) -> rx.event.EventCallback[()] | None:
        """Use the model wherever a chat names none; empty: what the server prefers."""
        user = await get_user(self)
        await accounts.update_user(runtime.current(), user.id, default_model=model)
        self.default_model = model
        await toast(self, "Saved.", "good")
        return SettingsState.list_choices

    @rx.event
    async def choose_fallback(self, number: int, model: str) -> None:
        """Let the model stand in for the default one, at that place of the order; empty: take the place out."""
        models = [one.model for one in self.fallbacks if one.model]
        models[number : number + 1] = [model]
        user = await get_user(self)
        try:
            saved = await accounts.update_user(
                runtime.current(), user.id, fallback_models=models[:MAX_FALLBACKS]
            )
        except BabbleError as error:
            await toast(self, str(error), "bad")
            return
        self.fallbacks = fallback_rows(saved.fallback_models)
        await toast(self, "Saved.", "good")

    @rx.event
    def open_dialog(self, dialog: str, provider: str, key_id: str) -> None:
        """Ask for a key, or whether that one shall really go."""
        self.problem = ""
        for row in self.providers:
            if row.id == provider:
                self.chosen = row
                self.chosen_key = next((key for key in row.own_keys if key.id == key_id), KeyRow())
                if dialog == "remove":
                    self.dialog = "remove" if self.chosen_key.id else ""
                else:
                    self.dialog = "replace" if dialog == "replace" else "key"

    @rx.event
    def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.dialog = ""

    @rx.event
    async def save_key(self, form: dict[str, Any]) -> rx.event.EventCallback[()] | None:
        """Keep the key, encrypted; it is never shown again."""
        user = await get_user(self)
        key, base_url, label, workspace_id = (
            str(form.get(name, "")).strip() for name in ("key", "base_url", "label", "workspace_id")
        )
        try:
            if self.dialog == "replace":
                await keys.set_key(runtime.current(), user.id, self.chosen.id, key, base_url)
            else:
                await keys.add_key(
                    runtime.current(),
                    user.id,
                    self.chosen.id,
                    key,
                    base_url=base_url,
                    label=label,
                    workspace_id=workspace_id,
                )
        except BabbleError as error:
            self.problem = str(error)
            return None
        self.dialog = ""
        await toast(self, f"Saved {self.chosen.title}. Try it with Test.", "good")
        return await self._show_change()

    @rx.event
    async def delete_key(self) -> rx.event.EventCallback[()] | None:
        """Erase the key."""
        if not self.chosen_key.id:
            return None
        user, key_id = await get_user(self), self.chosen_key.id
        self.dialog, self.chosen_key = "", KeyRow()
        await keys.delete_key(runtime.current(), user.id, self.chosen.id, key_id)
        return await self._show_change()

    async def _show_change(self) -> rx.event.EventCallback[()]:
        await self._refresh()
        await fill_shell(self, workspace_id="", title="Settings")
        return SettingsState.list_choices

    @rx.event(background=True)
    async def test_key(self, provider: str, key_id: str) -> None:
        """Ask the provider whether it takes the key; without one, the server's."""
        async with self:
            user = await find_user(self)
            known = any(row.id == provider for row in self.providers)
            if user is None or not known or self.testing:
                return
            self.testing = key_id or provider
        refused = False
        try:
            words = await keys.test_key(runtime.current(), user.id, provider, key_id)
        except BabbleError as error:
            words, refused = str(error), True
        finally:
            async with self:
                self.testing = ""
        async with self:
            if not await is_somebody_else(self, user.id):
                self.providers = [
                    with_answer(row, key_id, words, refused=refused) if row.id == provider else row
                    for row in self.providers
                ]


def fallback_rows(models: Sequence[str]) -> list[Fallback]:
    """Return the chosen models in their order, then a free place if there may be another."""
    labels = ("First model to ask instead", "Second model to ask instead", "Last model to ask")
    return [
        Fallback(number, model, label)
        for number, (model, label) in enumerate(
            zip([*models, ""][:MAX_FALLBACKS], labels, strict=False)
        )
    ]


def model_title(model: ModelInfo) -> str:
    """Return the model's name with what to know before choosing it."""
    return f"{model.title} ({model.note})" if model.note else model.title
