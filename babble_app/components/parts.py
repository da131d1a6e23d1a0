"""Small parts that several pages use: menus, times, toasts, notices, empty states."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.icons import icon
from babble_app.components.local_modules import local_module


class Menu(rx.Component):
    """A button with a panel; children are `menu_item`s."""

    library = local_module(__name__, "menu.jsx")
    tag = "Menu"

    label: rx.Var[str]
    side: rx.Var[str]
    trigger_class: rx.Var[str]
    trigger: rx.Component | None = None


class TimeAgo(rx.Component):
    """A moment, told relative to now."""

    library = local_module(__name__, "time_ago.jsx")
    tag = "TimeAgo"

    at: rx.Var[str]


class Toaster(rx.Component):
    """The corner where toasts appear."""

    library = local_module(__name__, "toaster.jsx")
    tag = "Toaster"

    toasts: rx.Var[list[Any]]
    on_dismiss: rx.EventHandler[rx.event.passthrough_event_spec(int)]


class ThemeSync(rx.Component):
    """Makes this browser look as the person chose, on whatever device that was."""

    library = local_module(__name__, "theme_sync.jsx")
    tag = "ThemeSync"

    theme: rx.Var[str]


def menu(label: Any, *items: Any, **props: Any) -> rx.Component:
    """Put further acts behind three dots (or `trigger=`)."""
    props.setdefault("trigger", icon("dots"))
    return Menu.create(*items, label=label, **props)


def menu_item(icon_name: str, label: Any, *, danger: bool = False, **props: Any) -> rx.Component:
    """Return one act of a menu; with `href` it is a link."""
    make = rx.el.a if "href" in props else rx.el.button
    if "href" not in props:
        props["type"] = "button"
    kind = "menu-item menu-item--danger" if danger else "menu-item"
    return make(icon(icon_name, 16), label, role="menuitem", class_name=kind, **props)


def how_many(rows: Any) -> Any:
    """Return the length of a list that is in a state, as the browser counts it."""
    return rows.length()


def time_ago(at: Any) -> rx.Component:
    """Show an ISO time in words."""
    return TimeAgo.create(at=at)


def notice(kind: str, *children: Any, **props: Any) -> rx.Component:
    """Say something beside the matter it is about: `info`, `warn`, `bad` or `good`."""
    sign = {"good": "check", "info": "info"}.get(kind, "warning")
    return rx.el.div(
        icon(sign),
        rx.el.div(*children, class_name="grow"),
        class_name=f"notice notice--{kind}",
        **props,
    )


def problem_text(text: Any) -> rx.Component:
    """Show a refusal in words, when there is one."""
    return rx.cond(text != "", notice("bad", text, role="alert"))


def empty(title: str, *children: Any) -> rx.Component:
    """Say what would be here, and how to get it."""
    return rx.el.div(rx.el.h3(title, class_name="empty-title"), *children, class_name="empty")


def skeleton_list(rows: int = 3) -> rx.Component:
    """Hold the place of a list that is being fetched."""
    row = rx.el.li(
        rx.el.div(class_name="skeleton grow", style={"max_width": "40%"}), class_name="list-item"
    )
    return rx.el.ul(*[row] * rows, class_name="list", aria_hidden="true")


def demo_hint() -> rx.Component:
    """Say what answers while there is no key, and where to put one."""
    return notice(
        "info",
        "You are on the offline demo model; add a key in ",
        rx.el.a("Settings", href="/settings/", class_name="link"),
        ".",
    )


def row_act(label: Any, act: Any, name: Any) -> rx.Component:
    """Return a button of a list's row; who does not see the row is told its name."""
    return rx.el.button(
        label,
        rx.el.span(" ", name, class_name="visually-hidden"),
        type="button",
        on_click=act,
        class_name="button button--small button--quiet",
    )


def settings_section(title: str, note: Any, *children: Any, **props: Any) -> rx.Component:
    """Return a titled part of the settings page."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(title, class_name="section-title"), rx.el.p(note, class_name="section-note")
        ),
        *children,
        class_name="section",
        **props,
    )
