"""How an app's widget looks and what it says first: a draft with a live preview, until it is saved."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast, get_args

import reflex as rx

from babble_app.errors import BabbleError, ValidationFailedError
from babble_app.schemas.apps import Corner, Look, Scheme
from babble_app.services import apps, runtime
from babble_app.services.app_fields import MAX_STARTERS
from babble_app.states.app_page import shown_app
from babble_app.states.toasts import toast

if TYPE_CHECKING:
    from babble_app.schemas.apps import App

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_TEXTS = ("title", "greeting", "starters", "placeholder", "language", "font_family")
_COLORS = ("primary_color", "background_color", "text_color")
_MOST_CHARS = 4000


@dataclass(frozen=True)
class LookDraft:
    """The fields as they are typed."""

    title: str = ""
    greeting: str = ""
    starters: str = ""
    """One a line."""
    placeholder: str = ""
    position: str = "bottom-right"
    scheme: str = "auto"
    language: str = ""
    primary_color: str = ""
    background_color: str = ""
    text_color: str = ""
    font_family: str = ""
    border_radius_px: str = ""


@dataclass(frozen=True)
class Preview:
    """What the preview paints."""

    title: str = ""
    greeting: str = ""
    starters: tuple[str, ...] = ()
    placeholder: str = ""
    position: str = "bottom-right"
    dark: bool = False
    host: str = "#eef0f2"
    """The background of the page around it."""
    primary: str = "#0b6b60"
    on_primary: str = "#ffffff"
    background: str = "#ffffff"
    text: str = "#1b2321"
    font: str = "system-ui, sans-serif"
    radius: str = "12px"


class LookState(rx.State):
    """The draft, where it is shown, and what is wrong with it."""

    loaded: bool = False
    draft: LookDraft = LookDraft()
    preview: Preview = Preview()
    place: str = "desktop"
    """Where the preview stands: `desktop` or `phone`."""
    dark: bool = False
    """Whether the visitor's device is dark, where the scheme is automatic."""
    problems: dict[str, str] = {}
    dirty: bool = False
    shown: int = 0
    """Counts what was read from the store: the form is filled anew with each."""
    picked: int = 0
    """Counts the colours taken from the palette: their fields are written anew with each."""
    _name: str = ""
    _of: str = ""

    @rx.event
    async def load(self) -> None:
        """Show the look of the app of the page; a draft of it stays."""
        found = await shown_app(self)
        if found is not None and (found[1].id != self._of or not self.dirty):
            self._show(found[1])

    @rx.event
    def write(self, field: str, text: str) -> None:
        """Take over what is typed into the field of that name."""
        if field not in {*_TEXTS, *_COLORS, "border_radius_px", "position", "scheme"}:
            return
        self.draft = replace(self.draft, **{field: text[:_MOST_CHARS]})
        self.dirty = True
        self._paint()

    @rx.event
    def pick_color(self, field: str, text: str) -> None:
        """Take a colour from the browser's palette; empty: Babble's own."""
        if field in _COLORS:
            self.draft = replace(self.draft, **{field: text[:20]})
            self.dirty, self.picked = True, self.picked + 1
            self._paint()

    @rx.event
    def pick_place(self, text: str) -> None:
        """Show it on a desktop or on a phone."""
        self.place = "phone" if text == "phone" else "desktop"

    @rx.event
    def pick_dark(self, chosen: bool) -> None:
        """Show it on a dark device, or on a light one."""
        self.dark = chosen
        self._paint()

    @rx.event
    async def save(self, form: dict[str, Any]) -> None:
        """Store the look; pages that are open show it when they are loaded again."""
        found = await shown_app(self)
        if found is None:
            return
        owner_id, app = found
        look, self.problems = read_look(form)
        if self.problems:
            return
        try:
            saved = await apps.update_app(runtime.current(), owner_id, app.id, look=look)
        except ValidationFailedError as error:
            self.problems = {error.field or "": str(error)}
            return
        except BabbleError as error:
            self.problems = {"": str(error)}
            return
        self._show(saved)
        await toast(self, "Saved.", "good")

    @rx.event
    async def discard(self) -> None:
        """Go back to what is saved."""
        found = await shown_app(self)
        if found is not None:
            self._show(found[1])

    def _show(self, app: App) -> None:
        self._of, self._name = app.id, app.name
        self.draft, self.problems, self.dirty = draft_of(app.look), {}, False
        self.loaded, self.shown = True, self.shown + 1
        self._paint()

    def _paint(self) -> None:
        self.preview = preview_of(self.draft, self._name, device_dark=self.dark)


def draft_of(look: Look) -> LookDraft:
    """Return the look as the form takes it."""
    plain = look.model_dump(exclude={"starters", "border_radius_px"})
    radius = "" if look.border_radius_px is None else str(look.border_radius_px)
    return LookDraft(**plain, starters="\n".join(look.starters), border_radius_px=radius)


def read_look(form: dict[str, Any]) -> tuple[Look, dict[str, str]]:
    """Return what the form says, and what is wrong with it by the fields' names; the service looks at the rest."""
    texts = {name: str(form.get(name) or "").strip() for name in (*_TEXTS, *_COLORS)}
    starters = tuple(line.strip() for line in texts.pop("starters").splitlines() if line.strip())
    radius = str(form.get("border_radius_px") or "").strip().removesuffix("px").strip()
    problems: dict[str, str] = {}
    if radius and not (radius.isascii() and radius.isdecimal() and len(radius) < 5):
        problems["border_radius_px"] = "This is a number of pixels, such as 12."
    position, scheme = str(form.get("position") or ""), str(form.get("scheme") or "")
    look = Look(
        **texts,
        starters=starters,
        position=cast("Corner", position) if position in get_args(Corner) else "bottom-right",
        scheme=cast("Scheme", scheme) if scheme in get_args(Scheme) else "auto",
        border_radius_px=int(radius) if radius and not problems else None,
    )
    return look, problems


def preview_of(draft: LookDraft, name: str, *, device_dark: bool) -> Preview:
    """Return what a visitor on such a device would see; what is not finished yet shows Babble's own."""
    dark = draft.scheme == "dark" or (draft.scheme == "auto" and device_dark)
    primary = _color(draft.primary_color, "#54c7b3" if dark else "#0b6b60")
    radius = draft.border_radius_px.strip()
    fits = radius.isascii() and radius.isdecimal() and len(radius) < 3
    lines = [line.strip() for line in draft.starters.splitlines() if line.strip()]
    return Preview(
        title=draft.title.strip() or name,
        greeting=draft.greeting.strip(),
        starters=tuple(lines[:MAX_STARTERS]),
        placeholder=draft.placeholder.strip() or "Write a message",
        position=draft.position if draft.position in get_args(Corner) else "bottom-right",
        dark=dark,
        host="#23272b" if device_dark else "#eef0f2",
        primary=primary,
        on_primary=ink_on(primary),
        background=_color(draft.background_color, "#1b201e" if dark else "#fdfcfa"),
        text=_color(draft.text_color, "#e8ebe7" if dark else "#1b2321"),
        font=draft.font_family.strip() or "system-ui, sans-serif",
        radius=f"{min(int(radius), 40)}px" if fits else "12px",
    )


def ink_on(color: str) -> str:
    """Return black or white, whichever is read better on the colour (WCAG 2.2, relative luminance)."""
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    # Contrast with white is 1.05 / (L + 0.05), with black (L + 0.05) / 0.05: they are alike at 0.179.
    return "#000000" if luminance > 0.179 else "#ffffff"


def _color(text: str, own: str) -> str:
    return text.strip() if _COLOR.fullmatch(text.strip()) else own
