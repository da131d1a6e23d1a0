"""Which pages may embed an app, checked by what was seen: nothing is fetched from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.services import apps, runtime
from babble_app.services.app_fields import clean_origin
from babble_app.states.app_page import shown_app
from babble_app.states.toasts import toast
from babble_app.states.words import count_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from babble_app.schemas.apps import App, Sighting

_LOCAL = {"localhost", "127.0.0.1", "[::1]"}


@dataclass(frozen=True)
class OriginRow:
    """An origin that is allowed, or that was refused."""

    origin: str = ""
    loads: str = ""
    """`41 loads, last from /products`; empty: not seen yet."""
    seen_at: str = ""
    plain: bool = False
    """Whether what passes is not encrypted."""


@dataclass(frozen=True)
class OriginCheck:
    """What is to say of an origin that somebody asks about."""

    origin: str = ""
    standing: Literal["", "allowed", "refused", "new"] = ""
    note: str = ""
    """What was changed of what was typed."""
    row: OriginRow = OriginRow()


class OriginsState(rx.State):
    """The allowed origins, those that were refused, and the one that is being checked."""

    loaded: bool = False
    allowed: list[OriginRow] = []
    refused: list[OriginRow] = []
    typed: str = ""
    check: OriginCheck = OriginCheck()
    problem: str = ""
    shown: int = 0
    """Counts what was allowed through the field: it is emptied with each."""

    @rx.event
    async def load(self) -> None:
        """Read what is allowed and what was seen."""
        found = await shown_app(self)
        if found is None:
            return
        self.problem, self.check = "", OriginCheck()
        await self._show(*found)

    @rx.event
    def write_origin(self, text: str) -> None:
        """Note what is typed, for the button beside the form's own."""
        self.typed = text[:1000]

    @rx.event
    async def check_origin(self) -> None:
        """Say how browsers name the origin, whether it is allowed, and when it was seen."""
        found = await shown_app(self)
        if found is None:
            return
        self.problem, self.check = "", OriginCheck()
        try:
            origin = clean_origin(self.typed)
        except BabbleError as error:
            self.problem = str(error)
            return
        owner_id, app = found
        sightings = await apps.list_sightings(runtime.current(), owner_id, app.id)
        self.check = check_of(self.typed, origin, app.origins, sightings)
        await self._show(owner_id, app)

    @rx.event
    async def allow(self, form: dict[str, Any]) -> None:
        """Let pages of the origin embed the app."""
        if await self._allow(str(form.get("origin") or "")):
            self.typed, self.check, self.shown = "", OriginCheck(), self.shown + 1

    @rx.event
    async def allow_seen(self, text: str) -> None:
        """Let pages of an origin embed the app that was refused, or that was checked."""
        if await self._allow(text):
            self.check = OriginCheck()

    @rx.event
    async def forbid(self, text: str) -> None:
        """Let pages of the origin no longer embed the app."""
        found = await shown_app(self)
        if found is None:
            return
        owner_id, app = found
        if await self._store(owner_id, app, [one for one in app.origins if one != text]):
            await toast(self, f"Pages of {text[:100]} may not embed the app any more.")

    async def _allow(self, text: str) -> bool:
        found = await shown_app(self)
        if found is None:
            return False
        if not text.strip():
            self.problem = "Write the address of the page, such as https://shop.example."
            return False
        owner_id, app = found
        return await self._store(owner_id, app, [*app.origins, text])

    async def _store(self, owner_id: str, app: App, origins: list[str]) -> bool:
        self.problem = ""
        try:
            saved = await apps.update_app(runtime.current(), owner_id, app.id, origins=origins)
        except BabbleError as error:
            self.problem = str(error)
            return False
        await self._show(owner_id, saved)
        return True

    async def _show(self, owner_id: str, app: App) -> None:
        sightings = await apps.list_sightings(runtime.current(), owner_id, app.id)
        by_origin = {one.origin: one for one in sightings}
        self.allowed = [_row(one, by_origin.get(one)) for one in app.origins]
        self.refused = [
            _row(one.origin, one)
            for one in sightings
            if one.refused and one.origin not in app.origins
        ]
        self.loaded = True


def check_of(
    typed: str, origin: str, allowed: Iterable[str], sightings: Iterable[Sighting]
) -> OriginCheck:
    """Return what is to say of the origin."""
    seen = next((one for one in sightings if one.origin == origin), None)
    standing: Literal["allowed", "refused", "new"] = "new"
    if origin in allowed:
        standing = "allowed"
    elif seen is not None and seen.refused:
        standing = "refused"
    same = typed.strip().rstrip("/") == origin
    note = "" if same else "This is how browsers name it: without a path, and with its scheme."
    return OriginCheck(origin, standing, note, _row(origin, seen))


def _row(origin: str, seen: Sighting | None) -> OriginRow:
    parts = urlsplit(origin)
    host = parts.netloc.rpartition(":")[0] or parts.netloc if parts.port else parts.netloc
    plain = parts.scheme == "http" and host not in _LOCAL
    if seen is None:
        return OriginRow(origin, plain=plain)
    page = f", last from {seen.page}" if seen.page else ""
    return OriginRow(
        origin, f"{count_words(seen.loads, 'load')}{page}", seen.seen_at.isoformat(), plain
    )
