"""Settings about models: providers with their keys, and the default model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.services import accounts, keys, models, runtime
from babble_app.states.account import load_account
from babble_app.states.session import find_user, get_user, is_somebody_else
from babble_app.states.shell import fill_shell
from babble_app.states.toasts import toast

if TYPE_CHECKING:
    from babble_app.schemas.models import ModelInfo, ProviderInfo


@dataclass(frozen=True)
class ProviderRow:
    """A provider in the list; of its key only the last four characters."""

    id: str = ""
    title: str = ""
    status: str = ""
    """`ready`, `no_key`, or `off` for one that needs an address rather than a key."""
    source: str = ""
    """`environment`, `settings`, `none` or `not_needed`."""
    last4: str = ""
    key_env: str = ""
    help: str = ""
    base_url: str = ""
    takes_base_url: bool = False
    said: str = ""
    """What came of the last try of its key."""
    refused: bool = False


@dataclass(frozen=True)
class ModelChoice:
    """A model in the picker."""

    id: str
    title: str


class SettingsState(rx.State):
    """What the models part of the page shows."""

    loaded: bool = False
    providers: list[ProviderRow] = []
    choices: list[ModelChoice] = []
    default_model: str = ""
    server_model: str = ""
    """What answers when nothing is chosen."""
    dialog: Literal["", "key", "remove"] = ""
    chosen: ProviderRow = ProviderRow()
    is_admin: bool = False
    problem: str = ""
    testing: str = ""
    """The provider whose key is being tried."""

    @rx.event
    async def load(self) -> rx.event.EventCallback[()]:
        """Show the page; the lists of models come when their providers have answered."""
        await fill_shell(self, workspace_id="", title="Settings")
        self.testing = ""
        user = await get_user(self)
        self.is_admin, self.default_model = user.role == "admin", user.default_model
        await self._refresh()
        await load_account(self)
        return SettingsState.list_choices

    async def _refresh(self) -> None:
        rt, user = runtime.current(), await get_user(self)
        self.providers = [provider_row(info) for info in await keys.list_providers(rt, user.id)]
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
    def open_dialog(self, dialog: str, provider: str) -> None:
        """Ask for a key, or whether it shall really go."""
        self.problem = ""
        for row in self.providers:
            if row.id == provider:
                self.chosen = row
                self.dialog = "remove" if dialog == "remove" else "key"

    @rx.event
    def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.dialog = ""

    @rx.event
    async def save_key(self, form: dict[str, Any]) -> rx.event.EventCallback[()] | None:
        """Keep the key, encrypted; it is never shown again."""
        user = await get_user(self)
        key, base_url = str(form.get("key", "")).strip(), str(form.get("base_url", "")).strip()
        try:
            await keys.set_key(runtime.current(), user.id, self.chosen.id, key, base_url)
        except BabbleError as error:
            self.problem = str(error)
            return None
        self.dialog = ""
        await toast(self, f"Saved {self.chosen.title}. Try it with Test.", "good")
        return await self._show_change()

    @rx.event
    async def delete_key(self) -> rx.event.EventCallback[()] | None:
        """Erase the key."""
        user = await get_user(self)
        self.dialog = ""
        await keys.delete_key(runtime.current(), user.id, self.chosen.id)
        return await self._show_change()

    async def _show_change(self) -> rx.event.EventCallback[()]:
        await self._refresh()
        await fill_shell(self, workspace_id="", title="Settings")
        return SettingsState.list_choices

    @rx.event(background=True)
    async def test_key(self, provider: str) -> None:
        """Ask the provider whether it takes the key."""
        async with self:
            user = await find_user(self)
            known = any(row.id == provider for row in self.providers)
            if user is None or not known or self.testing:
                return
            self.testing = provider
        refused = False
        try:
            words = await keys.test_key(runtime.current(), user.id, provider)
        except BabbleError as error:
            words, refused = str(error), True
        finally:
            async with self:
                self.testing = ""
        async with self:
            if not await is_somebody_else(self, user.id):
                self.providers = [
                    replace(row, said=words, refused=refused) if row.id == provider else row
                    for row in self.providers
                ]


def provider_row(info: ProviderInfo) -> ProviderRow:
    """Return the provider as the list shows it."""
    return ProviderRow(
        id=info.id,
        title=info.title,
        status=info.status,
        source=info.key_source,
        last4=info.last4,
        key_env=info.key_env,
        help=info.help,
        base_url=info.base_url,
        takes_base_url=info.takes_base_url,
    )


def model_title(model: ModelInfo) -> str:
    """Return the model's name with what to know before choosing it."""
    return f"{model.title} ({model.note})" if model.note else model.title
