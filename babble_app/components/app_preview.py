"""The widget as visitors would see it, made of plain elements: what is not saved yet shows as well."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.icons import brand_mark, icon
from babble_app.components.parts import how_many
from babble_app.states.app_look import LookState


def preview() -> rx.Component:
    """Return the preview with the switches of what it is shown on."""
    return rx.el.section(
        rx.el.div(
            _switch(
                "Device",
                (
                    "desktop",
                    "Desktop",
                    LookState.place == "desktop",
                    LookState.pick_place("desktop"),
                ),
                ("phone", "Phone", LookState.place == "phone", LookState.pick_place("phone")),
            ),
            _switch(
                "Its colours",
                ("sun", "Light", _not(LookState.dark), LookState.pick_dark(False)),
                ("moon", "Dark", LookState.dark, LookState.pick_dark(True)),
            ),
            class_name="row row--wrap",
        ),
        _page(),
        rx.el.p("A visitor's first sight. Nothing here can be pressed.", class_name="field-hint"),
        aria_label="Preview",
        class_name="look-preview stack stack--tight",
    )


def _switch(label: str, *options: tuple[str, str, Any, Any]) -> rx.Component:
    signs = {"desktop": "monitor", "phone": "phone"}
    return rx.el.div(
        *(
            rx.el.button(
                icon(signs.get(name, name), 16),
                words,
                type="button",
                aria_pressed=rx.cond(pressed, "true", "false"),
                on_click=pick,
                class_name="segmented-option",
            )
            for name, words, pressed, pick in options
        ),
        role="group",
        aria_label=label,
        class_name="segmented",
    )


def _page() -> rx.Component:
    shown = LookState.preview
    return rx.el.div(
        rx.el.div(*[rx.el.span() for _ in range(7)], class_name="host-lines"),
        rx.el.div(_widget(), _launcher(), class_name="host-corner"),
        style={
            "--babble-host": shown.host,
            "--babble-primary": shown.primary,
            "--babble-on-primary": shown.on_primary,
            "--babble-background": shown.background,
            "--babble-text": shown.text,
            "--babble-font": shown.font,
            "--babble-radius": shown.radius,
        },
        custom_attrs={
            "data-place": LookState.place,
            "data-position": shown.position,
            "inert": True,
        },
        class_name="host",
    )


def _widget() -> rx.Component:
    shown = LookState.preview
    return rx.el.div(
        rx.el.div(
            rx.el.span(shown.title, class_name="truncate grow"),
            icon("x", 16),
            class_name="wgt-head",
        ),
        rx.el.div(
            rx.cond(shown.greeting != "", rx.el.p(shown.greeting, class_name="wgt-said")),
            rx.el.p("Hello! One question…", class_name="wgt-asked"),
            rx.cond(
                how_many(shown.starters) > 0,
                rx.el.div(
                    rx.foreach(shown.starters, _starter),
                    class_name="wgt-starters",
                ),
            ),
            class_name="wgt-talk",
        ),
        rx.el.div(
            rx.el.span(shown.placeholder, class_name="truncate grow"),
            rx.el.span(icon("arrow-up", 14), class_name="wgt-send"),
            class_name="wgt-field",
        ),
        class_name="wgt",
    )


def _starter(text: str) -> rx.Component:
    return rx.el.span(text, class_name="wgt-starter")


def _not(flag: Any) -> Any:
    return ~flag


def _launcher() -> rx.Component:
    return rx.el.span(brand_mark(20), class_name="wgt-launcher")
