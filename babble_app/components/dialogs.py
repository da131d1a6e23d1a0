"""Dialogs: the frame, "are you sure" and "give it a name"."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.local_modules import local_module


class Modal(rx.Component):
    """The browser's own `<dialog>`; children are a `.dialog-body` and a `.dialog-foot`, or a form with both."""

    library = local_module(__name__, "modal.jsx")
    tag = "Modal"

    open: rx.Var[bool]
    title: rx.Var[str]
    wide: rx.Var[bool]
    on_close: rx.EventHandler[rx.event.no_args_event_spec]


modal = Modal.create


def dialog_foot(
    on_close: Any, label: Any, *, danger: bool = False, disabled: Any = False, **props: Any
) -> rx.Component:
    """Close without doing it, or do it."""
    kind = "button--danger" if danger else "button--primary"
    return rx.el.div(
        rx.el.button("Cancel", type="button", on_click=on_close, class_name="button"),
        rx.el.button(label, class_name=f"button {kind}", disabled=disabled, **props),
        class_name="dialog-foot",
    )


def confirm_dialog(
    *body: Any, is_open: Any, title: Any, label: Any, on_confirm: Any, on_close: Any
) -> rx.Component:
    """Ask before something is deleted; `body` says what goes with it."""
    return modal(
        rx.el.div(*body, class_name="dialog-body stack stack--tight"),
        dialog_foot(on_close, label, danger=True, type="button", on_click=on_confirm),
        open=is_open,
        title=title,
        on_close=on_close,
    )


def name_dialog(
    *extra: Any,
    is_open: Any,
    title: Any,
    field_label: str,
    label: str,
    value: Any,
    problem: Any,
    on_submit: Any,
    on_close: Any,
) -> rx.Component:
    """Ask for one line of text; `on_submit` gets `{"name": ...}`."""
    return modal(
        rx.el.form(
            rx.el.div(
                rx.el.label(
                    rx.el.span(field_label, class_name="field-label"),
                    rx.el.input(
                        name="name",
                        default_value=value,
                        required=True,
                        auto_complete="off",
                        aria_invalid=problem != "",
                        class_name="input",
                    ),
                    rx.cond(
                        problem != "", rx.el.span(problem, role="alert", class_name="field-error")
                    ),
                    class_name="field",
                ),
                *extra,
                class_name="dialog-body stack",
            ),
            dialog_foot(on_close, label, type="submit"),
            on_submit=on_submit,
        ),
        open=is_open,
        title=title,
        on_close=on_close,
    )
