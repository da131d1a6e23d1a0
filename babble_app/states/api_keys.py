"""The person's own keys of the API in the settings: made and shown once, listed, deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.services import api_keys, runtime
from babble_app.states.session import get_user
from babble_app.states.toasts import toast

if TYPE_CHECKING:
    from babble_app.schemas.accounts import ApiKey

EXPIRIES = {"30": 30, "90": 90, "365": 365}
"""Days that a new key is valid for; anything else: until it is deleted."""


@dataclass(frozen=True)
class ApiKeyRow:
    """A key in the list."""

    id: str = ""
    name: str = ""
    shown: str = ""
    """`bbk_a1b2…Zx9Q`."""
    expired: bool = False
    used_at: str = ""
    ends_at: str = ""


@dataclass(frozen=True)
class FreshKey:
    """A key that was just made; it is on the screen once."""

    name: str = ""
    key: str = ""


class ApiKeysState(rx.State):
    """The list, the key that was just made, and the key that is about to go."""

    loaded: bool = False
    rows: list[ApiKeyRow] = []
    fresh: FreshKey = FreshKey()
    chosen: ApiKeyRow = ApiKeyRow()
    asks_delete: bool = False
    problem: str = ""
    keys_made: int = 0
    """Counts, so that the form is emptied after each."""

    @rx.event
    async def load(self) -> None:
        """List the person's keys; one that was on the screen is not shown again."""
        self.fresh, self.problem, self.asks_delete = FreshKey(), "", False
        await self._refresh()

    @rx.event
    async def create(self, form: dict[str, Any]) -> None:
        """Make a key and show it, this once."""
        user = await get_user(self)
        days = EXPIRIES.get(str(form.get("days", "")))
        try:
            made = await api_keys.create_key(
                runtime.current(),
                user.id,
                str(form.get("name", "")),
                expires_at=datetime.now(UTC) + timedelta(days=days) if days else None,
            )
        except BabbleError as error:
            self.problem = str(error)
            return
        self.problem, self.fresh = "", FreshKey(made.name, made.key)
        self.keys_made += 1
        await self._refresh()

    @rx.event
    def dismiss_key(self) -> None:
        """Take the new key from the screen."""
        self.fresh = FreshKey()

    @rx.event
    def ask_delete(self, api_key_id: str) -> None:
        """Ask whether the key shall really be refused from now on."""
        for row in self.rows:
            if row.id == api_key_id:
                self.chosen, self.asks_delete = row, True

    @rx.event
    def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.asks_delete = False

    @rx.event
    async def delete(self) -> None:
        """Refuse the key from now on."""
        user = await get_user(self)
        self.asks_delete = False
        try:
            await api_keys.delete_key(runtime.current(), user.id, self.chosen.id)
        except BabbleError as error:
            await toast(self, str(error), "bad")
        else:
            await toast(self, "The key is refused from now on.", "good")
        await self._refresh()

    async def _refresh(self) -> None:
        user = await get_user(self)
        found = await api_keys.list_keys(runtime.current(), user.id)
        self.rows = [key_row(key) for key in found]
        self.loaded = True


def key_row(key: ApiKey) -> ApiKeyRow:
    """Return the key as the list shows it."""
    return ApiKeyRow(
        id=key.id,
        name=key.name,
        shown=f"{key.prefix}…{key.last4}",
        expired=key.expires_at is not None and key.expires_at <= datetime.now(UTC),
        used_at=key.last_used_at.isoformat() if key.last_used_at else "",
        ends_at=f"{key.expires_at:%Y-%m-%d}" if key.expires_at else "",
    )
