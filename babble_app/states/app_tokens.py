"""The tokens of an app: made and shown once, rotated, revoked; and the snippets in which they are used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import reflex as rx

from babble_app.errors import BabbleError, ValidationFailedError
from babble_app.services import app_activity, app_tokens, runtime
from babble_app.states.app_page import shown_app
from babble_app.states.app_snippets import Snippet, snippets
from babble_app.states.budgets import read_amount
from babble_app.states.toasts import toast
from babble_app.states.words import money_words

if TYPE_CHECKING:
    from babble_app.schemas.apps import AppToken, NewAppToken

OVERLAPS = {"0": 0, "1": 1, "24": 24, "168": 168}
"""Hours that an old token goes on for."""
EXPIRIES = {"7": 7, "30": 30, "90": 90, "365": 365}
"""Days that a new token is valid for; anything else: for ever."""


@dataclass(frozen=True)
class TokenRow:
    """A token in the list."""

    id: str = ""
    name: str = ""
    shown: str = ""
    """`bb_a1b2…Zx9Q`."""
    staging: bool = False
    state: Literal["valid", "ending", "expired", "revoked"] = "valid"
    limits: str = ""
    """`60 messages a minute, $2.00 a day`; empty: none of its own."""
    used_at: str = ""
    ends_at: str = ""


@dataclass(frozen=True)
class FreshToken:
    """A token that was just made; it is on the screen once."""

    name: str = ""
    token: str = ""


class AppTokensState(rx.State):
    """The list, the dialog over it, and the token that was just made."""

    loaded: bool = False
    rows: list[TokenRow] = []
    dialog: Literal["", "new", "rotate", "revoke"] = ""
    chosen: TokenRow = TokenRow()
    fresh: FreshToken = FreshToken()
    problems: dict[str, str] = {}
    snippets: list[Snippet] = []
    snippet: str = "html"
    """The one that is shown."""

    @rx.event
    async def load(self) -> None:
        """List the tokens of the app of the page; one that was on the screen is not shown again."""
        self.fresh, self.dialog = FreshToken(), ""
        await self._refresh()

    @rx.event
    def open_new(self) -> None:
        """Ask what the token is for."""
        self.dialog, self.problems = "new", {}

    @rx.event
    def ask_rotate(self, token_id: str) -> None:
        """Ask how long the old one shall go on."""
        self._ask("rotate", token_id)

    @rx.event
    def ask_revoke(self, token_id: str) -> None:
        """Ask whether it shall really be refused from now on."""
        self._ask("revoke", token_id)

    @rx.event
    def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.dialog = ""

    @rx.event
    async def create(self, form: dict[str, Any]) -> None:
        """Make a token and show it, this once."""
        found = await shown_app(self)
        if found is None:
            return
        fields, self.problems = read_token(form, datetime.now(UTC))
        if self.problems:
            return
        owner_id, app = found
        name = str(form.get("name") or "")
        try:
            made = await app_tokens.create_token(
                runtime.current(), owner_id, app.id, name, **fields
            )
        except BabbleError as error:
            self._refuse(error)
            return
        await self._show_once(made)

    @rx.event
    async def rotate(self, form: dict[str, Any]) -> None:
        """Make a token in the place of the chosen one, which goes on for a while."""
        found = await shown_app(self)
        if found is None or self.dialog != "rotate":
            return
        hours = OVERLAPS.get(str(form.get("overlap") or ""), 24)
        try:
            made = await app_tokens.rotate_token(
                runtime.current(), found[0], self.chosen.id, overlap_hours=hours
            )
        except BabbleError as error:
            self._refuse(error)
            return
        await self._show_once(made)

    @rx.event
    async def revoke(self) -> None:
        """Refuse the chosen token from now on."""
        found = await shown_app(self)
        if found is None or self.dialog != "revoke":
            return
        self.dialog = ""
        await app_tokens.revoke_token(runtime.current(), found[0], self.chosen.id)
        await toast(self, f"Revoked “{self.chosen.name}”.")
        await self._refresh()

    @rx.event
    async def dismiss_token(self) -> None:
        """Take the new token off the screen; it is not shown again."""
        self.fresh = FreshToken()
        await self._refresh()

    @rx.event
    def pick_snippet(self, text: str) -> None:
        """Show another way to use the app."""
        self.snippet = text

    def _ask(self, dialog: Literal["rotate", "revoke"], token_id: str) -> None:
        self.problems = {}
        for row in self.rows:
            if row.id == token_id:
                self.chosen, self.dialog = row, dialog

    def _refuse(self, error: BabbleError) -> None:
        name = error.field if isinstance(error, ValidationFailedError) else ""
        self.problems = {name or "": str(error)}

    async def _show_once(self, made: NewAppToken) -> None:
        self.dialog, self.fresh = "", FreshToken(made.name, made.token)
        await self._refresh()

    async def _refresh(self) -> None:
        found = await shown_app(self)
        if found is None:
            return
        owner_id, app = found
        at = datetime.now(UTC)
        tokens = await app_tokens.list_tokens(runtime.current(), owner_id, app_id=app.id)
        used = await app_activity.list_last_uses(runtime.current(), owner_id, app.id)
        rows = [token_row(one, used.get(one.id), at) for one in tokens]
        self.rows = sorted(rows, key=_is_over)
        self.snippets = snippets(self._address(), app.slug, self.fresh.token, app.name)
        self.loaded = True

    def _address(self) -> str:
        """Return where this server is: as it was told, else as this browser reached it."""
        settings = runtime.current().settings
        here = str(self.router.headers.origin)
        return (settings.public_url or here or f"http://localhost:{settings.port}").rstrip("/")


def read_token(form: dict[str, Any], at: datetime) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what the form says of a new token, and what is wrong with it by the fields' names."""
    problems: dict[str, str] = {}
    limit = str(form.get("rate_limit_per_minute") or "").strip()
    if limit and not (limit.isascii() and limit.isdecimal() and len(limit) < 10):
        problems["rate_limit_per_minute"] = "This is a whole number, such as 60."
    budget = str(form.get("daily_budget_usd") or "").strip()
    amount = read_amount(budget) if budget else None
    if budget and amount is None:
        problems["daily_budget_usd"] = "Write an amount in US dollars, such as 5 or 0.50."
    days = EXPIRIES.get(str(form.get("expiry") or ""))
    fields = {
        "channel": "staging" if form.get("channel") == "staging" else "production",
        "rate_limit_per_minute": int(limit) if limit and not problems else None,
        "daily_budget_usd": amount,
        "expires_at": at + timedelta(days=days) if days else None,
    }
    return fields, problems


def token_row(token: AppToken, used_at: datetime | None, at: datetime) -> TokenRow:
    """Return the token as the list shows it."""
    state: Literal["valid", "ending", "expired", "revoked"] = "valid"
    if token.revoked_at is not None:
        state = "revoked"
    elif token.expires_at is not None:
        state = "expired" if token.expires_at <= at else "ending"
    limits: list[str] = []
    if token.rate_limit_per_minute is not None:
        limits.append(f"{token.rate_limit_per_minute:,} messages a minute")
    if token.daily_budget_usd is not None:
        limits.append(f"{money_words(token.daily_budget_usd)} a day")
    return TokenRow(
        id=token.id,
        name=token.name,
        shown=f"{token.prefix}…{token.last4}",
        staging=token.channel == "staging",
        state=state,
        limits=", ".join(limits),
        used_at=used_at.isoformat() if used_at else "",
        ends_at=token.expires_at.isoformat() if token.expires_at else "",
    )


def _is_over(row: TokenRow) -> bool:
    return row.state in {"revoked", "expired"}
